/** By which line tests find a certificate in files: one that is its own, also beside one made in the same second under the same name. */
import { expect, test } from 'vitest'
import { createAuthority } from '../../../src/pki/authorities.ts'
import { ownLine } from '../../support/files-with.ts'

test.each(['ECDSA-P256', 'ECDSA-P384', 'RSA-2048'] as const)(
  'two CAs of %s have no line of their own in common',
  async (algorithm) => {
    const make = () => createAuthority('ca', { algorithm, caValidity: '87600h' }, new Date(0))
    const [one, other] = [await make(), await make()]
    expect(one.certPem).toContain(`\n${ownLine(one.certPem)}\n`)
    expect(other.certPem).not.toContain(ownLine(one.certPem))
  },
)
