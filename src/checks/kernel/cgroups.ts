/** Takes the host's cgroups and the kubelet's configuration; says why the kubelet would not start or not limit anything. */
import type { HostFacts } from '../../facts/types.ts'
import type { Problem } from '../types.ts'

// system-validators v1.12.1. On v2, devices (eBPF) and freezer (cgroup.freeze) are no controllers of their own.
const required = {
  v1: ['cpu', 'cpuacct', 'cpuset', 'devices', 'freezer', 'memory', 'pids'],
  v2: ['cpu', 'cpuset', 'memory', 'pids'],
}

export const cgroupProblems = (
  { cgroup, cgroupControllers }: Pick<HostFacts, 'cgroup' | 'cgroupControllers'>,
  kubeletConfig: Readonly<Record<string, unknown>>,
): readonly Problem[] => {
  const missing = required[cgroup].filter((name) => !cgroupControllers.includes(name))
  const refused = cgroup === 'v1' && kubeletConfig['failCgroupV1'] !== false
  return [...(refused ? [cgroupV1] : []), ...(missing.length === 0 ? [] : [withoutControllers(missing)])]
}

const cgroupV1: Problem = {
  severity: 'error',
  message: 'the host uses cgroup v1, with which the kubelet refuses to start from Kubernetes 1.35 on',
  remedy:
    'move the host to cgroup v2 (kernel parameter systemd.unified_cgroup_hierarchy=1, and a restart); or, for now, accept v1 in the cluster file: kubelet: { config: { failCgroupV1: false } }',
}

const withoutControllers = (missing: readonly string[]): Problem => ({
  severity: 'error',
  message: `cgroup controllers are missing: ${missing.join(', ')}`,
  remedy:
    'enable them with kernel parameters (on a Raspberry Pi: cgroup_enable=memory cgroup_memory=1 in cmdline.txt) and restart the host',
})
