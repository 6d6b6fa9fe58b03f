import { describe, expect, it } from 'vitest'
import { parseCluster } from '../../../src/config/parse.ts'

const hosts = (addresses: readonly string[]): string =>
  addresses
    .map(
      (address, index) =>
        `  - { name: h${index}, address: ${address}, role: ${index === 0 ? 'control-plane' : 'worker'} }`,
    )
    .join('\n')

const many = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `10.9.${Math.floor(index / 250)}.${(index % 250) + 1}`)

const cluster = (rest: string, addresses: readonly string[] = ['10.9.0.1', '10.9.0.2']): string =>
  `apiVersion: slipway/v1\nkind: Cluster\nname: demo\nkubernetes: { version: 1.37.1 }\nhosts:\n${hosts(addresses)}\n${rest}\n`

const problemsOf = (text: string): readonly string[] => {
  const parsed = parseCluster(text, 'c.yaml', { checkIds: ['Port-6443', 'Swap'] })
  return parsed.ok ? [] : parsed.problems.map(({ what }) => what)
}

describe('what is accepted', () => {
  it.each([
    ['the smallest service network', 'network: { serviceCIDR: 10.96.0.0/28 }'],
    ['the biggest service network', 'network: { serviceCIDR: 10.96.0.0/12 }'],
    ['one node in a /24', 'network: { podCIDR: 10.244.3.0/24 }', ['10.9.0.1']],
    ['two nodes in a /23', 'network: { podCIDR: 10.244.2.0/23 }'],
    [
      'shares of another size',
      'network: { podCIDR: 10.244.2.0/24 }\ncontrolPlane: { controllerManager: { extraArgs: { node-cidr-mask-size: "25" } } }',
    ],
    ['256 nodes in a /16', '', many(256)],
    ['an endpoint that is the control plane', 'controlPlane: { endpoint: { host: h0 } }'],
    ['a port of a load balancer', 'controlPlane: { endpoint: { host: 10.8.0.1, port: 443 } }'],
    [
      'keys on hosts of a CA of your own',
      'certificates: { authorities: { ca: { certificate: ca.crt, key: ca.key } } }\nkubelet: { config: { rotateCertificates: true } }',
    ],
    [
      'keys on hosts where only another CA is kept elsewhere',
      'certificates: { keysOnHosts: true, authorities: { etcdCa: { certificate: etcd.crt } } }',
    ],
    [
      'a signer that renews unattended',
      'certificates: { autoRenew: {}, signer: [sign], authorities: { ca: { certificate: ca.crt } } }',
    ],
    ['equal lifetimes', 'certificates: { validity: 3650d, caValidity: 3650d }'],
    ['ids in any case, and all', 'preflight: { ignore: [port-6443, ALL, swap] }'],
    ['a directory of its own for etcd', 'controlPlane: { etcd: { dataDir: /var/lib/etcd-data } }'],
    ['addresses beside the NAT address', '', ['10.0.2.14', '10.0.2.16']],
  ])('%s', (_, rest, addresses?: readonly string[]) => {
    expect(problemsOf(cluster(rest, addresses))).toEqual([])
  })
})

describe('what is refused', () => {
  it.each<[string, RegExp, (readonly string[])?]>([
    ['network: { serviceCIDR: 10.96.0.0/29 }', /a \/29 is too small/],
    ['network: { serviceCIDR: 10.96.0.0/11, podCIDR: 10.244.0.0/16 }', /a \/11 is too big/],
    ['network: { podCIDR: 10.244.3.0/24 }', /room for 1 of the 2 nodes/],
    ['network: { podCIDR: 10.244.3.0/25 }', /room for no node/],
    ['', /room for 256 of the 257 nodes/, many(257)],
    ['network: { podCIDR: 16.0.0.0/7 }', /a \/7 is too big/],
    ['network: { podCIDR: 10.244.1.0/16 }', /10\.244\.1\.0\/16 has host bits set/],
    ['network: { podCIDR: 169.254.0.0/16 }', /not for networks/],
    ['network: { serviceCIDR: 10.9.0.0/16 }', /serviceCIDR: 10\.9\.0\.0\/16 is the hosts' own network/],
    ['network: { dnsDomain: local }', /"local" is used for something else/],
    ['network: { dnsDomain: 10.1 }', /dnsDomain/],
    ['', /means "any address"/, ['0.0.0.0']],
    ['', /loopback/, ['127.0.0.1']],
    ['', /link-local/, ['169.254.1.1']],
    ['', /multicast/, ['224.0.0.1']],
    ['', /reserved/, ['255.255.255.255']],
    ['', /VirtualBox's NAT/, ['10.0.2.15']],
    ['controlPlane: { endpoint: { host: h1 } }', /h1 is the worker h1/],
    ['controlPlane: { endpoint: { host: 10.9.0.2 } }', /10\.9\.0\.2 is the worker h1/],
    ['controlPlane: { endpoint: { host: localhost } }', /another machine on every host/],
    ['controlPlane: { endpoint: { host: 0.0.0.0 } }', /no address to connect to/],
    [
      'controlPlane: { endpoint: { host: 10.244.0.9 } }',
      /inside the cluster's own network 10\.244\.0\.0\/16/,
    ],
    ['controlPlane: { endpoint: { host: h0, port: 443 } }', /listens on 6443, not on 443/],
    ['controlPlane: { etcd: { dataDir: / } }', /etcd cannot have \//],
    ['controlPlane: { etcd: { dataDir: /etc/etcd } }', /etcd cannot have \/etc\/etcd/],
    ['controlPlane: { etcd: { dataDir: /var/lib } }', /etcd cannot have \/var\/lib/],
    ['controlPlane: { etcd: { dataDir: /mnt/../etc } }', /not a plain path/],
    ['controlPlane: { etcd: { dataDir: /mnt/.. } }', /not a plain path/],
    ['certificates: { validity: 0d }', /validity: 0d is too short/],
    ['certificates: { caValidity: 99999d }', /caValidity: 99999d is too long/],
    ['certificates: { validity: 2d, caValidity: 24h }', /the authorities would live 24h/],
    [
      'certificates: { validity: 90d, autoRenew: { olderThan: 90d } }',
      /would have expired before they are 90d old/,
    ],
    [
      'certificates: { autoRenew: {}, authorities: { ca: { certificate: ca.crt } } }',
      /nobody would sign: the key of a CA is kept elsewhere/,
    ],
    [
      'certificates: { keysOnHosts: true, authorities: { ca: { certificate: ca.crt } } }',
      /hosts cannot have the key of a CA that is kept elsewhere/,
    ],
    [
      'certificates: { signer: [sign], authorities: { ca: { certificate: ca.crt, key: ca.key } } }',
      /there is no CA that this program would sign for/,
    ],
    [
      'certificates: { keysOnHosts: false }\nkubelet: { config: { rotateCertificates: true } }',
      /kubelet\.config\.rotateCertificates cannot work/,
    ],
    [
      'certificates: { authorities: { ca: { certificate: ca.crt } } }\nkubelet: { config: { serverTLSBootstrap: true } }',
      /kubelet\.config\.serverTLSBootstrap cannot work/,
    ],
    ['kubeProxy: { config: { kind: X } }', /kubeProxy\.config must not have "kind"/],
    ['controlPlane: { etcd: { extraArgs: { listen-peer-urls: x } } }', /Slipway sets --listen-peer-urls/],
  ])('%s %s', (rest, what, addresses) => {
    const problems = problemsOf(cluster(rest, addresses))
    expect(problems.filter((problem) => what.test(problem))).toHaveLength(1)
  })
})
