# binary PATH MODE SHA256 SIZE PACKED: an executable, whose gzipped contents, of the SHA-256 PACKED, are the payload.
# Hashing a hundred megabytes at every run would be most of its time, so what was found right is remembered by inode, size and
# change time (git's index does the same).
probe_binary() {
  path=$root$1 verified=$root/var/lib/slipway/verified/$3
  exists "$path" || { note=absent; return 1; }
  look "$path" || return 1
  case "$seen_type of $seen_size" in
    regular*" of $4") ;;
    *) note='other content'; return 1 ;;
  esac
  same_access "$2" && tidy "$path" '' || return 1
  known=
  [ ! -f "$verified" ] || read -r known <"$verified"
  [ "$known" != "$seen_identity" ] || return 0
  digest "$path" && [ "$sum" = "$3" ] || { note='other content'; return 1; }
  [ "$mode" = check ] || remember "$verified" "$seen_identity"
}

remember_place() {
  look "$path" && remember "$1" "$seen_identity"
}

# A memory that cannot be written costs time, not correctness.
remember() {
  make_parent "$1" && temporary "$1" '' && printf '%s\n' "$2" >"$temp" && mv -f "$temp" "$1" || :
}

# What is hashed is what travels, a third of what it unpacks to; gzip checks the rest. Who signed the bundle vouches for both, so the
# look afterwards finds the identity of what was checked here.
change_binary() {
  make_parent "$path" && temporary "$path" '' || return 1
  [ -n "$payload" ] || { rm -f "$temp"; take_payload; return; }
  rm -f "$work/packed" && mkfifo "$work/packed" || return 1
  sha256sum <"$work/packed" >"$work/sum" &
  take_payload | tee "$work/packed" | gzip -dc >"$temp"
  unpacked=$?
  wait $!
  read -r sum _ <"$work/sum"
  if [ "$unpacked" -eq 0 ] && [ "$sum" = "$5" ] && [ "$(stat -c %s "$temp")" = "$4" ]; then
    place "$2" "$path" && remember_place "$verified"
    return
  fi
  note='what arrived is not what the bundle promises: make it anew with slipway bundle create'
  rm -f "$temp"
  return 1
}
