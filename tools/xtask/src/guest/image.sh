#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# usage: image.sh FOLDER INITRAMFS
# Inside the guest's chroot: adds busybox, and the loader and libraries of the programs in FOLDER/bin, and packs it all.
# The libraries are Debian 13's, which also serve programs that were linked on Debian 12.
set -eu
cd "$1"
mkdir -p proc sys dev tmp run root
for program in bin/*; do
    strip --strip-debug "$program"
    ldd "$program" | while read -r name arrow path rest; do
        case $name in
            linux-vdso*) continue ;;
            /*) path=$name ;;
        esac
        if [ "$arrow $path" = "=> not" ]; then
            echo "$program needs $name, which Debian 13's chroot does not have" >&2
            exit 1
        fi
        mkdir -p ".${path%/*}"
        cp -L "$path" ".$path"
    done
done
cp /usr/bin/busybox bin/busybox
ln -s busybox bin/sh
find . | cpio --create --format=newc --quiet >"$2"
