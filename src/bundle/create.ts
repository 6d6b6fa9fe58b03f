/** Creates a bundle. Takes a Kubernetes release, an architecture and where to put the file; gives its path. */
import { createHash } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { type FileHandle, mkdir, open, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { cacheDirectory } from '../constants.ts'
import { tarEnd, tarHeader, tarPadding } from '../host/tar.ts'
import { blobPath } from './blobs.ts'
import { type Versions, versionsOf } from './catalog.ts'
import { binaryRows, imageRows } from './contents.ts'
import { makeBinary, makeImage } from './make.ts'
import { annotations, type Descriptor, type Index, mediaTypes } from './oci.ts'
import type { Say } from './say.ts'
import { signIndex } from './signature.ts'
import { buildGo, buildPause, goVersion } from './sources/go.ts'
import { goRecipes } from './sources/go-recipes.ts'
import { networkTools } from './sources/network-tools.ts'

export type CreateOptions = {
  readonly kubernetes: string
  readonly arch: string
  readonly output?: string | undefined
  readonly say: Say
}

/** Every component that a row names, built: component → file. One after the other: a Go build uses all cores by itself. */
const buildComponents = async (
  versions: Versions,
  arch: string,
  say: Say,
): Promise<ReadonlyMap<string, string>> => {
  const compiler = await goVersion()
  const wanted = new Set([
    ...binaryRows(versions).map(({ component }) => component),
    ...imageRows(versions).flatMap(({ files }) => Object.keys(files)),
  ])
  const built = new Map<string, string>()
  for (const recipe of goRecipes(versions)) {
    if (wanted.has(recipe.component)) built.set(recipe.component, await buildGo(recipe, arch, compiler, say))
  }
  built.set('pause', await buildPause(versions, arch, say))
  return built
}

type Entry = { readonly manifest: Descriptor; readonly blobs: readonly Descriptor[] }

const makeEntries = async (versions: Versions, arch: string, say: Say): Promise<readonly Entry[]> => {
  const built = await buildComponents(versions, arch, say)
  const fileOf = (component: string): string => {
    const file = built.get(component)
    if (file) return file
    throw new Error(`no recipe builds ${component}`)
  }
  const entries: Entry[] = []
  for (const row of binaryRows(versions)) entries.push(await makeBinary(row, fileOf(row.component), arch))
  for (const row of imageRows(versions)) {
    const files = Object.fromEntries(
      Object.entries(row.files).map(([component, path]) => [fileOf(component), path]),
    )
    const baseFolder = row.base === 'network-tools' ? await networkTools(arch, say) : undefined
    entries.push(await makeImage(row, { files, baseFolder }, arch))
  }
  return entries
}

const writeEntry = async (file: FileHandle, name: string, text: string): Promise<void> => {
  const bytes = Buffer.from(text)
  await file.write(tarHeader(name, bytes.length))
  await file.write(bytes)
  await file.write(tarPadding(bytes.length))
}

const writeBundle = async (output: string, index: string, blobs: readonly Descriptor[]): Promise<void> => {
  await mkdir(dirname(output), { recursive: true })
  const unfinished = `${output}.${process.pid}.part`
  const file = await open(unfinished, 'w')
  try {
    await writeEntry(file, 'oci-layout', '{"imageLayoutVersion":"1.0.0"}')
    await writeEntry(file, 'index.json', index)
    await writeEntry(file, 'index.json.sig', JSON.stringify(await signIndex(index)))
    for (const { digest, size } of blobs) {
      await file.write(tarHeader(`blobs/${digest.replace(':', '/')}`, size))
      for await (const chunk of createReadStream(blobPath(digest), { highWaterMark: 1 << 20 }))
        await file.write(chunk as Buffer)
      await file.write(tarPadding(size))
    }
    await file.write(tarEnd)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(unfinished, output)
}

/** Where the bundle of a release is when nobody says otherwise. */
export const defaultBundle = (kubernetes: string, arch: string): string =>
  join(cacheDirectory(), 'bundles', `slipway-${kubernetes}-${arch}.bundle`)

const holds = async (path: string, index: string): Promise<boolean> => {
  if (!existsSync(path)) return false
  const file = await open(path, 'r')
  try {
    const wanted = Buffer.from(index)
    // oci-layout takes two blocks, the header of index.json one more.
    const { buffer, bytesRead } = await file.read(Buffer.alloc(wanted.length), 0, wanted.length, 3 * 512)
    return bytesRead === wanted.length && buffer.equals(wanted)
  } finally {
    await file.close()
  }
}

export const createBundle = async ({ kubernetes, arch, output, say }: CreateOptions): Promise<string> => {
  const versions = versionsOf(kubernetes)
  const entries = await makeEntries(versions, arch, say)
  const index: Index = {
    schemaVersion: 2,
    mediaType: mediaTypes.index,
    manifests: entries.map(({ manifest }) => manifest),
    annotations: { [annotations.kubernetes]: kubernetes },
  }
  const text = JSON.stringify(index)
  const path = output ?? defaultBundle(kubernetes, arch)
  if (await holds(path, text)) return path
  const all = entries.flatMap(({ manifest, blobs }) => [manifest, ...blobs])
  const distinct = [...new Map(all.map((each) => [each.digest, each])).values()]
  await writeBundle(path, text, distinct)
  say(`wrote ${path} (index ${createHash('sha256').update(text).digest('hex').slice(0, 12)})`)
  return path
}
