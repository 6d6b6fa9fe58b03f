# block PATH BEGIN END SOURCE: the lines from BEGIN to END are ours, every other byte of the file is the user's.
# SOURCE holds the lines; when it is empty the block is removed.

# rewrite BEGIN END SOURCE: stdin with the block in the place of the first one, or at its end; further ones are dropped.
# A BEGIN that has no END is no block: what follows it is kept.
rewrite() {
  held='' inside='' placed='' ended=1
  while IFS= read -r line || { [ -n "$line" ] && ended=; }; do
    if [ "$line" = "$1" ]; then
      printf %s "$held"
      held='' inside=1
    elif [ -n "$inside" ] && [ "$line" = "$2" ]; then
      [ -n "$placed" ] || { printf %s "$held" >"$work/block-now" && put_block "$@"; }
      held='' inside='' placed=1 ended=1
    elif [ -n "$inside" ]; then
      held=$held$line${ended:+$newline}
    else
      printf %s "$line${ended:+$newline}"
    fi
  done
  printf %s "$held"
  if [ -z "$placed" ] && [ -s "$3" ]; then
    [ -n "$ended" ] || printf '\n'
    put_block "$@"
  fi
}

put_block() {
  [ ! -s "$3" ] || { printf '%s\n' "$1"; cat "$3"; printf '%s\n' "$2"; }
}

probe_block() {
  path=$root$1
  [ ! -L "$path" ] || path=$(readlink -f "$path")
  if [ ! -e "$path" ]; then
    note=absent
    [ ! -s "$work/$4" ]
    return
  fi
  : >"$work/block-now"
  rewrite "$2" "$3" "$work/$4" <"$path" >"$work/block" || return 1
  digest "$work/block" && wanted=$sum && digest "$path" && [ "$sum" = "$wanted" ] && tidy "$path" '' && return
  note='other content' shown=$work/block-now
  return 1
}

change_block() {
  if [ ! -e "$path" ]; then
    make_parent "$path" && temporary "$path" '' && rewrite "$2" "$3" "$work/$4" </dev/null >"$temp" && place 644 "$path"
    return
  fi
  # cp -p for the owner and mode of a file that is not ours.
  temporary "$path" '' && cp -p "$path" "$temp" && cat "$work/block" >"$temp" && sync "$temp" && mv -f "$temp" "$path" && return
  rm -f "$temp"
  # In a container /etc/hosts is a mount, which cannot be replaced, only written.
  cat "$work/block" >"$path"
}
