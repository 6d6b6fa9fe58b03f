/**
 * Whose a host is. Takes its facts, our cluster's name and its CAs' hashes (two while one is being replaced); gives ours, foreign or nobody's. Pure.
 *
 * Ours is what carries the marker of this cluster, or, where a kubeadm made it or the marker was lost, trusts our CA. On such a
 * host the ports and files of Kubernetes are our own doing. The marker alone is not enough: two clusters may have one name.
 */
import { createHash, X509Certificate } from 'node:crypto'
import type { HostFacts } from './types.ts'

export type Ownership =
  | { readonly kind: 'ours' }
  | { readonly kind: 'nobody' }
  | { readonly kind: 'foreign'; readonly name: string | undefined; readonly caHash: string | undefined }

export const ownershipOf = (
  facts: Pick<HostFacts, 'cluster' | 'identity'>,
  ours: { readonly name: string; readonly caHashes: readonly string[] },
): Ownership => {
  const marker = facts.cluster
  const trusted = trustedCaHashes(facts.identity)
  const trustsOurs = trusted.some((hash) => ours.caHashes.includes(hash))
  if (marker !== undefined) {
    const isOurCa = ours.caHashes.includes(marker.caHash) || trustsOurs
    return marker.name === ours.name && isOurCa
      ? { kind: 'ours' }
      : { kind: 'foreign', name: marker.name, caHash: marker.caHash }
  }
  if (trusted.length === 0) return { kind: 'nobody' }
  if (trustsOurs) return { kind: 'ours' }
  return { kind: 'foreign', name: undefined, caHash: trusted[0] }
}

/** kubeadm's `--discovery-token-ca-cert-hash`: sha256 over the DER of the certificate's public key. */
export const caCertHash = (certificate: X509Certificate): string =>
  `sha256:${createHash('sha256')
    .update(certificate.publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex')}`

const caFile = '/etc/kubernetes/pki/ca.crt'
const kubeconfigs = ['/etc/kubernetes/kubelet.conf', '/etc/kubernetes/bootstrap-kubelet.conf']

/** While a CA is being rotated a file holds two of them. */
const trustedCaHashes = (identity: HostFacts['identity']): readonly string[] => {
  const embedded = kubeconfigs.map((path) => {
    const data = /certificate-authority-data:\s*"?([A-Za-z0-9+/=]+)/.exec(identity[path] ?? '')?.[1] ?? ''
    return Buffer.from(data, 'base64').toString('utf8')
  })
  const pem = [identity[caFile] ?? '', ...embedded].join('\n')
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
  return blocks.flatMap((block) => hashOrNothing(block))
}

/** A broken file on a host is no reason to stop: what it belongs to cannot be told, and the file checks speak of it. */
const hashOrNothing = (pem: string): readonly string[] => {
  try {
    return [caCertHash(new X509Certificate(pem))]
  } catch {
    return []
  }
}
