/**
 * The bundles that golden and end-to-end tests work with, made by the go source. `npm test` makes them before those levels, so that no
 * hook of a test takes minutes; a file that is run by itself makes what is missing. They are in the cache: the whole ones where every
 * command looks for them, the others under names of their own.
 */
import { join } from 'node:path'
import { kubernetesReleases } from '../../src/bundle/catalog.ts'
import { createBundle } from '../../src/bundle/create.ts'
import { goSource } from '../../src/bundle/sources/go-source.ts'
import { machineArch } from '../../src/bundle/sources/machine-arch.ts'
import type { BundleSource } from '../../src/bundle/sources/types.ts'
import { cacheDirectory } from '../../src/constants.ts'

type Say = (line: string) => void

export const wholeGoBundle = (kubernetes: string, say: Say): Promise<string> =>
  createBundle({ kubernetes, arches: [machineArch], say })

const controlPlane = new Set([
  ...['pause', 'etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'],
  // An executable of a host, and of what has C code the one that is quickly built.
  'runc',
])

/** Of what a worker or an addon needs there is nothing new to see, and compiling it takes minutes. */
const ofControlPlane: BundleSource = ({ binaries, images, ...wanted }) => {
  const isPart = ({ component }: { readonly component: string }) => controlPlane.has(component)
  return goSource({ ...wanted, binaries: binaries.filter(isPart), images: images.filter(isPart) })
}

export const controlPlaneBundle = (arch: string, say: Say): Promise<string> =>
  createBundle({
    kubernetes: '1.37.1',
    arches: [arch],
    edition: 'plain',
    source: ofControlPlane,
    output: join(cacheDirectory(), 'bundles', `test-control-plane-${arch}.bundle`),
    say,
  })

export const makeEveryBundle = async (say: Say): Promise<void> => {
  for (const kubernetes of kubernetesReleases()) await wholeGoBundle(kubernetes, say)
  await controlPlaneBundle('arm64', say)
}
