/** Whether a kubelet uses a certificate. Takes what its metrics say, and the certificate that is on its disk; gives yes or no. Pure. */
import { X509Certificate } from 'node:crypto'
import { backdateMs } from '../pki/certificate.ts'

/** Told in seconds from now, by a clock that is not ours; two certificates of a kubelet are further apart than this. */
const sameExpirySeconds = 10

/**
 * A kubelet that renews its certificate says when the one expires that it uses: the one on its disk, if it has read it. One that does
 * not, because nobody would sign, reads it when it starts: it has, if it was started since.
 */
export const kubeletUses = (
  metrics: string,
  certPem: string,
  /** By how much its clock is ahead of ours, and what time it is here. */
  { offsetSeconds, now }: { readonly offsetSeconds: number; readonly now: number },
): boolean => {
  const told = (name: string): number | undefined => {
    const value = new RegExp(`^${name} (\\S+)`, 'm').exec(metrics)?.[1]
    return value === undefined ? undefined : Number(value)
  }
  const { validFromDate, validToDate } = new X509Certificate(certPem)
  const left = told('kubelet_certificate_manager_client_ttl_seconds')
  if (left === undefined) {
    const issued = (validFromDate.getTime() + backdateMs) / 1000 + offsetSeconds
    return (told('process_start_time_seconds') ?? 0) >= issued
  }
  const wanted = (validToDate.getTime() - now) / 1000 - offsetSeconds
  return Math.abs(left - wanted) <= sameExpirySeconds
}
