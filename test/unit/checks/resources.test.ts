import { expect, test } from 'vitest'
import { architecture } from '../../../src/checks/architecture.ts'
import { diskSpace } from '../../../src/checks/disk-space.ts'
import { fileContent } from '../../../src/checks/file-content.ts'
import { fileExisting } from '../../../src/checks/file-existing.ts'
import { mem } from '../../../src/checks/mem.ts'
import { numCpu } from '../../../src/checks/num-cpu.ts'
import { privilegedUser } from '../../../src/checks/privileged-user.ts'
import { selinux } from '../../../src/checks/selinux.ts'
import { swap } from '../../../src/checks/swap.ts'
import { systemd } from '../../../src/checks/systemd.ts'
import type { Check } from '../../../src/checks/types.ts'
import { briefly, problemsOf, type Situation } from '../../support/check-input.ts'
import { hostFacts } from '../../support/facts.ts'

const { disks, commands, kernelFeatures } = hostFacts()

const fullDisk = (path: string, freeMB: number) =>
  disks.map((disk) => (disk.path === path ? { ...disk, freeMB } : disk))

const { losetup: _, ...withoutLosetup } = commands
const readOnly = { ...kernelFeatures, sysctl: false }

const cases: readonly [string, Check, Situation, readonly string[]][] = [
  ['a user who is not root', privilegedUser, { facts: { uid: 1000 } }, ['error IsPrivilegedUser']],
  ['an architecture without bundles', architecture, { facts: { arch: 's390x' } }, ['error Architecture']],
  ['arm64', architecture, { facts: { arch: 'arm64' } }, []],
  ['the architecture of the bundle', architecture, { bundled: ['amd64'] }, []],
  [
    'an architecture that the bundle is not for',
    architecture,
    { facts: { arch: 'arm64' }, bundled: ['amd64'] },
    ['error Architecture'],
  ],
  ['no systemd', systemd, { facts: { systemd: false } }, ['error Systemd']],
  ['one CPU', numCpu, { facts: { cpus: 1 } }, ['error NumCPU']],
  ['two CPUs', numCpu, { facts: { cpus: 2 } }, []],
  ['1699 MB', mem, { facts: { memoryMB: 1699 } }, ['error Mem']],
  ['a machine of "2 GB"', mem, { facts: { memoryMB: 1963 } }, []],
  ['no losetup', fileExisting, { facts: { commands: withoutLosetup } }, ['error FileExisting-losetup']],
  ['forwarding off, which host preparation changes', fileContent, {}, []],
  [
    'forwarding off, and it cannot be changed',
    fileContent,
    { facts: { kernelFeatures: readOnly } },
    ['error FileContent--proc-sys-net-ipv4-ip_forward'],
  ],
  [
    'nothing can be changed, nothing has to be',
    fileContent,
    {
      facts: {
        kernelFeatures: readOnly,
        sysctls: { 'net.ipv4.ip_forward': '1', 'net.bridge.bridge-nf-call-iptables': '1' },
      },
    },
    [],
  ],
  [
    'no br_netfilter',
    fileContent,
    { facts: { kernelFeatures: { ...kernelFeatures, br_netfilter: false } } },
    ['error FileContent--proc-sys-net-bridge-bridge-nf-call-iptables'],
  ],
  [
    'little room for images',
    diskSpace,
    { facts: { disks: fullDisk('/var/lib/containerd', 1499) } },
    ['error DiskSpace', 'warning DiskPressure'],
  ],
  [
    'a worker needs less',
    diskSpace,
    { on: 'w1', facts: { disks: fullDisk('/var/lib/containerd', 1499) } },
    ['warning DiskPressure'],
  ],
  [
    'the thresholds are set in the cluster file',
    diskSpace,
    {
      on: 'w1',
      facts: { disks: fullDisk('/var/lib/containerd', 1499) },
      config: { kubelet: { config: { evictionHard: { 'nodefs.available': '1Gi' } } } },
    },
    [],
  ],
  [
    'etcd on a full disk',
    diskSpace,
    { facts: { disks: fullDisk('/var/lib/etcd', 100) } },
    ['error DiskSpace'],
  ],
  [
    'etcd on a full disk, on a worker',
    diskSpace,
    { on: 'w1', facts: { disks: fullDisk('/var/lib/etcd', 100) } },
    [],
  ],
  [
    'a full disk, with this cluster already on it',
    diskSpace,
    { facts: { disks: fullDisk('/usr/local/bin', 10) }, ownership: { kind: 'ours' } },
    [],
  ],
  [
    'no inodes left',
    diskSpace,
    { on: 'w1', facts: { disks: disks.map((disk) => ({ ...disk, freeInodes: 100 })) } },
    ['error DiskSpace', 'error DiskSpace'],
  ],
  [
    'a file system that counts no inodes',
    diskSpace,
    { facts: { disks: disks.map((disk) => ({ ...disk, freeInodes: undefined })) } },
    [],
  ],
  ['swap that is turned off anyway', swap, { facts: { swaps: ['/swapfile'] } }, []],
  [
    'swap that is kept',
    swap,
    { facts: { swaps: ['/swapfile'] }, config: { hostPrep: { swap: 'keep' } } },
    ['warning Swap'],
  ],
  ['SELinux is made permissive', selinux, { facts: { selinux: 'enforcing' } }, ['warning SELinux']],
  [
    'SELinux is kept',
    selinux,
    { facts: { selinux: 'enforcing' }, config: { hostPrep: { selinux: 'keep' } } },
    ['warning SELinux'],
  ],
  ['SELinux is permissive', selinux, { facts: { selinux: 'permissive' } }, []],
]

test.each(cases)('%s', (_title, check, situation, expected) => {
  expect(briefly(check, problemsOf(check, situation))).toEqual(expected)
})

test('the limits are those of a control plane', () => {
  expect([numCpu.roles, mem.roles]).toEqual([['control-plane'], ['control-plane']])
})

test('what is wrong is told with the value that was seen, and the remedy with the field to change', () => {
  const [problem] = problemsOf(swap, {
    facts: { swaps: ['/dev/sda2'], cgroup: 'v1' },
    config: { hostPrep: { swap: 'keep' } },
  })
  expect(problem?.message).toContain('swap is on (/dev/sda2)')
  expect(problem?.message).toContain('supported for cgroup v2 only')
  expect(problem?.remedy).toContain('hostPrep.swap: disable')
})
