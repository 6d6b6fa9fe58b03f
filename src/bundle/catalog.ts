/** Component versions of each Kubernetes release. Takes a release; gives its versions, read from bundle/catalog.yaml. */
import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { z } from 'zod'
import { UserError } from '../errors.ts'

const versions = z.strictObject({
  etcd: z.string(),
  coredns: z.string(),
  pause: z.string(),
  containerd: z.string(),
  runc: z.string(),
  'cni-plugins': z.string(),
  'flannel-cni': z.string(),
  flannel: z.string(),
  'cri-tools': z.string(),
})

export type Versions = z.output<typeof versions> & { readonly kubernetes: string }

const catalogFile = new URL('../../bundle/catalog.yaml', import.meta.url)

const catalog = () => z.record(z.string(), versions).parse(parse(readFileSync(catalogFile, 'utf8')))

export const kubernetesReleases = (): readonly string[] => Object.keys(catalog())

export const versionsOf = (kubernetes: string): Versions => {
  const found = catalog()[kubernetes]
  if (found) return { ...found, kubernetes }
  throw new UserError(`Kubernetes ${kubernetes} is not in the catalog`, {
    hint: `it has: ${kubernetesReleases().join(', ')}`,
  })
}
