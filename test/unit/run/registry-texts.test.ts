import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createRedactor } from '../../../src/report/redact.ts'
import { readRegistryTexts } from '../../../src/run/registry-texts.ts'
import { clusterConfig } from '../../support/check-input.ts'
import { authoritiesFor } from '../../support/pki.ts'
import { scratchDirectory } from '../../support/scratch.ts'

const login = { 'r.example:5000': { user: 'robot', passwordFile: 'password' } }

const reading = (registry: object, files: Readonly<Record<string, string>>, mode = 0o600) => {
  const folder = scratchDirectory('registry')
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text, { mode })
  const redactor = createRedactor()
  const resolve = (path: string): string => join(folder, path)
  const texts = readRegistryTexts({
    registry: clusterConfig({ registry }).registry,
    resolve,
    secrets: redactor,
  })
  return { texts, redact: redactor.redact }
}

describe('passwords', () => {
  test('are read from their files, and hidden in every form in which they travel', async () => {
    const { texts, redact } = reading({ credentials: login }, { password: 'open sesame\n' })
    expect([...(await texts).passwords]).toEqual([['r.example:5000', 'open sesame']])
    const header = Buffer.from('robot:open sesame').toString('base64')
    expect(redact(`it is open sesame, or ${header}`)).toBe('it is [redacted], or [redacted]')
  })

  test.each([
    ['that is not there', {}, 0o600, /registry\.credentials: r\.example:5000: cannot read .*password/],
    ['that others can read', { password: 'x' }, 0o644, /can be read by others/],
    ['that is empty', { password: '\n' }, 0o600, /is empty/],
  ])('from a file %s: refused', async (_what, files, mode, message) => {
    await expect(reading({ credentials: login }, files, mode).texts).rejects.toThrow(message)
  })
})

describe('CAs', () => {
  const section = { caFile: 'ca.pem' }

  test('are taken out of the file, and nothing else that is in it', async () => {
    const { ca: one, etcdCa: two } = await authoritiesFor(clusterConfig())
    const text = `# of the company\r\n${one.certPem}${one.keyPem}${two.certPem}`
    const { caPem } = await reading(section, { 'ca.pem': text }).texts
    expect(caPem).toBe(one.certPem + two.certPem)
  })

  test.each([
    ['that is not there', {}, /registry\.caFile: cannot read .*ca\.pem/],
    ['without a certificate', { 'ca.pem': 'DER' }, /there is no certificate in .*ca\.pem/],
    [
      'with a damaged one',
      { 'ca.pem': '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n' },
      /certificate 1 of .*ca\.pem is damaged/,
    ],
  ])('from a file %s: refused', async (_what, files, message) => {
    await expect(reading(section, files).texts).rejects.toThrow(message)
  })
})
