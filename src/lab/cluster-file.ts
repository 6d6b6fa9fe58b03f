/** The cluster file of a lab, written for a person to read. Takes hosts and key files; gives YAML that `config/` accepts. */
import { stringify } from 'yaml'
import type { WantedHost } from './types.ts'

export type ClusterFileInput = {
  readonly lab: string
  readonly kubernetes: string
  readonly hosts: readonly WantedHost[]
  readonly identityFile: string
  readonly knownHostsFile: string
  readonly limits: MachineLimits
}

/** What this machine does not give to its containers. Each is answered in the file by a setting, and said there. */
export type MachineLimits = { readonly cgroupV1: boolean; readonly noSysResource: boolean }

export const clusterFileText = (input: ClusterFileInput): string => {
  const hosts = input.hosts.map(({ name, address, role }) => ({ name, address, role }))
  const ssh = { user: 'root', identityFile: input.identityFile, knownHostsFile: input.knownHostsFile }
  return [
    '# Throw-away hosts on this machine. "slipway lab" writes this file anew each time it changes the lab:',
    '# copy it to keep changes of your own.',
    yaml({ apiVersion: 'slipway/v1', kind: 'Cluster', name: input.lab }),
    yaml({ kubernetes: { version: input.kubernetes } }),
    '# The key was made for this lab alone; the host keys were read from the hosts themselves.',
    yaml({ ssh }),
    yaml({ hosts }),
    kubeletSection(input.limits),
    kubeProxySection(input.limits),
  ].join('\n')
}

const kubeletSection = ({ cgroupV1, noSysResource }: MachineLimits): string =>
  [
    'kubelet:',
    '  config:',
    ...(cgroupV1
      ? ['    # This machine has cgroup v1, which the kubelet refuses since 1.35 unless told otherwise.']
      : []),
    ...(cgroupV1 ? ['    failCgroupV1: false'] : []),
    ...(noSysResource ? [`    ${noLowerScore}`, '    oomScoreAdj: 0'] : []),
    "    # The hosts share this machine's disk. The default thresholds are percentages of it, and on a disk that is fairly",
    '    # full they would put every node under disk pressure, where nothing is scheduled.',
    '    evictionHard:',
    '      nodefs.available: 1Gi',
    '      imagefs.available: 1Gi',
    '      memory.available: 100Mi',
    '    imageGCHighThresholdPercent: 100',
    '',
  ].join('\n')

const kubeProxySection = ({ noSysResource }: MachineLimits): string =>
  [
    'kubeProxy:',
    '  config:',
    ...(noSysResource ? [`    ${noLowerScore}`, '    oomScoreAdj: 0'] : []),
    "    # The size of the connection table is the machine's, which a lab host must not change.",
    '    conntrack:',
    '      maxPerCore: 0',
    '',
  ].join('\n')

const noLowerScore =
  '# This machine has no CAP_SYS_RESOURCE, without which no process may lower its OOM score.'

const yaml = (value: object): string => stringify(value, { lineWidth: 0 })
