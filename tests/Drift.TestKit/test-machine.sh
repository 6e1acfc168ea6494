#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The first process of a machine that a test makes: test-machine.sh DISK DOCKER-OPTION…, in namespaces of its own. DISK keeps what a machine keeps when it is
# switched off: what differs from this machine's files, and Docker's data.
set -eu
disk=$1
shift
mount --make-rprivate /
mkdir -p "$disk/files" "$disk/work" "$disk/root" "$disk/docker"
mount -t overlay overlay -o "lowerdir=/,upperdir=$disk/files,workdir=$disk/work" "$disk/root"
cd "$disk/root"
mount -t proc proc proc
mount --rbind /sys sys
mount --rbind /dev dev
mount -t tmpfs tmpfs run
mount -t tmpfs tmpfs tmp
mkdir -p var/lib/docker run/sshd run/old
mount --bind "$disk/docker" var/lib/docker
pivot_root . run/old
umount -l /run/old
ip link set lo up

# What nftables.service does.
[ ! -x /usr/sbin/nft ] || nft -f /etc/nftables.conf
/usr/sbin/sshd -D -e -f /etc/ssh/sshd_test &
dockerd "$@" >/var/log/dockerd 2>&1 &
while :; do wait; sleep 1; done
