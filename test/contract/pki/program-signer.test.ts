/** A CA whose key only a program has: openssl stands for the HSM, in a script such as a user would write. */
import { X509Certificate } from 'node:crypto'
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { mintClient } from '../../../src/pki/client.ts'
import type { PemPair } from '../../../src/pki/issue.ts'
import { signersOf } from '../../../src/pki/program-signer.ts'
import { clusterConfig } from '../../support/check-input.ts'
import { certificateOf, type OpensslCa, type OpensslKey, opensslCa } from '../../support/openssl-ca.ts'
import { authoritiesFor, verifyWithOpenssl } from '../../support/pki.ts'
import { scratchDirectory } from '../../support/scratch.ts'

/** In a folder of its own, as `./sign`. */
const program = (script: string): string => {
  const folder = scratchDirectory('signer')
  writeFileSync(join(folder, 'sign'), `#!/bin/sh\n${script}\n`)
  chmodSync(join(folder, 'sign'), 0o755)
  return folder
}

const opensslSigner = 'openssl pkeyutl -sign -inkey "$1" -pkeyopt "digest:$SLIPWAY_HASH"'

const certified = async (ca: OpensslCa, folder: string, ...args: readonly string[]): Promise<PemPair> => {
  const signers = signersOf({ command: ['./sign', ...args], folder })
  const certPem = certificateOf(ca)
  const authorities = await authoritiesFor(clusterConfig())
  return mintClient({
    authorities: { ...authorities, ca: { certPem, signer: signers('ca', certPem) } },
    commonName: 'jane',
    organizations: ['developers'],
    seconds: 3600,
    now: new Date(),
  })
}

describe('a program that signs', () => {
  it.each<OpensslKey>(['P-256', 'P-384', 'RSA-2048'])('with a key that is %s', async (key) => {
    const ca = opensslCa(scratchDirectory('ca'), 'HSM', { key })
    const { certPem } = await certified(ca, program(opensslSigner), ca.key)
    expect(verifyWithOpenssl(certPem, certificateOf(ca), new Date())).toContain('OK')
    expect(new X509Certificate(certPem).verify(new X509Certificate(certificateOf(ca)).publicKey)).toBe(true)
  })

  it('may print base64, as people who are used to PEM do', async () => {
    const ca = opensslCa(scratchDirectory('ca'), 'HSM')
    const { certPem } = await certified(ca, program(`${opensslSigner} | base64`), ca.key)
    expect(verifyWithOpenssl(certPem, certificateOf(ca), new Date())).toContain('OK')
  })

  it('is told which CA, which hash and which kind of key; its arguments are seen by no shell', async () => {
    const ca = opensslCa(scratchDirectory('ca'), 'HSM', { key: 'P-384' })
    const folder = program(
      `printf '%s\\n' "$2" "$SLIPWAY_CA" "$SLIPWAY_HASH" "$SLIPWAY_KEY" >told; ${opensslSigner}`,
    )
    await certified(ca, folder, ca.key, '$(touch injected) ; `id` "\'')
    expect(readFileSync(join(folder, 'told'), 'utf8')).toBe('$(touch injected) ; `id` "\'\nca\nsha384\nec\n')
    expect(existsSync(join(folder, 'injected'))).toBe(false)
  })

  it('is never asked for two things at a time, and one that fails does not hold up the next', async () => {
    const ca = opensslCa(scratchDirectory('ca'), 'HSM')
    const folder = program(
      `mkdir busy || exit 9; sleep 0.05; ${opensslSigner}; status=$?; rmdir busy; [ "$SLIPWAY_CA" != fails ] && exit $status`,
    )
    const signers = signersOf({ command: ['./sign', ca.key], folder })
    const [one, other] = [signers('ca', certificateOf(ca)), signers('fails', certificateOf(ca))]
    const ended = await Promise.allSettled(
      [one, other, one, one].map(({ sign }) => sign(Buffer.from('text'))),
    )
    expect(ended.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled'])
  })
})

describe('a program that does not', () => {
  const hsm = (): OpensslCa => opensslCa(scratchDirectory('ca'), 'HSM')

  it.each<[string, string, RegExp]>([
    [
      'that fails',
      'echo "slot 3: PIN locked" >&2; exit 7',
      /sign ended with exit code 7\. It said: slot 3: PIN locked/,
    ],
    ['that is killed', 'kill -9 $$', /sign was ended by SIGKILL\. It said nothing/],
    ['that prints nothing', 'true', /printed is no signature of the CA ca \(0 bytes\)/],
    ['that prints something else', 'echo done', /is no signature of the CA ca \(5 bytes\)/],
    [
      'that signs with another key',
      `openssl ecparam -genkey -name prime256v1 -noout -out other
       openssl pkeyutl -sign -inkey other -pkeyopt digest:sha256`,
      /is no signature of the CA ca/,
    ],
    ['that never stops printing', 'exec yes', /sign (was ended by SIGPIPE|ended with exit code 1)/],
  ])('%s is told of with what it said', async (_, script, said) => {
    await expect(certified(hsm(), program(script))).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringMatching(said),
    })
  })

  it('because there is none, is named with where it was looked for', async () => {
    const folder = scratchDirectory('signer')
    await expect(certified(hsm(), folder)).rejects.toMatchObject({
      message: expect.stringContaining('certificates.signer: cannot run ./sign'),
      hint: expect.stringContaining(folder),
    })
  })
})
