/** Whether a bundle has all that a cluster needs of it. Takes both; gives nothing, or an error that names all that is not there. */
import type { ClusterConfig, HostRole } from '../config/schema.ts'
import { UserError } from '../errors.ts'
import { versionsOf } from './catalog.ts'
import { binaryRows, editions, imageRows } from './contents.ts'
import { annotations } from './oci.ts'
import type { Bundle } from './open.ts'

type Needed = { readonly kind: 'binary' | 'image'; readonly component: string; readonly role: HostRole }

const neededBy = (
  { kubernetes, hosts, network }: ClusterConfig,
  edition: string | undefined,
): readonly Needed[] => {
  const versions = versionsOf(kubernetes.version)
  const packedAs = editions.find((each) => each === edition) ?? 'upstream'
  const roles = [...new Set(hosts.map(({ role }) => role))]
  const rows = [
    ...binaryRows(versions, packedAs).map((row) => ({ kind: 'binary' as const, ...row })),
    ...imageRows(versions, packedAs).map((row) => ({ kind: 'image' as const, ...row })),
  ]
  return rows
    .filter(({ addon }) => network.plugin === 'flannel' || addon !== 'flannel')
    .flatMap(({ kind, component, roles: itsRoles }) =>
      roles.filter((role) => itsRoles.includes(role)).map((role) => ({ kind, component, role })),
    )
}

const keyOf = (kind: string, component: string, role: string, arch: string): string =>
  [kind, component, role, arch].join(' ')

const keysIn = ({ entries }: Bundle): ReadonlySet<string> =>
  new Set(
    entries.flatMap(({ descriptor: { annotations: notes = {}, platform } }) => {
      const kind = notes[annotations.imageName] === undefined ? 'binary' : 'image'
      const component = notes[annotations.component] ?? ''
      const roles = (notes[annotations.roles] ?? '').split(',')
      return roles.map((role) => keyOf(kind, component, role, platform?.architecture ?? ''))
    }),
  )

/** For every architecture that it says it is for; which ones the hosts are of is known only when they have been asked. */
export const mustHaveAllFor = (bundle: Bundle, config: ClusterConfig): void => {
  const there = keysIn(bundle)
  const missing = bundle.architectures.flatMap((arch) =>
    neededBy(config, bundle.edition)
      .filter(({ kind, component, role }) => !there.has(keyOf(kind, component, role, arch)))
      .map(({ kind, component }) => `${kind === 'image' ? 'the image of ' : ''}${component} (${arch})`),
  )
  if (missing.length === 0 && bundle.architectures.length > 0) return
  const what = missing.length === 0 ? 'has nothing in it' : `lacks ${[...new Set(missing)].join(', ')}`
  throw new UserError(`the bundle ${bundle.file} ${what}`, {
    hint: `make a whole one: slipway bundle create --kubernetes ${config.kubernetes.version}`,
  })
}
