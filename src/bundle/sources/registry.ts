/**
 * The registry source: a bundle that was pushed with `slipway bundle push`, made again, byte for byte and with the signature that it
 * had. Takes where it was pushed to and which one is wanted; gives the file. Nothing is signed anew: who trusted it then can now.
 */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { exitCodes, UserError } from '../../errors.ts'
import { blobPath, fileSize, storeText } from '../blobs.ts'
import { editions } from '../contents.ts'
import { defaultBundle } from '../default-bundle.ts'
import { eachOf } from '../each-of.ts'
import { annotations, type Descriptor, type Index, type Manifest } from '../oci.ts'
import { bundleRepository, bundleTag, signatureTag } from '../registry/artifact.ts'
import { type Document, fetchDocument, findDocument } from '../registry/documents.ts'
import { fetchBlobs, missingBlobs } from '../registry/fetch-blob.ts'
import { nameOf } from '../registry/paths.ts'
import { below, type RegistryPlace } from '../registry/reference.ts'
import type { RegistrySession } from '../registry/session.ts'
import type { Say } from '../say.ts'
import { signerOf } from '../signature.ts'
import { bundleHolds, writeBundle } from '../write.ts'

export type BundleInRegistry = {
  readonly session: RegistrySession
  readonly place: RegistryPlace
  readonly kubernetes: string
  readonly arches: readonly string[]
  readonly output?: string | undefined
  readonly say: Say
}

type Found = Extract<Document, { kind: 'index' }> & { readonly name: string }

const failed = (message: string, hint: string): UserError =>
  new UserError(message, { hint, exitCode: exitCodes.failed })

const repositoryOf = ({ place }: BundleInRegistry): string => below(place, bundleRepository)

const platformsOf = ({ manifests }: Index): readonly string[] => [
  ...new Set(manifests.flatMap(({ platform }) => platform?.architecture ?? [])),
]

const findBundle = async (wanted: BundleInRegistry): Promise<Found> => {
  const { session, kubernetes, arches } = wanted
  const [first = ''] = arches
  const tag = bundleTag(kubernetes, first)
  const name = nameOf(session, repositoryOf(wanted), tag)
  const found = await findDocument(session, repositoryOf(wanted), tag)
  if (found?.kind !== 'index')
    throw failed(`there is no bundle ${name}`, 'put one there: slipway bundle push FILE REGISTRY')
  const there = platformsOf(found.index)
  if (arches.every((arch) => there.includes(arch))) return { ...found, name }
  throw failed(
    `${name} is for ${there.join(', ')}, and not for all of ${arches.join(', ')}`,
    `push one that is for all of them (slipway bundle create --arch ${arches.join(',')}), or make one each`,
  )
}

/** Ten times ours: what claims more is no signature. */
const longestSignature = 2048

/** Its text, and who signed. */
const fetchSignature = async (wanted: BundleInRegistry, { descriptor, text, name }: Found) => {
  const { session } = wanted
  const found = await findDocument(session, repositoryOf(wanted), signatureTag(descriptor.digest))
  const [layer] = found?.kind === 'manifest' ? found.manifest.layers : []
  if (!layer || layer.size > longestSignature)
    throw failed(`${name} has no signature`, 'push it again: slipway bundle push FILE REGISTRY')
  await fetchBlobs(session, repositoryOf(wanted), [layer])
  const signature = await readFile(blobPath(layer.digest), 'utf8')
  const signer = signerOf(text, signature)
  if (signer === undefined)
    throw failed(`${name}: the signature is not of its index`, 'push it again from a bundle that you trust')
  return { signature, signer }
}

/** The manifest itself stays in the store as well, among the blobs. */
const fetchManifest = async (wanted: BundleInRegistry, { digest }: Descriptor): Promise<Manifest> => {
  const found = await fetchDocument(wanted.session, repositoryOf(wanted), digest)
  if (found.kind !== 'manifest')
    throw failed(`${digest} in a bundle is an index`, 'that bundle was not made by slipway: make it anew')
  if (!existsSync(blobPath(digest))) await storeText(found.descriptor.mediaType, found.text)
  return found.manifest
}

/** Small questions, whose time is the way there and back. */
const questionsAtOnce = 10

/** A bundle says of each blob how long it is, in two places: they have to agree, or it could not be opened. */
const mustBeOfTheirSize = async (blobs: readonly Descriptor[]): Promise<void> => {
  for (const { digest, size } of blobs)
    if ((await fileSize(blobPath(digest))) !== size)
      throw failed(`${digest} is not ${size} bytes long, as the bundle says`, 'make that bundle anew')
}

/** In the order in which a bundle is written: every manifest, then what it names. */
const fetchContents = async (wanted: BundleInRegistry, { index }: Found): Promise<readonly Descriptor[]> => {
  const manifests = new Map<string, Manifest>()
  await eachOf(index.manifests, questionsAtOnce, async (each) => {
    manifests.set(each.digest, await fetchManifest(wanted, each))
  })
  const all = index.manifests.flatMap((each) => {
    const manifest = manifests.get(each.digest)
    return manifest ? [each, manifest.config, ...manifest.layers] : []
  })
  const missing = missingBlobs(all)
  const megabytes = missing.reduce((sum, { size }) => sum + size, 0) / 1e6
  if (missing.length > 0) wanted.say(`fetching ${missing.length} blobs, ${megabytes.toFixed(1)} MB`)
  await fetchBlobs(wanted.session, repositoryOf(wanted), missing)
  await mustBeOfTheirSize(all)
  return all
}

/** Where it belongs when nobody says so: each edition has its own place. */
const placeFor = ({ kubernetes, arches }: BundleInRegistry, { index }: Found): string => {
  const noted = index.annotations?.[annotations.edition]
  return defaultBundle(
    kubernetes,
    arches,
    [...editions, 'upstream' as const].find((edition) => edition === noted),
  )
}

export const bundleFromRegistry = async (wanted: BundleInRegistry): Promise<string> => {
  const { say } = wanted
  const found = await findBundle(wanted)
  const { signature, signer } = await fetchSignature(wanted, found)
  const signed = { index: found.text, signature }
  say(`${found.name} is signed by ${signer}`)
  const output = wanted.output ?? placeFor(wanted, found)
  if (await bundleHolds(output, signed)) return output
  await writeBundle(output, signed, await fetchContents(wanted, found))
  say(`wrote ${output} (index ${found.descriptor.digest.slice('sha256:'.length, 19)})`)
  return output
}
