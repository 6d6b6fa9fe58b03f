# import IMAGES BLOBS: files in the private directory, "NAME DIGEST" and "DIGEST" a line; the payload is an OCI layout as a tar.
# --local: through the client instead of the transfer service, which takes more than twice the time (ctr of containerd 2.4).
# Pinned: a kubelet that is short of disk space throws away images that nothing on its node runs just now, and where there is no
# registry they would not come back (CoreDNS, on a node that is to take it over).
pinned=io.cri-containerd.pinned=pinned

# Names alone, of those that are as wanted: to list the sizes of all takes containerd twice as long.
probe_import() {
  wanted=$1 blobs=$2
  set --
  while read -r name digest; do
    set -- "$@" "name==$name,target.digest==$digest,labels.\"${pinned%=*}\"==${pinned#*=}"
  done <"$work/$wanted"
  # Without a filter ctr names everything.
  [ $# -ne 0 ] || return 0
  lacking=$#
  ctr -n k8s.io images ls -q "$@" >"$work/images-have"
  while read -r _; do lacking=$((lacking - 1)); done <"$work/images-have"
  [ "$lacking" -ne 0 ] || return 0
  note="images missing: $lacking"
  missing_blobs "$blobs"
  return 1
}

# Digests are from the program itself, so they can stand in the answer as they are. Fresh: none of them was there.
missing_blobs() {
  have=$(ctr -n k8s.io content ls -q) missing= fresh=1
  while read -r blob; do
    case $have in
      *"$blob"*) fresh= ;;
      *) missing=$missing${missing:+,}'"'$blob'"' ;;
    esac
  done <"$work/$1"
  extra=',"missing":['$missing']'
}

# All_came: containerd has just held every blob, and what it unpacked of each, against its digest.
all_came=
change_import() {
  [ -n "$payload" ] || { take_payload; return; }
  take_payload | ctr -n k8s.io images import --local --label "$pinned" - && all_came=$fresh
}
