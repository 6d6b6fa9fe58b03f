/**
 * The certificate with which a kubelet talks to the API. It renews it by itself, at the controller manager, but only towards its end,
 * and nothing can tell it to do so now (kubeadm.md 1.4). So when its CA is replaced it is given one. The other way, to let it
 * bootstrap again with a token, leaves a node without any identity when it is interrupted, and takes a working controller manager.
 */
import { keysOnHosts } from '../config/certificate-keys.ts'
import { parseDuration } from '../config/duration.ts'
import type { ClusterConfig, HostConfig } from '../config/schema.ts'
import { kubeletClientCertificate } from '../constants.ts'
import type { Authorities } from './authorities.ts'
import { validityFor } from './certificate.ts'
import { canSign, issuePair } from './issue.ts'
import { whyCertificateNotKept } from './keep.ts'
import { certificatesIn } from './read-certificate.ts'
import { certifiedFor } from './requests.ts'

export type KubeletClient = {
  /** In the kubelet's folder, named as the kubelet names them. */
  readonly file: string
  readonly certPem: string
  /** Certificate and key in one, as the kubelet keeps them. Secret. */
  readonly pem: string
}

export type KubeletClientInput = {
  readonly config: ClusterConfig
  readonly authorities: Authorities
  readonly host: HostConfig
  readonly existing: Readonly<Record<string, string>>
  readonly now: Date
  /** A new one whatever stands there, if anything does. */
  readonly renew?: boolean
}

/** kubelet-client-2026-11-21-05-47-31.pem */
const fileName = (now: Date): string =>
  `kubelet-client-${now.toISOString().slice(0, 19).replaceAll(/[T:]/g, '-')}.pem`

/** The certificate itself, whatever was put behind it. */
const isSame = (one: string, other: string): boolean => certificatesIn(one)[0] === certificatesIn(other)[0]

/** A new one, where the one that is there is not of the CA that signs or has expired; none where a kubelet has none yet and will ask for one. */
export const newKubeletClient = async ({
  config,
  authorities,
  host,
  existing,
  now,
  renew = false,
}: KubeletClientInput): Promise<KubeletClient | undefined> => {
  const there = existing[kubeletClientCertificate] ?? ''
  if (!there && !renew && keysOnHosts(config)) return undefined
  const subject = { commonName: `system:node:${host.name}`, organizations: ['system:nodes'] }
  const wanted = { subject, usages: ['clientAuth'], names: [] } as const
  const certified = canSign(authorities.ca) ? undefined : certifiedFor(authorities, host.name, 'kubelet.conf')
  const stays = certified ? isSame(certified.certPem, there) : !renew
  if (stays && whyCertificateNotKept(there, wanted, authorities.ca.certPem, now) === undefined)
    return undefined
  const { validity } = config.certificates
  const { certPem, keyPem } =
    certified ??
    (await issuePair(wanted, authorities.ca, {
      // The kubelet's own choice (kubeadm.md 1.4).
      algorithm: 'ECDSA-P256',
      validity: validityFor(now, parseDuration(validity)),
    }))
  return { file: fileName(now), certPem, pem: certPem + keyPem }
}
