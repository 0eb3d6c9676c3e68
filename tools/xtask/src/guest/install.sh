#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# usage: install.sh resolve | install RELEASE SERIES | other RELEASE
# Inside the guest's chroot, whose apt knows trixie and trixie-backports.
# `resolve` prints the release of the newest cloud kernel of trixie-backports, such as 7.3.4+deb13-cloud-amd64, on its last line.
# `install` installs it with all that builds modules for it and starts it.
# `other` installs the headers and source of the newest release of another series that dkms.conf admits, or else of another
# flavour, and prints it on its last line.
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
        at_least() { [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$2" ]; }
        # Whose source the mirror has too, in the same version: nothing else makes metadata that fits.
        has_source() {
            version=$(apt-cache madison "linux-headers-$1" | awk 'NR == 1 {print $3}')
            apt-cache madison "linux-source-$(series "$1")" | awk '{print $3}' | grep -qxF "$version"
        }
        oldest=$(sed -n 's/^BUILD_EXCLUSIVE_KERNEL_MIN="\(.*\)"/\1/p' /src/dkms.conf)
        found=
        for release in $(apt-cache pkgnames linux-headers- | sed -n 's/^linux-headers-\([0-9].*-amd64\)$/\1/p' | grep -v -- -rt- | sort -rV); do
            [ "$release" != "$2" ] && at_least "$(series "$release")" "$oldest" && has_source "$release" || continue
            # Another series says most about kmod/compat; another flavour has another configuration at least.
            [ -n "$found" ] || found=$release
            [ "$(series "$release")" != "$(series "$2")" ] || continue
            found=$release
            break
        done
        [ -n "$found" ] || { echo "the mirror has headers and source of no kernel from $oldest on besides $2" >&2; exit 1; }
        has_source "$found"
        apt-get install -y -q --no-install-recommends "linux-headers-$found=$version" "linux-source-$(series "$found")=$version"
        echo "$found"
        ;;
    *)
        echo "usage: install.sh resolve | install RELEASE SERIES | other RELEASE" >&2
        exit 2
        ;;
esac
