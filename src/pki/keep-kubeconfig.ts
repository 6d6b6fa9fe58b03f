/** Whether a kubeconfig on a host may stay. Takes its text and what is wanted; gives the reason why not, or undefined. */
import { kubeletClientCertificate } from '../constants.ts'
import type { Wanted } from './issue.ts'
import { whyCertificateNotKept, whyNotKept } from './keep.ts'
import { readKubeconfig } from './read-kubeconfig.ts'

export type WantedKubeconfig = Wanted & {
  readonly server: string
  readonly trustPem: string
  readonly authorityPem: string
  /** The certificate that the kubelet renews by itself, where the file may point to it; '' when there is none. */
  readonly kubeletPem?: string | undefined
}

export const whyKubeconfigNotKept = (
  text: string | undefined,
  wanted: WantedKubeconfig,
  now: Date,
): string | undefined => {
  if (!text) return 'there is none yet'
  const existing = readKubeconfig(text)
  if (!existing) return 'it cannot be read'
  if (existing.server !== wanted.server) return `the API is at ${wanted.server} now`
  if (existing.caPem !== wanted.trustPem) return 'it trusts other CAs'
  if (wanted.kubeletPem !== undefined && existing.certFile === kubeletClientCertificate) {
    return whyCertificateNotKept(wanted.kubeletPem, wanted, wanted.authorityPem, now)
  }
  return whyNotKept(existing, wanted, wanted.authorityPem, now)
}
