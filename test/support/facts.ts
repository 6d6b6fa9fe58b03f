/** HostFacts of a sane, bare host, of which a test changes what it is about. */
import type { HostFacts } from '../../src/facts/types.ts'

export const hostFacts = (changes: Partial<HostFacts> = {}): HostFacts => ({ ...healthy, ...changes })

const gigabytes = (count: number): number => count * 1024

const disk = (path: string) => ({
  path,
  freeMB: gigabytes(40),
  totalMB: gigabytes(50),
  freeInodes: 3_000_000,
})

const requiredKernelConfig = [
  'NAMESPACES',
  'NET_NS',
  'PID_NS',
  'IPC_NS',
  'UTS_NS',
  'CGROUPS',
  'CPUSETS',
  'MEMCG',
  'INET',
  'EXT4_FS',
  'PROC_FS',
  'NETFILTER_XT_TARGET_REDIRECT',
  'NETFILTER_XT_MATCH_COMMENT',
  'FAIR_GROUP_SCHED',
]

const commandNames = ['sh', 'tar', 'gzip', 'sha256sum', 'mount', 'umount', 'systemctl', 'losetup', 'cp']

const unitNames = ['kubelet', 'containerd', 'docker', 'crio', 'firewalld', 'ufw', 'chronyd']

const healthy: HostFacts = {
  host: 'cp1',
  uid: 0,
  hostname: 'cp1',
  machineId: '11111111111111111111111111111111',
  productUuid: '11111111-1111-1111-1111-111111111111',
  os: { id: 'debian', versionId: '12', pretty: 'Debian GNU/Linux 12 (bookworm)' },
  arch: 'amd64',
  kernel: '6.1.0-28-amd64',
  cpus: 4,
  memoryMB: 7900,
  cgroup: 'v2',
  systemd: true,
  clock: { host: 1_800_000_000, workstation: 1_800_000_000.2, roundTrip: 0.1 },
  addresses: ['10.0.0.11'],
  routes: [
    { destination: '0.0.0.0/0', interface: 'eth0' },
    { destination: '10.0.0.0/24', interface: 'eth0' },
  ],
  listening: [{ address: '0.0.0.0', port: 22 }],
  swaps: [],
  selinux: 'disabled',
  units: {
    ...Object.fromEntries(unitNames.map((name) => [name, { active: false, enabled: false }])),
    'systemd-resolved': { active: true, enabled: true },
    'systemd-timesyncd': { active: true, enabled: true },
  },
  resolvedActive: true,
  canLowerOomScore: true,
  sysctls: { 'net.ipv4.ip_forward': '0', 'net.bridge.bridge-nf-call-iptables': '1' },
  kernelConfig: Object.fromEntries(requiredKernelConfig.map((name) => [`CONFIG_${name}`, 'y'])),
  kernelFeatures: {
    overlay: true,
    br_netfilter: true,
    nftables: true,
    vxlan: true,
    conntrack: true,
    sysctl: true,
  },
  cgroupControllers: ['cpuset', 'cpu', 'io', 'memory', 'hugetlb', 'pids'],
  commands: Object.fromEntries(commandNames.map((name) => [name, `/usr/bin/${name}`])),
  disks: ['/var/lib/etcd', '/var/lib/containerd', '/var/lib/kubelet', '/usr/local/bin', '/run'].map(disk),
  proxies: {},
  resolves: {},
  paths: { '/etc/ca-certificates': 'directory', '/usr/share/ca-certificates': 'directory' },
  cluster: undefined,
  identity: {},
}
