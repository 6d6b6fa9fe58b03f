/**
 * What a cluster says of itself to whoever asks (the ConfigMap cluster-info), and whether it may be believed. Takes its data, a
 * bootstrap token and the hashes of CAs; gives the API's address and the CA to trust, or refuses. Pure.
 *
 * The text is signed once for every token that may sign: a JWS with a detached payload (RFC 7515, appendix F), HS256 with the
 * secret half of the token. Whoever does not know the token cannot have made it; the hash then says that the CA is the right one.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { parse } from 'yaml'
import { z } from 'zod'
import { UserError } from '../errors.ts'
import { caHash } from '../pki/ca-hash.ts'
import { certificatesIn } from '../pki/read-certificate.ts'
import { tokenId } from './tokens.ts'

export type ClusterInfo = Readonly<Record<string, string>>

export type Discovered = { readonly server: string; readonly caPem: string }

export type Trusted = { readonly token: string; readonly caHashes: readonly string[] }

/** undefined: no token with this id may sign, because it is too new, has expired, was deleted, or never was of this cluster. */
export const signatureFor = (info: ClusterInfo, token: string): string | undefined =>
  info[`jws-kubeconfig-${tokenId(token)}`]

const notACluster = (): UserError =>
  new UserError(
    'what answers there is no cluster that nodes can join: its cluster-info holds no kubeconfig',
    {
      hint: 'look whether the address and the port are those of the API server',
    },
  )

const headerShape = z.object({ alg: z.literal('HS256'), kid: z.string() })

const isHeaderOf = (encoded: string, token: string): boolean => {
  try {
    const header = headerShape.safeParse(JSON.parse(Buffer.from(encoded, 'base64url').toString('utf8')))
    return header.data?.kid === tokenId(token)
  } catch {
    return false
  }
}

/** `header..signature`: the payload between the dots is what was fetched beside it. */
export const isSignedBy = (token: string, text: string, detached: string): boolean => {
  const [header = '', payload, signature = ''] = detached.split('.')
  if (payload !== '' || !isHeaderOf(header, token)) return false
  const signed = `${header}.${Buffer.from(text, 'utf8').toString('base64url')}`
  const [, secret = ''] = token.split('.')
  const wanted = createHmac('sha256', secret).update(signed).digest()
  const given = Buffer.from(signature, 'base64url')
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}

const kubeconfigShape = z.object({
  clusters: z
    .array(z.object({ cluster: z.object({ server: z.url(), 'certificate-authority-data': z.string() }) }))
    .min(1),
})

const readInfo = (text: string): Discovered => {
  const { data } = kubeconfigShape.safeParse(parse(text))
  const cluster = data?.clusters[0]?.cluster
  if (!cluster) throw notACluster()
  const caPem = Buffer.from(cluster['certificate-authority-data'], 'base64').toString('utf8')
  return { server: cluster.server, caPem }
}

/** While a CA is being rotated there are two: one that is known is enough, as for kubeadm. */
const refuseUnknownCa = (caPem: string, known: readonly string[]): void => {
  const hashes = certificatesIn(caPem).map(caHash)
  if (hashes.some((hash) => known.includes(hash))) return
  throw new UserError(
    `the CA of this cluster is not the one that was asked for: its hash is ${hashes.join(' and ')}`,
    {
      hint: 'either --discovery-token-ca-cert-hash is of another cluster, or somebody stands between: `slipway token create --print-join-command` prints the right one',
    },
  )
}

export const verifyClusterInfo = (info: ClusterInfo, { token, caHashes }: Trusted): Discovered => {
  const text = info['kubeconfig']
  if (text === undefined) throw notACluster()
  const signature = signatureFor(info, token)
  if (signature === undefined)
    throw new UserError(`the cluster knows no token ${tokenId(token)}: it has expired or was deleted`, {
      hint: 'make a new one: slipway token create --print-join-command',
    })
  if (!isSignedBy(token, text, signature))
    throw new UserError(`the token ${tokenId(token)} is wrong: its second half is not the cluster's`, {
      hint: 'copy it again, whole, as `slipway token create` printed it, or make a new one',
    })
  const found = readInfo(text)
  refuseUnknownCa(found.caPem, caHashes)
  return found
}
