import { beforeAll, describe, expect, it } from 'vitest'
import { adviceOn } from '../../../src/certs/advice.ts'
import { judge } from '../../../src/certs/judge.ts'
import { readCertificates } from '../../../src/certs/places.ts'
import type { Everywhere, HostCertificates } from '../../../src/certs/types.ts'
import type { Authorities } from '../../../src/pki/authorities.ts'
import { mintClient } from '../../../src/pki/client.ts'
import { describeCertificates, remainsText } from '../../../src/report/certificates.ts'
import { certificatesAsJson } from '../../../src/report/certificates-json.ts'
import { everywhere } from '../../support/certificates.ts'
import { clusterConfig } from '../../support/check-input.ts'
import { authoritiesFor, someday } from '../../support/pki.ts'

const config = clusterConfig()
const made: { authorities?: Authorities; all?: Everywhere } = {}
beforeAll(async () => {
  made.authorities = await authoritiesFor(config)
  made.all = await everywhere(config, made.authorities, someday)
})

const all = (): Everywhere => {
  if (!made.all) throw new Error('there is no cluster')
  return made.all
}

const reportOf = (found: Everywhere, days = 0, warnSeconds?: number) => {
  const now = new Date(someday.getTime() + days * 86_400_000)
  const rows = judge(found, { now, warnSeconds })
  const advice = adviceOn(rows, 'c.yaml')
  return { cluster: 'demo', rows, advice, hosts: found.hosts, absent: [], now, warnSeconds }
}

const changed = (name: string, change: (one: HostCertificates) => HostCertificates): Everywhere => ({
  ...all(),
  hosts: all().hosts.map((one) => (one.host.name === name ? change(one) : one)),
})

describe('the table', () => {
  it('has a line for each certificate of each host, with the ports that serve it', () => {
    expect(describeCertificates(reportOf(all()))).toMatchInlineSnapshot(`
      "HOST  CERTIFICATE                             OF                              SIGNED BY       EXPIRES     REMAINS  SERVED ON
      cp1   pki/ca.crt                              kubernetes                      itself          2036-11-18     10 y
      cp1   pki/front-proxy-ca.crt                  front-proxy-ca                  itself          2036-11-18     10 y
      cp1   pki/etcd/ca.crt                         etcd-ca                         itself          2036-11-18     10 y
      cp1   pki/apiserver.crt                       kube-apiserver                  kubernetes      2027-11-21    365 d  6443
      cp1   pki/apiserver-kubelet-client.crt        kube-apiserver-kubelet-client   kubernetes      2027-11-21    365 d
      cp1   pki/front-proxy-client.crt              front-proxy-client              front-proxy-ca  2027-11-21    365 d
      cp1   pki/etcd/server.crt                     cp1                             etcd-ca         2027-11-21    365 d  2379
      cp1   pki/etcd/peer.crt                       cp1                             etcd-ca         2027-11-21    365 d  2380
      cp1   pki/etcd/healthcheck-client.crt         kube-etcd-healthcheck-client    etcd-ca         2027-11-21    365 d
      cp1   pki/apiserver-etcd-client.crt           kube-apiserver-etcd-client      etcd-ca         2027-11-21    365 d
      cp1   admin.conf                              kubernetes-admin                kubernetes      2027-11-21    365 d
      cp1   kubelet.conf                            system:node:cp1                 kubernetes      2027-11-21    365 d
      cp1   controller-manager.conf                 system:kube-controller-manager  kubernetes      2027-11-21    365 d
      cp1   scheduler.conf                          system:kube-scheduler           kubernetes      2027-11-21    365 d
      cp1   kubelet/pki/kubelet-client-current.pem  system:node:cp1                 kubernetes      2026-11-22      1 d
      w1    pki/ca.crt                              kubernetes                      itself          2036-11-18     10 y
      w1    kubelet/pki/kubelet-client-current.pem  system:node:w1                  kubernetes      2026-11-22      1 d
      w2    pki/ca.crt                              kubernetes                      itself          2036-11-18     10 y
      w2    kubelet/pki/kubelet-client-current.pem  system:node:w2                  kubernetes      2026-11-22      1 d
      here  .slipway/demo/pki/ca.crt                kubernetes                      itself          2036-11-18     10 y
      here  .slipway/demo/pki/front-proxy-ca.crt    front-proxy-ca                  itself          2036-11-18     10 y
      here  .slipway/demo/pki/etcd/ca.crt           etcd-ca                         itself          2036-11-18     10 y"
    `)
  })

  it('says below itself what is wrong, and what to do', () => {
    const text = describeCertificates(reportOf(all(), 0.5, 86_400))
    expect(text.slice(text.indexOf('\n\n'))).toMatchInlineSnapshot(`
      "

      expires soon: cp1 kubelet/pki/kubelet-client-current.pem, w1 kubelet/pki/kubelet-client-current.pem, w2 kubelet/pki/kubelet-client-current.pem
        slipway certs renew kubelet.conf -c c.yaml"
    `)
  })

  it('shows a chain only where it ends before what it stands behind', async () => {
    const authorities = made.authorities ?? (await authoritiesFor(config))
    const leaf = (seconds: number): Promise<string> =>
      mintClient({
        authorities,
        commonName: 'served',
        organizations: [],
        seconds,
        now: someday,
      }).then(({ certPem }) => certPem)
    const lines = async (behind: number): Promise<number> => {
      const place = { kind: 'file', path: '/var/lib/kubelet/pki/kubelet.crt' } as const
      const found = readCertificates(place, (await leaf(7200)) + (await leaf(behind)))
      const text = describeCertificates(reportOf(changed('w1', (one) => ({ ...one, found }))))
      return text.split('\n').filter((line) => line.includes('kubelet/pki/kubelet.crt')).length
    }
    expect(await lines(7200)).toBe(1)
    expect(await lines(3600)).toBe(2)
  })

  it('tells what is not served, and a host that is no part of the cluster', () => {
    const off = changed('cp1', (one) => ({
      ...one,
      silent: [
        { port: 6443, server: 'kube-apiserver', why: 'connection\nrefused\u001b[31m' },
        { port: 2379, server: 'etcd', why: 'connection refused' },
      ],
    }))
    const text = describeCertificates(reportOf(off))
    expect(text).toContain('\ncp1 serves nothing on 6443 (kube-apiserver), 2379 (etcd): connection refused')
    expect(text).not.toContain('\u001b')
    const bare = changed('w2', (one) => ({ ...one, found: [], silent: [] }))
    expect(describeCertificates(reportOf(bare))).toContain(
      'w2 has no certificates: it is not part of the cluster yet',
    )
  })

  it('shows names of strangers without what a terminal would obey', async () => {
    const authorities = made.authorities ?? (await authoritiesFor(config))
    const { certPem } = await mintClient({
      authorities,
      commonName: 'a\u001b[2J\u202eb',
      organizations: [],
      seconds: 60,
      now: someday,
    })
    const found = readCertificates({ kind: 'file', path: '/etc/kubernetes/pki/odd.crt' }, certPem)
    const text = describeCertificates(reportOf(changed('w1', (one) => ({ ...one, found }))))
    expect(text).toMatch(/odd\.crt +a/)
    expect(text).not.toContain('\u001b')
    expect(text).not.toContain('\u202e')
  })
})

describe('what remains', () => {
  const day = 86_400
  it.each([
    [59, '0 min'],
    [3599, '59 min'],
    [3600, '1 h'],
    [day - 1, '23 h'],
    [day, '1 d'],
    [729 * day, '729 d'],
    [730 * day, '2 y'],
    [3649 * day, '9 y'],
    [-1, '-0 min'],
    [-3 * day, '-3 d'],
  ])('%i seconds are %s', (seconds, text) => {
    expect(remainsText(seconds)).toBe(text)
  })
})

describe('as JSON', () => {
  it('keeps its shape', () => {
    const json = certificatesAsJson(reportOf(all(), 0.5, 86_400))
    const { certificates, ...rest } = json
    expect(rest).toEqual({
      cluster: 'demo',
      checkedAt: '2026-11-22T00:00:00.000Z',
      warnSeconds: 86_400,
      silent: [],
      unreachable: [],
      todo: [{ problem: 'expires-soon', count: 3, todo: 'slipway certs renew kubelet.conf -c c.yaml' }],
    })
    expect(certificates.find(({ port }) => port === 2380)).toEqual({
      host: 'cp1',
      kind: 'served',
      path: '/etc/kubernetes/pki/etcd/peer.crt',
      port: 2380,
      certificate: {
        subject: 'CN=cp1',
        issuer: 'CN=etcd-ca',
        ca: false,
        serial: expect.stringMatching(/^[0-9A-F]{32}$/),
        sha256: expect.stringMatching(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/),
        notBefore: '2026-11-21T11:55:00.000Z',
        notAfter: '2027-11-21T12:00:00.000Z',
        remainingSeconds: 364 * 86_400 + 43_200,
      },
      sameAsFile: true,
      problems: [],
    })
    expect(new Set(certificates.map(({ kind }) => kind))).toEqual(
      new Set(['file', 'kubeconfig-client', 'kubeconfig-ca', 'served']),
    )
    expect(certificates.at(-1)).toMatchObject({ host: null, path: '/c/.slipway/demo/pki/etcd/ca.crt' })
  })
})
