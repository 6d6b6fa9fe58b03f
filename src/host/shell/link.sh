# link PATH TARGET
probe_link() {
  path=$root$1
  exists "$path" || { note=absent; return 1; }
  [ -L "$path" ] || { note='not a link'; return 1; }
  [ "$(readlink "$path")" = "$2" ] || { note='another target'; return 1; }
}

change_link() {
  if [ -d "$path" ] && [ ! -L "$path" ]; then
    echo "$path is a directory"
    return 1
  fi
  make_parent "$path" && ln -sfn -- "$2" "$path"
}
