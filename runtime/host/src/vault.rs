//! The vault: the bytes of components, kept by their digest.
//!
//! An approval names a digest, and what is run must be what was approved. So the runtime keeps its own copy of every
//! component that it may run, under the digest as name, and whoever asks for a digest gets bytes that have it, hashed
//! after the one read that brought them into memory. A file that was changed, swapped or cut since is an error and
//! never bytes.

use crate::error::Error;
use crate::inspect::Digest;
use crate::private;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Largest component that is kept, bytes: above every limit that an operator can set for one.
const MOST: u64 = 64 << 20;

/// Why the vault can't keep a component or give it back.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VaultError {
    /// It was never put in, or its file was taken away.
    #[error("the component {digest} is not in {}; bring its file again", .folder.display())]
    Missing {
        /// Which.
        digest: Digest,
        /// Where it was looked for.
        folder: PathBuf,
    },
    /// Its file holds something else.
    #[error(
        "{} holds {found} instead of {digest}: it was changed behind the runtime's back; bring the component's file \
         again and find out who can write there",
        .path.display()
    )]
    Altered {
        /// What it should hold.
        digest: Digest,
        /// What it holds.
        found: Digest,
        /// The file.
        path: PathBuf,
    },
    /// It is larger than any component may be.
    #[error("the component has {found} bytes, and {MOST} are the most")]
    TooLarge {
        /// Its size, bytes.
        found: u64,
    },
    /// The system refused.
    #[error("the component {digest} at {}: {source}", .path.display())]
    Io {
        /// Which.
        digest: Digest,
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// A folder of components. All methods block on the file system.
#[derive(Clone, Debug)]
pub struct Vault {
    folder: PathBuf,
}

impl Vault {
    /// Opens the vault in this folder, which is made where it is missing (mode 0700).
    ///
    /// # Errors
    /// Where it can't be made, or other users can write there.
    pub fn open(folder: &Path) -> Result<Self, Error> {
        private::folder(folder)?;
        Ok(Self { folder: folder.to_owned() })
    }

    /// Keeps a component. It is there for good when this returns; putting it in again changes nothing, but mends a
    /// file that was altered.
    ///
    /// # Errors
    /// Where it is too large or can't be written.
    pub fn put(&self, component: &[u8]) -> Result<Digest, VaultError> {
        let found = component.len() as u64;
        if found > MOST {
            return Err(VaultError::TooLarge { found });
        }
        let digest = Digest::of(component);
        if self.get(digest).is_ok() {
            return Ok(digest);
        }
        private::write(&self.folder, &name(digest), &[component]).map_err(|source| self.io(digest, source))?;
        Ok(digest)
    }

    /// A component's bytes, read once and hashed after.
    ///
    /// # Errors
    /// Where it isn't there, or its file holds anything else.
    pub fn get(&self, digest: Digest) -> Result<Vec<u8>, VaultError> {
        let path = self.path(digest);
        let bytes = private::read(&path, MOST).map_err(|source| match source.kind() {
            ErrorKind::NotFound => VaultError::Missing { digest, folder: self.folder.clone() },
            _ => self.io(digest, source),
        })?;
        match Digest::of(&bytes) {
            found if found == digest => Ok(bytes),
            found => Err(VaultError::Altered { digest, found, path }),
        }
    }

    /// Forgets a component. One that isn't there is forgotten already.
    ///
    /// # Errors
    /// Where its file can't be removed.
    pub fn remove(&self, digest: Digest) -> Result<(), VaultError> {
        match std::fs::remove_file(self.path(digest)) {
            Err(source) if source.kind() != ErrorKind::NotFound => Err(self.io(digest, source)),
            _ => Ok(()),
        }
    }

    fn path(&self, digest: Digest) -> PathBuf {
        self.folder.join(name(digest))
    }

    fn io(&self, digest: Digest, source: std::io::Error) -> VaultError {
        VaultError::Io { digest, path: self.path(digest), source }
    }
}

fn name(digest: Digest) -> String {
    format!("{}.wasm", hex::encode(digest.0))
}
