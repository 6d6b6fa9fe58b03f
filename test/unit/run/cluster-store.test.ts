/** The cluster's folder with CAs of the user's own: whoever has their keys signs, and what does not fit is refused by its name. */
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readKubeconfig } from '../../../src/pki/read-kubeconfig.ts'
import { writeAdminKubeconfig } from '../../../src/run/admin-kubeconfig.ts'
import { clusterStore } from '../../../src/run/cluster-store.ts'
import { clusterConfig } from '../../support/check-input.ts'
import { opensslCa } from '../../support/openssl-ca.ts'
import { authoritiesFor, contentsOf, filesOf, issueFor, verifyWithOpenssl } from '../../support/pki.ts'
import { scratchDirectory } from '../../support/scratch.ts'

const clusterIn = (folder: string, certificates: object) => ({
  clusterFile: join(folder, 'cluster.yaml'),
  config: clusterConfig({ certificates }),
})

const signer =
  '#!/bin/sh\nexec openssl pkeyutl -sign -inkey "keys/$SLIPWAY_CA.key" -pkeyopt "digest:$SLIPWAY_HASH"\n'

test('a program signs for each CA that is named without a key, each with its own; Slipway for the rest', async () => {
  const folder = scratchDirectory('signed')
  mkdirSync(join(folder, 'keys/etcd'), { recursive: true })
  const [ca, etcd] = [opensslCa(folder, 'one'), opensslCa(folder, 'two', { key: 'P-384' })]
  copyFileSync(ca.key, join(folder, 'keys/ca.key'))
  copyFileSync(etcd.key, join(folder, 'keys/etcd/ca.key'))
  writeFileSync(join(folder, 'sign'), signer, { mode: 0o755 })
  const authorities = { ca: { certificate: 'one.crt' }, etcdCa: { certificate: etcd.certificate } }
  const cluster = clusterIn(folder, { authorities, signer: ['./sign'] })
  const store = clusterStore(cluster)
  await store.save(await store.create())

  const loaded = await store.load()
  if (!loaded) throw new Error('nothing was kept')
  const files = contentsOf(filesOf(await issueFor(cluster.config, loaded, {}, new Date()), 'cp1'))
  for (const [leaf, by] of [
    ['apiserver', 'ca'],
    ['etcd/server', 'etcd/ca'],
    ['front-proxy-client', 'front-proxy-ca'],
  ] as const) {
    const pki = '/etc/kubernetes/pki'
    expect(
      verifyWithOpenssl(files[`${pki}/${leaf}.crt`] ?? '', files[`${pki}/${by}.crt`] ?? '', new Date()),
    ).toContain('OK')
  }
  const kubeconfig = readKubeconfig(readFileSync(await writeAdminKubeconfig(cluster), 'utf8'))
  const trusted = readFileSync(ca.certificate, 'utf8')
  expect(verifyWithOpenssl(kubeconfig?.certPem ?? '', trusted, new Date())).toContain('OK')
})

describe('what the cluster file names', () => {
  test('is refused where it is not there, with its place in the file', async () => {
    const cluster = clusterIn(scratchDirectory('given'), { authorities: { ca: { certificate: 'gone.crt' } } })
    await expect(clusterStore(cluster).create()).rejects.toThrow(
      /certificates\.authorities\.ca: cannot read .*gone\.crt/,
    )
  })

  test('is refused where others can read the key', async () => {
    const folder = scratchDirectory('given')
    const { key } = opensslCa(folder, 'own')
    chmodSync(key, 0o644)
    const cluster = clusterIn(folder, { authorities: { ca: { certificate: 'own.crt', key: 'own.key' } } })
    await expect(clusterStore(cluster).create()).rejects.toThrow(
      /own\.key can be read by others \(mode 644\)/,
    )
  })
})

describe('a folder that was lost', () => {
  const hostOf = async (certificates: object) => {
    const config = clusterConfig({ certificates })
    const authorities = await authoritiesFor(config, new Date())
    return contentsOf(filesOf(await issueFor(config, authorities, {}, new Date()), 'cp1'))
  }

  test('comes back from a control plane that has the keys', async () => {
    const store = clusterStore(clusterIn(scratchDirectory('lost'), {}))
    expect((await store.adopt(await hostOf({})))?.ca.keyPem).toContain('PRIVATE KEY')
  })

  test('does not from one that has none: no other CA is made in its place', async () => {
    const certificates = { keysOnHosts: false }
    const store = clusterStore(clusterIn(scratchDirectory('lost'), certificates))
    await expect(store.adopt(await hostOf(certificates))).rejects.toThrow(
      /the key of this cluster's CA kubernetes is not in .*demo/,
    )
  })
})
