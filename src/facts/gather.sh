# What a host says about itself, on standard output. POSIX sh; changes nothing, except that it loads kernel modules that
# Kubernetes needs and that are not loaded yet. Arguments: etcd's data directory, then the names to resolve.
#
# Every line is one of
#   key<TAB>value[<TAB>value …]     a fact, told by this script
#   /path:line                      a line of a file, as `grep -H` prints it; paths are absolute, so the two cannot be confused
# and the last one is "end", without which the answer was cut off. Private keys are among the files: the output is secret.
# Read by parse.ts. A process costs about a millisecond, so files are read by one grep and questions are asked of builtins.

LC_ALL=C
PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH
exec 2>/dev/null
tab='	'

etcd=$1
shift

say() {
  key=$1
  shift
  printf '%s' "$key"
  printf '\t%s' "$@"
  printf '\n'
}

# The output of a command, each line under the same key.
say_lines() {
  key=$1
  shift
  "$@" </dev/null | sed "s/^/$key$tab/"
}

say date "$(date +%s)"
say uid "$(id -u)"
say machine "$(uname -m)"
say cpus "$(nproc)"
[ -d /run/systemd/system ] && say systemd yes
[ -e /run/systemd/container ] && say container yes

# --- files, whole ---
grep -aHs '' \
  /proc/sys/kernel/hostname /proc/sys/kernel/osrelease /etc/machine-id /sys/class/dmi/id/product_uuid /etc/os-release \
  /proc/meminfo /proc/swaps /proc/net/route /proc/cgroups /sys/fs/cgroup/cgroup.controllers /sys/fs/selinux/enforce \
  /proc/sys/net/ipv4/ip_forward /proc/sys/net/bridge/bridge-nf-call-iptables /proc/sys/net/ipv4/conf/all/rp_filter \
  /proc/sys/vm/overcommit_memory /proc/sys/kernel/panic /proc/sys/kernel/panic_on_oops \
  /var/lib/slipway/cluster /etc/kubernetes/*.conf \
  /etc/kubernetes/pki/*.crt /etc/kubernetes/pki/*.key /etc/kubernetes/pki/*.pub \
  /etc/kubernetes/pki/etcd/*.crt /etc/kubernetes/pki/etcd/*.key

# The kubelet keeps certificate and key in one file; the key is nobody else's business.
for file in /var/lib/kubelet/pki/kubelet-client-current.pem /var/lib/kubelet/pki/kubelet.crt; do
  [ -r "$file" ] && sed -n "/BEGIN CERTIFICATE/,/END CERTIFICATE/s|^|$file:|p" "$file"
done

# --- network: sockets that listen (state 0A, no peer), and addresses of this host's own with the line that names them ---
grep -aHs ':0000 0A ' /proc/net/tcp /proc/net/tcp6
say_lines fib grep -aB1 '/32 host LOCAL' /proc/net/fib_trie

# In parallel and with a limit: a DNS server that does not answer must not hold up everything else.
resolved=$(
  for name; do
    (address=$(timeout 1 getent ahostsv4 -- "$name") && say resolves "$name" "${address%%[!0-9.]*}") &
  done
  wait
)
[ -n "$resolved" ] && printf '%s\n' "$resolved"

# --- systemd ---
if [ -d /run/systemd/system ]; then
  say_lines environment systemctl show-environment
  say_lines unit systemctl show --property=Id,ActiveState,UnitFileState,Environment \
    kubelet.service containerd.service docker.service crio.service firewalld.service ufw.service \
    systemd-resolved.service systemd-timesyncd.service chronyd.service
fi

# --- kernel: what works, not what is listed ---
have_modules() {
  [ -d /proc/sys/net/bridge ] && [ -e /proc/sys/net/netfilter/nf_conntrack_max ] && [ -d /sys/module/vxlan ] &&
    [ -d /sys/module/nf_tables ] && grep -q overlay /proc/filesystems
}
read -r release </proc/sys/kernel/osrelease
[ -d "/lib/modules/$release" ] && ! have_modules && modprobe -qa overlay br_netfilter nf_conntrack vxlan nf_tables

works() { say feature "$1" yes; }
fails() { say feature "$1" no; }
# These two say for certain whether they are there; of the others, a kernel without a folder of modules tells nothing.
if grep -q 'overlay$' /proc/filesystems; then works overlay; else fails overlay; fi
if [ -e /proc/sys/net/bridge/bridge-nf-call-iptables ]; then works br_netfilter; else fails br_netfilter; fi
if [ -e /proc/sys/net/netfilter/nf_conntrack_max ]; then works conntrack; else fails conntrack; fi
if [ -w /proc/sys/net/ipv4/ip_forward ]; then works sysctl; else fails sysctl; fi
if [ -d /sys/module/vxlan ]; then works vxlan; elif [ -d "/lib/modules/$release" ]; then fails vxlan; fi
if [ -d /sys/module/nf_tables ] || nft list tables >/dev/null; then works nftables
elif [ -d "/lib/modules/$release" ]; then fails nftables; fi

# Of a subshell's own, so that nothing else is touched. containerd and the kubelet want -999 for themselves.
if (echo -999 >/proc/self/oom_score_adj); then say oom-score yes; else say oom-score no; fi

options='^(# )?CONFIG_(NAMESPACES|NET_NS|PID_NS|IPC_NS|UTS_NS|CGROUPS|CPUSETS|MEMCG|INET|EXT4_FS|PROC_FS|NETFILTER_XT_TARGET_REDIRECT|NETFILTER_XT_MATCH_COMMENT|FAIR_GROUP_SCHED|OVERLAY_FS|VXLAN|NF_TABLES|BRIDGE_NETFILTER|NF_CONNTRACK|CGROUP_PIDS|SECCOMP)[ =]'
if [ -r /proc/config.gz ]; then
  gzip -dc /proc/config.gz | grep -E "$options" | sed "s/^/config$tab/"
elif [ -r "/boot/config-$release" ]; then
  say_lines config grep -E "$options" "/boot/config-$release"
fi

# --- commands, disks, paths ---
for name in sh tar gzip sha256sum mount umount systemctl losetup cp modprobe swapoff nsenter \
  kubelet containerd dockerd crio k3s rke2 k0s; do
  path=$(command -v "$name") && say command "$name" "$path"
done

# Free space where a path will be once it is there: of the nearest folder above it that exists.
for path in "$etcd" /var/lib/containerd /var/lib/kubelet /usr/local/bin /run; do
  at=$path
  until [ -d "$at" ]; do
    at=${at%/*}
    [ -n "$at" ] || at=/
  done
  say disk "$path" $(stat -f -c '%S %b %a %c %d' "$at")
done

# lost+found alone makes no folder full: it is in every fresh ext4 file system.
kind_of() {
  [ -d "$1" ] || { [ -e "$1" ] && kind=file; return; }
  kind=empty-directory
  for entry in "$1"/* "$1"/.[!.]*; do
    [ "${entry##*/}" = lost+found ] && continue
    [ -e "$entry" ] || [ -L "$entry" ] || continue
    kind=directory
    return
  done
}
for path in /etc/kubernetes /etc/kubernetes/manifests /etc/kubernetes/manifests/*.yaml \
  /etc/kubernetes/admin.conf /etc/kubernetes/super-admin.conf /etc/kubernetes/kubelet.conf \
  /etc/kubernetes/bootstrap-kubelet.conf /etc/kubernetes/controller-manager.conf /etc/kubernetes/scheduler.conf \
  /etc/kubernetes/pki /etc/kubernetes/pki/ca.crt "$etcd" \
  /var/lib/kubelet /var/lib/kubelet/config.yaml /var/lib/kubelet/pki/kubelet-client-current.pem \
  /etc/cni/net.d /opt/cni/bin /etc/containerd/config.toml /run/containerd/containerd.sock /run/docker.sock \
  /var/lib/slipway/cluster /var/lib/rancher/k3s /var/lib/rancher/rke2 /var/lib/k0s /var/snap/microk8s \
  /run/systemd/resolve/resolv.conf \
  /etc/pki/ca-trust /etc/pki/tls/certs /etc/ca-certificates /usr/share/ca-certificates \
  /usr/local/share/ca-certificates; do
  kind=
  kind_of "$path"
  [ -n "$kind" ] && say path "$path" "$kind"
done

echo end
