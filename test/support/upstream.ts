/**
 * What upstream publishes, in small: release files with their checksums as each project writes them, and images in a registry. Takes where
 * to put them. Executables are this machine's `true` with a few bytes more, so that each is another and all are programs.
 */
import { execFile, execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { versionsOf } from '../../src/bundle/catalog.ts'
import { binaryRows, imageRows } from '../../src/bundle/contents.ts'
import { eachOf } from '../../src/bundle/each-of.ts'
import { parseImageName } from '../../src/bundle/registry/reference.ts'
import { type ReleaseFile, releaseFile } from '../../src/bundle/sources/release-files.ts'
import type { Registry } from './registry.ts'
import { writeLayout } from './registry-image.ts'
import { scratchDirectory } from './scratch.ts'

export const kubernetes = '1.37.1'
export const versions = versionsOf(kubernetes)
export const binaries = binaryRows(versions, 'upstream')
export const images = imageRows(versions, 'upstream')

/** e_machine of ELF (elf.h). */
const machines: Readonly<Record<string, number>> = { amd64: 62, arm64: 183 }

export const executableOf = (component: string, arch: string): Buffer => {
  const bytes = Buffer.concat([readFileSync('/bin/true'), Buffer.from(`${component} for ${arch}`)])
  bytes.writeUInt16LE(machines[arch] ?? 0, 18)
  return bytes
}

/** Where a server that has them all would have it. */
export const placeIn = (folder: string, url: URL): string => join(folder, url.host, url.pathname)

const write = (path: string, content: string | Buffer): void => {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
}

export const sha256Of = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

/** The projects' own ways: a bare hash, one line of sha256sum's, or many with a signature around them. */
export const checksumText = (url: URL, bytes: Buffer): string => {
  const [name, hash] = [url.pathname.replace(/^.*\//, ''), sha256Of(bytes)]
  if (url.host === 'dl.k8s.io') return hash
  if (!name.startsWith('runc.')) return `${hash}  ${name}\n`
  const lines = Object.keys(machines).map((arch) => `${sha256Of(executableOf('runc', arch))}  runc.${arch}`)
  return ['-----BEGIN PGP SIGNED MESSAGE-----', '', ...lines, '-----BEGIN PGP SIGNATURE-----', ''].join('\n')
}

const reproducibly = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0']

/** As upstream packs them: containerd below bin, the others beside `.`. */
const archiveOf = (files: readonly ReleaseFile[], arch: string): Buffer => {
  const folder = scratchDirectory('archive')
  for (const { component, member = '' } of files) write(join(folder, member), executableOf(component, arch))
  write(join(folder, 'LICENSE'), 'Apache License 2.0\n')
  return execFileSync('tar', [...reproducibly, '-C', folder, '-I', 'gzip -n', '-cf', '-', '.'])
}

type PublishedFile = { readonly url: URL; readonly checksums: URL; readonly bytes: Buffer }

export const publishedOf = (arch: string): readonly PublishedFile[] => {
  const files = binaries.map(({ component }) => releaseFile(component, versions, arch))
  return [...Map.groupBy(files, ({ url }) => url.href).values()].flatMap((group) =>
    group.slice(0, 1).map(({ url, checksums, member, component }) => {
      const bytes = member === undefined ? executableOf(component, arch) : archiveOf(group, arch)
      return { url, checksums, bytes }
    }),
  )
}

export const publishReleases = (folder: string, arch: string): void => {
  for (const { url, checksums, bytes } of publishedOf(arch)) {
    write(placeIn(folder, url), bytes)
    write(placeIn(folder, checksums), checksumText(url, bytes))
  }
}

export const layerOf = (text: string): Buffer => {
  const folder = scratchDirectory('layer')
  write(join(folder, 'what'), text)
  return execFileSync('tar', [...reproducibly, '-C', folder, '-cf', '-', '.'])
}

/** registry.k8s.io still has docker's own kind of documents, the others have OCI's. */
const formatOf = (origin: string): string => (origin === 'registry.k8s.io' ? 'v2s2' : 'oci')

const runSkopeo = promisify(execFile)

/**
 * `prefix`: of a mirror's repositories, with a slash at its end. Not one after the other, and never blocking: what the registry says has
 * to be read, or it waits for its reader.
 */
export const publishImages = async (
  registry: Registry,
  arches: readonly string[],
  prefix = '',
): Promise<void> => {
  await eachOf(images, 4, async ({ name }) => {
    const { registry: origin, repository, tag } = parseImageName(name)
    const layers = Object.fromEntries(arches.map((arch) => [arch, [layerOf(`${name} for ${arch}`)]]))
    const layout = scratchDirectory('layout')
    writeLayout(layout, { repository, tag, layers })
    const target = `docker://${registry.origin.host}/${prefix}${repository}:${tag}`
    await runSkopeo('skopeo', [
      ...['--insecure-policy', 'copy', '--all', '--dest-tls-verify=false', '--format', formatOf(origin)],
      ...[`oci:${layout}`, target],
    ])
  })
}
