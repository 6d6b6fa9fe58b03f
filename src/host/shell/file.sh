# file PATH MODE SHA256 SIZE SOURCE STAGING CREATE_ONLY SECRET
probe_file() {
  path=$root$1
  exists "$path" || { note=absent; return 1; }
  [ -z "$7" ] || return 0
  look "$path" || return 1
  case $seen_type in
    regular*) ;;
    *) note="a $seen_type"; return 1 ;;
  esac
  # A current content that is worth a diff is never big; 64 KiB keeps an answer small.
  [ -n "$8" ] || [ "$seen_size" -gt 65536 ] || shown=$path
  [ "$seen_size" = "$4" ] && digest "$path" && [ "$sum" = "$3" ] || { note='other content'; return 1; }
  same_access "$2" && tidy "$path" "${6:+$root$6}"
}

# What could not be written to its end is not left behind: where the disk is full, it would be full of that.
change_file() {
  make_parent "$path" && temporary "$path" "${6:+$root$6}" || return 1
  cat "$work/$5" >"$temp" && place "$2" "$path" && return
  rm -f "$temp"
  return 1
}
