/** What only renewing certificates needs: kubelets that make another one to serve, a runtime that is on, and a proof that the new ones are used. */
import { kubeletServingCertificate } from '../constants.ts'
import { steps, wait } from '../plan/tasks.ts'
import type { ShellStep } from '../plan/types.ts'
import type { Phase } from './types.ts'

const key = kubeletServingCertificate.replace(/crt$/, 'key')

/**
 * A kubelet makes one only when it starts and finds none (kubeadm.md 1.4). Its stamp goes first, so that it is started again wherever
 * a run was killed. $3 as the shell gives it has no line end any more.
 */
const forget = (standing: string): ShellStep => ({
  kind: 'shell',
  id: kubeletServingCertificate,
  title: `let the kubelet make another ${kubeletServingCertificate}`,
  args: [kubeletServingCertificate, key, standing],
  probe: '[ "$(cat "$root$1" 2>/dev/null)" != "$(printf %s "$3")" ]',
  change: `
    rm -f "$root/var/lib/slipway/services/kubelet.service"
    rm -f "$root$1" "$root$2"`,
})

export const kubeletServing: Phase = {
  id: 'kubelet-serving',
  title: 'Let the kubelets serve other certificates',
  roles: ['control-plane', 'worker'],
  tasks: ({ kubeletServing }, host) => {
    const standing = kubeletServing?.get(host.name)
    return standing === undefined ? [] : [steps(forget(standing))]
  },
}

/** On, and nothing else: which version of it a host should have is for another day than that of a rescue. */
const containerdRuns: ShellStep = {
  kind: 'shell',
  id: 'containerd.service',
  title: 'start containerd.service',
  args: ['containerd.service'],
  probe: 'systemctl is-enabled --quiet "$1" && systemctl is-active --quiet "$1"',
  change: `
    systemctl reset-failed "$1" 2>/dev/null || true
    systemctl enable "$1"
    systemctl is-active --quiet "$1" || systemctl restart "$1"`,
  hint: 'on that host, `journalctl -u containerd -n 50` says why it does not start',
}

export const runtimeOn: Phase = {
  id: 'runtime-on',
  title: 'Start containerd where it is off',
  roles: ['control-plane', 'worker'],
  tasks: () => [steps(containerdRuns)],
}

export const certsProof: Phase = {
  id: 'certs-proof',
  title: 'Prove that the certificates are used',
  roles: ['control-plane', 'worker'],
  tasks: (_input, host) => [
    wait({
      id: 'certs-proof',
      sentence: `${host.name} serves and uses the certificates that it has`,
      seconds: 120,
      args: { host: host.name },
    }),
  ],
}
