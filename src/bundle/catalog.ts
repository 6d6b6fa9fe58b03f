/** Component versions of each Kubernetes release, and why those. Takes a release; gives them, read from bundle/catalog.yaml. */
import { parse } from 'yaml'
import { z } from 'zod'
import { UserError } from '../errors.ts'
import { shippedText } from '../shipped.ts'

const component = z.enum([
  'etcd',
  'coredns',
  'pause',
  'containerd',
  'runc',
  'cni-plugins',
  'flannel-cni',
  'flannel',
  'cri-tools',
])

/** A release names every component, and no other. */
const release = z.record(component, z.strictObject({ version: z.string(), why: z.string() }))
const versions = z.record(component, z.string())

export type Versions = Readonly<z.output<typeof versions>> & { readonly kubernetes: string }

export type ChosenVersion = { readonly component: string; readonly version: string; readonly why: string }

const catalog = () => z.record(z.string(), release).parse(parse(shippedText('bundle/catalog.yaml')))

export const kubernetesReleases = (): readonly string[] => Object.keys(catalog())

const releaseOf = (kubernetes: string): z.output<typeof release> => {
  const found = catalog()[kubernetes]
  if (found) return found
  throw new UserError(`Kubernetes ${kubernetes} is not in the catalog`, {
    hint: `it has: ${kubernetesReleases().join(', ')}`,
  })
}

export const chosenVersions = (kubernetes: string): readonly ChosenVersion[] =>
  Object.entries(releaseOf(kubernetes)).map(([component, choice]) => ({ component, ...choice }))

export const versionsOf = (kubernetes: string): Versions => {
  const found = Object.entries(releaseOf(kubernetes)).map(([name, { version }]) => [name, version])
  return { ...versions.parse(Object.fromEntries(found)), kubernetes }
}
