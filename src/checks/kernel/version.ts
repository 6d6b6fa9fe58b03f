/** Takes a kernel's release; says whether Kubernetes supports it, and whether it has what nftables mode needs. */
import type { Problem } from '../types.ts'

type Version = readonly [major: number, minor: number]

// k8s.io/system-validators v1.12.1: 5.4, 5.10, 5.15 and everything from 6 on.
const oldest: Version = [5, 4]
const longTerm: readonly Version[] = [
  [5, 4],
  [5, 10],
  [5, 15],
]
// https://kubernetes.io/docs/reference/networking/virtual-ips/#proxy-mode-nftables
const nftables: Version = [5, 13]

export const kernelVersionProblems = (
  release: string,
  proxyMode: 'nftables' | 'iptables',
): readonly Problem[] => {
  const match = /^(\d+)\.(\d+)/.exec(release)
  if (match === null) {
    return [
      { severity: 'error', message: `the kernel's release "${release}" is not understood`, remedy: upgrade },
    ]
  }
  const version: Version = [Number(match[1]), Number(match[2])]
  if (isBefore(version, oldest)) {
    return [{ severity: 'error', message: `kernel ${release} is older than 5.4`, remedy: upgrade }]
  }
  return [...nftablesProblems(version, release, proxyMode), ...supportProblems(version, release)]
}

const upgrade = 'upgrade the host to a kernel of 5.15 or newer, best 6.1 or newer, and restart it'

const nftablesProblems = (version: Version, release: string, proxyMode: string): readonly Problem[] =>
  proxyMode === 'nftables' && isBefore(version, nftables)
    ? [
        {
          severity: 'error',
          message: `kernel ${release} is older than 5.13, which kube-proxy's nftables mode needs`,
          remedy: `set network.proxyMode: iptables in the cluster file; or ${upgrade}`,
        },
      ]
    : []

/** An error at kubeadm, a warning here: distributions such as RHEL 9 (5.14) maintain kernels of their own. */
const supportProblems = (version: Version, release: string): readonly Problem[] =>
  version[0] >= 6 || longTerm.some(([major, minor]) => version[0] === major && version[1] === minor)
    ? []
    : [
        {
          severity: 'warning',
          message: `kernel ${release} is not of a series that Kubernetes is tested with (5.4, 5.10, 5.15, 6 and newer)`,
          remedy: 'fine when the distribution maintains it (RHEL 9 does); else ' + upgrade,
        },
      ]

const isBefore = (a: Version, b: Version): boolean => a[0] < b[0] || (a[0] === b[0] && a[1] < b[1])
