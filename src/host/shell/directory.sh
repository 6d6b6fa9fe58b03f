# directory PATH MODE. A link to a directory will do: data directories are often on another disk.
probe_directory() {
  path=$root$1
  exists "$path" || { note=absent; return 1; }
  look "$path/." || { note='not a directory'; return 1; }
  same_access "$2"
}

change_directory() {
  make_parent "$path" || return 1
  [ -d "$path" ] || mkdir -m "$2" "$path" || return 1
  chmod "$2" "$path/." && chown "$owner" "$path/."
}
