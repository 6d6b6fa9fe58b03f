/**
 * How one static pod takes the place of another without anybody waiting for nothing. Takes components and what each is started with;
 * gives steps: hold before the manifest is written, end after it, and start.
 *
 * Left alone, a kubelet needs 14 s and more for it: it looks again whether the one before has ended only after 10 s, and one that is
 * restarted too early lets no pod go that it does not know while it cannot ask the API (measured in a lab: 208 s). So it is stopped,
 * the one before is ended behind its back, and a kubelet that starts afterwards starts the new one within a second.
 */
import type { ShellStep } from '../plan/types.ts'

/**
 * A sandbox carries its pod's annotations, so the runtime knows which manifest it was made for. A kubelet is held while a timer of
 * systemd's is set that starts it again: whatever becomes of this run, no host is without its kubelet for longer than that.
 */
const shell = `
# sandboxes COMPONENT: a line with the id of each that is ready, and one "with HASH" after it where it was made for a manifest of ours.
# The runtime is asked once for each while nothing is changed: a dozen probes want to know.
sandboxes() {
  [ "$mode" = check ] && [ -s "$work/sandboxes.$1" ] ||
    crictl pods --namespace kube-system --state Ready --label "component=$1" -o json >"$work/sandboxes.$1"
  sed -n -e 's|^ *"id": *"\\([0-9a-f]*\\)".*|\\1|p' -e 's|^ *"[^"]*/started-with": *"\\([0-9a-f]*\\)".*|with \\1|p' "$work/sandboxes.$1"
}
# others COMPONENT HASH: the ids of those that were made for another
others() {
  sandboxes "$1" | {
    other=
    while read -r id hash; do
      case $id in
        with) [ "$hash" != "$2" ] || other= ;;
        *) echo "$other"; other=$id ;;
      esac
    done
    echo "$other"
  } | sed '/^$/d'
}
of_others() { [ -n "$(others "$@")" ]; }
has_started() { sandboxes "$1" | grep -qx "with $2"; }
kubelet_runs() { command -v crictl >/dev/null && systemctl is-active --quiet kubelet; }
is_held() { systemctl is-active --quiet slipway-kubelet-back.timer; }`

/**
 * The lease of a controller manager that has ended, given back in its name: the next would find it taken, and look again after 2 to
 * 4 s, or 15. A scheduler does that itself when it ends, a controller manager does not (client-go's ReleaseOnCancel). Where it cannot
 * be done now, whoever waits for the next one does it.
 */
const giveBackLease = `
lease=/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/kube-controller-manager
as_itself() { kubectl --kubeconfig "$root/etc/kubernetes/controller-manager.conf" --request-timeout=5s "$@"; }
held=$(as_itself get --raw "$lease") || return 0
case $held in
  *'"holderIdentity":"'"$(uname -n)"_*)
    printf %s "$held" | sed 's/"holderIdentity":"[^"]*"/"holderIdentity":""/' | as_itself replace --raw "$lease" -f - || : ;;
esac`

/** What is left to do for one that could not do it when it ended. */
const afterwards: Readonly<Record<string, string>> = { 'kube-controller-manager': giveBackLease }

export type StartedWith = { readonly component: string; readonly hash: string }

const argsOf = (pods: readonly StartedWith[]): readonly string[] =>
  pods.flatMap(({ component, hash }) => [component, hash])

const namesOf = (pods: readonly StartedWith[]): string => pods.map(({ component }) => component).join(' and ')

const backAfterSeconds = '30'

/** Where none has to be replaced, nobody is held. */
export const holdKubelet = (pods: readonly StartedWith[]): ShellStep => ({
  kind: 'shell',
  id: 'kubelet-held',
  title: `hold the kubelet while ${namesOf(pods)} ${pods.length === 1 ? 'is' : 'are'} replaced`,
  args: [backAfterSeconds, ...argsOf(pods)],
  probe: `${shell}
kubelet_runs || return 0
shift
while [ $# -gt 0 ]; do ! of_others "$1" "$2" && shift 2 || return 1; done`,
  change: `
systemctl stop slipway-kubelet-back.timer 2>/dev/null || :
systemd-run --quiet --collect --unit=slipway-kubelet-back --on-active="$1" --timer-property=AccuracySec=1s systemctl start kubelet
systemctl stop kubelet`,
  hint: 'on that host, `systemctl status kubelet` says whether it runs: `systemctl start kubelet` starts it',
})

/** Seconds that it is given to end by itself; with none it is killed. */
export const endOthers = ({ component, hash }: StartedWith, graceSeconds: number): ShellStep => ({
  kind: 'shell',
  id: `${component}-ends`,
  title: `end the ${component} of before`,
  args: [component, hash, String(graceSeconds)],
  probe: `${shell}
kubelet_runs || is_held || return 0
! of_others "$1" "$2"`,
  change: `${shell}
for sandbox in $(others "$1" "$2"); do
  [ "$3" = 0 ] || for each in $(crictl ps -q --pod "$sandbox"); do crictl stop --timeout "$3" "$each" || :; done
  crictl stopp "$sandbox"
done
# containerd says that it has stopped one a little before it takes note of that.
left=50
while of_others "$1" "$2" && left=$((left - 1)) && [ "$left" -gt 0 ]; do sleep 0.2; done${afterwards[component] ?? ''}`,
  hint: 'on that host, `journalctl -u containerd -n 50` says why it does not end',
})

export const startNow = (pods: readonly StartedWith[]): ShellStep => ({
  kind: 'shell',
  id: `${pods.map(({ component }) => component).join('-and-')}-starts`,
  title: `start ${namesOf(pods)}`,
  args: argsOf(pods),
  probe: `${shell}
is_held && return 1
kubelet_runs || return 0
while [ $# -gt 0 ]; do has_started "$1" "$2" && shift 2 || return 1; done`,
  change: `${shell}
systemctl stop slipway-kubelet-back.timer 2>/dev/null || :
systemctl restart kubelet
left=300
while [ $# -gt 0 ]; do
  until has_started "$1" "$2"; do left=$((left - 1)) && [ "$left" -gt 0 ] && sleep 0.2 || return 1; done
  shift 2
done`,
  hint: 'on that host, `journalctl -u kubelet -n 50` says why the kubelet does not start it',
})
