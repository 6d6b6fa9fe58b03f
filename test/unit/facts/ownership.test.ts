import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { caCertHash, ownershipOf } from '../../../src/facts/ownership.ts'

const folder = mkdtempSync(join(tmpdir(), 'slipway-ownership-'))
afterAll(() => rmSync(folder, { recursive: true }))

const makeCa = (name: string): string => {
  const file = join(folder, `${name}.crt`)
  const key = [
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-keyout',
    join(folder, 'key'),
  ]
  execFileSync('openssl', ['req', '-x509', ...key, '-subj', `/CN=${name}`, '-out', file], { stdio: 'ignore' })
  return readFileSync(file, 'utf8')
}

const ourCa = makeCa('ours')
const otherCa = makeCa('other')
const hashOf = (pem: string): string => caCertHash(new X509Certificate(pem))
const ours = { name: 'demo', caHashes: [hashOf(ourCa)] }

const kubeconfig = (ca: string): string =>
  `clusters:\n- cluster:\n    certificate-authority-data: ${Buffer.from(ca).toString('base64')}\n    server: https://x\n`
const kubeletConf = '/etc/kubernetes/kubelet.conf'
const caFile = '/etc/kubernetes/pki/ca.crt'

test("the hash is kubeadm's: openssl computes the same from the public key", () => {
  const pem = join(folder, 'ours.crt')
  const key = execFileSync('openssl', ['x509', '-in', pem, '-noout', '-pubkey'])
  const der = execFileSync('openssl', ['pkey', '-pubin', '-outform', 'der'], { input: key })
  const digest = execFileSync('openssl', ['dgst', '-sha256', '-r'], { input: der, encoding: 'utf8' })
  expect(hashOf(ourCa)).toBe(`sha256:${digest.split(' ')[0]}`)
})

const marker = (name: string, caHash = hashOf(ourCa)) => ({ name, caHash })

test.each([
  ['a bare host', undefined, {}, 'nobody'],
  ['our marker', marker('demo'), {}, 'ours'],
  ['a marker of the same name with another CA', marker('demo', 'sha256:ff'), {}, 'foreign'],
  ["another cluster's marker", marker('prod'), {}, 'foreign'],
  [
    'our marker of before the CA was rotated',
    marker('demo', 'sha256:ff'),
    { [caFile]: otherCa + ourCa },
    'ours',
  ],
  ['our CA on the host', undefined, { [caFile]: ourCa }, 'ours'],
  ['another CA on the host', undefined, { [caFile]: otherCa }, 'foreign'],
  ['a kubelet that trusts our CA', undefined, { [kubeletConf]: kubeconfig(ourCa) }, 'ours'],
  ['a kubelet that trusts another CA', undefined, { [kubeletConf]: kubeconfig(otherCa) }, 'foreign'],
  ['a CA that is no certificate', undefined, { [caFile]: 'rubbish' }, 'nobody'],
])('%s', (_title, cluster, identity, expected) => {
  expect(ownershipOf({ cluster, identity }, ours).kind).toBe(expected)
})

test('without a CA of our own, no cluster is ours', () => {
  const nameAlone = { name: 'demo', caHashes: [] }
  expect(ownershipOf({ cluster: marker('demo'), identity: {} }, nameAlone).kind).toBe('foreign')
  expect(ownershipOf({ cluster: undefined, identity: { [caFile]: ourCa } }, nameAlone)).toEqual({
    kind: 'foreign',
    name: undefined,
    caHash: hashOf(ourCa),
  })
})
