# The few lines that a host is given as an argument: sh -c BOOTSTRAP slipway LENGTH ROOT
# Takes on stdin a tar of LENGTH bytes (the program and the files that it places), then whatever the program reads itself.
# Unpacks it into a private directory, runs it in a session of its own, and leaves neither directory nor process behind.
umask 077
base=$2/run
[ -d "$base" ] || base=/tmp

# An image may be mounted in it.
discard() {
  for view in "$1"/view*; do [ ! -d "$view" ] || umount "$view" 2>/dev/null; done
  rm -rf "$1"
}

# What a run left that was killed together with its shell: the name says whose it was.
for old in "$base"/slipway.*.*; do
  pid=${old#"$base"/slipway.}
  [ ! -d "$old" ] || kill -0 "${pid%%.*}" 2>/dev/null || discard "$old"
done

work=$(mktemp -d "$base/slipway.$$.XXXXXX") || exit 70
program=
clean() {
  [ -z "$program" ] || kill -KILL "-$program" 2>/dev/null
  discard "$work"
}
trap clean EXIT
# With the connection gone there is nobody to complain to; dying of it would leave the directory behind.
trap : PIPE
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# dd, because it reads no further than it is told; some implementations of head -c do, and tar reads until the end.
# LENGTH is a multiple of 512: tar's own block.
dd bs=512 count="$(($1 / 512))" iflag=fullblock 2>/dev/null | tar -xf - -C "$work" || exit 70

# A background command's stdin is /dev/null, so the program finds the rest of the input on descriptor 3.
exec 3<&0
setsid sh "$work/program" "$work" </dev/null &
program=$!
wait "$program"
code=$?
# 0: all steps are as wanted; 1: a step failed and has said why. Anything else: the program died, and its log is the only witness.
[ "$code" -le 1 ] || tail -c 4096 "$work/log" >&2 2>/dev/null
exit "$code"
