# shell PROBE CHANGE ARGUMENT…: two scripts in the private directory, which get the arguments as $1, $2 …
# Both run under `set -e`: a probe of several lines says "all of these hold", a change stops at its first failing line.
# They also see $root. A syntax error ends only the subshell that reads the script.
probe_shell() {
  script=$work/$1
  shift 2
  (set -e; . "$script") 3<&- 4>&-
}

change_shell() {
  script=$work/$2
  shift 2
  (set -e; . "$script") 3<&- 4>&-
}
