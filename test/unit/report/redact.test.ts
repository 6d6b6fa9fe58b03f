import { generateKeyPairSync, randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRedactor } from '../../../src/report/redact.ts'

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()

describe('by value', () => {
  it('finds a secret as it is and in base64, wherever it stands', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 4 }), fc.string(), fc.string(), (secret, before, after) => {
        fc.pre(secret.trim().length >= 4)
        const redactor = createRedactor()
        redactor.add(secret)
        const encoded = Buffer.from(secret).toString('base64')
        // What stands before may make another beginning of the secret, so it is set apart.
        expect(redactor.redact(`${before}\u0000${secret}\u0000${after}`)).not.toContain(
          `\u0000${secret.trim()}`,
        )
        expect(redactor.redact(`${before}\u0000${encoded}${after}`)).not.toContain(`\u0000${encoded}`)
      }),
    )
  })

  it('finds every line of a key, but leaves the markers that certificates have as well', () => {
    const redactor = createRedactor()
    redactor.add(pem)
    for (const line of pem.split('\n').filter((text) => text.length >= 16 && !text.startsWith('-----')))
      expect(redactor.redact(`  | ${line}`)).toBe('  | [redacted]')
    expect(redactor.redact('-----BEGIN CERTIFICATE-----')).toBe('-----BEGIN CERTIFICATE-----')
  })

  it('takes from a kubeconfig what is secret, and leaves its addresses and names', () => {
    const redactor = createRedactor()
    const data = Buffer.from(pem).toString('base64')
    redactor.add(
      `clusters:\n- cluster:\n    server: https://10.0.0.11:6443\n  name: kubernetes\n- client-key-data: ${data}\n`,
    )
    expect(redactor.redact('server: https://10.0.0.11:6443')).toBe('server: https://10.0.0.11:6443')
    expect(redactor.redact(`found ${data}!`)).toBe('found [redacted]!')
  })

  it('takes the longer of two secrets that begin alike', () => {
    const redactor = createRedactor()
    redactor.add('hunter2')
    redactor.add('hunter2-and-more')
    expect(redactor.redact('x hunter2-and-more hunter2 y')).toBe('x [redacted] [redacted] y')
  })

  it('leaves words alone that a secret of two letters would take away', () => {
    const redactor = createRedactor()
    redactor.add('on')
    expect(redactor.redact('only one')).toBe('only one')
  })

  it('gives texts without secrets back as they are', () => {
    const redactor = createRedactor()
    for (let count = 0; count < 1000; count++) redactor.add(randomBytes(24).toString('base64'))
    const text = '[containerd] w1: write /etc/containerd/config.toml … changed'
    expect(redactor.redact(text)).toBe(text)
  })
})

describe('by look', () => {
  const { redact } = createRedactor()
  const hex = randomBytes(32).toString('hex')

  it.each([
    ['a private key', `found:\n${pem}end`, 'found:\n[private key]\nend'],
    ['half a private key', `found:\n${pem.slice(0, 80)}`, 'found:\n[private key]'],
    ['a bootstrap token', '--token abcdef.0123456789abcdef -v', '--token [token] -v'],
    ['data of a kubeconfig', '    client-key-data: LS0tLS1CRUdJTg==\n', '    client-key-data: [redacted]\n'],
    ['the same as JSON', '{"client-key-data":"LS0tLS1CRUdJTg=="}', '{"client-key-data":"[redacted]"}'],
    ['a certificate key', `key ${hex}.`, 'key [key].'],
    ['a proxy with a password', 'via http://me:pass@proxy:3128', 'via http://me:[redacted]@proxy:3128'],
    ['a login', 'Authorization = "Basic bWU6bWluZQ=="', 'Authorization = "Basic [redacted]"'],
    ['a bearer token', 'Authorization: Bearer abc.def-0123', 'Authorization: Bearer [redacted]'],
  ])('hides %s', (_, text, shown) => {
    expect(redact(text)).toBe(shown)
  })

  it.each([
    `sha256:${hex}`,
    `blobs/sha256/${hex}`,
    'a9f9018cafe.example.com 10.0.0.1',
    'registry.k8s.io/kube-apiserver:v1.37.1',
    'kubelet.conf and bootstrap-kubelet.conf',
    'https://10.0.0.11:6443/api',
  ])('leaves %s', (text) => {
    expect(redact(text)).toBe(text)
  })
})
