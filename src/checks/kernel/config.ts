/** Takes the kernel's configuration, where the host shows it; says which required options were left out. */
import type { Problem } from '../types.ts'

// k8s.io/system-validators v1.12.1, required for Linux.
const required = [
  'NAMESPACES',
  'NET_NS',
  'PID_NS',
  'IPC_NS',
  'UTS_NS',
  'CPUSETS',
  'MEMCG',
  'INET',
  'EXT4_FS',
  'PROC_FS',
  'NETFILTER_XT_TARGET_REDIRECT',
  'NETFILTER_XT_MATCH_COMMENT',
  'FAIR_GROUP_SCHED',
]

export const kernelConfigProblems = (shown: Readonly<Record<string, string>>): readonly Problem[] => {
  if (Object.keys(shown).length === 0) return []
  const missing = required
    .map((name) => `CONFIG_${name}`)
    .filter((option) => !['y', 'm'].includes(shown[option] ?? 'n'))
  if (missing.length === 0) return []
  return [
    {
      severity: 'error',
      message: `the kernel was built without ${missing.join(', ')}`,
      remedy: "install the distribution's standard kernel and restart the host",
    },
  ]
}
