# extract PATH MODE SHA256 SIZE IMAGE: an executable that has come in an image, at the same path. Probed like any other.
probe_extract() { probe_binary "$@"; }

# An image is looked into once for all that is taken out of it. containerd calls what it keeps of that after the mount point, for a
# while longer than it is mounted: each image has one of its own. What is left when the program is killed the bootstrap lets go.
viewed=
look_into() {
  [ "$viewed" != "$1" ] || return 0
  look_away
  view=$work/view$index
  mkdir "$view" && ctr -n k8s.io images mount "$1" "$view" && viewed=$1
}

look_away() {
  [ -z "$viewed" ] || ctr -n k8s.io images unmount --rm "$view"
  viewed=
}
trap look_away EXIT

# as_promised SHA256 SIZE: what was copied. Of images that came just now only the length is looked at, see import.sh.
as_promised() {
  [ "$(stat -c %s "$temp")" = "$2" ] && { [ -n "${all_came:-}" ] || { digest "$temp" && [ "$sum" = "$1" ]; }; }
}

change_extract() {
  make_parent "$path" && temporary "$path" '' && look_into "$5" || return 1
  cp "$view$1" "$temp" && as_promised "$3" "$4" && {
    place "$2" "$path" && remember_place "$verified"
    return
  }
  note='the image does not hold what the bundle promises: make it anew with slipway bundle create'
  rm -f "$temp"
  return 1
}
