/** The real kubeadm makes certificates and kubeconfigs for the same cluster; ours must be the same but for declared differences. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { KeyAlgorithm } from '../../src/config/schema.ts'
import { adoptAuthorities } from '../../src/pki/authorities.ts'
import { clusterConfig } from '../support/check-input.ts'
import { type Described, describePki, readPlaced } from '../support/describe-pki.ts'
import { kubeadmBinary, runOracle } from '../support/kubeadm.ts'
import { authoritiesFor, filesOf, issueFor, placeFiles } from '../support/pki.ts'
import { scratchDirectory } from '../support/scratch.ts'
import { pkiDifferences } from './pki-differences.ts'

let kubeadm: string
beforeAll(async () => {
  kubeadm = await kubeadmBinary()
})

const kubeadmConfig = (certificatesDir: string, algorithm: KeyAlgorithm): string =>
  JSON.stringify({
    apiVersion: 'kubeadm.k8s.io/v1beta4',
    kind: 'InitConfiguration',
    localAPIEndpoint: { advertiseAddress: '10.0.0.11' },
    nodeRegistration: { name: 'cp1', criSocket: 'unix:///run/containerd/containerd.sock' },
  }) +
  '\n---\n' +
  JSON.stringify({
    apiVersion: 'kubeadm.k8s.io/v1beta4',
    kind: 'ClusterConfiguration',
    kubernetesVersion: 'v1.37.1',
    controlPlaneEndpoint: 'api.example:8443',
    apiServer: { certSANs: ['203.0.113.7', 'other.example'] },
    certificatesDir,
    encryptionAlgorithm: algorithm,
  })

const clusterWith = (algorithm: KeyAlgorithm) =>
  clusterConfig({
    certificates: { algorithm },
    controlPlane: {
      endpoint: { host: 'api.example', port: 8443 },
      certSANs: ['203.0.113.7', 'other.example'],
    },
  })

const runKubeadm = async (root: string, algorithm: KeyAlgorithm): Promise<string> => {
  const config = join(scratchDirectory('kubeadm'), 'kubeadm.yaml')
  writeFileSync(config, kubeadmConfig(join(root, 'pki'), algorithm))
  mkdirSync(root, { recursive: true })
  const certs = await runOracle(kubeadm, ['init', 'phase', 'certs', 'all', '--config', config])
  const kubeconfigs = await runOracle(kubeadm, [
    ...['init', 'phase', 'kubeconfig', 'all', '--config', config, '--kubeconfig-dir', root],
  ])
  return certs.stdout + kubeconfigs.stdout
}

/** Our files for cp1 as they would stand there; gives the place of /etc/kubernetes. */
const placeOurs = async (algorithm: KeyAlgorithm): Promise<string> => {
  const root = scratchDirectory('ours')
  const config = clusterWith(algorithm)
  const now = new Date()
  const authorities = await authoritiesFor(config, now)
  placeFiles(root, filesOf(await issueFor(config, authorities, {}, now), 'cp1'))
  return join(root, 'etc/kubernetes')
}

const matches = (pattern: RegExp | undefined, value: string | undefined): boolean =>
  pattern === undefined || value === undefined
    ? pattern === undefined && value === undefined
    : pattern.test(value)

const undeclared = (theirs: Described, ours: Described) =>
  [...new Set([...Object.keys(theirs), ...Object.keys(ours)])]
    .filter((where) => theirs[where] !== ours[where])
    .filter(
      (where) =>
        !pkiDifferences.some(
          (row) =>
            row.where.test(where) && matches(row.kubeadm, theirs[where]) && matches(row.slipway, ours[where]),
        ),
    )
    .map((where) => ({ where, kubeadm: theirs[where], slipway: ours[where] }))

describe.each<KeyAlgorithm>(['ECDSA-P256', 'ECDSA-P384', 'RSA-2048'])('with %s', (algorithm) => {
  it('what we issue is what kubeadm issues', async () => {
    const root = join(scratchDirectory('theirs'), 'kubernetes')
    await runKubeadm(root, algorithm)
    const theirs = describePki(readPlaced(root))
    const ours = describePki(readPlaced(await placeOurs(algorithm)))
    expect(undeclared(theirs, ours)).toEqual([])
    // Each row still says something true.
    const unused = pkiDifferences.filter(
      ({ where }) =>
        ![...Object.keys(theirs), ...Object.keys(ours)].some(
          (each) => where.test(each) && theirs[each] !== ours[each],
        ),
    )
    expect(unused).toEqual([])
  })

  it('kubeadm keeps ours, and issues nothing but super-admin.conf beside it', async () => {
    const root = await placeOurs(algorithm)
    const before = readPlaced(root)
    expect(await runKubeadm(root, algorithm)).not.toContain('Generating')
    const { 'super-admin.conf': added, ...after } = readPlaced(root)
    expect(added).toBeDefined()
    expect(after).toEqual(before)
  })

  it("we keep kubeadm's, and add nothing but trust bundles", async () => {
    const root = join(scratchDirectory('theirs'), 'kubernetes')
    await runKubeadm(root, algorithm)
    const texts = Object.fromEntries(
      Object.entries(readPlaced(root)).map(([path, { text }]) => [`/etc/kubernetes/${path}`, text]),
    )
    const authorities = adoptAuthorities(texts)
    if (!authorities) throw new Error("kubeadm's authorities were not adopted")
    const files = filesOf(
      await issueFor(clusterWith(algorithm), authorities, { cp1: texts }, new Date()),
      'cp1',
    )
    expect(files.filter(({ origin }) => origin === 'issued').map(({ path }) => path)).toEqual([
      '/etc/kubernetes/pki/ca-bundle.crt',
      '/etc/kubernetes/pki/front-proxy-ca-bundle.crt',
      '/etc/kubernetes/pki/etcd/ca-bundle.crt',
    ])
  })
})

it('kubeadm certs check-expiration understands every certificate of ours', async () => {
  const root = await placeOurs('ECDSA-P256')
  const args = ['certs', 'check-expiration', '--cert-dir', join(root, 'pki'), '-o', 'json']
  const { certificates, certificateAuthorities } = JSON.parse((await runOracle(kubeadm, args)).stdout)
  const shown = (all: readonly { name: string; missing: boolean; expirationDate: string | null }[]) =>
    all
      .filter(({ name }) => !name.endsWith('.conf'))
      .map(({ name, missing }) => `${name}${missing ? ' missing' : ''}`)
  expect(shown(certificates)).toEqual([
    'apiserver',
    'apiserver-etcd-client',
    'apiserver-kubelet-client',
    'etcd-healthcheck-client',
    'etcd-peer',
    'etcd-server',
    'front-proxy-client',
  ])
  expect(shown(certificateAuthorities)).toEqual(['ca', 'etcd-ca', 'front-proxy-ca'])
})
