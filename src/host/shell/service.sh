# service UNIT FINGERPRINT: enabled, active, and last started with the configuration of this fingerprint.
stamp_of() { stamp=$root/var/lib/slipway/services/$1; }

probe_service() {
  stamp_of "$1"
  started=
  [ ! -f "$stamp" ] || read -r started <"$stamp"
  state=$(systemctl show --property=UnitFileState,ActiveState "$1")
  case $state in *UnitFileState=enabled*) ;; *) note='not enabled'; return 1 ;; esac
  case $state in *ActiveState=active*) ;; *) note='not running'; return 1 ;; esac
  [ "$started" = "$2" ] || { note='configuration changed since it was started'; return 1; }
}

change_service() {
  # Without its stamp it is restarted next time, wherever this run is killed.
  rm -f "$stamp"
  # A unit that has failed too often would refuse even the start with a configuration that has been mended.
  systemctl reset-failed "$1" 2>/dev/null
  # systemd reads all units anew at a daemon-reload, for which `enable` would ask once more. (To leave it out where systemd calls
  # its units current does not do: of a unit's first drop-in NeedDaemonReload says "no", as seen with systemd 252.)
  systemctl enable --no-reload "$1" && systemctl daemon-reload && systemctl restart "$1" && settle "$1" &&
    make_parent "$stamp" && temporary "$stamp" '' && printf '%s\n' "$2" >"$temp" && place 644 "$stamp" && return
  systemctl status --no-pager --full --lines=0 "$1"
  journalctl --no-pager --unit="$1" --lines=20
  return 1
}

# settle UNIT: systemd's own default start timeout is 90 s, but a unit that says nothing for 30 s after `restart` has
# returned is one that keeps failing and being started again.
settle() {
  for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30; do
    case $(systemctl is-active "$1") in
      active) return 0 ;;
      activating | reloading) sleep 1 ;;
      *) return 1 ;;
    esac
  done
  return 1
}
