# Two processes for all paths that the steps of a program will ask for one by one. In check mode alone: nothing changes on the way.
# What is not found here, or is no plain name, is looked at when its turn comes.

look_ahead() { looks=$(stat -c "%n|$look_format" "$@" 2>/dev/null); }

# Of files that are as small as what is placed; what else stands there is no match anyway, and a pipe would never end.
digest_ahead() {
  for path; do
    shift
    [ -f "$path" ] && look "$path" && case $seen_type in
      regular*) [ "$seen_size" -gt 1048576 ] || set -- "$@" "$path" ;;
    esac
  done
  [ $# -eq 0 ] || digests=$(sha256sum "$@")
}
