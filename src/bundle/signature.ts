/** The signature over a bundle's index (Ed25519). Takes the index as text; gives the text of the file beside it, or whose that is. */
import { createPublicKey, sign, verify } from 'node:crypto'
import { z } from 'zod'
import { publicKeyLine } from './public-key.ts'
import { signingKey } from './signing-key.ts'

const shape = z.object({ publicKey: z.string(), signature: z.base64() })

type Signature = z.output<typeof shape>

export const signIndex = async (index: string): Promise<Signature> => {
  const { key } = await signingKey()
  return {
    publicKey: createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString(),
    signature: sign(null, Buffer.from(index), key).toString('base64'),
  }
}

/**
 * The public key of who signed that index, or undefined. `text`: that of the file beside the index, as it came; what cannot be read,
 * or is not written as we write it, has signed nothing (base64 and PEM can say the same in several ways).
 */
export const signerOf = (index: string, text: string): string | undefined => {
  try {
    const { publicKey, signature } = shape.parse(JSON.parse(text))
    const key = createPublicKey(publicKey)
    const bytes = Buffer.from(signature, 'base64')
    const written: Signature = {
      publicKey: key.export({ type: 'spki', format: 'pem' }).toString(),
      signature: bytes.toString('base64'),
    }
    const isOurs = key.asymmetricKeyType === 'ed25519' && JSON.stringify(written) === text
    return isOurs && verify(null, Buffer.from(index), key, bytes) ? publicKeyLine(key) : undefined
  } catch {
    return undefined
  }
}
