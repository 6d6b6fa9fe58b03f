#!/bin/bash
# What a competent person would write: tar over OpenSSH, `ctr images import`, the real kubeadm, hosts side by side.
# Takes FILES (a folder with a tree for each role, an images tar for each role, kubeadm.yaml, flannel.yaml), SSH (the client with
# its options), CP (an address) and WORKERS (addresses). With
# COPY_ONLY it ends when files and images are on the hosts. Says "PHASE seconds" a line.
set -eEuo pipefail
trap 'tail -n 30 "$FILES/log" >&2' ERR

now() { echo "${EPOCHREALTIME/[.,]/}"; }
started=$(now)
phase() { printf '%s %d.%02d\n' "$1" $((($(now) - started) / 1000000)) $((($(now) - started) / 10000 % 100)); started=$(now); }
on() { local host=$1; shift; $SSH "root@$host" "$@"; }
kubectl() { on "$CP" kubectl --kubeconfig /etc/kubernetes/admin.conf "$@"; }

prepare() {
  tar -C "$FILES/$2" -cf - . | on "$1" tar --no-same-owner -C / -xf -
  on "$1" 'swapoff -a; modprobe -a overlay br_netfilter; sysctl -q --system; systemctl daemon-reload
           systemctl -q enable --now containerd; systemctl -q enable kubelet' 2>>"$FILES/log"
  on "$1" ctr -n k8s.io images import - <"$FILES/$2.images.tar" >>"$FILES/log" 2>&1
}

prepare "$CP" control-plane &
jobs=$!
for worker in $WORKERS; do prepare "$worker" worker & jobs="$jobs $!"; done
for job in $jobs; do wait "$job"; done
phase 'copy and import'
[ -z "${COPY_ONLY:-}" ] || exit 0

on "$CP" 'cat >/root/kubeadm.yaml' <"$FILES/kubeadm.yaml"
on "$CP" kubeadm init --config /root/kubeadm.yaml --ignore-preflight-errors=all >>"$FILES/log" 2>&1
kubectl apply -f - <"$FILES/flannel.yaml" >/dev/null
phase 'init'

join=$(on "$CP" kubeadm token create --print-join-command 2>>"$FILES/log")
jobs=
for worker in $WORKERS; do on "$worker" "$join --ignore-preflight-errors=all" >>"$FILES/log" 2>&1 & jobs="$jobs $!"; done
for job in $jobs; do wait "$job"; done
phase 'join'

kubectl wait --for=condition=Ready node --all --timeout=300s >/dev/null
phase 'nodes Ready'
