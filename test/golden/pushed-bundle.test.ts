/** Where a bundle was pushed to is a mirror: the real containerd pulls its images from there, under their own names. */
import { expect, test } from 'vitest'
import { openBundle } from '../../src/bundle/open.ts'
import { pushBundle } from '../../src/bundle/registry/push-bundle.ts'
import { parsePlace } from '../../src/bundle/registry/reference.ts'
import { machineArch } from '../../src/bundle/sources/machine-arch.ts'
import { registryFiles } from '../../src/render/registries.ts'
import { clusterConfig } from '../support/check-input.ts'
import { imageBundle, rowOf } from '../support/image-bundle.ts'
import { startRegistry } from '../support/registry.ts'
import { sessionTo } from '../support/registry-client.ts'
import { startContainerd } from '../support/running-containerd.ts'

test('containerd pulls the images of a bundle from the registry that it was pushed to', async () => {
  const registry = await startRegistry()
  const rows = [rowOf('one'), rowOf('two')]
  const containerd = await startContainerd()
  const { file } = await imageBundle(rows, machineArch)
  await pushBundle({
    bundle: await openBundle(file),
    session: await sessionTo(registry),
    place: parsePlace(`${registry.origin.href}team/k8s`),
    say: () => undefined,
  })
  const endpoint = `${registry.origin.href}v2/team/k8s`
  const mirrors = { 'registry.k8s.io': [{ endpoint, overridePath: true, insecure: true }] }
  containerd.place(
    registryFiles(clusterConfig({ registry: { mirrors } }), { caPem: undefined, passwords: new Map() }),
  )
  for (const { name } of rows) expect(await containerd.pull(name)).toContain('Image is up to date')
})
