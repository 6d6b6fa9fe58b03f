/** A public key on one line: the same from its PEM, and nothing else taken for one. */
import { generateKeyPairSync } from 'node:crypto'
import { expect, test } from 'vitest'
import { publicKeyLine, readPublicKey } from '../../../src/bundle/public-key.ts'

const { publicKey } = generateKeyPairSync('ed25519')
const line = publicKeyLine(publicKey)

test('its line and its PEM are the same key, with whatever blanks around', () => {
  expect(line).toMatch(/^MCowBQYDK2VwAyEA[A-Za-z0-9+/]{43}=$/)
  expect(readPublicKey(`${line}\n`, 'it')).toBe(line)
  expect(readPublicKey(publicKey.export({ type: 'spki', format: 'pem' }).toString(), 'it')).toBe(line)
})

test.each([
  ['nothing', ''],
  ['a word', 'key'],
  ['one cut off', line.slice(0, -4)],
  ['one with something behind it', `${line}AAAA`],
  ['one with a blank in it', `${line.slice(0, 30)} ${line.slice(30)}`],
  ['a PEM cut off', '-----BEGIN PUBLIC KEY-----\nMCow'],
  [
    'a private key',
    generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  ],
  ['a key of another kind', publicKeyLine(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey)],
])('%s is refused by where it came from, without being repeated', (_what, text) => {
  expect(() => readPublicKey(text, 'bundle.publicKey')).toThrow(
    /^bundle\.publicKey is not an Ed25519 public key$/,
  )
})
