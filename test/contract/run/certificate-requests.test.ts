/** A cluster whose CAs are all kept elsewhere, on this machine: requests out, certificates in, and then a plan without any CA key. */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { clusterFolder } from '../../../src/pki/store.ts'
import { importCertificates, writeRequests } from '../../../src/run/certificate-requests.ts'
import type { Cluster } from '../../../src/run/cluster.ts'
import { clusterStore } from '../../../src/run/cluster-store.ts'
import { clusterConfig } from '../../support/check-input.ts'
import { type OpensslCa, opensslCa, opensslSign, opensslSignAll } from '../../support/openssl-ca.ts'
import { contentsOf, filesOf, issueFor, verifyWithOpenssl } from '../../support/pki.ts'
import { scratchDirectory } from '../../support/scratch.ts'

const folders = { ca: 'ca', etcdCa: 'etcd-ca', frontProxyCa: 'front-proxy-ca' } as const
const ids = ['ca', 'etcdCa', 'frontProxyCa'] as const

type Made = {
  readonly cluster: Cluster
  readonly requests: string
  readonly cas: Readonly<Record<(typeof ids)[number], OpensslCa>>
}

const made = (options: Partial<Cluster> = {}): Made => {
  const folder = scratchDirectory('external')
  const elsewhere = scratchDirectory('elsewhere')
  const cas = {
    ca: opensslCa(elsewhere, 'ca'),
    etcdCa: opensslCa(elsewhere, 'etcd'),
    frontProxyCa: opensslCa(elsewhere, 'fp'),
  }
  const authorities = Object.fromEntries(ids.map((id) => [id, { certificate: cas[id].certificate }]))
  const config = clusterConfig({ certificates: { authorities } })
  const cluster = { clusterFile: join(folder, 'cluster.yaml'), config, ...options }
  return { cluster, requests: join(folder, 'csr'), cas }
}

const signAll = ({ requests, cas }: Made): void => {
  for (const id of ids) opensslSignAll(cas[id], join(requests, folders[id]))
}

const everything = { all: false }

describe('requests out, certificates in', () => {
  test('then every host has what it needs, each verified by openssl under its CA, and no CA key is anywhere', async () => {
    const around = made()
    const { cluster, requests, cas } = around
    expect(await writeRequests(cluster, requests, everything)).toMatchObject({ total: 15 })
    signAll(around)
    const taken = await importCertificates(cluster, requests)
    expect(taken).toMatchObject({ unchanged: 0, open: [] })
    expect(taken.taken).toHaveLength(15)

    const authorities = await clusterStore(cluster).load()
    if (!authorities) throw new Error('nothing was kept')
    const identity = await issueFor(cluster.config, authorities, {}, new Date())
    const onCp1 = contentsOf(filesOf(identity, 'cp1'))
    const pki = '/etc/kubernetes/pki'
    for (const [file, ca] of [
      ['apiserver', cas.ca],
      ['etcd/peer', cas.etcdCa],
      ['front-proxy-client', cas.frontProxyCa],
    ] as const)
      expect(
        verifyWithOpenssl(
          onCp1[`${pki}/${file}.crt`] ?? '',
          readFileSync(ca.certificate, 'utf8'),
          new Date(),
        ),
      ).toContain('OK')
    const caKeys = Object.values(cas).map(({ key }) => readFileSync(key, 'utf8'))
    expect(Object.keys(onCp1).filter((path) => path.endsWith('ca.key'))).toEqual([])
    expect(Object.values(onCp1).filter((text) => caKeys.includes(text))).toEqual([])
    expect(
      readdirSync(clusterFolder(cluster.clusterFile, 'demo'), { recursive: true, encoding: 'utf8' }).filter(
        (name) => name.endsWith('ca.key'),
      ),
    ).toEqual([])
    expect(contentsOf(filesOf(identity, 'w1'))['/etc/kubernetes/kubelet.conf']).toContain(
      'client-certificate: /var/lib/kubelet/pki/kubelet-client-current.pem',
    )
  })

  test('a second time there is nothing to ask for, and nothing to take in', async () => {
    const around = made()
    const { cluster, requests } = around
    await writeRequests(cluster, requests, everything)
    signAll(around)
    await importCertificates(cluster, requests)
    expect((await writeRequests(cluster, requests, everything)).files).toEqual([])
    expect(await importCertificates(cluster, requests)).toEqual({ taken: [], unchanged: 15, open: [] })
  })

  test('what is not there yet is said to be open, and what is there is kept', async () => {
    const around = made()
    const { cluster, requests, cas } = around
    await writeRequests(cluster, requests, everything)
    opensslSignAll(cas.etcdCa, join(requests, 'etcd-ca'))
    const { taken, open } = await importCertificates(cluster, requests)
    expect(taken).toHaveLength(4)
    expect(open.map(({ file }) => file)).toContain(join(requests, 'ca/cp1.apiserver.crt'))
    expect(open).toHaveLength(11)
    expect((await writeRequests(cluster, requests, everything)).files).toHaveLength(11)
  })

  test('asked for twice, the first request is still good: its key is the same', async () => {
    const around = made()
    const { cluster, requests, cas } = around
    const request = join(requests, 'ca/admin.csr')
    await writeRequests(cluster, requests, everything)
    const first = readFileSync(request, 'utf8')
    await writeRequests(cluster, requests, everything)
    writeFileSync(join(requests, 'ca/admin.crt'), opensslSign(cas.ca, first))
    expect((await importCertificates(cluster, requests)).taken).toEqual([join(requests, 'ca/admin.crt')])
  })

  test('to renew, new keys are asked for; until then the old certificates are in use', async () => {
    const around = made()
    const { cluster, requests } = around
    await writeRequests(cluster, requests, everything)
    signAll(around)
    await importCertificates(cluster, requests)
    const before = (await clusterStore(cluster).load())?.requested?.['requests/workstation/admin.crt']
    await writeRequests(cluster, requests, { all: true })
    expect((await clusterStore(cluster).load())?.requested?.['requests/workstation/admin.crt']).toBe(before)
    expect(await importCertificates(cluster, requests)).toMatchObject({ taken: [], unchanged: 15, open: [] })
    signAll(around)
    expect((await importCertificates(cluster, requests)).taken).toHaveLength(15)
    expect((await clusterStore(cluster).load())?.requested?.['requests/workstation/admin.crt']).not.toBe(
      before,
    )
  })

  test('when the cluster file wants other names, what was taken in before is in nobody’s way', async () => {
    const around = made()
    const { cluster, requests } = around
    await writeRequests(cluster, requests, everything)
    signAll(around)
    await importCertificates(cluster, requests)
    const { certificates } = cluster.config
    const more = clusterConfig({ certificates, controlPlane: { certSANs: ['api.example'] } })
    const changed = { ...cluster, config: more }
    const { files } = await writeRequests(changed, requests, everything)
    expect(files).toEqual([join(requests, 'ca/cp1.apiserver.csr')])
    const { open } = await importCertificates(changed, requests)
    expect(open.map(({ why }) => why)).toEqual(['the names and addresses in it have changed'])
    signAll(around)
    expect(await importCertificates(changed, requests)).toMatchObject({ open: [] })
  })

  test('one that is wrong is named with its file, and nothing is taken in', async () => {
    const around = made()
    const { cluster, requests, cas } = around
    await writeRequests(cluster, requests, everything)
    signAll(around)
    const wrong = join(requests, 'ca/admin.crt')
    writeFileSync(wrong, opensslSign(cas.etcdCa, readFileSync(join(requests, 'ca/admin.csr'), 'utf8')))
    await expect(importCertificates(cluster, requests)).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringContaining(`${wrong}: O=Example, CN=etcd signed it, and not O=Example, CN=ca`),
    })
    expect(
      (await clusterStore(cluster).load())?.requested?.['requests/workstation/super-admin.crt'],
    ).toBeUndefined()
  })

  test('keys are nobody else’s, in no folder that is given away, and sealed where the others are', async () => {
    const around = made({ passphrase: 'correct horse' })
    const { cluster, requests } = around
    await writeRequests(cluster, requests, everything)
    signAll(around)
    await importCertificates(cluster, requests)
    const all = [requests, clusterFolder(cluster.clusterFile, 'demo')].flatMap((folder) =>
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => join(parentPath, name)),
    )
    expect(all.filter((path) => readFileSync(path, 'utf8').includes('PRIVATE KEY'))).toEqual([])
    const sealed = all.filter((path) => path.endsWith('.key.sealed'))
    expect(sealed).toHaveLength(15 + 1)
    expect(sealed.every((path) => (statSync(path).mode & 0o077) === 0)).toBe(true)
  })

  test('are refused where the cluster file names no such CA', async () => {
    const { requests } = made()
    const cluster = { clusterFile: join(scratchDirectory('own'), 'c.yaml'), config: clusterConfig() }
    mkdirSync(requests, { recursive: true })
    await expect(writeRequests(cluster, requests, everything)).rejects.toThrow(/nothing has to be asked for/)
    await expect(importCertificates(cluster, requests)).rejects.toThrow(/nothing has to be asked for/)
  })
})
