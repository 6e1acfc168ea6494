#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Takes away what makes a machine this machine, last of all before an image is made of it: keys, identities, leases, logs and caches. Runs as root, and may run again.
set -eu
export LC_ALL=C PATH=/usr/sbin:/usr/bin:/sbin:/bin

if [ "$(id -u)" -ne 0 ]; then
  echo 'seal: only root may do this' >&2
  exit 1
fi

# Removes what is in a folder, and keeps the folder.
empty() { [ ! -d "$1" ] || find "$1" -mindepth 1 -xdev -delete; }

if [ -d /run/systemd/system ]; then
  # What runs would write its identity again.
  for unit in tailscaled docker.socket docker containerd; do systemctl stop "$unit" 2>/dev/null || true; done
fi

# Not --seed: in a build it would take away the seed of a NoCloud machine that is still running.
if command -v cloud-init >/dev/null; then cloud-init clean --logs; fi
truncate -s 0 /etc/machine-id
rm -f -- /var/lib/dbus/machine-id /var/lib/systemd/random-seed /etc/ssh/ssh_host_*
ln -s /etc/machine-id /var/lib/dbus/machine-id 2>/dev/null || true

# The node's key, and what the machine's Docker calls itself.
empty /var/lib/tailscale
rm -f -- /etc/docker/key.json
if [ -z "$(find /var/lib/docker/image -name repositories.json -size +64c 2>/dev/null)" ]; then empty /var/lib/docker; fi

rm -rf -- /var/lib/dhcp/* /var/lib/NetworkManager/*.lease /var/lib/systemd/timesync/clock /var/lib/fail2ban/*
for home in /root /home/*; do
  rm -f -- "$home/.bash_history" "$home/.wget-hsts" "$home/.lesshst"
  rm -rf -- "$home/.cache" "$home/.ssh"
done

apt-get clean
empty /var/lib/apt/lists
if [ -d /var/log ]; then
  find /var/log -xdev -type f \( -name '*.gz' -o -name '*.[0-9]' -o -path '/var/log/journal/*' \) -delete
  find /var/log -xdev -type f -exec truncate -s 0 {} +
fi
empty /var/tmp

# Blocks that are free need not be exported.
if [ -d /run/systemd/system ]; then fstrim -av || true; fi
sync
