import { expect, test } from 'vitest'
import { readLines } from '../../../src/facts/lines.ts'
import { parseFacts } from '../../../src/facts/parse.ts'

const trip = { workstation: 1_800_000_000.5, seconds: 0.2 }
const factsOf = (...lines: readonly string[]) =>
  parseFacts('cp1', readLines(`${lines.join('\n')}\nend\n`), trip)

test('a host that says nothing has nothing, and nothing is made up', () => {
  const facts = factsOf()
  expect(facts).toMatchObject({ host: 'cp1', hostname: '', machineId: '', arch: '', cpus: 0, memoryMB: 0 })
  expect(facts).toMatchObject({
    systemd: false,
    selinux: 'disabled',
    canLowerOomScore: false,
    cluster: undefined,
  })
  expect([facts.uid, facts.clock.host]).toEqual([Number.NaN, Number.NaN])
})

test.each([
  ['machine\tx86_64', 'arch', 'amd64'],
  ['machine\taarch64', 'arch', 'arm64'],
  ['machine\ts390x', 'arch', 's390x'],
  ['/proc/meminfo:MemTotal:        2011404 kB', 'memoryMB', 1964],
  ['/sys/fs/selinux/enforce:1', 'selinux', 'enforcing'],
  ['/sys/fs/selinux/enforce:0', 'selinux', 'permissive'],
  ['/sys/class/dmi/id/product_uuid:4c4c4544-0051', 'productUuid', '4c4c4544-0051'],
  ['oom-score\tyes', 'canLowerOomScore', true],
  ['/etc/os-release:PRETTY_NAME="A \\"B\\" C"', 'os', { id: '', versionId: '', pretty: 'A \\"B\\" C' }],
  ['resolves\tw1\t10.0.0.21', 'resolves', { w1: '10.0.0.21' }],
  ['/proc/sys/net/ipv4/ip_forward:1', 'sysctls', { 'net.ipv4.ip_forward': '1' }],
])('%s', (line, fact, expected) => {
  expect(factsOf(line)).toHaveProperty(fact, expected)
})

test("a container has no product UUID of its own, even where it sees its machine's", () => {
  expect(factsOf('container\tyes', '/sys/class/dmi/id/product_uuid:4c4c4544').productUuid).toBe('')
})

test('cgroup v2 names its controllers in a line, v1 in a table with those that are off', () => {
  const v2 = factsOf('/sys/fs/cgroup/cgroup.controllers:cpuset cpu memory pids')
  const v1 = factsOf(
    '/proc/cgroups:#subsys_name\thierarchy\tnum_cgroups\tenabled',
    '/proc/cgroups:cpu\t3\t9\t1',
    '/proc/cgroups:memory\t0\t9\t0',
  )
  expect([v2.cgroup, v2.cgroupControllers]).toEqual(['v2', ['cpuset', 'cpu', 'memory', 'pids']])
  expect([v1.cgroup, v1.cgroupControllers]).toEqual(['v1', ['cpu']])
})

test('kernel options: yes, module, and "not set"; what is built in works', () => {
  const facts = factsOf(
    'config\tCONFIG_NF_TABLES=y',
    'config\tCONFIG_VXLAN=m',
    'config\t# CONFIG_EXT4_FS is not set',
  )
  expect(facts.kernelConfig).toEqual({ CONFIG_NF_TABLES: 'y', CONFIG_VXLAN: 'm', CONFIG_EXT4_FS: 'n' })
  expect(facts.kernelFeatures).toEqual({ nftables: true })
})

test('disks are counted in megabytes; a file system without inodes has none to run out of', () => {
  const facts = factsOf(
    'disk\t/var/lib/etcd\t4096\t2621440\t1310720\t1000\t900',
    'disk\t/run\t4096\t256\t256\t0\t0',
  )
  expect(facts.disks).toEqual([
    { path: '/var/lib/etcd', freeMB: 5120, totalMB: 10240, freeInodes: 900 },
    { path: '/run', freeMB: 1, totalMB: 1, freeInodes: undefined },
  ])
})

test('the marker of a cluster', () => {
  const marker = factsOf('/var/lib/slipway/cluster:name=demo', '/var/lib/slipway/cluster:caHash=sha256:ab')
  expect(marker.cluster).toEqual({ name: 'demo', caHash: 'sha256:ab' })
})

test('an answer that was cut off is known by its missing end', () => {
  expect(readLines('uid\t0\nend\n').complete).toBe(true)
  expect(readLines('uid\t0\nen').complete).toBe(false)
  expect(readLines('').complete).toBe(false)
})

test('no content of a file is taken for a fact', () => {
  const facts = factsOf('uid\t0', '/etc/kubernetes/admin.conf:uid\t7', '/etc/kubernetes/admin.conf:end')
  expect(facts.uid).toBe(0)
  expect(facts.identity['/etc/kubernetes/admin.conf']).toBe('uid\t7\nend\n')
})
