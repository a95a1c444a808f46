//! Keys that the server makes for itself at its first start: files in the data folder that only its own user can read.

use crate::config::Secret;
use std::fs::{DirBuilder, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;
use usher_store::AuditKeys;
use zeroize::Zeroizing;

/// The file that seals the integrations' secrets, in the data folder, unless the configuration names another place.
pub(crate) const SEALING_KEY: &str = "sealing-key";
/// The file that is mixed into the hashes of passwords, in the data folder: without it none of them fits any more.
pub(crate) const PASSWORD_KEY: &str = "password-key";
/// The file that signs our Message-IDs and reply addresses, in the data folder: without it answers to mails begin
/// conversations of their own.
pub(crate) const THREAD_KEY: &str = "thread-key";
/// The file that signs the audit's checkpoints, in the data folder.
const AUDIT_KEY: &str = "audit-key";
/// The file that every checkpoint of the audit is appended to, in the data folder.
pub(crate) const AUDIT_CHECKPOINTS: &str = "audit-checkpoints";

/// Why the data folder or a key in it can't be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum KeyError {
    /// The system refused.
    #[error("{path}: {source}")]
    Io {
        /// Which file or folder.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// Others can read it.
    #[error("{path} can be read by others (mode {mode:03o}); run `chmod {wanted} {path}` and renew what is in it")]
    Open {
        /// Which file or folder.
        path: String,
        /// Its permissions.
        mode: u32,
        /// What they should be.
        wanted: &'static str,
    },
    /// The file holds nothing.
    #[error("{path} is empty; remove it to have a new one made")]
    Empty {
        /// Which file.
        path: String,
    },
    /// The file holds something else.
    #[error("{path} is not 64 hexadecimal digits; put back the file that the server made")]
    NotAKey {
        /// Which file, or what the configuration names.
        path: String,
    },
    /// It isn't there, and would have to be.
    #[error("{path} is not there; put back the file that the server made, or name the configuration that has the key")]
    Missing {
        /// Which file.
        path: String,
    },
    /// The system has no random numbers.
    #[error("the system gave no random numbers: {0}")]
    Random(getrandom::Error),
}

/// Makes the data folder where it is missing. It is only for its own user.
///
/// # Errors
/// Where it can't be made, or others may look into it.
pub(crate) fn data_dir(path: &Path) -> Result<(), KeyError> {
    let io = |source| KeyError::Io { path: path.display().to_string(), source };
    DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(io)?;
    let mode = std::fs::metadata(path).map_err(io)?.mode() & 0o777;
    if mode & 0o077 != 0 {
        // A folder that was made by hand: its owner can tighten it without loss.
        std::fs::set_permissions(path, PermissionsExt::from_mode(0o700)).map_err(io)?;
    }
    Ok(())
}

/// Reads a key file, or makes one of 64 hexadecimal digits (256 bits).
///
/// # Errors
/// Where the file can't be read or made, is empty, or can be read by others.
pub(crate) fn key_file(path: &Path) -> Result<Secret, KeyError> {
    if let Some(key) = existing(path)? {
        return Ok(key);
    }
    let io = |source| KeyError::Io { path: path.display().to_string(), source };
    let mut bytes = Zeroizing::new([0; 32]);
    getrandom::fill(bytes.as_mut_slice()).map_err(KeyError::Random)?;
    let key = Secret::new(hex::encode(bytes.as_slice()));
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(io)?;
    file.write_all(key.reveal().as_bytes()).and_then(|()| file.write_all(b"\n")).map_err(io)?;
    file.sync_all().map_err(io)?;
    Ok(key)
}

/// Reads a key file; none where it isn't there.
fn existing(path: &Path) -> Result<Option<Secret>, KeyError> {
    let shown = || path.display().to_string();
    let io = |source| KeyError::Io { path: shown(), source };
    let mut file = match OpenOptions::new().read(true).open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        opened => opened.map_err(io)?,
    };
    let mode = file.metadata().map_err(io)?.mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(KeyError::Open { path: shown(), mode, wanted: "600" });
    }
    let mut text = Zeroizing::new(String::new());
    file.read_to_string(&mut text).map_err(io)?;
    if text.trim().is_empty() {
        return Err(KeyError::Empty { path: shown() });
    }
    Ok(Some(Secret::new(text.trim().to_owned())))
}

/// What the audit is sealed and signed with: its seals come from the sealing key, and its signatures from a key of their
/// own, which is made where it is missing.
///
/// # Errors
/// As [`key_file`], and where a key isn't 64 hexadecimal digits.
pub(crate) fn audit_keys(data_dir: &Path, sealing_key: &Secret) -> Result<AuditKeys, KeyError> {
    let file = data_dir.join(AUDIT_KEY);
    let signing = bytes(&file.display().to_string(), &key_file(&file)?)?;
    Ok(AuditKeys::new(*bytes("the sealing key", sealing_key)?, *signing))
}

/// The same of a data folder whose server may not run, without making anything. `sealing_key`: where the configuration
/// names it.
///
/// # Errors
/// As [`audit_keys`], and where a key isn't there.
pub(crate) fn existing_audit_keys(data_dir: &Path, sealing_key: Option<&Secret>) -> Result<AuditKeys, KeyError> {
    let read = |name: &str| {
        let path = data_dir.join(name);
        existing(&path)?.ok_or_else(|| KeyError::Missing { path: path.display().to_string() })
    };
    let signing = bytes(AUDIT_KEY, &read(AUDIT_KEY)?)?;
    let sealing_key = match sealing_key {
        Some(key) => key.clone(),
        None => read(SEALING_KEY)?,
    };
    Ok(AuditKeys::new(*bytes(SEALING_KEY, &sealing_key)?, *signing))
}

fn bytes(path: &str, key: &Secret) -> Result<Zeroizing<[u8; 32]>, KeyError> {
    let mut bytes = Zeroizing::new([0; 32]);
    hex::decode_to_slice(key.reveal().trim(), bytes.as_mut_slice())
        .map_err(|_| KeyError::NotAKey { path: path.to_owned() })?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn makes_a_key_once_and_keeps_it_private() {
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path().join("a/b");
        data_dir(&data).expect("made");
        assert_eq!(std::fs::metadata(&data).expect("there").mode() & 0o777, 0o700);
        let path = data.join("key");
        let first = key_file(&path).expect("made");
        assert_eq!(first.reveal().len(), 64);
        assert_eq!(std::fs::metadata(&path).expect("there").mode() & 0o777, 0o600);
        assert_eq!(key_file(&path).expect("read").reveal(), first.reveal());
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o640)).expect("changed");
        let error = key_file(&path).expect_err("refused").to_string();
        assert!(error.contains("chmod 600") && !error.contains(first.reveal()), "{error}");
    }
}
