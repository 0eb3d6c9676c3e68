#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# usage: install.sh resolve | install RELEASE SERIES | other RELEASE
# Inside the guest's chroot, whose apt knows trixie and trixie-backports.
# `resolve` prints the release of the newest cloud kernel of trixie-backports, such as 7.3.4+deb13-cloud-amd64, on its last line.
# `install` installs it with all that builds modules for it and starts it.
# `other` installs the headers and source of the newest release of another series, and prints it on its last line.
set -eu
case $1 in
    resolve)
        apt-get update -q
        apt-cache show --no-all-versions linux-image-cloud-amd64 |
            sed -n 's/^Depends:.*linux-image-\([0-9][^ ,]*\).*/\1/p'
        ;;
    install)
        # The kernel without its initrd: linux-binary holds the image alone. Nothing here reads documentation.
        apt-get install -y -q --no-install-recommends -o Dpkg::Options::=--force-unsafe-io \
            -o 'Dpkg::Options::=--path-exclude=/usr/share/doc/*' -o 'Dpkg::Options::=--path-exclude=/usr/share/man/*' \
            -o 'Dpkg::Options::=--path-exclude=/usr/share/locale/*' \
            "linux-binary-$2" "linux-modules-$2" "linux-headers-$2" "linux-source-$3" qemu-system-x86 \
            gcc-14 make bc bison flex libelf-dev libssl-dev pahole rust-src bindgen kmod xz-utils cpio perl python3-minimal busybox-static dkms
        apt-get clean
        ;;
    other)
        apt-get update -q
        series() { echo "$1" | sed 's/^\([0-9]*\.[0-9]*\).*/\1/'; }
        mine=$(series "$2")
        # Whose source the mirror has too, in the same version: nothing else makes metadata that fits.
        for release in $(apt-cache pkgnames linux-headers- | sed -n 's/^linux-headers-\([0-9].*-cloud-amd64\)$/\1/p' | sort -rV); do
            series=$(series "$release")
            [ "$series" != "$mine" ] || continue
            version=$(apt-cache madison "linux-headers-$release" | awk 'NR == 1 {print $3}')
            apt-cache madison "linux-source-$series" | awk '{print $3}' | grep -qxF "$version" || continue
            apt-get install -y -q --no-install-recommends "linux-headers-$release=$version" "linux-source-$series=$version"
            echo "$release"
            exit
        done
        echo "trixie and trixie-backports have headers and source of no other series than $mine" >&2
        exit 1
        ;;
    *)
        echo "usage: install.sh resolve | install RELEASE SERIES | other RELEASE" >&2
        exit 2
        ;;
esac
