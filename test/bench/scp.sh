#!/bin/bash
# What is done by hand: scp of every file to every host, and `ctr images import` of each image's archive there, hosts side by side.
# Takes FILES (ROLE.tar: executables, units and configuration; images: an archive an image), SSH (the client with its options), CP (an
# address) and WORKERS (addresses). It ends when files and images are on the hosts.
set -eEuo pipefail
trap 'tail -n 30 "$FILES/log" >&2' ERR

on() { local host=$1; shift; $SSH "root@$host" "$@" >>"$FILES/log" 2>&1; }

place() {
  on "$1" mkdir /var/lib/by-hand
  scp ${SSH#ssh } -q -r "$FILES/$2.tar" "$FILES/images" "root@$1:/var/lib/by-hand/"
  on "$1" "tar --no-same-owner -C / -xf /var/lib/by-hand/$2.tar"
  on "$1" 'swapoff -a; modprobe -a overlay br_netfilter; sysctl -q --system; systemctl daemon-reload
           systemctl -q enable --now containerd; systemctl -q enable kubelet'
  on "$1" 'set -e; for image in /var/lib/by-hand/images/*; do ctr -n k8s.io images import "$image"; done'
}

place "$CP" control-plane &
jobs=$!
for worker in $WORKERS; do place "$worker" worker & jobs="$jobs $!"; done
for job in $jobs; do wait "$job"; done
