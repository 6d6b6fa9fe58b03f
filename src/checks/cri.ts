/** Container runtimes that are in the way of the bundle's containerd. kubeadm: CRI. */
import { type Check, everyRole, type Problem } from './types.ts'

export const cri: Check = {
  ids: ['CRI'],
  title: "no other container runtime is in the way of the bundle's containerd",
  roles: everyRole,
  run: ({ facts, ownership }) => {
    if (ownership.kind === 'ours') return []
    if (facts.units['docker']?.active) return [dockerRuns]
    if (facts.units['containerd']?.active) return [containerdRuns]
    const problems: Problem[] = []
    if (facts.paths['/etc/containerd/config.toml'] !== undefined) problems.push(containerdConfigured)
    if (facts.units['crio']?.active) problems.push(crioRuns)
    return problems
  },
}

const dockerRuns: Problem = {
  severity: 'error',
  message: 'docker is running: it uses the host’s containerd, which would be replaced under its containers',
  remedy:
    'stop what runs in docker, then `systemctl disable --now docker.socket docker containerd` on the host; or, to replace it as it is, --ignore CRI',
}

const containerdRuns: Problem = {
  severity: 'error',
  message:
    'a containerd that Slipway did not install is running; its configuration and unit would be replaced',
  remedy:
    'see that nothing needs it (`ctr namespaces list`), then `systemctl disable --now containerd` on the host; or --ignore CRI',
}

const containerdConfigured: Problem = {
  severity: 'warning',
  message: '/etc/containerd/config.toml exists and will be replaced',
  remedy: 'keep a copy of it, if it holds something of your own: cp /etc/containerd/config.toml /root/',
}

const crioRuns: Problem = {
  severity: 'warning',
  message: 'CRI-O is running; the kubelet will use containerd, and both read /etc/cni/net.d',
  remedy: 'systemctl disable --now crio',
}
