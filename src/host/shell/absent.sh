# absent PATH
probe_absent() {
  path=$root$1
  ! exists "$path" || { note=present; return 1; }
}

change_absent() {
  # The compiler refuses such a path too; this is the last place that can.
  case $1 in
    /?*/?*) ;;
    *) echo "refusing to remove $1"; return 1 ;;
  esac
  # What is mounted inside is somebody's data (a pod's volume, a disk): never removed along with the directory.
  while read -r _ mounted _; do
    case $mounted in
      "$path"/*) echo "$mounted is mounted there: unmount it first"; return 1 ;;
    esac
  done </proc/self/mounts
  rm -rf "$path"
}
