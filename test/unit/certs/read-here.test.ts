import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { readCertificatesHere } from '../../../src/certs/read-here.ts'
import { mintClient } from '../../../src/pki/client.ts'
import { adminKubeconfig } from '../../../src/pki/kubeconfigs.ts'
import { openStore } from '../../../src/pki/store.ts'
import { clusterConfig } from '../../support/check-input.ts'
import { authoritiesFor, someday } from '../../support/pki.ts'
import { scratchDirectory } from '../../support/scratch.ts'

const summary = async (folder: string): Promise<readonly string[]> =>
  (await readCertificatesHere(folder)).map(({ place, certificate }) => {
    if (place.kind === 'port') throw new Error('nothing is served here')
    const name = place.path.slice(folder.length + 1)
    return [name, place.kind === 'kubeconfig' ? place.holds : '', certificate?.subject ?? 'none'].join(' ')
  })

it('finds the CAs, and both certificates of the kubeconfig', async () => {
  const folder = scratchDirectory('here')
  const authorities = await authoritiesFor(clusterConfig())
  await openStore(folder).save(authorities)
  const client = await mintClient({
    authorities,
    commonName: 'kubernetes-admin',
    organizations: [],
    seconds: 60,
    now: someday,
  })
  const user = 'kubernetes-admin'
  const kubeconfig = { ...client, server: 'https://x', caPem: authorities.ca.certPem, name: 'demo', user }
  writeFileSync(join(folder, 'kubeconfig'), adminKubeconfig(kubeconfig))
  expect(await summary(folder)).toEqual([
    'pki/ca.crt  CN=kubernetes',
    'pki/front-proxy-ca.crt  CN=front-proxy-ca',
    'pki/etcd/ca.crt  CN=etcd-ca',
    'kubeconfig trust CN=kubernetes',
    'kubeconfig client CN=kubernetes-admin',
  ])
})

it('finds nothing where there is nothing', async () => {
  expect(await summary(join(scratchDirectory('here'), 'missing'))).toEqual([])
})

it('says of a file that is broken that it holds none, and of one that cannot be read why', async () => {
  const folder = scratchDirectory('here')
  mkdirSync(join(folder, 'pki'))
  writeFileSync(join(folder, 'pki', 'ca.crt'), 'broken')
  expect(await summary(folder)).toEqual(['pki/ca.crt  none'])
  mkdirSync(join(folder, 'kubeconfig'))
  await expect(summary(folder)).rejects.toThrow(/^cannot read .*kubeconfig: EISDIR/)
})
