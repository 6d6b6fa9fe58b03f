/** What is asked for, and what has expired, told from the files of the hosts. */
import { beforeAll, describe, expect, it } from 'vitest'
import { kubeletClientCertificate, kubeletServingCertificate, pkiDirectory } from '../../../src/constants.ts'
import { selfSignedAuthority } from '../../../src/pki/certificate.ts'
import { mintClient } from '../../../src/pki/client.ts'
import { generateKey, localSigner } from '../../../src/pki/keys.ts'
import {
  expiredAuthority,
  overdue,
  type RenewalHost,
  renewables,
  renewalNames,
  renewalOf,
} from '../../../src/pki/renewal.ts'
import { clusterConfig } from '../../support/check-input.ts'
import { authoritiesFor, contentsOf, filesOf, issueFor, someday } from '../../support/pki.ts'

const day = 86_400
const later = (days: number): Date => new Date(someday.getTime() + days * day * 1000)
const config = clusterConfig()

let hosts: readonly RenewalHost[]
/** As a kubelet makes it. */
let servedAtFirst: string
beforeAll(async () => {
  const authorities = await authoritiesFor(config)
  const validity = { from: new Date(someday.getTime() - 3_600_000), until: later(365) }
  servedAtFirst = await selfSignedAuthority('cp1', validity, localSigner(await generateKey('ECDSA-P256')))
  const issued = await issueFor(config, authorities)
  const kubelet = async (name: string): Promise<string> => {
    const who = { commonName: `system:node:${name}`, organizations: ['system:nodes'] }
    return (await mintClient({ authorities, ...who, seconds: 365 * day, now: someday })).certPem
  }
  hosts = await Promise.all(
    config.hosts.map(async ({ name, role }) => ({
      name,
      role,
      files: {
        ...contentsOf(filesOf(issued, name)),
        [kubeletClientCertificate]: await kubelet(name),
        [kubeletServingCertificate]: await kubelet(name),
      },
    })),
  )
})

const without = (path: string): readonly RenewalHost[] =>
  hosts.map((host) => ({ ...host, files: { ...host.files, [path]: '' } }))

const all = { names: undefined, olderThanSeconds: undefined }

it('what kubeadm can renew goes by the names that kubeadm has for it', () => {
  // The subcommands of `kubeadm certs renew` in 1.37 but super-admin.conf, which is on no host.
  const ofKubeadm =
    'admin.conf apiserver apiserver-etcd-client apiserver-kubelet-client controller-manager.conf etcd-healthcheck-client etcd-peer etcd-server front-proxy-client scheduler.conf'
  expect(renewalNames).toEqual(expect.arrayContaining(ofKubeadm.split(' ')))
  expect(new Set(renewalNames).size).toBe(renewalNames.length)
})

describe('asked for', () => {
  it('all is everything that a control plane has, and of a worker what its kubelet has', () => {
    const { has, count } = renewalOf(all, hosts, someday)
    const of = (host: string) => renewables.filter(({ name }) => has(name, host)).map(({ name }) => name)
    expect(of('cp1')).toEqual(renewables.map(({ name }) => name))
    expect(of('w1')).toEqual(['kubelet.conf', 'kubelet-serving'])
    expect(count).toBe(of('cp1').length + of('w1').length + of('w2').length)
  })

  it('names are those and no others; a row of the tables goes by its file', () => {
    const { has, renew, count } = renewalOf({ ...all, names: ['etcd-server'] }, hosts, someday)
    expect([has('etcd-server', 'cp1'), renew('etcd/server', 'cp1'), count]).toEqual([true, true, 1])
    expect([has('etcd-peer', 'cp1'), renew('etcd/peer', 'cp1')]).toEqual([false, false])
  })

  it.each([
    [30, 29, 0],
    [30, 31, 12],
  ])('older than %i days, after %i days', (olderThan, after, onControlPlane) => {
    const asked = { ...all, olderThanSeconds: olderThan * day }
    const [first] = hosts
    expect(renewalOf(asked, first ? [first] : [], later(after)).count).toBe(onControlPlane)
  })

  it('what has just been issued is not old, though its validity begins earlier', () => {
    const asked = { ...all, olderThanSeconds: 600 }
    const [first] = hosts
    const served = { ...first?.files, [kubeletServingCertificate]: servedAtFirst }
    const host = { name: 'cp1', role: 'control-plane', files: served } as const
    expect(renewalOf(asked, [host], new Date(someday.getTime() + 599_000)).count).toBe(0)
    expect(renewalOf(asked, [host], new Date(someday.getTime() + 601_000)).count).toBe(renewables.length)
  })

  it('what cannot be read is old; what is not there is not renewed', () => {
    const broken = hosts.map((host) => ({
      ...host,
      files: { ...host.files, [`${pkiDirectory}/apiserver.crt`]: 'rubbish' },
    }))
    expect(renewalOf({ ...all, olderThanSeconds: day }, broken, someday).has('apiserver', 'cp1')).toBe(true)
    expect(renewalOf(all, without(kubeletServingCertificate), someday).has('kubelet-serving', 'w1')).toBe(
      false,
    )
  })
})

describe('overdue', () => {
  it('is nothing while everything is good', () => {
    expect(overdue(hosts, later(364)).count).toBe(0)
  })

  it('is what kubelets have, once it has expired: nobody is left to sign for them', () => {
    const { has, count } = overdue(hosts, later(366))
    expect(has('kubelet.conf', 'w1') && has('kubelet-serving', 'cp1')).toBe(true)
    expect(count).toBe(2 * hosts.length)
  })

  it('is a certificate that a worker has lost; one to serve its kubelet makes itself', () => {
    expect(overdue(without(kubeletClientCertificate), someday).has('kubelet.conf', 'w1')).toBe(true)
    expect(overdue(without(kubeletServingCertificate), someday).count).toBe(0)
  })
})

it('a CA that has expired is found by its file: what it signs would be worthless', async () => {
  const authorities = await authoritiesFor(clusterConfig({ certificates: { caValidity: '400d' } }))
  expect(expiredAuthority(authorities, later(399))).toBeUndefined()
  expect(expiredAuthority(authorities, later(401))?.file).toBe('ca')
  const ca = (await authoritiesFor(config, later(300))).ca
  expect(expiredAuthority({ ...authorities, ca }, later(401))?.file).toBe('front-proxy-ca')
})
