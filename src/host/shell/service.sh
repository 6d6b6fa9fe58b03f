# service UNIT FINGERPRINT: enabled, active, and last started with the configuration of this fingerprint.
stamp_of() { stamp=$root/var/lib/slipway/services/$1; }

probe_service() {
  stamp_of "$1"
  started=
  [ ! -f "$stamp" ] || read -r started <"$stamp"
  systemctl is-enabled --quiet "$1" || { note='not enabled'; return 1; }
  systemctl is-active --quiet "$1" || { note='not running'; return 1; }
  [ "$started" = "$2" ] || { note='configuration changed since it was started'; return 1; }
}

change_service() {
  # Without its stamp it is restarted next time, wherever this run is killed.
  rm -f "$stamp"
  # A unit that has failed too often would refuse even the start with a configuration that has been mended.
  systemctl reset-failed "$1" 2>/dev/null
  systemctl daemon-reload && systemctl enable "$1" && systemctl restart "$1" && settle "$1" &&
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
