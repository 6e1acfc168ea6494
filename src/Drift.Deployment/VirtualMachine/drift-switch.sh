#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What "drift deploy vm" may do as root, and nothing else: hold a lock, point a port at another one with nft, and keep its notes.
#
#   drift-switch APP lock SECONDS    the first line of the input says who comes; then one request a line, for as long as the input lasts
#   drift-switch APP read            the same without the lock; nothing can be changed
#
# It writes to /var/lib/drift/APP/ and to /etc/nftables.d/drift-APP.nft. The lock goes with the process that holds it, and the process goes with its input:
# whoever has lost the connection can change nothing any more.
set -u
umask 077
export LC_ALL=C PATH=/usr/sbin:/usr/bin:/sbin:/bin
trap '' HUP INT PIPE

root=/var/lib/drift
rules=/etc/nftables.d

greet() { printf 'drift-switch 1 %s\n' "$1"; }
refuse() { greet "error $1"; exit 1; }

# A decimal number from $2 to 65535 without leading zeros.
is_port() {
  case $1 in '' | *[!0-9]* | 0*) return 1 ;; esac
  [ "${#1}" -le 5 ] && [ "$1" -ge "$2" ] && [ "$1" -le 65535 ]
}

is_line_of_json() {
  case $1 in '{'*'}') [ "${#1}" -le 524288 ] ;; *) return 1 ;; esac
}

# Replaces a file by the text of its second argument, whole or not at all.
replace() {
  printf '%s\n' "$2" >"$1.new" && sync "$1.new" && mv -f -- "$1.new" "$1" && sync "$(dirname -- "$1")" && return
  rm -f -- "$1.new"
  return 1
}

redirected() { sed -n 's/.* redirect to :\([0-9][0-9]*\).*/\1/p' | head -n 1; }

show() {
  if command -v nft >/dev/null; then echo 'nft yes'; else echo 'nft no'; fi
  printf 'active %s\n' "$(nft list chain inet "drift_$app" prerouting 2>/dev/null | redirected)"
  printf 'saved %s\n' "$(sed -n '/redirect/p' "$rules/drift-$app.nft" 2>/dev/null | redirected)"
  if grep -Eqs '^[[:space:]]*include[[:space:]]+"/etc/nftables\.d/\*(\.nft)?"' /etc/nftables.conf; then echo 'boot yes'; else echo 'boot no'; fi
  [ ! -f "$home/state.json" ] || printf 'state %s\n' "$(cat "$home/state.json")"
  for other in "$root"/*/state.json; do
    [ ! -f "$other" ] || [ "$other" = "$home/state.json" ] ||
      sed -n 's/^{"front":\([0-9]*\),"blue":\([0-9]*\),"green":\([0-9]*\),.*/other \1 \2 \3/p' "$other"
  done
  return 0
}

# How many sockets of this machine have the local port $1 and the state $2, in hexadecimal as in proc(5).
sockets() {
  cat /proc/net/tcp /proc/net/tcp6 2>/dev/null |
    awk -v "port=$(printf '%04X' "$1")" -v "state=$2" '$4 == state && substr($2, index($2, ":") + 1) == port { n++ } END { print n + 0 }'
}

# switch FRONT PORT BLUE GREEN: connections to FRONT go to PORT from now on; those that exist stay where they are. BLUE and GREEN are
# closed to whoever comes from outside and was not sent there.
switch() {
  if ! is_port "$1" 1 || ! is_port "$2" 1024 || ! is_port "$3" 1024 || ! is_port "$4" 1024; then
    echo 'these are no ports' >&2
    return 1
  fi
  if [ "$2" != "$3" ] && [ "$2" != "$4" ]; then
    echo 'the port is neither of the two' >&2
    return 1
  fi
  mkdir -p -- "$rules" && chmod 755 "$rules" || return
  table="inet drift_$app"
  file=$rules/drift-$app.nft
  # First of all it is on the disk, then it holds, then it holds after a reboot too.
  printf '%s\n' "table $table {" '}' "flush table $table" "table $table {" \
    '  chain prerouting {' \
    '    type nat hook prerouting priority -100; policy accept;' \
    "    fib daddr type local tcp dport $1 redirect to :$2" \
    '  }' \
    '  chain output {' \
    '    type nat hook output priority -100; policy accept;' \
    "    fib daddr type local tcp dport $1 redirect to :$2" \
    '  }' \
    '  chain guard {' \
    '    type filter hook input priority -10; policy accept;' \
    '    iif "lo" accept' \
    '    ct status dnat accept' \
    "    tcp dport { $3, $4 } drop" \
    '  }' \
    '}' >"$file.new" && sync "$file.new" && nft -f "$file.new" && mv -f -- "$file.new" "$file" && sync "$rules" && return
  rm -f -- "$file.new"
  return 1
}

# Nothing answers at the front port any more.
close() {
  rm -f -- "$rules/drift-$app.nft"
  nft list table inet "drift_$app" >/dev/null 2>&1 || return 0
  nft delete table inet "drift_$app"
}

audit() {
  is_line_of_json "$1" && printf '%s\n' "$1" >>"$home/audit.jsonl" && sync "$home/audit.jsonl"
}

answer() {
  verb=${1%% *}
  rest=${1#"$verb"}
  rest=${rest# }
  case $verb in
    write | audit) set -- "$rest" ;;
    *)
      # Ports and nothing else: splitting is what is wanted.
      set -f
      # shellcheck disable=SC2086
      set -- $rest
      set +f
      ;;
  esac
  case $mode:$verb:$# in
    *:show:0) show ;;
    *:listening:1) is_port "$1" 1 && sockets "$1" 0A ;;
    *:established:1) is_port "$1" 1 && sockets "$1" 01 ;;
    *:free:1) df -Pk -- "$1" | awk 'NR == 2 { print $4 }' ;;
    *:apps:0) for file in "$root"/*/state.json; do [ ! -f "$file" ] || basename -- "$(dirname -- "$file")"; done ;;
    *:history:0) [ ! -f "$home/audit.jsonl" ] || tail -n 100 "$home/audit.jsonl" ;;
    lock:switch:4) switch "$@" ;;
    lock:close:0) close ;;
    lock:write:1) is_line_of_json "$1" && replace "$home/state.json" "$1" ;;
    lock:audit:1) audit "$1" ;;
    *) echo 'this is no request' >&2; return 1 ;;
  esac
}

app=${1-} mode=${2-}
case $app in '' | -* | *[!a-z0-9-]*) refuse 'the name of the application is not allowed' ;; esac
[ "${#app}" -le 40 ] || refuse 'the name of the application is too long'
[ "$(id -u)" -eq 0 ] || refuse 'only root may do this'
home=$root/$app
case $mode:$# in
  read:2) greet ok ;;
  lock:3)
    case $3 in '' | *[!0-9]* | ?????*) refuse 'the time to wait is no number of seconds' ;; esac
    IFS= read -r who || refuse 'nobody said who comes'
    is_line_of_json "$who" || refuse 'it was not said who comes'
    if ! mkdir -p -- "$home" 2>/dev/null || ! (: >>"$home/lock") 2>/dev/null; then refuse "$home cannot be written"; fi
    exec 9>>"$home/lock"
    flock -w "$3" 9 || { greet "busy $(head -c 4096 "$home/lock.json" 2>/dev/null)"; exit 1; }
    replace "$home/lock.json" "$who" 2>/dev/null || refuse "$home cannot be written: $(df -Pk -- "$home" | awk 'NR == 2 { print $4 }') KiB are free"
    greet ok
    ;;
  *) refuse 'this is no mode' ;;
esac

# Each line of an answer begins with a blank; the line after the last one does not.
while IFS= read -r request; do
  if output=$(answer "$request" 2>&1 </dev/null); then
    [ -z "$output" ] || printf '%s\n' "$output" | sed 's/^/ /'
    echo ok
  else
    printf 'error %s\n' "$(printf '%s' "$output" | tr '\n' ' ' | head -c 1000)"
  fi
done
[ "$mode" = read ] || rm -f -- "$home/lock.json"
