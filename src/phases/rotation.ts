/** What only replacing a CA needs: new certificates for kubelets, pods that see whom to trust, and proofs. */
import { kubeletClientCertificate } from '../constants.ts'
import { directory, file } from '../plan/steps.ts'
import { steps, wait } from '../plan/tasks.ts'
import type { ShellStep } from '../plan/types.ts'
import { onFirst } from './cluster.ts'
import type { Phase } from './types.ts'

const kubeletPki = '/var/lib/kubelet/pki'

/**
 * The kubelet's stamp goes first: a kubelet without one is restarted by the phase that starts it, wherever a run was killed. The ones
 * of before hold keys that nobody needs any more.
 */
const useCertificate = (name: string): ShellStep => ({
  kind: 'shell',
  id: kubeletClientCertificate,
  title: `let ${kubeletClientCertificate} be ${name}`,
  args: [kubeletPki, name, kubeletClientCertificate],
  probe: '[ "$(readlink "$root$3")" = "$1/$2" ]',
  change: `
    rm -f "$root/var/lib/slipway/services/kubelet.service"
    ln -sfn "$1/$2" "$root$3.slipway" && mv -T "$root$3.slipway" "$root$3"
    for old in "$root$1"/kubelet-client-[0-9]*.pem; do [ "$old" = "$root$1/$2" ] || rm -f "$old"; done`,
})

export const kubeletClient: Phase = {
  id: 'kubelet-client',
  title: 'Give the kubelets certificates',
  roles: ['control-plane', 'worker'],
  tasks: ({ kubeletClients }, host) => {
    const client = kubeletClients?.get(host.name)
    if (!client) return []
    const path = `${kubeletPki}/${client.file}`
    return [
      steps(
        directory('/var/lib/kubelet', 0o700),
        directory(kubeletPki, 0o755),
        file({ path, mode: 0o600, content: client.pem, secret: true }),
        useCertificate(client.file),
      ),
    ]
  },
}

/** A pod gets it with its token, from a ConfigMap that the controller manager keeps in every namespace. */
export const rootCaPublished: Phase = {
  id: 'root-ca',
  title: 'Publish the CA to every namespace',
  roles: ['control-plane'],
  tasks: (input, host) =>
    !onFirst(input, host)
      ? []
      : [
          wait({
            id: 'root-ca-published',
            sentence: 'every namespace has the CAs of now in kube-root-ca.crt',
            seconds: 120,
            args: { caPem: input.caPem },
          }),
        ],
}

/** $1 as the shell gives it has no line end any more, as what it is compared with. */
const stalePods = `
is_stale() {
  wanted=$(printf %s "$1")
  for seen in "$root"/var/lib/kubelet/pods/*/volumes/kubernetes.io~projected/kube-api-access-*/ca.crt; do
    [ -f "$seen" ] && [ "$(cat "$seen")" != "$wanted" ] && return 0
  done
  return 1
}`

/**
 * A kubelet looks at a pod's volumes again after 60 to 90 s, or at once when it is restarted, which is why it was. Whoever reads the
 * file before each connection, as client-go does from 0.36 on, follows.
 */
const everyPodSees = (caPem: string): ShellStep => ({
  kind: 'shell',
  id: 'pods-see-ca',
  title: 'show the CAs of now to every pod',
  args: [caPem],
  probe: `${stalePods}\n! is_stale "$1"`,
  change: `${stalePods}
left=240
while is_stale "$1"; do left=$((left - 1)) && [ "$left" -gt 0 ] && sleep 0.5; done`,
  hint: 'on that host, `journalctl -u kubelet -n 50` says why the kubelet does not bring the volumes of its pods up to date',
})

export const podsSeeCa: Phase = {
  id: 'pods-see-ca',
  title: 'Show the CA to every pod',
  roles: ['control-plane', 'worker'],
  tasks: ({ caPem }) => [steps(everyPodSees(caPem))],
}

export const addonsFollow: Phase = {
  id: 'addons-follow',
  title: 'Restart the addons that read the CA once',
  roles: ['control-plane'],
  tasks: (input, host) =>
    !onFirst(input, host)
      ? []
      : [wait({ id: 'addons-follow', sentence: 'every addon runs with the CAs of now', seconds: 180 })],
}

/** What is proved depends on the stage; the plan of a stage names what to look at. */
export const proof: Phase = {
  id: 'ca-proof',
  title: 'Prove it',
  roles: ['control-plane', 'worker'],
  tasks: (_input, host) => [
    wait({
      id: 'ca-proof',
      sentence: `${host.name} does as this stage wants`,
      seconds: 120,
      args: { host: host.name },
    }),
  ],
}
