/**
 * How one static pod takes the place of another without anybody waiting for nothing. Takes components and what each is started with;
 * gives steps that come after the one that writes the manifest.
 *
 * Left alone, a kubelet needs 14 s and more for it: it looks again whether the one before has ended only after 10 s (measured in a
 * lab). A kubelet that is restarted before that has happened needs minutes, since it lets no pod go that it does not know while it
 * cannot ask the API (measured: 208 s). One that is restarted just afterwards starts the new pod within a second.
 */
import type { ShellStep } from '../plan/types.ts'

/** A sandbox carries its pod's annotations, so the runtime knows which manifest it was made for. */
const shell = `
sandboxes() { crictl pods --namespace kube-system --state Ready --label "component=$1" -o json; }
of_others() {
  [ "$(sandboxes "$1" | grep -c SANDBOX_READY)" -gt "$(sandboxes "$1" | grep -c "/started-with\\": *\\"$2\\"")" ]
}
has_started() { sandboxes "$1" | grep -q "/started-with\\": *\\"$2\\""; }
kubelet_runs() { command -v crictl >/dev/null && systemctl is-active --quiet kubelet; }
# within SECONDS COMMAND…
within() {
  left=$(($1 * 5)) && shift
  until "$@"; do
    left=$((left - 1)) && [ "$left" -gt 0 ] && sleep 0.2 || return 1
  done
}`

export type StartedWith = { readonly component: string; readonly hash: string }

/** A pod is given 30 s to end. */
export const letEnd = ({ component, hash }: StartedWith): ShellStep => ({
  kind: 'shell',
  id: `${component}-ends`,
  title: `let the ${component} of before end`,
  args: [component, hash],
  probe: `${shell}\nkubelet_runs || return 0\n! of_others "$1" "$2"`,
  change: `${shell}\nhas_ended() { ! of_others "$@"; }\nwithin 45 has_ended "$1" "$2"`,
  hint: 'on that host, `journalctl -u kubelet -n 50` says why the kubelet does not replace it',
})

export const startNow = (pods: readonly StartedWith[]): ShellStep => ({
  kind: 'shell',
  id: `${pods.map(({ component }) => component).join('-and-')}-starts`,
  title: `start ${pods.map(({ component }) => component).join(' and ')}`,
  args: pods.flatMap(({ component, hash }) => [component, hash]),
  probe: `${shell}
kubelet_runs || return 0
while [ $# -gt 0 ]; do has_started "$1" "$2" && shift 2 || return 1; done`,
  change: `${shell}
systemctl restart kubelet
while [ $# -gt 0 ]; do within 60 has_started "$1" "$2" && shift 2 || return 1; done`,
  hint: 'on that host, `journalctl -u kubelet -n 50` says why the kubelet does not start it',
})
