#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Turns a fresh Debian 12 into the base of a machine image: hardened, with Docker, ready for "drift deploy vm". Runs as root, on a machine or in a chroot, and may
# run again. packer/goss/base.goss.yaml is what it promises.
#
#   DRIFT_TAILSCALE=yes     installs Tailscale too; it is never brought up here, for every copy of the image would be the same node
set -eu
umask 022
export LC_ALL=C PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive

fail() {
  echo "harden: $*" >&2
  exit 1
}

# Whether this is a machine that runs, and not a folder of one.
is_running() { [ -d /run/systemd/system ]; }

# put FILE MODE: writes the input, whole or not at all.
put() {
  mkdir -p -- "$(dirname -- "$1")"
  cat >"$1.new"
  chown root:root "$1.new"
  chmod "$2" "$1.new"
  mv -f -- "$1.new" "$1"
}

# The cloud's own agents use apt, too.
apt() { apt-get -q -y -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confold "$@" </dev/null; }

[ "$(id -u)" -eq 0 ] || fail 'only root may do this'
# shellcheck source=/dev/null
[ "$(. /etc/os-release && echo "${VERSION_CODENAME-}")" = bookworm ] || fail 'this is not Debian 12 (bookworm)'

if is_running; then
  # 2 means that it is done, with warnings.
  if command -v cloud-init >/dev/null; then cloud-init status --wait >/dev/null || [ $? -eq 2 ] || fail 'cloud-init did not succeed; see /var/log/cloud-init.log'; fi
elif [ ! -e /usr/sbin/policy-rc.d ]; then
  # In a chroot, packages must not start what they bring.
  trap 'rm -f /usr/sbin/policy-rc.d' EXIT
  printf '#!/bin/sh\nexit 101\n' | put /usr/sbin/policy-rc.d 0755
fi

# fail2ban merely recommends what it needs on Debian 12: there is no log file to read, and iptables is not the firewall.
apt update
apt upgrade
apt install --no-install-recommends apparmor ca-certificates cloud-init curl docker.io fail2ban nftables openssh-server python3-systemd qemu-guest-agent sudo unattended-upgrades

if [ "${DRIFT_TAILSCALE-}" = yes ]; then
  keyring=/usr/share/keyrings/tailscale-archive-keyring.gpg
  key=$(mktemp)
  curl --fail --silent --show-error --proto '=https' --retry 3 --max-time 60 --output "$key" https://pkgs.tailscale.com/stable/debian/bookworm.noarmor.gpg
  put "$keyring" 0644 <"$key"
  rm -f -- "$key"
  echo "deb [signed-by=$keyring] https://pkgs.tailscale.com/stable/debian bookworm main" | put /etc/apt/sources.list.d/tailscale.list 0644
  apt update
  apt install --no-install-recommends tailscale
  systemctl enable --quiet tailscaled
fi

# The first value of a key wins, and cloud-init writes 50-cloud-init.conf. Forwarding to the machine's own ports is how "drift deploy vm" asks for a service's health;
# ClientAlive ends the session, and so the lock, of a client that has vanished.
put /etc/ssh/sshd_config.d/00-drift.conf 0644 <<'EOF'
PermitRootLogin no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitEmptyPasswords no
X11Forwarding no
AllowAgentForwarding no
AllowTcpForwarding local
PermitTunnel no
MaxAuthTries 3
LoginGraceTime 30
ClientAliveInterval 15
ClientAliveCountMax 3
EOF
mkdir -p /run/sshd
sshd -t || fail 'sshd refuses its configuration'

put /etc/fail2ban/jail.d/10-drift.local 0644 <<'EOF'
[DEFAULT]
backend = systemd
banaction = nftables-multiport
banaction_allports = nftables-allports

[sshd]
enabled = true
EOF

# One table of its own is replaced, and nothing is flushed: the tables of Docker, of fail2ban and of deployments belong to them. Docker's published ports are forwarded
# and do not pass here; what a deployment redirects has another port by now, and is known by its being redirected.
put /etc/nftables.conf 0755 <<'EOF'
#!/usr/sbin/nft -f
table inet drift {
}
delete table inet drift
table inet drift {
  chain input {
    type filter hook input priority filter; policy drop;
    ct state established,related accept
    ct state invalid drop
    iif "lo" accept
    ct status dnat accept
    meta l4proto { icmp, ipv6-icmp } accept
    udp dport 546 accept
    tcp dport 22 accept
  }
}
include "/etc/nftables.d/*.nft"
EOF
mkdir -p /etc/nftables.d
chmod 0755 /etc/nftables.d
# Debian's unit flushes everything when it is stopped or restarted.
put /etc/systemd/system/nftables.service.d/drift.conf 0644 <<'EOF'
[Service]
ExecStop=
ExecStop=-/usr/sbin/nft delete table inet drift
EOF

put /etc/sysctl.d/90-drift.conf 0644 <<'EOF'
# Connections that wait for a listener that ends go to another one of the same port.
net.ipv4.tcp_migrate_req = 1
net.ipv4.tcp_syncookies = 1
net.ipv4.conf.all.accept_redirects = 0
net.ipv4.conf.default.accept_redirects = 0
net.ipv4.conf.all.send_redirects = 0
net.ipv4.conf.default.send_redirects = 0
net.ipv4.conf.all.accept_source_route = 0
net.ipv6.conf.all.accept_redirects = 0
net.ipv6.conf.default.accept_redirects = 0
kernel.kptr_restrict = 2
kernel.dmesg_restrict = 1
kernel.unprivileged_bpf_disabled = 1
EOF

put /etc/docker/daemon.json 0644 <<'EOF'
{ "live-restore": true, "log-driver": "local" }
EOF

put /etc/apt/apt.conf.d/52drift 0644 <<'EOF'
APT::Periodic::Update-Package-Lists "1";
APT::Periodic::Unattended-Upgrade "1";
EOF

# An image from one cloud finds its keys in another one, too.
put /etc/cloud/cloud.cfg.d/99-drift.cfg 0644 <<'EOF'
datasource_list: [ Oracle, Ec2, NoCloud, None ]
EOF

# The disk and the network of whichever cloud, and a console that can be reached from outside.
if [ -d /etc/initramfs-tools ]; then
  echo 'MODULES=most' | put /etc/initramfs-tools/conf.d/drift 0644
  modules=/etc/initramfs-tools/modules
  for module in virtio_pci virtio_scsi virtio_blk virtio_net nvme ena; do
    grep -qsx "$module" "$modules" || echo "$module" >>"$modules"
  done
  update-initramfs -u -k all
fi
if [ -f /etc/default/grub ]; then
  case $(uname -m) in aarch64) console=ttyAMA0 ;; *) console=ttyS0 ;; esac
  put /etc/default/grub.d/90-drift.cfg 0644 <<EOF
GRUB_CMDLINE_LINUX="\$GRUB_CMDLINE_LINUX console=$console console=tty0"
EOF
  update-grub
fi

case $(passwd --status root) in 'root L '*) ;; *) passwd --quiet --lock root ;; esac
chmod 0700 /root
systemctl enable --quiet ssh fail2ban nftables docker

if is_running; then
  sysctl --quiet --system
  systemctl daemon-reload
  # A reload: a restart could end the session that this runs in.
  systemctl reload ssh
  systemctl restart nftables docker fail2ban
fi
