# SPDX-License-Identifier: MIT OR Apache-2.0
# What the scripts beside it share. POSIX shell; sourced, not run.

# Prepared metadata of kernels whose headers have none: one folder a kernel release.
TDM_METADATA_HOME=${TDM_METADATA_HOME:-/var/lib/tandem/rust-metadata}

say() { echo "tandem: $*"; }

# Says what is wrong and what to do about it, and ends.
fail() {
    echo "tandem: error: $1" >&2
    shift
    for line in "$@"; do echo "tandem:   $line" >&2; done
    exit 1
}

# config FILE NAME: the value of a kernel option, without quotes; nothing if it is not set.
config() { sed -n "s/^$2=//p" "$1" | tr -d '"'; }

# The compiler that builds the module: never one of a user's own folder, because dkms runs as root without it.
rust_compiler() {
    RUSTC=${TDM_RUSTC:-/usr/bin/rustc}
    [ -x "$RUSTC" ] || fail "$RUSTC is not there" "install it: apt-get install rustc (or set TDM_RUSTC)"
}

# has_metadata FOLDER: the crates that a module needs stand in FOLDER/rust.
has_metadata() {
    for crate in core kernel bindings; do
        [ -e "$1/rust/lib$crate.rmeta" ] || return 1
    done
}
