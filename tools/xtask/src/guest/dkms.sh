#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# usage: dkms.sh RELEASE TREE
# Inside the guest's chroot: takes the source tree TREE through dkms as a user does, and looks at what it leaves.
set -eu
release=$1
tree=$2
name=tandem
version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' "$tree/dkms.conf")

wrong() { echo "dkms: $*" >&2; exit 1; }
clean() {
    dkms remove "$name/$version" --all >/dev/null 2>&1 || true
    rm -rf "/usr/src/$name-$version" "/var/lib/dkms/$name" /tmp/kernel-without
}
clean
trap clean EXIT

cp -R "$tree" "/usr/src/$name-$version"
dkms add "$name/$version"
dkms build "$name/$version" -k "$release" || { cat "/var/lib/dkms/$name/$version/build/make.log"; wrong "the build failed"; }
dkms install "$name/$version" -k "$release"
dkms status "$name/$version" | grep -q "$release.*: installed" || wrong "the module is not reported as installed"
file=$(modinfo -k "$release" -n tdm) || wrong "modprobe would not find tdm"
case $file in
    "/lib/modules/$release/updates/dkms/tdm.ko"* | "/usr/lib/modules/$release/updates/dkms/tdm.ko"*) ;;
    *) wrong "tdm.ko was installed as $file" ;;
esac
modinfo -k "$release" -F vermagic tdm | grep -q "^$release " || wrong "the module is for another kernel"
dkms remove "$name/$version" --all
! modinfo -k "$release" -n tdm 2>/dev/null || wrong "the module is still there after dkms remove"

# Where it cannot be built: the kernel is passed over (status 77), and the reason is said.
refused() {
    want=$1
    shift
    rm -rf /tmp/kernel-without
    mkdir -p /tmp/kernel-without
    sed "$@" "/lib/modules/$release/build/.config" >/tmp/kernel-without/.config
    dkms add "$name/$version" >/dev/null
    status=0
    said=$(dkms build "$name/$version" -k "$release" --kernelsourcedir /tmp/kernel-without 2>&1) || status=$?
    dkms remove "$name/$version" --all >/dev/null 2>&1 || true
    [ "$status" -eq 77 ] || wrong "a kernel with $want was not passed over (status $status): $said"
    case $said in
        *"$want"*) ;;
        *) wrong "nothing was said of $want: $said" ;;
    esac
}
refused CONFIG_RUST -e 's/^CONFIG_RUST=y/# CONFIG_RUST is not set/'
refused PREEMPT_RT -e 's/^# CONFIG_PREEMPT_RT is not set/CONFIG_PREEMPT_RT=y/'

# The wrong compiler: the build fails and its log names the package.
cat >/tmp/rustc-of-tomorrow <<'END'
#!/bin/sh
echo "rustc 9.99.9 (0000000 2099-01-01)"
END
chmod +x /tmp/rustc-of-tomorrow
dkms add "$name/$version" >/dev/null
! TDM_RUSTC=/tmp/rustc-of-tomorrow dkms build "$name/$version" -k "$release" >/dev/null 2>&1 ||
    wrong "another compiler than the kernel's was accepted"
grep -q 'apt-get install rustc=' "/var/lib/dkms/$name/$version/build/make.log" || {
    cat "/var/lib/dkms/$name/$version/build/make.log"
    wrong "the log does not name the compiler's package"
}
rm /tmp/rustc-of-tomorrow
clean
echo "add, build, install, remove for $release; 3 refusals say why"
