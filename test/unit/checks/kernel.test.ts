import { expect, test } from 'vitest'
import { systemVerification } from '../../../src/checks/system-verification.ts'
import { problemsOf, type Situation } from '../../support/check-input.ts'
import { hostFacts } from '../../support/facts.ts'

const { kernelConfig, kernelFeatures, cgroupControllers } = hostFacts()
const iptables = { network: { proxyMode: 'iptables' } }
const { CONFIG_MEMCG: _, ...withoutMemcg } = kernelConfig
const v1Controllers = ['cpu', 'cpuacct', 'cpuset', 'devices', 'freezer', 'memory', 'pids']

/** What is expected is the start of each message. */
const cases: readonly [string, Situation, readonly string[]][] = [
  ['kernel 6.18', { facts: { kernel: '6.18.44-fc' } }, []],
  ['kernel 5.15', { facts: { kernel: '5.15.0-130-generic' } }, []],
  ['kernel 12.0', { facts: { kernel: '12.0.1' } }, []],
  [
    "RHEL 9's kernel",
    { facts: { kernel: '5.14.0-503.el9' } },
    ['warning kernel 5.14.0-503.el9 is not of a series'],
  ],
  [
    'kernel 5.4 with nftables',
    { facts: { kernel: '5.4.0-42-generic' } },
    ["error kernel 5.4.0-42-generic is older than 5.13, which kube-proxy's nftables mode needs"],
  ],
  ['kernel 5.4 with iptables', { facts: { kernel: '5.4.0-42-generic' }, config: iptables }, []],
  [
    "RHEL 8's kernel",
    { facts: { kernel: '4.18.0-553.el8' }, config: iptables },
    ['error kernel 4.18.0-553.el8 is older than 5.4'],
  ],
  ['no release at all', { facts: { kernel: '' } }, ['error the kernel\'s release "" is not understood']],
  [
    'an option is left out',
    { facts: { kernelConfig: withoutMemcg } },
    ['error the kernel was built without CONFIG_MEMCG'],
  ],
  [
    'an option is a module, another is "not set"',
    { facts: { kernelConfig: { ...kernelConfig, CONFIG_EXT4_FS: 'm', CONFIG_INET: 'n' } } },
    ['error the kernel was built without CONFIG_INET'],
  ],
  ['a host that does not show its options', { facts: { kernelConfig: {} } }, []],
  [
    'cgroup v1',
    { facts: { cgroup: 'v1', cgroupControllers: v1Controllers } },
    ['error the host uses cgroup v1'],
  ],
  [
    'cgroup v1, accepted in the cluster file',
    {
      facts: { cgroup: 'v1', cgroupControllers: v1Controllers },
      config: { kubelet: { config: { failCgroupV1: false } } },
    },
    [],
  ],
  [
    'no memory controller (Raspberry Pi OS)',
    { facts: { cgroupControllers: cgroupControllers.filter((name) => name !== 'memory') } },
    ['error cgroup controllers are missing: memory'],
  ],
  [
    'overlay, conntrack, nftables and vxlan do not work',
    { facts: { kernelFeatures: { overlay: false, conntrack: false, nftables: false, vxlan: false } } },
    [
      'error the kernel has no overlay',
      'error the kernel has no nf_conntrack',
      'error the kernel has no nf_tables',
      'error the kernel has no vxlan',
    ],
  ],
  [
    'nftables and vxlan are not used',
    {
      facts: { kernelFeatures: { ...kernelFeatures, nftables: false, vxlan: false } },
      config: { network: { proxyMode: 'iptables', plugin: 'none' } },
    },
    [],
  ],
  ['nothing is known of what works', { facts: { kernelFeatures: {} } }, []],
]

test.each(cases)('%s', (_title, situation, expected) => {
  const said = problemsOf(systemVerification, situation).map(
    (problem) => `${problem.severity} ${problem.message}`,
  )
  expect(said.map((text, index) => text.slice(0, expected[index]?.length))).toEqual(expected)
})

test('cgroup v1 has two ways out', () => {
  const [problem] = problemsOf(systemVerification, {
    facts: { cgroup: 'v1', cgroupControllers: v1Controllers },
  })
  expect(problem?.remedy).toContain('systemd.unified_cgroup_hierarchy=1')
  expect(problem?.remedy).toContain('kubelet: { config: { failCgroupV1: false } }')
})
