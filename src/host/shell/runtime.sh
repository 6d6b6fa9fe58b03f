# What every program begins with: how a step is carried out and how it answers.
#
# Takes   $1 the private directory; `mode` (check or apply) and `root` (a prefix of all paths, for tests), set above this text.
# Gives   one line of JSON a step on the channel's stdout. Nothing that a host says goes into it but as hexadecimal digits,
#         so there is nothing to escape. The character SYN, anywhere, says "still here" and is to be ignored.
# Steps   are the files beside this one: probe_KIND says whether all is as wanted (0) or why not ($note), change_KIND mends it.
LC_ALL=C
export LC_ALL
# sudo's secure_path leaves /usr/local out on some distributions; ctr and the kubelet are there.
PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
work=$1
log=$work/log
# Everything a command prints lands in the log; the channel's own stdout is descriptor 4, the rest of its input descriptor 3.
exec 4>&1 >>"$log" 2>&1
owner=$(id -u):$(id -g)
changed=

# Nothing may outlive the connection. A lost one shows when a byte cannot be written (this works at any time, even on a
# connection that only seems to be there), and at once at the end of the input, which can be watched when no payload is left in it.
(
  trap '' PIPE
  while sleep 5 4>&- && kill -0 "$$"; do printf '\026' >&4 || break; done
  kill -KILL "-$$"
) 3<&- &
watch_input() {
  (cat <&3 >/dev/null; kill -KILL "-$$") 4>&- &
}

hex() { od -An -v -tx1 | tr -d ' \n'; }

# answer STATUS: the line for this step.
answer() { printf '{"step":%s,"status":"%s","note":"%s"%s}\n' "$index" "$1" "$note" "$extra" >&4 || exit 70; }

# Whatever else a step has concluded from it. The words are strerror's in C's locale; Go's are the same in small letters.
fail() {
  ! grep -qi 'no space left on device' "$log" ||
    note='no space is left on a disk of this host: make room (df -h shows where) and run the same command again, it goes on from here'
  extra=',"output":"'$(tail -c 4096 "$log" | hex)'"'
  answer failed
  exit 1
}

# step INDEX KIND ARGUMENT…: probe, change, verify. The functions are called plainly, never in a condition: inside one, the
# shell would ignore the `set -e` under which the scripts of shell steps run.
step() {
  index=$1 kind=$2 note='' extra='' shown=''
  shift 2
  : >"$log"
  "probe_$kind" "$@"
  if [ $? -eq 0 ]; then
    skip_payload
    note='' extra=''
    answer unchanged
  elif [ "$mode" = check ]; then
    [ -z "$shown" ] || extra=$extra',"current":"'$(hex <"$shown")'"'
    answer pending
  else
    mend "$@"
  fi
  payload=
}

mend() {
  before=$note note=
  : >"$log"
  "change_$kind" "$@"
  [ $? -eq 0 ] || fail
  note=
  "probe_$kind" "$@"
  if [ $? -ne 0 ]; then
    note="still not as wanted after the change${note:+: $note}"
    fail
  fi
  note=$before extra='' changed=1
  answer changed
}

# The bytes that travel behind the tar for the next step. Empty: none.
payload=
take_payload() {
  if [ -z "$payload" ]; then
    note='what it needs was not sent, because it was in place when the host was looked at: run the same command again'
    return 1
  fi
  bytes=$payload payload=
  dd bs=65536 count=$((bytes / 65536)) iflag=fullblock <&3 2>/dev/null
  [ $((bytes % 65536)) -eq 0 ] || dd bs=$((bytes % 65536)) count=1 iflag=fullblock <&3 2>/dev/null
}
skip_payload() { [ -z "$payload" ] || take_payload >/dev/null; }
