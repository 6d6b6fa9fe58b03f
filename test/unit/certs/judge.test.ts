import { beforeAll, describe, expect, it } from 'vitest'
import { judge } from '../../../src/certs/judge.ts'
import type { Everywhere, Found } from '../../../src/certs/types.ts'
import { kubeletClientCertificate } from '../../../src/constants.ts'
import { type Authorities, trustBundle } from '../../../src/pki/authorities.ts'
import { mintClient } from '../../../src/pki/client.ts'
import { everywhere, served, wrong } from '../../support/certificates.ts'
import { clusterConfig } from '../../support/check-input.ts'
import { authoritiesFor, contentsOf, filesOf, issueFor, someday } from '../../support/pki.ts'

const config = clusterConfig()
const pki = '/etc/kubernetes/pki'
const later = (days: number): Date => new Date(someday.getTime() + days * 86_400_000)

const made: { ours?: Authorities; others?: Authorities } = {}
beforeAll(async () => {
  made.ours = await authoritiesFor(config)
  made.others = await authoritiesFor(config)
})
const ours = (): Authorities => made.ours ?? fail()
const others = (): Authorities => made.others ?? fail()
const fail = (): never => {
  throw new Error('the CAs of this test are not there')
}

const standing = (changes = {}): Promise<Everywhere> => everywhere(config, ours(), someday, changes)
const problems = async (changes = {}, when = { now: someday }): Promise<readonly string[]> =>
  wrong(judge(await standing(changes), when))

const kubeletOf = async (authorities: Authorities, name: string): Promise<string> =>
  (
    await mintClient({
      authorities,
      commonName: `system:node:${name}`,
      organizations: ['system:nodes'],
      seconds: 86_400 * 365,
      now: someday,
    })
  ).certPem

describe('a cluster that works', () => {
  it('has nothing wrong with it', async () => {
    const rows = judge(await standing(), { now: someday, warnSeconds: 3600 })
    expect(wrong(rows)).toEqual([])
    // Seven certificates, three CAs and their bundles, the kubelet's, what it serves from them, and the CAs here.
    expect(rows.filter(({ host }) => host === 'cp1').length).toBeGreaterThan(7 + 6 + 1 + 3)
    expect(rows.filter(({ host }) => host === undefined)).toHaveLength(3)
  })
})

describe('time', () => {
  const client = `w1 ${kubeletClientCertificate}`

  it.each([
    ['a day before it expires', 0.5, undefined, []],
    ['less than the warning before', 0.5, 86_400, ['expires-soon']],
    ['exactly the warning before', 0, 86_400, []],
    ['at the second that it expires', 1, undefined, ['expired']],
    ['expired is not only soon', 2, 86_400 * 30, ['expired']],
    ['before it is valid', -1, undefined, ['not-yet-valid']],
  ])('%s', async (_, days, warnSeconds, expected) => {
    const rows = judge(await standing(), { now: later(days), warnSeconds })
    expect(wrong(rows).filter((each) => each.startsWith(client))).toEqual(
      expected.map((each) => `${client}: ${each}`),
    )
  })

  it('of CAs counts as well, wherever they are trusted', async () => {
    const expired = await problems({}, { now: later(3651) })
    expect(expired).toContain(`cp1 ${pki}/etcd/ca.crt: expired`)
    expect(expired).toContain('w1 /etc/kubernetes/kubelet.conf: expired')
    expect(expired).toContain('here /c/.slipway/demo/pki/ca.crt: expired')
  })
})

describe('what is served', () => {
  const with6443 = async (found: Found): Promise<readonly string[]> => {
    const { hosts, here } = await standing()
    const changed = hosts.map((one) =>
      one.host.name === 'cp1'
        ? { ...one, found: [...one.found.filter(({ place }) => place.kind !== 'port'), found] }
        : one,
    )
    return wrong(judge({ hosts: changed, here }, { now: someday }))
  }

  it('and is not what is in its file, is stale', async () => {
    const before = contentsOf(filesOf(await issueFor(config, ours()), 'cp1'))[`${pki}/apiserver.crt`] ?? ''
    expect(await with6443(served(6443, `${pki}/apiserver.crt`, before))).toEqual(['cp1 :6443: stale'])
  })

  it('from no file is nobody’s but its server’s', async () => {
    expect(await with6443(served(10257, undefined, others().ca.certPem))).toEqual([])
  })
})

describe('trust', () => {
  it('is what the control planes know: a leaf of another CA is told, and so is another CA', async () => {
    expect(
      await problems({
        w1: {
          [kubeletClientCertificate]: await kubeletOf(others(), 'w1'),
          [`${pki}/ca-bundle.crt`]: trustBundle(others().ca),
        },
      }),
    ).toEqual([`w1 ${pki}/ca-bundle.crt: untrusted`, `w1 ${kubeletClientCertificate}: untrusted`])
  })

  it('is in both CAs while one is being replaced', async () => {
    const both = trustBundle({ ...ours().ca, successor: { certPem: others().ca.certPem } })
    const changes = {
      cp1: { [`${pki}/ca-bundle.crt`]: both },
      w1: { [kubeletClientCertificate]: await kubeletOf(others(), 'w1'), [`${pki}/ca-bundle.crt`]: both },
    }
    expect(await problems(changes)).toEqual([])
  })

  it('is what this machine knows, where no control plane can be asked', async () => {
    const { hosts, here } = await standing({
      w1: { [kubeletClientCertificate]: await kubeletOf(others(), 'w1') },
    })
    const workers = hosts.filter(({ host }) => host.role === 'worker')
    expect(wrong(judge({ hosts: workers, here }, { now: someday }))).toEqual([
      `w1 ${kubeletClientCertificate}: untrusted`,
    ])
  })

  it('is in the first certificate of a file, whatever it claims to be; behind it may stand a chain', async () => {
    const files = contentsOf(filesOf(await issueFor(config, ours()), 'cp1'))
    const leaf = `${pki}/front-proxy-client.crt`
    expect(await problems({ cp1: { [leaf]: `${files[leaf]}${others().ca.certPem}` } })).toEqual([])
    expect(await problems({ cp1: { [leaf]: others().ca.certPem } })).toEqual([`cp1 ${leaf}: untrusted`])
  })

  it('is not asked of a file that is none of ours', async () => {
    expect(await problems({ cp1: { [`${pki}/of-a-user.crt`]: others().etcdCa.certPem } })).toEqual([])
  })

  it('asks the right CA: what etcd’s has signed is nothing to the API server', async () => {
    const files = contentsOf(filesOf(await issueFor(config, ours()), 'cp1'))
    const swapped = { [`${pki}/apiserver-kubelet-client.crt`]: files[`${pki}/apiserver-etcd-client.crt`] }
    expect(await problems({ cp1: swapped })).toEqual([`cp1 ${pki}/apiserver-kubelet-client.crt: untrusted`])
  })
})

describe('what is not there', () => {
  it('is missing on a host of the cluster', async () => {
    const { hosts, here } = await standing()
    const without = hosts.map((one) => ({
      ...one,
      found: one.found.filter(
        ({ place }) => place.kind !== 'port' && !/etcd\/peer|scheduler|client-current/.test(place.path),
      ),
    }))
    expect(wrong(judge({ hosts: without, here }, { now: someday }))).toEqual([
      `cp1 ${kubeletClientCertificate}: missing`,
      `cp1 ${pki}/etcd/peer.crt: missing`,
      'cp1 /etc/kubernetes/scheduler.conf: missing',
      `w1 ${kubeletClientCertificate}: missing`,
      `w2 ${kubeletClientCertificate}: missing`,
    ])
  })

  it('is not missing on a bare host', () => {
    const hosts = config.hosts.map((host) => ({ host, found: [], silent: [] }))
    expect(judge({ hosts, here: [] }, { now: someday })).toEqual([])
  })

  it.each([
    ['no certificate', 'hello'],
    ['a broken one', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'],
  ])('cannot be read: %s', async (_, text) => {
    expect(await problems({ cp1: { [`${pki}/front-proxy-client.crt`]: text } })).toEqual([
      `cp1 ${pki}/front-proxy-client.crt: unreadable`,
    ])
  })
})
