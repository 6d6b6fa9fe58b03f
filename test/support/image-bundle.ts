/** A bundle of small images that could run, made as real ones are. Takes names of components; gives the file and what is in it. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished, vi } from 'vitest'
import type { ImageRow } from '../../src/bundle/contents.ts'
import { type Entry, makeImage } from '../../src/bundle/make.ts'
import { annotations, type Descriptor, mediaTypes } from '../../src/bundle/oci.ts'
import { signedHere, writeBundle } from '../../src/bundle/write.ts'
import { scratchDirectory } from './scratch.ts'

export const rowOf = (component: string): ImageRow => ({
  component,
  name: `registry.k8s.io/group/${component}:v1.2.3`,
  version: '1.2.3',
  layers: [{ kind: 'files', files: { [component]: `/usr/bin/${component}` }, links: { '/link': component } }],
  entrypoint: [`/usr/bin/${component}`],
  roles: ['control-plane'],
})

/** Nothing of it is in the store of this machine, or signed by its key. */
const ownCache = (): void => {
  const cache = scratchDirectory('cache')
  mkdirSync(join(cache, 'slipway', 'components'), { recursive: true })
  vi.stubEnv('XDG_CACHE_HOME', cache)
  vi.stubEnv('XDG_CONFIG_HOME', scratchDirectory('config'))
  onTestFinished(() => void vi.unstubAllEnvs())
}

export const imageBundle = async (
  rows: readonly ImageRow[],
  arch: string,
): Promise<{ readonly file: string; readonly manifests: readonly Descriptor[] }> => {
  ownCache()
  const folder = scratchDirectory('built')
  const fileOf = (component: string): string => {
    const file = join(folder, component)
    writeFileSync(file, `the executable of ${component}`)
    return file
  }
  const entries: Entry[] = []
  for (const row of rows) entries.push(await makeImage(row, { arch, fileOf, networkTools: folder }))
  const index = {
    schemaVersion: 2,
    mediaType: mediaTypes.index,
    manifests: entries.map(({ manifest }) => manifest),
    annotations: { [annotations.kubernetes]: '1.37.1' },
  }
  const file = join(folder, 'a.bundle')
  await writeBundle(
    file,
    await signedHere(JSON.stringify(index)),
    entries.flatMap(({ manifest, blobs }) => [manifest, ...blobs]),
  )
  return { file, manifests: index.manifests }
}
