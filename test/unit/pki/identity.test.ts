import { X509Certificate } from 'node:crypto'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Authorities, adoptAuthorities } from '../../../src/pki/authorities.ts'
import { caHash } from '../../../src/pki/ca-hash.ts'
import { mintClient } from '../../../src/pki/client.ts'
import { issueIdentity } from '../../../src/pki/identity.ts'
import { subjectOf } from '../../../src/pki/read-certificate.ts'
import { readKubeconfig } from '../../../src/pki/read-kubeconfig.ts'
import { clusterConfig } from '../../support/check-input.ts'
import {
  authoritiesFor,
  type Contents,
  contentsOf,
  filesOf,
  issueFor,
  openssl,
  someday,
  verifyWithOpenssl,
} from '../../support/pki.ts'
import { scratchDirectory } from '../../support/scratch.ts'

const pki = '/etc/kubernetes/pki'
const config = clusterConfig()
const yearLater = new Date('2027-11-22T12:00:00Z')

let authorities: Authorities
let onCp1: Contents
beforeAll(async () => {
  authorities = await authoritiesFor(config)
  onCp1 = contentsOf(filesOf(await issueFor(config, authorities), 'cp1'))
})

/** Path → why, of what was not kept on cp1. */
const issuedAgain = async (there: Contents, { of = config, now = someday } = {}) => {
  const files = filesOf(await issueFor(of, authorities, { cp1: there }, now), 'cp1')
  return Object.fromEntries(
    files.filter(({ origin }) => origin === 'issued').map(({ path, why }) => [path, why]),
  )
}

const text = (contents: Contents, path: string): string => {
  const found = contents[path]
  if (!found) throw new Error(`no ${path}`)
  return found
}

describe('a new cluster', () => {
  it('gives a worker nothing but whom to trust', async () => {
    const files = filesOf(await issueFor(config, authorities), 'w1')
    expect(files.map(({ path, mode, secret }) => [path, mode, secret])).toEqual([
      [`${pki}/ca.crt`, 0o644, false],
      [`${pki}/ca-bundle.crt`, 0o644, false],
    ])
  })

  it('gives every key and kubeconfig to root alone', async () => {
    const files = filesOf(await issueFor(config, authorities), 'cp1')
    const open = files.filter(({ mode }) => mode !== 0o600)
    expect(open.every(({ path, mode }) => path.endsWith('.crt') && mode === 0o644)).toBe(true)
    const hidden = files.filter(({ content }) => /PRIVATE KEY|client-key-data/.test(content))
    expect(hidden.every(({ secret, mode }) => secret && mode === 0o600)).toBe(true)
    expect(hidden).toHaveLength(3 + 1 + 7 + 4)
  })

  it.each([
    ['apiserver', 'ca'],
    ['apiserver-kubelet-client', 'ca'],
    ['front-proxy-client', 'front-proxy-ca'],
    ['etcd/server', 'etcd/ca'],
    ['etcd/peer', 'etcd/ca'],
    ['etcd/healthcheck-client', 'etcd/ca'],
    ['apiserver-etcd-client', 'etcd/ca'],
  ])('%s is signed by %s, as openssl sees it', (leaf, ca) => {
    expect(verifyWithOpenssl(text(onCp1, `${pki}/${leaf}.crt`), text(onCp1, `${pki}/${ca}.crt`))).toContain(
      'OK',
    )
  })

  it.each([
    ['admin.conf', 'kubernetes-admin', 'kubeadm:cluster-admins', 'https://api.example:8443'],
    ['kubelet.conf', 'system:node:cp1', 'system:nodes', 'https://10.0.0.11:6443'],
    ['controller-manager.conf', 'system:kube-controller-manager', undefined, 'https://10.0.0.11:6443'],
    ['scheduler.conf', 'system:kube-scheduler', undefined, 'https://10.0.0.11:6443'],
  ])('%s is for %s', async (name, commonName, organization, server) => {
    const endpoint = clusterConfig({ controlPlane: { endpoint: { host: 'api.example', port: 8443 } } })
    const files = contentsOf(filesOf(await issueFor(endpoint, authorities), 'cp1'))
    const read = readKubeconfig(text(files, `/etc/kubernetes/${name}`))
    expect(read?.server).toBe(server)
    expect(read?.caPem).toBe(authorities.ca.certPem)
    const subject = subjectOf(new X509Certificate(read?.certPem ?? ''))
    expect(subject).toEqual({ commonName, organizations: organization === undefined ? [] : [organization] })
    expect(verifyWithOpenssl(read?.certPem ?? '', authorities.ca.certPem)).toContain('OK')
  })

  it('gives nothing to a host that was not looked at', async () => {
    const identity = await issueIdentity({
      config,
      authorities,
      existing: new Map([['w1', {}]]),
      now: someday,
    })
    expect([...identity.keys()]).toEqual(['w1'])
  })
})

describe('what stands already', () => {
  it('is kept byte for byte', async () => {
    expect(await issuedAgain(onCp1)).toEqual({})
  })

  it('is issued again when it has expired, but for the CAs', async () => {
    const again = await issuedAgain(onCp1, { now: yearLater })
    expect(Object.keys(again)).toHaveLength(7 * 2 + 4)
    expect(new Set(Object.values(again))).toEqual(new Set(['it expired on 2027-11-21']))
  })

  it('is issued again where the names have changed, and only there', async () => {
    const more = clusterConfig({ controlPlane: { certSANs: ['api.example'] } })
    const why = 'the names and addresses in it have changed'
    expect(await issuedAgain(onCp1, { of: more })).toEqual({
      [`${pki}/apiserver.crt`]: why,
      [`${pki}/apiserver.key`]: why,
    })
  })

  it.each<[string, string, (there: Contents) => string | undefined]>([
    ['its certificate is missing', 'apiserver.crt', () => undefined],
    ['its key is missing', 'apiserver.key', () => undefined],
    ['it cannot be read', 'apiserver.crt', () => 'broken'],
    ['its key belongs to another certificate', 'apiserver.key', (there) => there[`${pki}/etcd/peer.key`]],
  ])('is issued again when %s', async (why, file, change) => {
    const { [`${pki}/${file}`]: _, ...rest } = onCp1
    const changed = change(onCp1)
    const there = changed === undefined ? rest : { ...rest, [`${pki}/${file}`]: changed }
    expect(await issuedAgain(there)).toEqual({ [`${pki}/apiserver.crt`]: why, [`${pki}/apiserver.key`]: why })
  })

  it.each([
    ['apiserver', 'etcd/server', "another CA than this cluster's signed it"],
    ['apiserver', 'apiserver-kubelet-client', 'it is for another subject'],
    ['etcd/server', 'etcd/healthcheck-client', 'it is for another subject'],
  ])('is issued again when %s holds %s', async (place, other, why) => {
    const there = {
      ...onCp1,
      [`${pki}/${place}.crt`]: text(onCp1, `${pki}/${other}.crt`),
      [`${pki}/${place}.key`]: text(onCp1, `${pki}/${other}.key`),
    }
    expect(await issuedAgain(there)).toEqual({ [`${pki}/${place}.crt`]: why, [`${pki}/${place}.key`]: why })
  })

  it("is issued again as a whole when it is another cluster's", async () => {
    const others = contentsOf(filesOf(await issueFor(config, await authoritiesFor(config)), 'cp1'))
    expect(Object.keys(await issuedAgain(others)).sort()).toEqual(Object.keys(onCp1).sort())
  })

  it('is issued again where the API has another address', async () => {
    const moved = clusterConfig({ controlPlane: { endpoint: { host: '10.0.0.11', port: 443 } } })
    expect(await issuedAgain(onCp1, { of: moved })).toEqual({
      '/etc/kubernetes/admin.conf': 'the API is at https://10.0.0.11:443 now',
    })
  })
})

describe('the kubelet.conf of a control plane whose kubelet has rotated', () => {
  const current = '/var/lib/kubelet/pki/kubelet-client-current.pem'
  const rotated = (contents: Contents): string =>
    text(contents, '/etc/kubernetes/kubelet.conf')
      .replace(/client-certificate-data: .*/, `client-certificate: ${current}`)
      .replace(/client-key-data: .*/, `client-key: ${current}`)
  const renewed = (commonName: string) =>
    mintClient({
      authorities,
      commonName,
      organizations: ['system:nodes'],
      seconds: 86_400,
      now: someday,
    })

  it.each<[string, string | undefined, Record<string, string>]>([
    ['is kept', 'system:node:cp1', {}],
    [
      'is issued again without that certificate',
      undefined,
      { '/etc/kubernetes/kubelet.conf': 'the certificate that it names is missing' },
    ],
    [
      "is issued again when it is another node's",
      'system:node:w1',
      { '/etc/kubernetes/kubelet.conf': 'it is for another subject' },
    ],
  ])('%s', async (_, commonName, expected) => {
    const certificate = commonName ? { [current]: (await renewed(commonName)).certPem } : {}
    const there = { ...onCp1, '/etc/kubernetes/kubelet.conf': rotated(onCp1), ...certificate }
    expect(await issuedAgain(there)).toEqual(expected)
  })
})

describe('authorities of a cluster whose folder was lost', () => {
  it('come back from a control plane as they were', () => {
    expect(adoptAuthorities(onCp1)).toEqual(authorities)
  })

  it.each<[string, Contents]>([
    ['a bare host', {}],
    ['a key that is not the CA key', { [`${pki}/ca.key`]: 'front-proxy-ca.key' }],
    [
      'a leaf in the place of a CA',
      { [`${pki}/ca.crt`]: 'apiserver.crt', [`${pki}/ca.key`]: 'apiserver.key' },
    ],
    ['a public key of another pair', { [`${pki}/sa.key`]: 'etcd/ca.key' }],
  ])('are not taken from %s', (_, swapped) => {
    const swaps = Object.entries(swapped).map(([path, from]) => [path, text(onCp1, `${pki}/${from}`)])
    const there = swaps.length === 0 ? {} : { ...onCp1, ...Object.fromEntries(swaps) }
    expect(adoptAuthorities(there)).toBeUndefined()
  })

  it('bring along what else is trusted while a CA is replaced', async () => {
    const before = await authoritiesFor(config)
    const both = { ...authorities, ca: { ...authorities.ca, predecessor: { certPem: before.ca.certPem } } }
    const files = contentsOf(filesOf(await issueFor(config, both), 'cp1'))
    expect(text(files, `${pki}/ca.crt`)).toBe(authorities.ca.certPem)
    expect(text(files, `${pki}/ca-bundle.crt`)).toBe(before.ca.certPem + authorities.ca.certPem)
    expect(adoptAuthorities(files)).toEqual(both)
  })
})

describe('caHash', () => {
  it("is what openssl makes of it, the way kubeadm's documentation tells", () => {
    const folder = scratchDirectory('hash')
    const publicKey = openssl(['x509', '-pubkey', '-noout'], authorities.ca.certPem)
    openssl(['pkey', '-pubin', '-outform', 'der', '-out', join(folder, 'key.der')], publicKey)
    const [hash] = openssl(['dgst', '-sha256', '-r', join(folder, 'key.der')]).split(' ')
    expect(caHash(authorities.ca.certPem)).toBe(`sha256:${hash}`)
  })
})
