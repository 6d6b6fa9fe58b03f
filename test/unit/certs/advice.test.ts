import { beforeAll, describe, expect, it } from 'vitest'
import { adviceOn } from '../../../src/certs/advice.ts'
import { belongs } from '../../../src/certs/belongs.ts'
import { judge } from '../../../src/certs/judge.ts'
import { portRows } from '../../../src/certs/ports.ts'
import type { Everywhere, Place, ProblemKind } from '../../../src/certs/types.ts'
import { kubeletClientCertificate } from '../../../src/constants.ts'
import { renewalNames } from '../../../src/pki/renewal.ts'
import { everywhere } from '../../support/certificates.ts'
import { clusterConfig } from '../../support/check-input.ts'
import { authoritiesFor, someday } from '../../support/pki.ts'

const config = clusterConfig()
const made: { all?: Everywhere } = {}
beforeAll(async () => {
  made.all = await everywhere(config, await authoritiesFor(config), someday)
})

const file = (path: string): Place => ({ kind: 'file', path })
const pki = (name: string): Place => file(`/etc/kubernetes/pki/${name}.crt`)
const kubeconfig = (path: string, holds: 'client' | 'trust' = 'client'): Place => ({
  kind: 'kubeconfig',
  path,
  holds,
})
const port = (number: number, path?: string): Place => ({ kind: 'port', port: number, file: path })

const todos = (...rows: readonly (readonly [ProblemKind, Place, (string | undefined)?])[]) =>
  adviceOn(
    rows.map(([problem, place, host]) => ({ problems: [problem], place, host, certificate: undefined })),
    'c.yaml',
  ).map(({ todo }) => todo)

describe('what to do', () => {
  it.each<[ProblemKind, Place, string]>([
    ['expires-soon', pki('etcd/healthcheck-client'), 'slipway certs renew etcd-healthcheck-client -c c.yaml'],
    [
      'expires-soon',
      kubeconfig('/etc/kubernetes/scheduler.conf'),
      'slipway certs renew scheduler.conf -c c.yaml',
    ],
    ['expires-soon', file(kubeletClientCertificate), 'slipway certs renew kubelet.conf -c c.yaml'],
    ['expires-soon', port(10259), 'slipway certs renew scheduler.conf -c c.yaml'],
    ['expired', port(10257), 'slipway certs renew controller-manager.conf -c c.yaml'],
    ['expired', pki('apiserver'), 'slipway certs rescue -c c.yaml'],
    ['expires-soon', pki('etcd/ca-bundle'), 'slipway certs rotate-ca etcd-ca -c c.yaml'],
    ['expired', kubeconfig('/etc/kubernetes/admin.conf', 'trust'), 'slipway certs rotate-ca ca -c c.yaml'],
    ['stale', port(6443, '/etc/kubernetes/pki/apiserver.crt'), 'slipway certs renew apiserver -c c.yaml'],
    ['missing', pki('apiserver'), 'slipway apply -c c.yaml'],
    ['untrusted', pki('etcd/peer'), 'slipway apply -c c.yaml'],
    ['untrusted', file(kubeletClientCertificate), 'slipway certs renew kubelet.conf -c c.yaml'],
    ['not-yet-valid', pki('ca'), 'compare the clocks: run date here and on cp1'],
  ])('%s', (problem, place, todo) => {
    expect(todos([problem, place, 'cp1'])).toEqual([todo])
  })

  it.each<[ProblemKind, string]>([
    ['expired', 'slipway kubeconfig -c c.yaml'],
    ['untrusted', 'slipway kubeconfig -c c.yaml'],
    ['expires-soon', 'slipway certs renew kubeconfig -c c.yaml'],
  ])('%s, on this machine', (problem, todo) => {
    expect(todos([problem, kubeconfig('/c/.slipway/demo/kubeconfig'), undefined])).toEqual([todo])
  })

  it('is said once for all that it mends, with each name once', () => {
    expect(
      todos(
        ['expires-soon', pki('apiserver'), 'cp1'],
        ['expires-soon', pki('apiserver'), 'cp2'],
        ['expires-soon', port(6443, '/etc/kubernetes/pki/apiserver.crt'), 'cp1'],
        ['expires-soon', pki('etcd/peer'), 'cp1'],
        ['expired', pki('etcd/server'), 'cp1'],
        ['expired', kubeconfig('/etc/kubernetes/admin.conf'), 'cp1'],
      ),
    ).toEqual(['slipway certs renew apiserver etcd-peer -c c.yaml', 'slipway certs rescue -c c.yaml'])
  })

  it('names certificates as certs renew does, wherever they are', () => {
    if (!made.all) throw new Error('there is no cluster')
    const here: Place = kubeconfig('/c/.slipway/demo/kubeconfig')
    const everyPort = portRows.map((row) => port(row.port, row.files[0]))
    const found = made.all.hosts.flatMap((one) => one.found.map(({ place }) => place))
    const leaves = [...found, ...everyPort].filter((place) => belongs(place)?.kind !== 'authority')
    const advised = [...leaves.map((place) => [place, 'cp1'] as const), [here, undefined] as const].map(
      ([place, host]) => todos(['expires-soon', place, host])[0]?.split(' ')[3] ?? '',
    )
    expect(new Set(advised)).toEqual(new Set(renewalNames))
  })

  it('names no certificates where nearly all are meant', () => {
    if (!made.all) throw new Error('there is no cluster')
    const rows = judge(made.all, { now: someday, warnSeconds: 86_400 * 366 })
    expect(adviceOn(rows, 'c.yaml').map(({ todo }) => todo)).toEqual(['slipway certs renew --all -c c.yaml'])
  })
})
