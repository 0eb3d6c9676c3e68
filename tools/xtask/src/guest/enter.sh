#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# usage: unshare … enter.sh CHROOT [PLACE:INSIDE[:ro]]… -- COMMAND [ARGUMENT…]
# Runs a command in a chroot with some folders of the host mounted there. Runs in mount and process namespaces of its own, so
# nothing stays mounted and no process stays behind, whatever happens.
set -eu
chroot=$1
shift
while [ "$1" != -- ]; do
    place=${1%%:*}
    inside=${1#*:}
    mkdir -p "$chroot${inside%:ro}"
    mount --bind "$place" "$chroot${inside%:ro}"
    case $inside in *:ro) mount -o remount,bind,ro "$chroot${inside%:ro}" ;; esac
    shift
done
shift
mount -t proc proc "$chroot/proc"
mount --rbind /dev "$chroot/dev"
for file in /etc/resolv.conf /etc/hosts; do
    if [ -e "$file" ]; then cp -L "$file" "$chroot$file"; fi
done
exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C TERM="${TERM:-dumb}" DEBIAN_FRONTEND=noninteractive \
    chroot "$chroot" "$@"
