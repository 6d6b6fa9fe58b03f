/** A client certificate for a short time, for Slipway's own calls and for people. Takes who; gives the pair, kept in memory. */
import { X509Certificate } from 'node:crypto'
import type { Authorities } from './authorities.ts'
import { validityFor } from './certificate.ts'
import { canSign, issuePair, type PemPair } from './issue.ts'
import { administratorId, administrators, certifiedPair } from './requests.ts'

export type ClientRequest = {
  readonly authorities: Authorities
  readonly commonName: string
  readonly organizations: readonly string[]
  readonly seconds: number
  readonly now: Date
}

export const mintClient = ({
  authorities,
  commonName,
  organizations,
  seconds,
  now,
}: ClientRequest): Promise<PemPair> =>
  issuePair({ subject: { commonName, organizations }, usages: ['clientAuth'], names: [] }, authorities.ca, {
    algorithm: 'ECDSA-P256',
    validity: validityFor(now, seconds),
  })

export type Administrator = keyof typeof administrators

/** What was certified in advance. The one that starts a cluster may have expired by now: the other is enough for all that comes later. */
const certifiedAdministrator = (
  as: Administrator,
  authorities: Authorities,
  now: Date,
): PemPair | undefined => {
  const names: readonly Administrator[] = as === 'admin' ? ['admin'] : ['super-admin', 'admin']
  return names
    .flatMap((name) => certifiedPair(authorities, administratorId(name)) ?? [])
    .find(({ certPem }) => new X509Certificate(certPem).validToDate > now)
}

/** For Slipway's own calls. */
export const administratorClient = async (
  as: Administrator,
  { authorities, seconds, now }: Pick<ClientRequest, 'authorities' | 'seconds' | 'now'>,
): Promise<PemPair> => {
  const { organizations } = administrators[as]
  const certified = canSign(authorities.ca) ? undefined : certifiedAdministrator(as, authorities, now)
  if (certified) return certified
  const commonName = as === 'admin' ? 'slipway' : 'slipway-super-admin'
  return mintClient({ authorities, commonName, organizations, seconds, now })
}
