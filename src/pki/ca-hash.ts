/** The hash by which a CA is known (kubeadm's --discovery-token-ca-cert-hash). Takes the CA's PEM; gives `sha256:…`. */
import { X509Certificate } from 'node:crypto'
import { caCertHash } from '../facts/ownership.ts'

export const caHash = (caPem: string): string => caCertHash(new X509Certificate(caPem))
