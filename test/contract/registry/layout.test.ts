/** The file that we write is an OCI layout to others, too: skopeo reads images straight out of a bundle. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { ImageRow } from '../../../src/bundle/contents.ts'
import { type Entry, makeImage } from '../../../src/bundle/make.ts'
import { mediaTypes, sha256 } from '../../../src/bundle/oci.ts'
import { signedHere, writeBundle } from '../../../src/bundle/write.ts'
import { skopeo } from '../../support/registry-image.ts'
import { scratchDirectory } from '../../support/scratch.ts'

beforeEach(() => {
  const cache = scratchDirectory('cache')
  mkdirSync(join(cache, 'slipway', 'components'), { recursive: true })
  vi.stubEnv('XDG_CACHE_HOME', cache)
  vi.stubEnv('XDG_CONFIG_HOME', scratchDirectory('config'))
})
afterEach(() => {
  vi.unstubAllEnvs()
})

const rowOf = (component: string): ImageRow => ({
  component,
  name: `registry.k8s.io/group/${component}:v1.2.3`,
  version: '1.2.3',
  layers: [{ kind: 'files', files: { [component]: `/usr/bin/${component}` }, links: { '/link': component } }],
  entrypoint: [`/usr/bin/${component}`],
  roles: ['control-plane'],
})

const bundleOf = async (rows: readonly ImageRow[]) => {
  const folder = scratchDirectory('built')
  const fileOf = (component: string): string => {
    const file = join(folder, component)
    writeFileSync(file, `the executable of ${component}`)
    return file
  }
  const entries: Entry[] = []
  for (const row of rows) entries.push(await makeImage(row, { arch: 'arm64', fileOf, networkTools: folder }))
  const manifests = entries.map(({ manifest }) => manifest)
  const index = JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.index, manifests })
  const file = join(folder, 'a.bundle')
  await writeBundle(
    file,
    await signedHere(index),
    entries.flatMap(({ manifest, blobs }) => [manifest, ...blobs]),
  )
  return { file, manifests }
}

test('each image is there by its name, for its architecture, with what it runs', async () => {
  const rows = [rowOf('one'), rowOf('two')]
  const { file, manifests } = await bundleOf(rows)
  for (const [at, { name, entrypoint }] of rows.entries()) {
    const image = `oci-archive:${file}:${name}`
    expect(sha256(skopeo('inspect', '--raw', image))).toBe(manifests[at]?.digest)
    expect(JSON.parse(skopeo('inspect', image))).toMatchObject({ Architecture: 'arm64', Os: 'linux' })
    expect(JSON.parse(skopeo('inspect', '--config', image))).toMatchObject({
      config: { Entrypoint: entrypoint },
    })
    const copied = scratchDirectory('copied')
    skopeo('copy', '--quiet', '--override-arch=arm64', image, `dir:${copied}`)
    expect(sha256(readFileSync(join(copied, 'manifest.json')))).toBe(manifests[at]?.digest)
  }
})
