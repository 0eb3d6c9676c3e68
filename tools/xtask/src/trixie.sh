#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# Checks the workspace with Debian 13's compiler. Runs in a mount namespace of its own, so nothing
# stays mounted whatever happens.
# $1 chroot, $2 checkout (read-only inside), $3 cargo's home, $4 build folder
set -eu
mkdir -p "$1/src" "$1/cargo" "$1/target"
mount -o bind,ro "$2" "$1/src"
mount --bind "$3" "$1/cargo"
mount --bind "$4" "$1/target"
mount -t proc proc "$1/proc"
mount --rbind /dev "$1/dev"
for file in /etc/resolv.conf /etc/hosts; do
    if [ -e "$file" ]; then cp -L "$file" "$1$file"; fi
done
certs=${SSL_CERT_FILE:-/etc/ssl/certs/ca-certificates.crt}
if [ -e "$certs" ]; then cp -L "$certs" "$1/etc/ssl/certs/ca-certificates.crt"; fi
exec env -u CARGO -u RUSTC -u RUSTUP_TOOLCHAIN -u RUSTFLAGS PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
    CARGO_HOME=/cargo CARGO_TARGET_DIR=/target SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt \
    SSL_CERT_DIR=/etc/ssl/certs \
    chroot "$1" sh -euc 'cd /src; rustc --version; cargo --version; cargo check --workspace --locked'
