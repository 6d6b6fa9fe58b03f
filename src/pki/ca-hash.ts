/** The hash by which a CA is known (kubeadm's --discovery-token-ca-cert-hash). Takes the CA's PEM; gives `sha256:…`. */
import { X509Certificate } from 'node:crypto'
import { caCertHash } from '../facts/ownership.ts'
import { certificatesIn } from './read-certificate.ts'

export const caHash = (caPem: string): string => caCertHash(new X509Certificate(caPem))

/** Of every CA in a file: while one is being replaced there are two. */
export const caHashesIn = (pem: string): readonly string[] => certificatesIn(pem).map(caHash)
