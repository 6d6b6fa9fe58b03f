/** The signature over an index: by a key of this machine that is made once, and is nobody else's to read. */
import { generateKeyPairSync, sign } from 'node:crypto'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { readPublicKey } from '../../../src/bundle/public-key.ts'
import { signerOf, signIndex } from '../../../src/bundle/signature.ts'
import { scratchDirectory } from '../../support/scratch.ts'

const at = { folder: '' }
beforeEach(() => {
  at.folder = scratchDirectory('config')
  vi.stubEnv('XDG_CONFIG_HOME', at.folder)
})
afterEach(() => {
  vi.unstubAllEnvs()
})

const keyFile = () => join(at.folder, 'slipway', 'bundle-key.pem')

test('is of that index and of no other, and says whose it is', async () => {
  const { publicKey, signature } = await signIndex('{"manifests":[]}')
  const text = JSON.stringify({ publicKey, signature })
  expect(signerOf('{"manifests":[]}', text)).toBe(readPublicKey(publicKey, 'it'))
  expect(signerOf('{"manifests":[] }', text)).toBeUndefined()
})

test('is of nobody when it is of another kind of key, or written in another way', async () => {
  const { publicKey, signature } = await signIndex('x')
  const text = JSON.stringify({ publicKey, signature })
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const byRsa = {
    publicKey: rsa.publicKey.export({ type: 'spki', format: 'pem' }),
    signature: sign(null, Buffer.from('x'), rsa.privateKey).toString('base64'),
  }
  const others = [
    `${text} `,
    text.replace('\\n', '\\n\\n'),
    JSON.stringify({ signature, publicKey }),
    JSON.stringify(byRsa),
  ]
  for (const other of others) expect(signerOf('x', other)).toBeUndefined()
})

test('the key is made on first use, closed, and stays', async () => {
  const first = await signIndex('a')
  expect(statSync(keyFile()).mode & 0o777).toBe(0o600)
  expect(statSync(join(at.folder, 'slipway')).mode & 0o777).toBe(0o700)
  const key = readFileSync(keyFile(), 'utf8')
  expect(await signIndex('a')).toEqual(first)
  expect(readFileSync(keyFile(), 'utf8')).toBe(key)
  expect(JSON.stringify(first)).not.toContain('PRIVATE')
})

test('two that sign for the first time at once have one key', async () => {
  const all = await Promise.all(Array.from({ length: 8 }, () => signIndex('a')))
  expect(new Set(all.map(({ publicKey }) => publicKey)).size).toBe(1)
})

test('a key that cannot be read is said, and is not replaced', async () => {
  await signIndex('a')
  writeFileSync(keyFile(), 'not a key')
  await expect(signIndex('a')).rejects.toThrow(/bundle-key\.pem/)
  expect(readFileSync(keyFile(), 'utf8')).toBe('not a key')
})
