//! Makes signature files in minisign's format, good ones and bad ones, without the code that is tested.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use blake2::{Blake2b512, Digest as _};
use ed25519_dalek::{Signer as _, SigningKey};

/// A publisher's key.
pub(crate) struct Signer {
    pub(crate) id: [u8; 8],
    pub(crate) key: SigningKey,
}

/// The parts of a signature file.
#[derive(Clone)]
pub(crate) struct Parts {
    pub(crate) algorithm: [u8; 2],
    pub(crate) id: [u8; 8],
    pub(crate) signature: [u8; 64],
    pub(crate) comment: String,
    pub(crate) global: [u8; 64],
}

impl Signer {
    pub(crate) fn new(number: u8) -> Self {
        Self { id: [number; 8], key: SigningKey::from_bytes(&[number; 32]) }
    }

    /// As minisign writes it.
    pub(crate) fn public(&self) -> String {
        public(self.id, self.key.verifying_key().as_bytes())
    }

    /// The parts of a signature of these bytes, in the prehashed form.
    pub(crate) fn parts(&self, bytes: &[u8], comment: &str) -> Parts {
        self.parts_of(*b"ED", &Blake2b512::digest(bytes), comment)
    }

    /// In the form from before 2021, which signs the bytes themselves.
    pub(crate) fn legacy_parts(&self, bytes: &[u8], comment: &str) -> Parts {
        self.parts_of(*b"Ed", bytes, comment)
    }

    fn parts_of(&self, algorithm: [u8; 2], message: &[u8], comment: &str) -> Parts {
        let signature = self.key.sign(message).to_bytes();
        let (id, comment) = (self.id, comment.to_owned());
        let global = self.global(&signature, &comment);
        Parts { algorithm, id, signature, comment, global }
    }

    pub(crate) fn global(&self, signature: &[u8; 64], comment: &str) -> [u8; 64] {
        self.key.sign(&[signature, comment.as_bytes()].concat()).to_bytes()
    }

    /// The text of a signature file.
    pub(crate) fn sign(&self, bytes: &[u8], comment: &str) -> String {
        self.parts(bytes, comment).file()
    }
}

impl Parts {
    pub(crate) fn file(&self) -> String {
        let signature = STANDARD.encode([&self.algorithm[..], &self.id, &self.signature].concat());
        let (comment, global) = (&self.comment, STANDARD.encode(self.global));
        format!("untrusted comment: made by a test\n{signature}\ntrusted comment: {comment}\n{global}\n")
    }
}

pub(crate) fn public(id: [u8; 8], key: &[u8; 32]) -> String {
    STANDARD.encode([&b"Ed"[..], &id, key].concat())
}

/// An id as minisign prints it.
pub(crate) fn shown(id: [u8; 8]) -> String {
    format!("{:016X}", u64::from_le_bytes(id))
}
