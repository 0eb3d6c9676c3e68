// SPDX-License-Identifier: MIT OR Apache-2.0
//! The scripts that dkms runs: what they say where the module cannot be built, and the tree they work in.
#![forbid(unsafe_code)]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const RELEASE: &str = "7.3.4-test-amd64";
const COMPILER: &str = "rustc 1.85.1 (4eb161250 2025-03-15) (built from a source tarball)";
const GOOD: &str = "CONFIG_RUST=y\n# CONFIG_PREEMPT_RT is not set\nCONFIG_CC_VERSION_TEXT=\"gcc-14 (Debian) 14.2.0\"\n";

fn scripts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../dkms")
}

/// A folder that is gone when the test is over.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let dir = std::env::temp_dir().join(format!("tandem-dkms-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&dir);
        fs::create_dir_all(&dir).expect("a temporary folder");
        Self(dir)
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(&path, text).expect("a temporary file");
        path
    }

    /// A compiler that says what it is.
    fn compiler(&self, version: &str) -> PathBuf {
        let path = self.write("rustc", &format!("#!/bin/sh\necho '{version}'\n"));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("its own file");
        path
    }

    /// A kernel's build folder with this configuration.
    fn kernel(&self, config: &str) -> PathBuf {
        let text = format!("{config}CONFIG_RUSTC_VERSION_TEXT=\"{COMPILER}\"\n");
        self.write("kernel/.config", &text);
        self.0.join("kernel")
    }

    fn metadata(&self, below: &str) {
        for name in ["core", "kernel", "bindings"] {
            self.write(&format!("{below}/rust/lib{name}.rmeta"), "");
        }
    }

    fn prepare(&self, kernel: &Path, compiler: &Path) -> Output {
        Command::new("sh")
            .arg(scripts().join("prepare"))
            .arg(RELEASE)
            .arg(kernel)
            .env("TDM_RUSTC", compiler)
            .env("TDM_METADATA_HOME", self.0.join("metadata"))
            .output()
            .expect("sh")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn refused(out: &Output, words: &[&str]) {
    let said = String::from_utf8_lossy(&out.stderr);
    assert!(!out.status.success(), "it was accepted: {said}");
    for word in words {
        assert!(said.contains(word), "`{word}` is not in:\n{said}");
    }
}

fn accepted(out: &Output) -> String {
    let said = String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success(), "it was refused: {said}");
    String::from_utf8_lossy(&out.stdout).into_owned()
}

#[test]
fn missing_headers_are_named() {
    let folder = Folder::new("headers");
    let out = folder.prepare(&folder.0.join("kernel"), &folder.compiler(COMPILER));
    refused(&out, &["not installed", "linux-headers-7.3.4-test-amd64"]);
}

#[test]
fn a_kernel_without_rust_is_refused() {
    let folder = Folder::new("without");
    let kernel = folder.kernel("# CONFIG_RUST is not set\nCONFIG_HAVE_RUST=y\n");
    let out = folder.prepare(&kernel, &folder.compiler(COMPILER));
    refused(&out, &["CONFIG_RUST", "trixie-backports"]);
}

#[test]
fn a_real_time_kernel_is_refused() {
    let folder = Folder::new("realtime");
    let kernel = folder.kernel("CONFIG_RUST=y\nCONFIG_PREEMPT_RT=y\n");
    let out = folder.prepare(&kernel, &folder.compiler(COMPILER));
    refused(&out, &["PREEMPT_RT"]);
}

#[test]
fn another_compiler_is_refused_and_the_right_one_named() {
    let folder = Folder::new("compiler");
    let kernel = folder.kernel(GOOD);
    let other = "rustc 1.96.1 (0000000 2026-01-01) (built from a source tarball)";
    let out = folder.prepare(&kernel, &folder.compiler(other));
    refused(&out, &[COMPILER, other, "1.85.1"]);
    // The same number from rustup is another compiler: it mangles names differently.
    let rustup = "rustc 1.85.1 (4eb161250 2025-03-15)";
    let out = folder.prepare(&kernel, &folder.compiler(rustup));
    refused(&out, &["do not match"]);
    let out = folder.prepare(&kernel, &folder.0.join("nothing"));
    refused(&out, &["nothing is not there"]);
}

#[test]
fn metadata_of_the_headers_is_enough() {
    let folder = Folder::new("headers-metadata");
    let kernel = folder.kernel(GOOD);
    folder.metadata("kernel");
    let said = accepted(&folder.prepare(&kernel, &folder.compiler(COMPILER)));
    assert!(said.contains("bring their Rust metadata"), "{said}");
}

#[test]
fn prepared_metadata_is_used_while_it_fits() {
    let folder = Folder::new("prepared");
    let kernel = folder.kernel(GOOD);
    let compiler = folder.compiler(COMPILER);
    let home = format!("metadata/{RELEASE}");
    folder.metadata(&home);
    folder.write(&format!("{home}/target.json"), "{}");
    let sum = Command::new("sha256sum")
        .arg(kernel.join(".config"))
        .output()
        .unwrap();
    let sum = String::from_utf8(sum.stdout).unwrap();
    let sum = sum.split(' ').next().unwrap();
    let origin = format!("kernel: {RELEASE}\nrustc: {COMPILER}\nconfiguration: {sum}\n");
    folder.write(&format!("{home}/origin"), &origin);
    let said = accepted(&folder.prepare(&kernel, &compiler));
    assert!(said.contains(&home), "{said}");

    // Made from another configuration: it has to be made again, for which this kernel has no package.
    folder.write(&format!("{home}/origin"), &origin.replace(sum, "0"));
    refused(&folder.prepare(&kernel, &compiler), &["--source"]);
}

#[test]
fn the_tree_follows_the_checkout() {
    let folder = Folder::new("tree");
    let tree = folder.0.join("tree");
    let assemble = || {
        let mut command = Command::new("sh");
        let out = command.arg(scripts().join("assemble")).arg(&tree).output();
        accepted(&out.unwrap());
    };
    assemble();
    let files = [
        "dkms.conf",
        "dkms/prepare",
        "dkms/build",
        "dkms/rust-metadata",
        "kmod/Kbuild",
        "libtdm/abi/src/lib.rs",
        "libtdm/line/src/lib.rs",
    ];
    for file in files {
        assert!(tree.join(file).exists(), "{file}");
    }
    let mode = fs::metadata(tree.join("dkms/prepare"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o111, 0o111, "dkms runs only what may be executed");

    // What a build wrote stays, what the checkout does not have goes, what was changed comes back; the rest is left alone.
    folder.write("tree/kmod/tdm.mod.c", "");
    folder.write("tree/kmod/tdm.o", "");
    folder.write("tree/kmod/gone.rs", "");
    folder.write("tree/libtdm/abi/src/lib.rs", "changed");
    let before = fs::metadata(tree.join("kmod/Kbuild"))
        .unwrap()
        .modified()
        .unwrap();
    assemble();
    assert!(tree.join("kmod/tdm.mod.c").exists());
    assert!(tree.join("kmod/tdm.o").exists());
    assert!(!tree.join("kmod/gone.rs").exists());
    let checkout = scripts().join("../../libtdm/abi/src/lib.rs");
    let text = fs::read_to_string(tree.join("libtdm/abi/src/lib.rs")).unwrap();
    assert_eq!(text, fs::read_to_string(checkout).unwrap());
    let after = fs::metadata(tree.join("kmod/Kbuild"))
        .unwrap()
        .modified()
        .unwrap();
    assert_eq!(before, after, "an unchanged file was written again");
}

#[test]
fn dkms_conf_names_this_version_and_what_the_tree_has() {
    let conf = fs::read_to_string(scripts().join("../../dkms.conf")).unwrap();
    let version = format!("PACKAGE_VERSION=\"{}\"", env!("CARGO_PKG_VERSION"));
    assert!(conf.contains(&version), "dkms.conf does not say {version}");
    for word in [
        "CONFIG_RUST",
        "!CONFIG_PREEMPT_RT",
        "dkms/prepare",
        "dkms/build",
    ] {
        assert!(conf.contains(word), "{word}");
    }
}
