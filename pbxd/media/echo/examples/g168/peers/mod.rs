// SPDX-License-Identifier: MIT OR Apache-2.0
//! Other cancellers, each built from Debian's package and run in a process of its own.

mod oslec;

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use g168_bench::{Canceller, Control, Disabled, Visit};

const HARNESS: &str = include_str!("peer.c");
const ADAPT: u8 = 1;
const NLP: u8 = 2;
const NOISE: u8 = 4;

/// A peer's process.
pub(crate) struct Peer {
    name: String,
    child: Child,
    input: Option<ChildStdin>,
    output: ChildStdout,
    flags: u8,
}

/// A folder that is gone when it is dropped.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Result<Self, String> {
        let path = std::env::temp_dir().join(format!("g168-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        Ok(Self(path))
    }

    fn write(&self, name: &str, text: &str) -> Result<PathBuf, String> {
        let path = self.0.join(name);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(|e| format!("{}: {e}", parent.display()))?;
        }
        std::fs::write(&path, text).map_err(|e| format!("{}: {e}", path.display()))?;
        Ok(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Runs a command; its words on failure.
fn run(command: &mut Command, advice: &str) -> Result<(), String> {
    let shown = format!("{command:?}");
    let output = command
        .output()
        .map_err(|e| format!("{shown}: {e}; {advice}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!(
        "{shown}: {}\n{advice}",
        String::from_utf8_lossy(&output.stderr)
    ))
}

impl Peer {
    /// The canceller of spandsp, which Debian packages as a library.
    pub(crate) fn spandsp() -> Result<Self, String> {
        let folder = Folder::new("spandsp")?;
        let source = folder.write("peer.c", HARNESS)?;
        let program = folder.0.join("peer");
        let mut cc = Command::new("cc");
        cc.args(["-O2", "-o"])
            .arg(&program)
            .arg(source)
            .arg("-lspandsp");
        run(&mut cc, "apt-get install libspandsp-dev gcc libc6-dev")?;
        Self::start("spandsp echo_can, 1024 taps, its own build", &program)
    }

    /// OSLEC, from the sources that Debian packages with DAHDI.
    pub(crate) fn oslec() -> Result<Self, String> {
        let folder = Folder::new("oslec")?;
        let program = oslec::build(&folder)?;
        Self::start("OSLEC, 1024 taps", &program)
    }

    fn start(name: &str, program: &Path) -> Result<Self, String> {
        let mut command = Command::new(program);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().map_err(|e| format!("{name}: {e}"))?;
        let (input, output) = (child.stdin.take(), child.stdout.take());
        Ok(Self {
            name: name.to_owned(),
            child,
            input,
            output: output.ok_or("no standard output")?,
            flags: ADAPT,
        })
    }

    fn send(&mut self, bytes: &[u8]) {
        let input = self.input.as_mut();
        let sent = input.map(|input| input.write_all(bytes).and_then(|()| input.flush()));
        assert!(matches!(sent, Some(Ok(()))), "{}: has ended", self.name);
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        drop(self.input.take()); // the end of its input ends it
        let _ = self.child.wait();
    }
}

impl Canceller for Peer {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn control(&mut self, control: Control) -> bool {
        let bit = |flags: u8, bit: u8, on: bool| if on { flags | bit } else { flags & !bit };
        self.flags = match control {
            Control::Reset => {
                self.send(b"R");
                return true;
            }
            Control::Freeze(on) => bit(self.flags, ADAPT, !on),
            Control::Nlp(on) => bit(self.flags, NLP, on),
            Control::ComfortNoise(on) => bit(self.flags, NOISE, on),
            Control::ToneDisabler(on) => return !on,
        };
        self.send(&[b'M', self.flags]);
        true
    }

    fn process(&mut self, visits: &mut [Visit<'_>]) {
        for visit in visits {
            let mut request = vec![b'P'];
            request.extend((visit.rin.len() as u16).to_le_bytes());
            for (rin, sin) in visit.rin.iter().zip(visit.sin) {
                request.extend(visit.law.decode(*rin).to_le_bytes());
                request.extend(visit.law.decode(*sin).to_le_bytes());
            }
            self.send(&request);
            let mut answer = vec![0; 2 * visit.sout.len()];
            let read = self.output.read_exact(&mut answer);
            assert!(read.is_ok(), "{}: has ended", self.name);
            for (out, pair) in visit.sout.iter_mut().zip(answer.chunks_exact(2)) {
                *out = i16::from_le_bytes([pair[0], pair[1]]);
            }
        }
    }

    fn disabled(&self, _lane: usize) -> Option<Disabled> {
        None
    }
}
