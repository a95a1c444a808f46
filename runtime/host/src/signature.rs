//! Publishers' signatures, in minisign's format (<https://jedisct1.github.io/minisign/>), so that its tool can check
//! them too.
//!
//! A signature is a file beside the component, `NAME.wasm.minisig`, with four lines for each key that signed:
//!
//! ```text
//! untrusted comment: anything
//! base64(algorithm ‖ key id ‖ Ed25519 signature of the component, or (algorithm "ED") of its BLAKE2b-512)
//! trusted comment: usher plugin=ID version=VERSION sequence=NUMBER sha256=DIGEST
//! base64(Ed25519 signature of that signature ‖ the trusted comment)
//! ```
//!
//! Both are checked, so the trusted comment ([`Statement`]) is the publisher's word. Whose key may sign what is the
//! trust policy's business (`trust.rs`).

mod error;
mod key;
mod statement;

pub use error::{KeyError, SignatureError};
pub use key::{KeyId, PublicKey, SecretKey};
pub use statement::Statement;

use crate::inspect::Digest;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use blake2::{Blake2b512, Digest as _};
use ed25519_dalek::VerifyingKey;
use jiff::Timestamp;
use std::cell::OnceCell;
use usher_manifest::PluginId;

/// What a component's file name is followed by for its signature's.
pub const SIGNATURE_SUFFIX: &str = ".minisig";

/// The algorithm that signs the component's BLAKE2b-512.
const PREHASHED: [u8; 2] = *b"ED";
/// Largest signature file, bytes.
const FILE_BYTES: usize = 64 << 10;
/// Most signatures of one file: each that a known key made costs a pass over the component.
const SIGNATURES: usize = 8;
/// The order of Ed25519's group, little-endian (RFC 8032, section 5.1).
const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

/// One key's signature. Nothing in it counts before [`Signature::verify`] has said so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    key_id: KeyId,
    prehashed: bool,
    signature: [u8; 64],
    comment: String,
    global: [u8; 64],
}

impl Signature {
    /// Reads a file with one signature.
    ///
    /// # Errors
    /// What is wrong with its form.
    pub fn parse(text: &str) -> Result<Self, SignatureError> {
        match <[Self; 1]>::try_from(Self::parse_all(text)?) {
            Ok([signature]) => Ok(signature),
            Err(several) => {
                Err(SignatureError::Malformed(format!("it holds {} signatures, and one is expected", several.len())))
            }
        }
    }

    /// Reads a file with one signature or several, one after the other. (The `minisign` tool looks at the first.)
    ///
    /// # Errors
    /// What is wrong with its form.
    pub fn parse_all(text: &str) -> Result<Vec<Self>, SignatureError> {
        let wrong = |problem: String| Err(SignatureError::Malformed(problem));
        if text.len() > FILE_BYTES {
            return wrong(format!("it has {} bytes, and {FILE_BYTES} are allowed", text.len()));
        }
        let mut lines = text.lines().filter(|line| !line.is_empty());
        let mut signatures = Vec::new();
        while let Some(first) = lines.next() {
            if signatures.len() == SIGNATURES {
                return wrong(format!("it holds more than {SIGNATURES} signatures"));
            }
            let (Some(signature), Some(comment), Some(global)) = (lines.next(), lines.next(), lines.next()) else {
                return wrong("it ends in the middle of a signature".into());
            };
            if !first.starts_with("untrusted comment:") {
                return wrong("it doesn't begin with `untrusted comment:`".into());
            }
            let Some(comment) = comment.strip_prefix("trusted comment: ") else {
                return wrong("the third line of a signature doesn't begin with `trusted comment: `".into());
            };
            let (Some(signature), Some(global)) = (decode::<74>(signature), decode::<64>(global)) else {
                return wrong("a signature's second or fourth line is not base64 of the right length".into());
            };
            let [a, b, rest @ ..] = signature;
            let prehashed = match [a, b] {
                PREHASHED => true,
                key::ED25519 => false,
                _ => return wrong("it is made with an algorithm that isn't minisign's".into()),
            };
            let (Some((id, _)), Some((_, signature))) = (rest.split_first_chunk(), rest.split_last_chunk()) else {
                return wrong("a signature has not the right length".into());
            };
            signatures.push(Self {
                key_id: KeyId(*id),
                prehashed,
                signature: *signature,
                comment: comment.to_owned(),
                global,
            });
        }
        if signatures.is_empty() {
            return wrong("it is empty".into());
        }
        Ok(signatures)
    }

    /// The key that it says it was made with.
    #[must_use]
    pub fn key_id(&self) -> KeyId {
        self.key_id
    }

    /// What was signed, where one of these keys signed it and it is of these bytes.
    ///
    /// # Errors
    /// Why it doesn't count.
    pub fn verify(&self, keys: &[PublicKey], bytes: &[u8]) -> Result<Statement, SignatureError> {
        self.verify_content(keys.iter(), &Content::of(bytes)).map(|(_, statement)| statement)
    }

    /// As [`Signature::verify`], and which of the keys it was. An id is a label, so several keys may bear the same.
    pub(crate) fn verify_content<'k>(
        &self,
        keys: impl Iterator<Item = &'k PublicKey>,
        content: &Content<'_>,
    ) -> Result<(&'k PublicKey, Statement), SignatureError> {
        let mut error = SignatureError::UnknownKey(vec![self.key_id]);
        for key in keys.filter(|key| key.id() == self.key_id) {
            match self.verify_with(key, content) {
                Ok(statement) => return Ok((key, statement)),
                Err(found) => error = found,
            }
        }
        Err(error)
    }

    fn verify_with(&self, key: &PublicKey, content: &Content<'_>) -> Result<Statement, SignatureError> {
        for signature in [&self.signature, &self.global] {
            self.well_formed(signature)?;
        }
        let message = if self.prehashed { content.prehash() } else { content.bytes };
        let is_of_content = key.verifies(message, &self.signature);
        let commented = [&self.signature[..], self.comment.as_bytes()].concat();
        let is_of_comment = key.verifies(&commented, &self.global);
        match (is_of_content, is_of_comment) {
            (true, true) => {}
            (true, false) => return Err(SignatureError::ChangedComment(self.key_id)),
            (false, false) => return Err(SignatureError::NotGenuine(self.key_id)),
            // The publisher did sign, and says what.
            (false, true) => {
                return Err(match Statement::parse(&self.comment) {
                    Ok(Statement { digest: signed, .. }) if signed != content.digest => {
                        SignatureError::OtherFile { signed, found: content.digest }
                    }
                    _ => SignatureError::NotGenuine(self.key_id),
                });
            }
        }
        let statement = Statement::parse(&self.comment)?;
        if statement.digest != content.digest {
            return Err(SignatureError::OtherDigest { stated: statement.digest, found: content.digest });
        }
        Ok(statement)
    }

    /// The strict verification refuses both of these too; here they get their own words.
    fn well_formed(&self, signature: &[u8; 64]) -> Result<(), SignatureError> {
        let (Some((point, _)), Some((_, scalar))) =
            (signature.split_first_chunk::<32>(), signature.split_last_chunk::<32>())
        else {
            return Err(SignatureError::NotGenuine(self.key_id));
        };
        if !scalar.iter().rev().lt(ORDER.iter().rev()) {
            return Err(SignatureError::Malleable(self.key_id));
        }
        if VerifyingKey::from_bytes(point).is_ok_and(|point| point.is_weak()) {
            return Err(SignatureError::SmallOrder(self.key_id));
        }
        Ok(())
    }
}

impl SecretKey {
    /// Signs a component: the text of its signature file, which `minisign -V` accepts.
    #[must_use]
    pub fn sign(
        &self,
        bytes: &[u8],
        plugin: &PluginId,
        version: &str,
        sequence: u64,
        expires: Option<Timestamp>,
    ) -> String {
        let content = Content::of(bytes);
        let (plugin, version) = (plugin.clone(), version.to_owned());
        let statement = Statement { plugin, version, sequence, digest: content.digest, expires }.to_string();
        let signature = self.sign_bytes(content.prehash());
        let global = self.sign_bytes(&[&signature[..], statement.as_bytes()].concat());
        let id = self.public().id();
        let signature = STANDARD.encode([&PREHASHED[..], &id.0, &signature].concat());
        let global = STANDARD.encode(global);
        format!("untrusted comment: signature by usher key {id}\n{signature}\ntrusted comment: {statement}\n{global}\n")
    }
}

/// A component's bytes with what signatures need of them, computed once.
pub(crate) struct Content<'a> {
    bytes: &'a [u8],
    pub(crate) digest: Digest,
    prehash: OnceCell<[u8; 64]>,
}

impl<'a> Content<'a> {
    pub(crate) fn of(bytes: &'a [u8]) -> Self {
        Self { bytes, digest: Digest::of(bytes), prehash: OnceCell::new() }
    }

    fn prehash(&self) -> &[u8] {
        self.prehash.get_or_init(|| Blake2b512::digest(self.bytes).into())
    }
}

fn decode<const N: usize>(text: &str) -> Option<[u8; N]> {
    STANDARD.decode(text).ok()?.try_into().ok()
}
