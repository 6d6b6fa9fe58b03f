/** Whether a kubeconfig on a host may stay. Takes its text and what is wanted; gives the reason why not, or undefined. */
import { parse } from 'yaml'
import { z } from 'zod'
import { kubeletClientCertificate } from '../constants.ts'
import type { Wanted } from './issue.ts'
import { whyCertificateNotKept, whyNotKept } from './keep.ts'

const shape = z.object({
  clusters: z.array(
    z.object({
      name: z.string(),
      cluster: z.object({ server: z.string(), 'certificate-authority-data': z.string() }),
    }),
  ),
  contexts: z.array(
    z.object({ name: z.string(), context: z.object({ cluster: z.string(), user: z.string() }) }),
  ),
  'current-context': z.string(),
  users: z.array(
    z.object({
      name: z.string(),
      user: z.object({
        'client-certificate': z.string().optional(),
        'client-key': z.string().optional(),
        'client-certificate-data': z.string().optional(),
        'client-key-data': z.string().optional(),
      }),
    }),
  ),
})

const parsed = (text: string): unknown => {
  try {
    return parse(text)
  } catch {
    return undefined
  }
}

/** What kubectl would use: the cluster and the user of the current context. */
const inUse = (text: string) => {
  const { data } = shape.safeParse(parsed(text))
  const context = data?.contexts.find(({ name }) => name === data['current-context'])?.context
  const cluster = data?.clusters.find(({ name }) => name === context?.cluster)?.cluster
  const user = data?.users.find(({ name }) => name === context?.user)?.user
  return cluster && user ? { cluster, user } : undefined
}

const decoded = (base64: string | undefined): string => Buffer.from(base64 ?? '', 'base64').toString('utf8')

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
  const existing = inUse(text)
  if (!existing) return 'it cannot be read'
  const { cluster, user } = existing
  if (cluster.server !== wanted.server) return `the API is at ${wanted.server} now`
  if (decoded(cluster['certificate-authority-data']) !== wanted.trustPem) return 'it trusts other CAs'
  if (wanted.kubeletPem !== undefined && user['client-certificate'] === kubeletClientCertificate) {
    return whyCertificateNotKept(wanted.kubeletPem, wanted, wanted.authorityPem, now)
  }
  const pair = {
    certPem: decoded(user['client-certificate-data']),
    keyPem: decoded(user['client-key-data']),
  }
  return whyNotKept(pair, wanted, wanted.authorityPem, now)
}
