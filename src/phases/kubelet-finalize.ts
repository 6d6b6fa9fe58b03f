/**
 * A control plane's kubelet starts with a certificate inside its kubeconfig, takes it into a store of its own and renews it there,
 * never in the kubeconfig. That one expires, and a kubelet does not start with a kubeconfig that has expired: so, like kubeadm, we
 * let the kubeconfig name the store as soon as there is one.
 */
import { kubeletClientCertificate, kubeletConf } from '../constants.ts'
import { ownServer } from '../pki/kubeconfig-table.ts'
import { kubeletKubeconfig } from '../pki/kubeconfigs.ts'
import { steps } from '../plan/tasks.ts'
import type { ShellStep } from '../plan/types.ts'
import type { Phase } from './types.ts'

/** A store that is older than the kubeconfig is left alone: the kubelet has still to start with what is inside. */
const nameTheStore = (kubeconfig: string): ShellStep => ({
  kind: 'shell',
  id: kubeletConf,
  title: `name ${kubeletClientCertificate} in ${kubeletConf}`,
  args: [kubeletConf, kubeletClientCertificate, kubeconfig],
  probe: '! grep -qs client-key-data: "$root$1" || [ ! "$root$2" -nt "$root$1" ]',
  change: `
    umask 077
    printf %s "$3" >"$root$1.slipway"
    mv "$root$1.slipway" "$root$1"`,
})

export const kubeletFinalize: Phase = {
  id: 'kubelet-finalize',
  title: 'Let the kubelet use the certificate that it renews',
  roles: ['control-plane'],
  tasks: ({ config, caPem }, host) => {
    const server = ownServer(config, host)
    const pemFile = kubeletClientCertificate
    return [steps(nameTheStore(kubeletKubeconfig({ server, caPem, nodeName: host.name, pemFile })))]
  },
}
