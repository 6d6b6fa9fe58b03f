/** Where the keys of the CAs are. Takes the cluster file; gives what follows from it for hosts. Pure. */
import type { ClusterConfig } from './schema.ts'

type AuthorityName = keyof ClusterConfig['certificates']['authorities']

/** Of these CAs Slipway has no key: a program signs for them, or people do, when they are shown requests. */
export const keptElsewhere = ({
  certificates,
}: Pick<ClusterConfig, 'certificates'>): readonly AuthorityName[] =>
  (['ca', 'etcdCa', 'frontProxyCa'] as const).filter((id) => {
    const given = certificates.authorities[id]
    return given !== undefined && given.key === undefined
  })

/**
 * Whether control planes have the keys of the CAs. Where they have not, the controller manager signs nothing: kubelets cannot join
 * with tokens nor renew their certificates, and are given them.
 */
export const keysOnHosts = (config: Pick<ClusterConfig, 'certificates'>): boolean => {
  const elsewhere = keptElsewhere(config)
  return !elsewhere.includes('ca') && (config.certificates.keysOnHosts ?? elsewhere.length === 0)
}
