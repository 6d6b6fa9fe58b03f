/** What a kubeconfig says to kubectl. Takes its text; gives the cluster and the user of its current context, decoded. */
import { parse } from 'yaml'
import { z } from 'zod'

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

export type ReadKubeconfig = {
  readonly server: string
  readonly caPem: string
  /** Embedded; '' where it is not. */
  readonly certPem: string
  readonly keyPem: string
  /** The file that it names instead. */
  readonly certFile: string | undefined
}

const decoded = (base64: string | undefined): string => Buffer.from(base64 ?? '', 'base64').toString('utf8')

/** undefined for what is not a kubeconfig, or points nowhere. */
export const readKubeconfig = (text: string): ReadKubeconfig | undefined => {
  const { data } = shape.safeParse(parsed(text))
  const context = data?.contexts.find(({ name }) => name === data['current-context'])?.context
  const cluster = data?.clusters.find(({ name }) => name === context?.cluster)?.cluster
  const user = data?.users.find(({ name }) => name === context?.user)?.user
  if (!cluster || !user) return undefined
  return {
    server: cluster.server,
    caPem: decoded(cluster['certificate-authority-data']),
    certPem: decoded(user['client-certificate-data']),
    keyPem: decoded(user['client-key-data']),
    certFile: user['client-certificate'],
  }
}
