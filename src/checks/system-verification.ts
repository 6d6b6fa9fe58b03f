/** The kernel: its version, its options, its cgroups. kubeadm: SystemVerification, with system-validators' requirements. */
import { cgroupProblems } from './kernel/cgroups.ts'
import { kernelConfigProblems } from './kernel/config.ts'
import { kernelVersionProblems } from './kernel/version.ts'
import { type Check, type CheckInput, everyRole, type Problem } from './types.ts'

export const systemVerification: Check = {
  ids: ['SystemVerification'],
  title: 'the kernel has what Kubernetes needs',
  roles: everyRole,
  run: (input) => [
    ...kernelVersionProblems(input.facts.kernel, input.config.network.proxyMode),
    ...kernelConfigProblems(input.facts.kernelConfig),
    ...cgroupProblems(input.facts, input.config.kubelet.config),
    ...featureProblems(input),
  ],
}

/** What does not work although it was tried. A feature that nothing is known of is given the benefit of the doubt. */
const featureProblems = ({ facts, config }: CheckInput): readonly Problem[] => {
  const missing = (feature: string): boolean => facts.kernelFeatures[feature] === false
  const problems: Problem[] = []
  if (missing('overlay')) problems.push(without('overlay', 'containers have no file system', undefined))
  if (missing('conntrack')) problems.push(without('nf_conntrack', 'Services do not work', undefined))
  if (missing('nftables') && config.network.proxyMode === 'nftables') {
    problems.push(without('nf_tables', 'Services do not work', 'set network.proxyMode: iptables'))
  }
  if (missing('vxlan') && config.network.plugin === 'flannel') {
    problems.push(
      without(
        'vxlan',
        'pods of different hosts do not reach each other',
        'set network.plugin: none and bring your own',
      ),
    )
  }
  return problems
}

const without = (module: string, effect: string, instead: string | undefined): Problem => ({
  severity: 'error',
  message: `the kernel has no ${module}, without which ${effect}`,
  remedy: [
    `run \`modprobe ${module}\` on the host and see what it says; on a slim kernel install linux-modules-extra-$(uname -r)`,
    ...(instead === undefined ? [] : [`or ${instead} in the cluster file`]),
  ].join('; '),
})
