# Looking at paths and putting files in their place. Every path is absolute, so none begins with a dash.

# What was looked at ahead of the steps (ahead.sh): a line a path.
looks='' digests='' newline='
'
look_format='%a %u:%g %s %F|%d %i %s %z'

# answered PATH ANSWERS: the line about it in $line. Line by line: to cut one out of all of them takes a shell the square of their length.
answered() {
  separators=$IFS IFS=$newline
  for line in $2; do
    case $line in "$1|"* | *"  $1") IFS=$separators; return 0 ;; esac
  done
  IFS=$separators
  return 1
}

# look PATH: what stands there, in seen_mode, seen_owner, seen_size, seen_type, and seen_identity: nothing can alter what is in a file
# without the kernel noting it there.
look() {
  if answered "$1" "$looks"; then seen=${line#"$1|"}; else seen=$(stat -c "$look_format" "$1" 2>/dev/null) || return 1; fi
  seen_identity=${seen#*|} seen=${seen%%|*}
  seen_mode=${seen%% *} seen=${seen#* }
  seen_owner=${seen%% *} seen=${seen#* }
  seen_size=${seen%% *} seen_type=${seen#* }
}

digest() {
  if answered "$1" "$digests"; then sum=$line; else sum=$(sha256sum <"$1") || return 1; fi
  sum=${sum%% *}
}

exists() { [ -e "$1" ] || [ -L "$1" ]; }

# same_access MODE: of what look has just seen.
same_access() {
  [ "$seen_mode" = "$1" ] || { note="mode $seen_mode, wanted $1"; return 1; }
  [ "$seen_owner" = "$owner" ] || { note="owner $seen_owner, wanted $owner"; return 1; }
}

make_parent() {
  parent=${1%/*}
  [ -d "${parent:-/}" ] || (umask 022 && mkdir -p "$parent")
}

# temporary PATH STAGING: a name in $temp beside the target, or in STAGING. One name a target, so that a killed run's file
# is taken over by the next; hidden, because the kubelet reads every other name in its manifest directory.
temporary() {
  if [ -z "$2" ]; then
    temp=${1%/*}/.${1##*/}.slipway
  else
    make_parent "$2/" && temp=$2/.${1##*/}.slipway
    if [ "$(stat -c %d "$2")" != "$(stat -c %d "${1%/*}/")" ]; then
      note='the staging directory is on another filesystem, from which nothing can be moved in one instant'
      return 1
    fi
  fi
  # With -C a file is only ever created, never written through a link that somebody left there.
  rm -f "$temp" && (set -C && : >"$temp")
}

# tidy PATH STAGING: a target that is as wanted may have beside it what a killed run had begun to write.
tidy() {
  temp=${2:-${1%/*}}/.${1##*/}.slipway
  [ "$mode" = check ] || ! exists "$temp" || rm -f "$temp"
}

# place MODE PATH: what is in $temp becomes PATH, in one instant and with its contents on the disk.
place() {
  if [ -d "$2" ] && [ ! -L "$2" ]; then
    echo "$2 is a directory"
    rm -f "$temp"
    return 1
  fi
  # A setgid directory hands its group down.
  chmod "$1" "$temp" && { [ ! -g "${temp%/*}/" ] || chown "$owner" "$temp"; } && sync "$temp" &&
    { [ ! -d "$2" ] || rm -f "$2"; } && mv -f "$temp" "$2" && return
  rm -f "$temp"
  return 1
}
