# extract PATH MODE SHA256 SIZE IMAGE INSIDE: an executable that has come in an image; the image is there by now. Probed like any other.
probe_extract() { probe_binary "$@"; }

# The snapshot that is looked at is called after its mount point, which is this run's own.
change_extract() {
  make_parent "$path" && temporary "$path" '' || return 1
  view=$work/view
  mkdir -p "$view" && ctr -n k8s.io images mount "$5" "$view" || { rm -f "$temp"; return 1; }
  cp "$view$6" "$temp" && digest "$temp"
  copied=$?
  ctr -n k8s.io images unmount --rm "$view"
  if [ "$copied" -eq 0 ] && [ "$sum" = "$3" ]; then
    place "$2" "$path" && remember_place "$verified"
    return
  fi
  note='the image does not hold what the bundle promises: make it anew with slipway bundle create'
  rm -f "$temp"
  return 1
}
