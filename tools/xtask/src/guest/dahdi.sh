#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# usage: dahdi.sh RELEASE FOLDER
# Inside the guest's chroot: builds the original C driver of the T1/E1 cards (package dahdi-dkms of sid) for kernel RELEASE and
# takes its tools (package dahdi), as they are. FOLDER becomes what is laid over an initramfs: modules in /dahdi, tools and
# their libraries where Debian has them. Nothing of it comes near the repository.
set -eu
release=$1
out=$2
work=$(mktemp -d /var/tmp/tandem-dahdi.XXXXXX)
trap 'rm -rf "$work"' EXIT
cd "$work"

mirror=$(sed -n 's/^deb \([^ ]*\) trixie main.*/\1/p' /etc/apt/sources.list | head -n 1)
mkdir -p sid/lists/partial sid/cache/archives/partial debs
touch sid/status
echo "deb $mirror sid main" >sid/sources.list
sid() {
    apt-get -q -o "Dir::State=$work/sid" -o "Dir::State::status=$work/sid/status" -o "Dir::Cache=$work/sid/cache" \
        -o "Dir::Etc::SourceList=$work/sid/sources.list" -o Dir::Etc::SourceParts=/dev/null -o Dir::Etc::Preferences=/dev/null \
        -o Dir::Etc::PreferencesParts=/dev/null -o APT::Sandbox::User=root -o Acquire::Languages=none \
        -o Acquire::Check-Valid-Until=false "$@"
}
# The judge is chosen by its version, not by its freshness: a mirror that is behind will do. Signatures are checked.
sid update
cd debs
sid download dahdi-dkms
apt-get -q -o APT::Sandbox::User=root download dahdi libtonezone2.0 libnewt0.52 libusb-1.0-0 libpopt0 libslang2
cd ..
for package in debs/*.deb; do
    case $package in
        */dahdi-dkms_*) dpkg-deb -x "$package" driver ;;
        *) dpkg-deb -x "$package" tools ;;
    esac
done

# Its own makefile, told to build this card's modules and no others.
source=$(echo "$work"/driver/usr/src/dahdi-*)
make -C "$source" -j "$(nproc)" PWD="$source" KSRC="/lib/modules/$release/build" KVERS="$release" DAHDI_BUILD_ALL= \
    CONFIG_DAHDI=m CONFIG_DAHDI_OCT612X=m CONFIG_DAHDI_WCT4XXP=m modules

mkdir -p root/dahdi root/usr/sbin root/etc/dahdi
for module in dahdi.ko oct612x/oct612x.ko wct4xxp/wct4xxp.ko; do cp "$source/drivers/dahdi/$module" root/dahdi/; done
echo "${source##*/}" >root/dahdi/version
for tool in dahdi_cfg dahdi_scan dahdi_test dahdi_maint dahdi_monitor dahdi_span_assignments dahdi_span_types \
    dahdi_waitfor_span_assignments; do
    cp -L "tools/usr/sbin/$tool" root/usr/sbin/
done
# Two test programs that Debian does not package, from the tools' source. Only the tarball is needed.
echo "deb-src $mirror trixie main" >>sid/sources.list
sid update
sid source --download-only --tar-only dahdi-tools || [ -e dahdi-tools_*.orig.tar.gz ]
tar xf dahdi-tools_*.orig.tar.gz
echo 'static const char dahdi_tools_version[] = "Debian";' >"$(echo dahdi-tools-*)/dahdi_tools_version.h"
for program in patlooptest hdlcstress; do
    (cd dahdi-tools-* && gcc-14 -O1 -w -I. -I"$source/include" -o "$program" "$program.c")
    cp dahdi-tools-*/"$program" root/usr/sbin/
done

mkdir -p root/usr/share
cp -RL tools/usr/share/dahdi root/usr/share/
LD_LIBRARY_PATH=$work/tools/usr/lib/x86_64-linux-gnu
export LD_LIBRARY_PATH
for program in root/usr/sbin/*; do
    # Some of the tools are shell scripts.
    libraries=$(ldd "$program" 2>/dev/null) || continue
    echo "$libraries" | while read -r name arrow path rest; do
        case $name in
            linux-vdso*) continue ;;
            /*) mkdir -p "root${name%/*}"; cp -L "$name" "root$name"; continue ;;
        esac
        [ "$path" != not ] || { echo "$program needs $name" >&2; exit 1; }
        mkdir -p root/lib/x86_64-linux-gnu
        cp -L "$path" "root/lib/x86_64-linux-gnu/$name"
    done
done
rm -rf "$out"
mkdir -p "${out%/*}"
mv root "$out"
