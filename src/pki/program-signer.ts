/**
 * A CA's key that only a program can use: an HSM's, a KMS's, a smart card's. Takes the program's arguments and the CA; gives a signer.
 *
 * The program gets the digest on standard input, raw, and what it is for in its environment; it gives the signature on standard output,
 * raw or in base64: ECDSA as DER, RSA as PKCS #1 v1.5. It is called once for each certificate, never twice at a time, since most such
 * devices have one user. No shell sees the arguments.
 */
import { spawn } from 'node:child_process'
import { createHash, type KeyObject, verify, X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { UserError } from '../errors.ts'
import { type Signer, signatureHash } from './keys.ts'

export type SigningProgram = {
  readonly command: readonly string[]
  /** The folder that relative paths among the arguments begin at. */
  readonly folder: string
}

/** Somebody may have to touch the device, or type at it. */
const timeoutMs = 120_000
/** RSA-4096 in base64 is 700 bytes; whatever is longer is no signature. */
const mostBytes = 64 * 1024

type Ended = { readonly how: string | undefined; readonly stdout: Buffer; readonly stderr: string }

const collected = async (stream: NodeJS.ReadableStream): Promise<Buffer> => {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of stream) {
    size += chunk.length
    // To be left closes the stream, and ends a program that would go on for ever.
    if (size > mostBytes) break
    chunks.push(Buffer.from(chunk))
  }
  return Buffer.concat(chunks)
}

const run = async (
  { command, folder }: SigningProgram,
  input: Buffer,
  environment: Readonly<Record<string, string>>,
): Promise<Ended> => {
  const [program = '', ...args] = command
  const child = spawn(program, args, {
    cwd: folder,
    env: { ...process.env, ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: timeoutMs,
  })
  // One that has its answer without reading to the end is not at fault.
  child.stdin.on('error', () => undefined)
  child.stdin.end(input)
  const closed = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>
  try {
    const [stdout, stderr, [code, signal]] = await Promise.all([
      collected(child.stdout),
      collected(child.stderr),
      closed,
    ])
    const how = signal ? `was ended by ${signal}` : `ended with exit code ${code}`
    return { how: code === 0 ? undefined : how, stdout, stderr: stderr.toString('utf8').trim() }
  } catch (cause) {
    throw new UserError(`certificates.signer: cannot run ${program}`, {
      hint: `it is looked for in PATH, or, with a "/", from ${folder}`,
      cause,
    })
  }
}

const base64Text = /^[A-Za-z0-9+/\s]+={0,2}\s*$/

const signatureIn = (stdout: Buffer): readonly Buffer[] => {
  const text = stdout.toString('latin1')
  return base64Text.test(text) ? [stdout, Buffer.from(text, 'base64')] : [stdout]
}

const shown = (stderr: string): string =>
  stderr === '' ? 'It said nothing.' : `It said: ${stderr.slice(0, 2000)}`

const signatureOf = async (
  program: SigningProgram,
  { publicKey, authority }: { readonly publicKey: KeyObject; readonly authority: string },
  bytes: Uint8Array,
): Promise<Buffer> => {
  const [name = ''] = program.command
  const hash = signatureHash(publicKey)
  const ended = await run(program, createHash(hash).update(bytes).digest(), {
    SLIPWAY_CA: authority,
    SLIPWAY_HASH: hash,
    SLIPWAY_KEY: publicKey.asymmetricKeyType ?? '',
  })
  if (ended.how !== undefined)
    throw new UserError(`certificates.signer: ${name} ${ended.how}. ${shown(ended.stderr)}`, {
      hint: `it was asked to sign a ${hash} digest for the CA ${authority}`,
    })
  const signature = signatureIn(ended.stdout).find((one) => verify(hash, bytes, publicKey, one))
  if (signature) return signature
  throw new UserError(
    `certificates.signer: what ${name} printed is no signature of the CA ${authority} (${ended.stdout.length} bytes). ${shown(ended.stderr)}`,
    {
      hint: `it has to sign the ${hash} digest on its standard input, with the key of the certificate that certificates.authorities names: ECDSA as DER, RSA as PKCS #1 v1.5`,
    },
  )
}

/** All signers that it gives share the program, which has one thing to do at a time. */
export const signersOf = (program: SigningProgram) => {
  const line: { last: Promise<unknown> } = { last: Promise.resolve() }
  return (authority: string, certPem: string): Signer => {
    const { publicKey } = new X509Certificate(certPem)
    return {
      publicKey,
      sign: (bytes) => {
        const signature = line.last.then(() => signatureOf(program, { publicKey, authority }, bytes))
        line.last = signature.catch(() => undefined)
        return signature
      },
    }
  }
}
