/** `slipway certs renew`: other certificates before the ones of now expire, in a cluster that goes on working. */
import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { didYouMean } from '../config/did-you-mean.ts'
import { UserError } from '../errors.ts'
import { readKubeconfig } from '../pki/read-kubeconfig.ts'
import { type Asked, isAskedFor, ownKubeconfigName, renewalNames } from '../pki/renewal.ts'
import { authorityRows } from '../pki/table.ts'
import type { Redactor } from '../report/redact.ts'
import { writeAdminKubeconfig } from '../run/admin-kubeconfig.ts'
import type { Cluster } from '../run/cluster.ts'
import { prepareRenewal } from '../run/renew.ts'
import { durationFlag } from './duration-flag.ts'
import { type RenewalFlags, renewalCommand, renewalRun } from './renewal-run.ts'

type AskedFlags = { readonly all?: boolean; readonly olderThan?: string }
type RenewFlags = RenewalFlags & AskedFlags

const isAuthority = (name: string): boolean =>
  authorityRows.some(({ file }) => file.replace('/', '-') === name)

const refuseUnknown = (names: readonly string[]): void => {
  const unknown = names.find((name) => !renewalNames.includes(name))
  if (unknown === undefined) return
  if (isAuthority(unknown))
    throw new UserError(`${unknown} is a CA: what it has signed would be worthless`, {
      hint: `it is replaced in stages: slipway certs rotate-ca ${unknown}`,
    })
  throw new UserError(`there is no certificate ${unknown}`, {
    hint: didYouMean(unknown, renewalNames) ?? `there are: ${renewalNames.join(', ')}`,
  })
}

export const askedBy = (names: readonly string[], { all, olderThan }: AskedFlags): Asked => {
  refuseUnknown(names)
  if (all && names.length > 0) throw new UserError('either names or --all', { hint: 'leave one of them out' })
  if (!all && names.length === 0 && olderThan === undefined)
    throw new UserError('which certificates?', {
      hint: `--all, --older-than 30d, or names: ${renewalNames.join(', ')}`,
    })
  return {
    names: names.length > 0 ? names : undefined,
    olderThanSeconds: olderThan === undefined ? undefined : durationFlag('--older-than', olderThan),
  }
}

/** Of this machine, and so of no host. */
const renewOwn = async (cluster: Cluster, asked: Asked): Promise<readonly string[]> => {
  const path = await writeAdminKubeconfig(cluster)
  const { certPem = '' } = readKubeconfig(await readFile(path, 'utf8')) ?? {}
  if (!isAskedFor(asked, { name: ownKubeconfigName }, certPem, new Date())) return []
  return [`the kubeconfig of this machine is new: ${await writeAdminKubeconfig(cluster, { anew: true })}`]
}

export const renewCommand = (redactor: Redactor): Command =>
  renewalCommand(
    'renew',
    'issue certificates anew, with what the cluster file says in them; restarts what does not read them again',
  )
    .argument('[names...]', `what to renew: ${renewalNames.join(', ')}`)
    .option('--all', 'everything, of hosts and of this machine; not the CAs')
    .option('--older-than <duration>', 'only what was issued longer ago than this: 30d')
    .option('--host <names...>', 'only on these hosts')
    .action((names: readonly string[], flags: RenewFlags) => {
      const asked = askedBy(names, flags)
      const own = flags.host === undefined || names.includes(ownKubeconfigName)
      return renewalRun(redactor, flags, {
        command: 'certs-renew',
        again: ['certs renew', ...again(names, flags)],
        prepare: (options) => prepareRenewal(options, asked),
        next: async (cluster) => (own ? renewOwn(cluster, asked) : []),
      })
    })

const again = (names: readonly string[], { all, olderThan }: RenewFlags): readonly string[] => [
  ...names,
  ...(all ? ['--all'] : []),
  ...(olderThan === undefined ? [] : ['--older-than', olderThan]),
]
