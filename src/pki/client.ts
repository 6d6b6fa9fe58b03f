/** A client certificate for a short time, for Slipway's own calls and for people. Takes who; gives the pair, kept in memory. */

import type { Authorities } from './authorities.ts'
import { validityFor } from './certificate.ts'
import { issuePair, type PemPair } from './issue.ts'

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
