/** Whether a worker has its own certificate from this cluster already. Takes what planning knows; asks nobody. */

import { X509Certificate } from 'node:crypto'
import type { HostConfig } from '../config/schema.ts'
import { kubeletClientCertificate, kubeletConf } from '../constants.ts'
import { ownershipOf } from '../facts/ownership.ts'
import type { HostFacts } from '../facts/types.ts'

export const hasJoined = (
  host: HostConfig,
  facts: HostFacts | undefined,
  ours: { readonly name: string; readonly caHashes: readonly string[] },
  now: Date,
): boolean => {
  if (!facts || ownershipOf(facts, ours).kind !== 'ours') return false
  const certificate = facts.identity[kubeletClientCertificate]
  if (!facts.identity[kubeletConf] || !certificate) return false
  try {
    const read = new X509Certificate(certificate)
    return read.subject.includes(`CN=system:node:${host.name}`) && new Date(read.validTo) > now
  } catch {
    return false
  }
}
