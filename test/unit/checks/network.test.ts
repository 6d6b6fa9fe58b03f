import { describe, expect, test } from 'vitest'
import { defaultRoute } from '../../../src/checks/default-route.ts'
import { firewall } from '../../../src/checks/firewall.ts'
import { hostname } from '../../../src/checks/hostname.ts'
import { httpProxy } from '../../../src/checks/http-proxy.ts'
import { httpProxyCidr } from '../../../src/checks/http-proxy-cidr.ts'
import { nodeAddress } from '../../../src/checks/node-address.ts'
import { proxyEnvironment } from '../../../src/checks/proxy-environment.ts'
import { routeOverlap } from '../../../src/checks/route-overlap.ts'
import type { Check } from '../../../src/checks/types.ts'
import { briefly, problemsOf, type Situation } from '../../support/check-input.ts'
import { hostFacts } from '../../support/facts.ts'

const { units } = hostFacts()
const route = (destination: string, device = 'eth0') => ({
  routes: [
    { destination: '0.0.0.0/0', interface: 'eth0' },
    { destination, interface: device },
  ],
})
const proxies = (noProxy: string) => ({ proxies: { HTTPS_PROXY: 'http://proxy:3128', NO_PROXY: noProxy } })
const ownDns = { hostPrep: { hostsFile: false } }
const allNames = { cp1: '10.0.0.11', w1: '10.0.0.21', w2: '10.0.0.22' }
const natHosts = [
  { name: 'cp1', address: '10.0.2.15', role: 'control-plane' },
  { name: 'w1', address: '192.168.99.101', role: 'worker' },
]

const cases: readonly [string, Check, Situation, readonly string[]][] = [
  ['the address is the hosts own', nodeAddress, {}, []],
  ['the address is nowhere', nodeAddress, { facts: { addresses: ['192.168.1.5'] } }, ['error NodeAddress']],
  [
    "VirtualBox's NAT address, although the host has it",
    nodeAddress,
    { facts: { addresses: ['10.0.2.15', '192.168.99.100'] }, config: { hosts: natHosts } },
    ['error NodeAddress'],
  ],

  [
    'the pod network is the LAN (192.168.253.0/24)',
    routeOverlap,
    {
      facts: route('192.168.253.0/24'),
      config: { network: { podCIDR: '192.168.253.0/24' } },
    },
    ['error RouteOverlap'],
  ],
  [
    'the LAN is inside the Service network',
    routeOverlap,
    { facts: route('10.100.0.0/24') },
    ['error RouteOverlap'],
  ],
  ["a VPN's wide route", routeOverlap, { facts: route('10.224.0.0/11', 'tun0') }, ['warning RouteOverlap']],
  [
    "the nodes' own wide network",
    routeOverlap,
    { facts: route('10.0.0.0/8') },
    ['error RouteOverlap', 'error RouteOverlap'],
  ],
  [
    'a route of an earlier pod network',
    routeOverlap,
    { facts: route('10.244.1.0/24', 'cni0') },
    ['error RouteOverlap'],
  ],
  [
    "this cluster's own pod routes",
    routeOverlap,
    { facts: route('10.244.1.0/24', 'flannel.1'), ownership: { kind: 'ours' } },
    [],
  ],
  ['a route next to the pod network', routeOverlap, { facts: route('10.245.0.0/16') }, []],

  ['no route to anywhere', defaultRoute, { facts: { routes: [] } }, ['warning DefaultRoute']],
  [
    'a route to the neighbours alone',
    defaultRoute,
    { facts: { routes: [{ destination: '10.0.0.0/24', interface: 'eth0' }] } },
    ['warning DefaultRoute'],
  ],
  [
    'a route that takes Services, and no other',
    defaultRoute,
    { facts: { routes: [{ destination: '10.96.0.0/12', interface: 'eth0' }] } },
    [],
  ],
  ['a default route', defaultRoute, {}, []],

  ['the host has another name', hostname, { facts: { hostname: 'debian' } }, ['warning Hostname']],
  ['the host has an invalid name', hostname, { facts: { hostname: 'k8s_1' } }, ['warning Hostname']],
  ['the host has its full name', hostname, { facts: { hostname: 'cp1.example.org' } }, []],
  [
    'a node named localhost',
    hostname,
    {
      on: 'localhost',
      config: { hosts: [{ name: 'localhost', address: '10.0.0.11', role: 'control-plane' }] },
    },
    ['error Hostname'],
  ],
  ['names do not resolve, but /etc/hosts will have them', hostname, {}, []],
  ['names resolve by DNS', hostname, { facts: { resolves: allNames }, config: ownDns }, []],
  [
    'a name does not resolve',
    hostname,
    { facts: { resolves: { ...allNames, w1: '' } }, config: ownDns },
    ['warning Hostname'],
  ],
  [
    "the host's own name is on loopback, as Debian has it",
    hostname,
    { facts: { resolves: { ...allNames, cp1: '127.0.1.1' } }, config: ownDns },
    [],
  ],

  [
    'firewalld',
    firewall,
    { facts: { units: { ...units, firewalld: { active: true, enabled: true } } } },
    ['warning Firewalld'],
  ],
  [
    'ufw',
    firewall,
    { facts: { units: { ...units, ufw: { active: true, enabled: true } } } },
    ['warning Ufw'],
  ],

  ['no proxy', httpProxy, {}, []],
  ['a proxy before everything', httpProxy, { facts: proxies('localhost') }, ['warning HTTPProxy']],
  ['a proxy that spares the nodes', httpProxy, { facts: proxies('localhost,10.0.0.0/24') }, []],
  [
    'a proxy before the networks',
    httpProxyCidr,
    { facts: proxies('10.96.0.0/12') },
    ['warning HTTPProxyCIDR'],
  ],
  ['a proxy that spares the networks', httpProxyCidr, { facts: proxies('10.0.0.0/8') }, []],

  [
    'a proxy of the cluster file alone',
    proxyEnvironment,
    { config: { proxy: { https: 'http://proxy:3128' } } },
    [],
  ],
  [
    'the same proxy in both',
    proxyEnvironment,
    { facts: proxies(''), config: { proxy: { https: 'http://proxy:3128/' } } },
    [],
  ],
  [
    'a proxy that the cluster file does not name',
    proxyEnvironment,
    { facts: proxies('') },
    ['warning ProxyEnvironment'],
  ],
  [
    'another proxy than the cluster file has',
    proxyEnvironment,
    { facts: proxies(''), config: { proxy: { https: 'http://another:3128' } } },
    ['warning ProxyEnvironment'],
  ],
]

test.each(cases)('%s', (_title, check, situation, expected) => {
  expect(briefly(check, problemsOf(check, situation))).toEqual(expected)
})

describe('messages', () => {
  test("kubeadm's firewall warning, with the ports of the role and the command that opens them", () => {
    const active = { facts: { units: { ...units, firewalld: { active: true, enabled: true } } } }
    const [master] = problemsOf(firewall, active)
    const [worker] = problemsOf(firewall, { ...active, on: 'w1', config: { network: { plugin: 'none' } } })
    expect(master?.message).toContain(
      'ports [6443/tcp 2379-2380/tcp 10250/tcp 8472/udp 30000-32767/tcp] are open',
    )
    expect(worker?.remedy).toBe(
      'firewall-cmd --permanent --add-port=10250/tcp --add-port=30000-32767/tcp && firewall-cmd --reload',
    )
  })

  test("a proxy's password is never shown", () => {
    const facts = { proxies: { HTTPS_PROXY: 'http://me:s3cr3t@proxy.example:3128' } }
    const said = [
      ...problemsOf(httpProxy, { facts }),
      ...problemsOf(httpProxyCidr, { facts }),
      ...problemsOf(proxyEnvironment, { facts }),
    ]
    expect(said).toHaveLength(4)
    expect(JSON.stringify(said)).not.toContain('s3cr3t')
    expect(said[0]?.message).toContain('http://proxy.example:3128')
  })

  test('a node address that is nowhere comes with those that are', () => {
    const [problem] = problemsOf(nodeAddress, { facts: { addresses: ['192.168.1.5', '10.9.9.9'] } })
    expect(problem?.remedy).toContain('192.168.1.5, 10.9.9.9')
  })
})
