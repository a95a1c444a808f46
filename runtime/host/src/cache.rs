//! The compile cache: machine code that was compiled before, so that a start doesn't compile everything again.
//!
//! Machine code runs with the runtime's own rights, so a file here must be what the runtime wrote, for this component
//! and this engine. Each carries an HMAC-SHA256 over the format, the component's digest, the engine's settings and
//! version, and the code, with a key that no other user can read and that is used for nothing else. It is checked over
//! the bytes in memory that are then taken over, and what doesn't pass in any way is removed and compiled again.
//!
//! What [`inspect`](crate::inspect()) finds in a component isn't kept here, although inspecting is most of what a plugin
//! costs at a warm start (a third of a millisecond for 25 KB, of half of one in all). For so every start holds every
//! plugin to the rules of the program that starts: rules that grew stricter with an update need no version of their own
//! that somebody would have to remember to raise.
//!
//! One file a component, named by its digest: the code, then a trailer.
//!
//! | bytes | |
//! |---|---|
//! | n | machine code |
//! | 8 | format |
//! | 32 | SHA-256 over the engine's settings and version |
//! | 32 | digest of the component |
//! | 32 | HMAC-SHA256 over the fields of the trailer, then the code |

use crate::error::Error;
use crate::inspect::Digest;
use crate::loaded::{MOST_CODE_BYTES, MachineCode};
use crate::private;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;
use std::hash::{Hash as _, Hasher};
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use wasmtime::Engine;
use zeroize::Zeroizing;

/// Changes whenever the layout of a file does.
const FORMAT: [u8; 8] = *b"usher\0c1";
/// Format, engine, digest.
const NAMED: usize = 8 + 32 + 32;
const TRAILER: usize = NAMED + 32;
const KEY_FILE: &str = "key";
const KEY_BYTES: usize = 32;
const EXTENSION: &str = "code";

/// A folder of machine code. All methods block on the file system.
pub struct CompileCache {
    folder: PathBuf,
    /// Begun with the key, which itself isn't kept.
    mac: Hmac<Sha256>,
    engine: [u8; 32],
}

impl CompileCache {
    /// Opens the cache in this folder for this engine. The folder (mode 0700) and the key in it are made where they are
    /// missing.
    ///
    /// # Errors
    /// Where they can't be made, or other users can write to the folder or read the key.
    pub fn open(folder: &Path, engine: &Engine) -> Result<Self, Error> {
        private::folder(folder)?;
        let key = key(folder)?;
        let mac = Hmac::new_from_slice(key.as_slice())
            .map_err(|error| Error::Io { path: folder.join(KEY_FILE), source: std::io::Error::other(error) })?;
        let mut hash = EngineHash(Sha256::new());
        engine.precompile_compatibility_hash().hash(&mut hash);
        let cache = Self { folder: folder.to_owned(), mac, engine: hash.0.finalize().into() };
        let (files, bytes) = cache.size();
        tracing::info!(folder = %folder.display(), files, bytes, "compile cache opened");
        Ok(cache)
    }

    /// The machine code of a component, if it was kept and nothing about it is in doubt.
    #[must_use]
    pub fn get(&self, digest: &Digest) -> Option<MachineCode> {
        let path = self.path(digest);
        let problem = match private::read(&path, MOST_CODE_BYTES + TRAILER as u64) {
            Ok(bytes) => match self.open_sealed(digest, bytes) {
                Ok(code) => return Some(code),
                Err(problem) => problem.to_owned(),
            },
            Err(error) if error.kind() == ErrorKind::NotFound => return None,
            Err(error) => format!("it can't be read: {error}"),
        };
        tracing::warn!(%digest, file = %path.display(), problem, "compiled code is not taken; it is compiled again");
        if let Err(error) = std::fs::remove_file(&path) {
            tracing::warn!(file = %path.display(), %error, "a file that is not taken can't be removed");
        }
        None
    }

    /// Keeps the machine code of a component.
    ///
    /// # Errors
    /// Where it can't be written; nothing is kept then.
    pub fn put(&self, digest: &Digest, code: &MachineCode) -> Result<(), Error> {
        let named = self.named(digest);
        let seal = self.mac(&named, code.bytes()).finalize().into_bytes();
        private::write(&self.folder, &name(digest), &[code.bytes(), &named, &seal])
            .map_err(|source| Error::Io { path: self.path(digest), source })
    }

    /// Removes the code of all components but these, and what a crash has left half written.
    ///
    /// # Errors
    /// Where the folder can't be read. A file that can't be removed is logged.
    pub fn retain(&self, wanted: &BTreeSet<Digest>) -> Result<(), Error> {
        let io = |source| Error::Io { path: self.folder.clone(), source };
        let wanted: BTreeSet<String> = wanted.iter().map(name).collect();
        let suffix = format!(".{EXTENSION}");
        let mut removed = 0_u32;
        for entry in std::fs::read_dir(&self.folder).map_err(io)?.flatten() {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            let ours = name.ends_with(&suffix) || name.starts_with(private::UNFINISHED);
            if !ours || wanted.contains(name.as_ref()) {
                continue;
            }
            match std::fs::remove_file(entry.path()) {
                Ok(()) => removed += 1,
                Err(error) => tracing::warn!(file = %entry.path().display(), %error, "can't be removed"),
            }
        }
        let (files, bytes) = self.size();
        tracing::info!(removed, files, bytes, "compile cache pruned");
        Ok(())
    }

    /// How many files are here, and their bytes.
    fn size(&self) -> (u64, u64) {
        let Ok(entries) = std::fs::read_dir(&self.folder) else { return (0, 0) };
        entries
            .flatten()
            .filter(|entry| entry.path().extension().is_some_and(|extension| extension == EXTENSION))
            .filter_map(|entry| entry.metadata().ok())
            .fold((0, 0), |(files, bytes), metadata| (files + 1, bytes + metadata.len()))
    }

    fn path(&self, digest: &Digest) -> PathBuf {
        self.folder.join(name(digest))
    }

    /// What the code is for.
    fn named(&self, digest: &Digest) -> [u8; NAMED] {
        let mut named = [0; NAMED];
        named[..8].copy_from_slice(&FORMAT);
        named[8..40].copy_from_slice(&self.engine);
        named[40..].copy_from_slice(&digest.0);
        named
    }

    fn mac(&self, named: &[u8; NAMED], code: &[u8]) -> Hmac<Sha256> {
        let mut mac = self.mac.clone();
        // `named` has one length, so that no two files have the same input.
        mac.update(named);
        mac.update(code);
        mac
    }

    /// Takes the code out of a file's bytes, which are checked and used in place.
    fn open_sealed(&self, digest: &Digest, mut bytes: Vec<u8>) -> Result<MachineCode, &'static str> {
        let end = bytes.len().checked_sub(TRAILER).ok_or("it is cut short")?;
        let (code, trailer) = bytes.split_at(end);
        let (named, seal) = trailer.split_at(NAMED);
        let wanted = self.named(digest);
        if named != wanted {
            return Err(if named[..8] != wanted[..8] {
                "it has another format, or is cut or damaged"
            } else if named[8..40] != wanted[8..40] {
                "it was compiled for another engine"
            } else {
                "it is another component's"
            });
        }
        self.mac(&wanted, code).verify_slice(seal).map_err(|_| "it was changed, or written with another key")?;
        bytes.truncate(end);
        Ok(MachineCode::new(bytes))
    }
}

impl std::fmt::Debug for CompileCache {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CompileCache").field("folder", &self.folder).finish_non_exhaustive()
    }
}

fn name(digest: &Digest) -> String {
    format!("{}.{EXTENSION}", hex::encode(digest.0))
}

/// Reads the key, or makes one. One that is damaged is made anew: what was sealed with it is compiled again.
fn key(folder: &Path) -> Result<Zeroizing<[u8; KEY_BYTES]>, Error> {
    let path = folder.join(KEY_FILE);
    let refused = |problem: String| Error::Unsafe { path: path.clone(), problem };
    let unreadable = |error| refused(format!("can't be read: {error}; remove it to have a new one made"));
    match private::open(&path) {
        Ok(file) => {
            let found = file.metadata().map_err(unreadable)?;
            let (mode, user) = (found.mode() & 0o777, rustix::process::geteuid().as_raw());
            if found.uid() != user || mode & 0o077 != 0 {
                return Err(refused(format!(
                    "could be read or changed by others (mode {mode:03o}, user {}; the runtime is user {user}), and who \
                     knows it can make code that is run; remove it and all that lies beside it",
                    found.uid()
                )));
            }
            let bytes = Zeroizing::new(private::read_opened(file, 4096).map_err(unreadable)?);
            if let Ok(key) = <[u8; KEY_BYTES]>::try_from(bytes.as_slice()) {
                return Ok(Zeroizing::new(key));
            }
            tracing::warn!(file = %path.display(), "the key of the compile cache is damaged; a new one is made");
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(unreadable(error)),
    }
    let failed = |source| Error::Io { path: path.clone(), source };
    let mut key = Zeroizing::new([0; KEY_BYTES]);
    getrandom::fill(key.as_mut_slice()).map_err(|error| failed(std::io::Error::other(error.to_string())))?;
    private::write(folder, KEY_FILE, &[key.as_slice()]).map_err(failed)?;
    Ok(key)
}

/// Makes a SHA-256 of what is fed to it in place of a number.
struct EngineHash(Sha256);

impl Hasher for EngineHash {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self) -> u64 {
        0
    }
}
