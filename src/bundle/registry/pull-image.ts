/**
 * An image of a registry, bit for bit. Takes a repository, a tag or digest and an architecture; gives its manifest and its blobs,
 * which are then in the store on this machine. Of an index, the one for Linux on that architecture is taken.
 */
import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { exitCodes, UserError } from '../../errors.ts'
import { blobPath, storeText } from '../blobs.ts'
import type { Entry } from '../make.ts'
import type { Descriptor, Index } from '../oci.ts'
import type { Say } from '../say.ts'
import { type Document, fetchDocument } from './documents.ts'
import { distinct, fetchBlobs } from './fetch-blob.ts'
import { nameOf } from './paths.ts'
import type { RegistrySession } from './session.ts'

export type ImageToPull = {
  readonly session: RegistrySession
  /** `coredns/coredns` */
  readonly repository: string
  /** A tag, or `sha256:…` of an image or of an index. */
  readonly reference: string
  readonly arch: string
  readonly say: Say
}

const platformShape = z.object({
  platform: z.object({ os: z.string(), architecture: z.string(), variant: z.string().optional() }),
})

/** Variants are of 32-bit ARM, and v8, which every arm64 is. */
const isFor = (descriptor: Descriptor, arch: string): boolean => {
  const { data } = platformShape.safeParse(descriptor)
  if (data?.platform.os !== 'linux' || data.platform.architecture !== arch) return false
  return data.platform.variant === undefined || data.platform.variant === 'v8'
}

const architecturesOf = ({ manifests }: Index): string =>
  manifests.flatMap(({ platform }) => (platform?.os === 'linux' ? [platform.architecture] : [])).join(', ')

const notForThis = (what: string, arch: string, there: string): UserError =>
  new UserError(`${what} is not there for linux on ${arch}${there === '' ? '' : `, but for ${there}`}`, {
    hint: 'choose another --arch, or a version that was published for this one',
    exitCode: exitCodes.failed,
  })

type Image = Extract<Document, { kind: 'manifest' }>

const imageFor = async ({ session, repository, reference, arch }: ImageToPull): Promise<Image> => {
  const found = await fetchDocument(session, repository, reference)
  if (found.kind === 'manifest') return found
  const what = nameOf(session, repository, reference)
  const chosen = found.index.manifests.find((each) => isFor(each, arch))
  if (!chosen) throw notForThis(what, arch, architecturesOf(found.index))
  const image = await fetchDocument(session, repository, chosen.digest)
  if (image.kind === 'manifest') return image
  throw new UserError(`${what} is an index of indexes`, {
    hint: 'name one of them by its digest',
    exitCode: exitCodes.failed,
  })
}

/** An image without an index says only here what it is for. */
const architectureIn = async (config: Descriptor): Promise<string> => {
  const shape = z.object({ architecture: z.string() })
  const text = await readFile(blobPath(config.digest), 'utf8')
  try {
    return shape.parse(JSON.parse(text)).architecture
  } catch {
    return 'nothing that it says'
  }
}

/** Images one after the other: they share layers, which must not be fetched twice at a time. */
export const pullImage = async (wanted: ImageToPull): Promise<Entry> => {
  const { session, repository, reference, arch, say } = wanted
  const { descriptor, text, manifest } = await imageFor(wanted)
  const what = nameOf(session, repository, reference)
  await fetchBlobs(session, repository, [manifest.config])
  const found = await architectureIn(manifest.config)
  if (found !== arch) throw notForThis(what, arch, found)
  const fetched = await fetchBlobs(session, repository, manifest.layers)
  const megabytes = fetched.reduce((sum, { size }) => sum + size, 0) / 1e6
  if (fetched.length > 0) say(`fetched ${what} (${megabytes.toFixed(1)} MB)`)
  await storeText(descriptor.mediaType, text)
  return {
    manifest: { ...descriptor, platform: { os: 'linux', architecture: arch } },
    blobs: distinct([manifest.config, ...manifest.layers]),
  }
}
