/** A host that is part of another cluster: of another Slipway or kubeadm cluster, or of another distribution of Kubernetes. */
import { type Check, type CheckInput, everyRole, type Problem } from './types.ts'

const distributions: Readonly<Record<string, { readonly name: string; readonly remove: string }>> = {
  '/var/lib/rancher/k3s': { name: 'k3s', remove: 'k3s-uninstall.sh, or k3s-agent-uninstall.sh on a worker' },
  '/var/lib/rancher/rke2': { name: 'RKE2', remove: 'rke2-uninstall.sh' },
  '/var/lib/k0s': { name: 'k0s', remove: 'k0s stop && k0s reset' },
  '/var/snap/microk8s': { name: 'MicroK8s', remove: 'snap remove --purge microk8s' },
}

export const foreignCluster: Check = {
  ids: ['ForeignCluster'],
  title: 'the host is part of no other cluster',
  roles: everyRole,
  run: (input) => [...otherCluster(input), ...otherDistribution(input)],
}

const otherCluster = ({ ownership, config, facts }: CheckInput): readonly Problem[] => {
  if (ownership.kind !== 'foreign') return []
  const name = ownership.name === undefined ? 'a cluster' : `the cluster "${ownership.name}"`
  const sameName = ownership.name === config.name
  return [
    {
      severity: 'error',
      message: `the host is part of ${name}, whose CA is ${ownership.caHash || 'unknown'}${sameName ? ': the same name, but another CA than the one on this machine' : ''}`,
      remedy: sameName
        ? 'if it is this cluster, bring its folder to this machine, from where it was made or from a backup; if the host is free, `slipway reset` there'
        : `take the host out of the cluster file; or, if it is free, run ${facts.cluster === undefined ? '`kubeadm reset`' : '`slipway reset`'} on it`,
    },
  ]
}

const otherDistribution = ({ facts }: CheckInput): readonly Problem[] =>
  Object.entries(distributions)
    .filter(([path]) => facts.paths[path] === 'directory')
    .map(([path, { name, remove }]) => ({
      severity: 'error',
      message: `${name} is installed on the host: ${path} exists`,
      remedy: `if it is not needed any more, remove it: ${remove}`,
    }))
