/**
 * Looks at every byte of a bundle. Takes a bundle that was opened, so that its headers, index, signature and manifests are known to be
 * in order; gives how much there is, or says the first thing that is wrong. Streams: memory does not grow with the bundle.
 */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { tarPadding } from '../host/tar.ts'
import { sha256 } from './oci.ts'
import { type Bundle, titleOf } from './open.ts'
import { blobName, damaged, type Place } from './places.ts'

export type Verified = { readonly blobs: number; readonly bytes: number }

type Expected = { readonly digest: string; readonly title: string }

/** What is in the file beside index and signature, which were read already. */
const expectedFiles = ({ entries }: Bundle): ReadonlyMap<string, Expected> =>
  new Map([
    ['oci-layout', { digest: sha256('{"imageLayoutVersion":"1.0.0"}'), title: 'the layout' }],
    ...entries.flatMap(({ descriptor, manifest }) =>
      [descriptor, manifest.config, ...manifest.layers].map(
        ({ digest }) => [blobName(digest), { digest, title: titleOf(descriptor) }] as const,
      ),
    ),
  ])

const digestOf = async (path: string, { offset, size }: Place): Promise<string> => {
  const hash = createHash('sha256')
  const [start, end] = [offset, offset + size - 1]
  if (size > 0) await pipeline(createReadStream(path, { start, end, highWaterMark: 1 << 20 }), hash)
  return `sha256:${hash.digest('hex')}`
}

/** What fills a file's last block is nobody's, and still must not have changed. */
const verifyPadding = async ({ file, places }: Bundle): Promise<void> => {
  const handle = await open(file, 'r')
  try {
    for (const [name, { offset, size }] of places) {
      const padding = tarPadding(size)
      const { buffer } = await handle.read(Buffer.alloc(padding.length), 0, padding.length, offset + size)
      if (!buffer.equals(padding)) throw damaged(file, `is damaged behind ${name}`)
    }
  } finally {
    await handle.close()
  }
}

export const verifyBundle = async (bundle: Bundle): Promise<Verified> => {
  const { file, places } = bundle
  const expected = expectedFiles(bundle)
  if (!places.has('oci-layout')) throw damaged(file, 'has no oci-layout: it is not a whole bundle')
  const others = [...places].filter(([name]) => name !== 'index.json' && name !== 'index.json.sig')
  for (const [name, place] of others) {
    const wanted = expected.get(name)
    if (!wanted) throw damaged(file, `holds ${name}, which its index does not name`)
    const found = await digestOf(file, place)
    if (found !== wanted.digest)
      throw damaged(file, `is damaged: ${name}, a part of ${wanted.title}, has the digest ${found}`)
  }
  await verifyPadding(bundle)
  return { blobs: others.length - 1, bytes: others.reduce((sum, [, { size }]) => sum + size, 0) }
}
