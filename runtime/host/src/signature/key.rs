//! Keys: public ones as a policy names them, and the secret one that signs.

use super::error::KeyError;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest as _, Sha256};
use std::fmt;
use std::fs::OpenOptions;
use std::io::{Read as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;
use zeroize::Zeroizing;

/// What a public key of minisign begins with; also the legacy algorithm of a signature.
pub(super) const ED25519: [u8; 2] = *b"Ed";
const PLAIN: &str = "ed25519:";
const SEED: &str = "ed25519-seed:";
/// A secret key's file has two lines. More is read only to say that it is something else.
const SECRET_FILE_BYTES: u64 = 4096;

/// Which key a signature names. It is a label that anyone may write: only the key itself proves anything.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyId(pub(super) [u8; 8]);

impl KeyId {
    /// Reads an id as minisign prints it: 16 hexadecimal digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut id = [0; 8];
        hex::decode_to_slice(text, &mut id).ok()?;
        id.reverse();
        Some(Self(id))
    }
}

/// As minisign prints it: a little-endian number in hexadecimal.
impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016X}", u64::from_le_bytes(self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A publisher's key. Never a weak one. Shown as minisign writes it.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey {
    id: KeyId,
    key: VerifyingKey,
}

impl PublicKey {
    /// Reads minisign's form (`RW…`: base64 of `Ed`, eight bytes of id, the key), its public key file with the comment
    /// line, or `ed25519:` and the key in hexadecimal, whose id is the first eight bytes of its SHA-256.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let text = text.trim();
        let text = match text.split_once('\n') {
            Some((comment, key)) if comment.starts_with("untrusted comment:") => key.trim(),
            _ => text,
        };
        if let Some(hex) = text.strip_prefix(PLAIN) {
            let mut bytes = [0; 32];
            hex::decode_to_slice(hex, &mut bytes)
                .map_err(|_| KeyError::NotPublic("what follows `ed25519:` is not 64 hexadecimal digits"))?;
            return Self::new(derived_id(&bytes), &bytes);
        }
        if text.starts_with(SEED) {
            return Err(KeyError::NotPublic("this is a SECRET key, which belongs in no policy"));
        }
        let bytes = STANDARD.decode(text).map_err(|_| KeyError::NotPublic("this is not a public key"))?;
        let bytes: [u8; 42] =
            bytes.try_into().map_err(|_| KeyError::NotPublic("this has not the length of a public key"))?;
        let (algorithm, rest) = bytes.split_at(2);
        let (id, key) = rest.split_at(8);
        let (Ok(id), Ok(key)) = (id.try_into(), key.try_into()) else {
            return Err(KeyError::NotPublic("this has not the length of a public key"));
        };
        if algorithm != ED25519 {
            return Err(KeyError::NotPublic("this is a key of another kind than Ed25519"));
        }
        Self::new(KeyId(id), key)
    }

    fn new(id: KeyId, bytes: &[u8; 32]) -> Result<Self, KeyError> {
        let key =
            VerifyingKey::from_bytes(bytes).map_err(|_| KeyError::NotPublic("this is not a point on the curve"))?;
        if key.is_weak() {
            return Err(KeyError::Weak);
        }
        Ok(Self { id, key })
    }

    /// What signatures name it by.
    #[must_use]
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// The text of a public key file, which minisign reads (`minisign -V -p FILE`).
    #[must_use]
    pub fn to_file(&self) -> String {
        format!("untrusted comment: usher public key {}\n{self}\n", self.id)
    }

    /// Whether it is the same key, whatever id it goes by.
    #[must_use]
    pub fn is_same_key(&self, other: &Self) -> bool {
        self.key == other.key
    }

    /// Whether this is its signature of the message: by the strict rules, under which nobody can make a second
    /// signature out of one, and no key or signature fits many messages.
    pub(super) fn verifies(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        self.key.verify_strict(message, &ed25519_dalek::Signature::from_bytes(signature)).is_ok()
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&STANDARD.encode([&ED25519[..], &self.id.0, self.key.as_bytes()].concat()))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A key that signs. Kept in a text file that only its owner can read; wiped from memory when dropped.
pub struct SecretKey {
    key: SigningKey,
}

impl SecretKey {
    /// A new one.
    ///
    /// # Errors
    /// Where the system has no random numbers.
    pub fn generate() -> Result<Self, KeyError> {
        let mut seed = Zeroizing::new([0; 32]);
        getrandom::fill(seed.as_mut_slice()).map_err(|error| KeyError::Random(error.to_string()))?;
        Ok(Self::from_seed(&seed))
    }

    /// The key of an Ed25519 seed (RFC 8032).
    pub(crate) fn from_seed(seed: &[u8; 32]) -> Self {
        Self { key: SigningKey::from_bytes(seed) }
    }

    /// Reads a key file that [`SecretKey::write`] made.
    ///
    /// # Errors
    /// Where it can't be read, others can read it, or it is something else.
    pub fn read(path: &Path) -> Result<Self, KeyError> {
        let io = |problem| KeyError::Io { path: path.to_owned(), problem };
        let file = OpenOptions::new().read(true).open(path).map_err(io)?;
        // Of the open file, so that it is the one that is read.
        let metadata = file.metadata().map_err(io)?;
        let not_secret = |problem| KeyError::NotSecret { path: path.to_owned(), problem };
        if !metadata.is_file() {
            return Err(not_secret("it is not a file"));
        }
        let mut bytes = Zeroizing::new(Vec::with_capacity(SECRET_FILE_BYTES as usize));
        file.take(SECRET_FILE_BYTES).read_to_end(&mut bytes).map_err(io)?;
        let text = std::str::from_utf8(&bytes).map_err(|_| not_secret("it is not text"))?;
        if text.starts_with("untrusted comment:") {
            return Err(not_secret(
                "it is a public key, or one of minisign; take the file beside it without `.pub`, make one with `usher \
                 key new`, or sign with `minisign` itself",
            ));
        }
        let mode = metadata.mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(KeyError::Readable { path: path.to_owned(), mode });
        }
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let (Some(line), None) = (lines.next(), lines.next()) else {
            return Err(not_secret("it must hold one line with `ed25519-seed:`; make one with `usher key new`"));
        };
        let mut seed = Zeroizing::new([0; 32]);
        line.strip_prefix(SEED)
            .and_then(|hex| hex::decode_to_slice(hex, seed.as_mut_slice()).ok())
            .ok_or_else(|| not_secret("it must hold `ed25519-seed:` and 64 hexadecimal digits"))?;
        Ok(Self::from_seed(&seed))
    }

    /// Writes it into a new file that only its owner can read.
    ///
    /// # Errors
    /// Where the file can't be written, or is there already: a key is never overwritten.
    pub fn write(&self, path: &Path) -> Result<(), KeyError> {
        let io = |problem| KeyError::Io { path: path.to_owned(), problem };
        let id = self.public().id();
        let seed = Zeroizing::new(hex::encode(Zeroizing::new(self.key.to_bytes()).as_slice()));
        let text = Zeroizing::new(format!(
            "# Secret key {id}: whoever has this file signs plugins in your name.\n{SEED}{}\n",
            seed.as_str()
        ));
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(io)?;
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(io)
    }

    /// The key that others know. Its id is the first eight bytes of its SHA-256, as for one written `ed25519:…`.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        let key = self.key.verifying_key();
        PublicKey { id: derived_id(key.as_bytes()), key }
    }

    pub(super) fn sign_bytes(&self, message: &[u8]) -> [u8; 64] {
        self.key.sign(message).to_bytes()
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey({})", self.public().id())
    }
}

fn derived_id(key: &[u8; 32]) -> KeyId {
    let digest: [u8; 32] = Sha256::digest(key).into();
    let [a, b, c, d, e, f, g, h, ..] = digest;
    KeyId([a, b, c, d, e, f, g, h])
}
