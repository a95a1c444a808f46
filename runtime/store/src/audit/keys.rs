//! The keys of the audit, and what is sealed with them. The key that all others come from, and the one that signs, are
//! the caller's: neither is in the database.

use super::line::Hash;
use super::note::Signer;
use crate::failure::{Failure, Outcome};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use std::fmt;
use usher_host::Subject;
use zeroize::Zeroizing;

/// The form of a sealed value, its first byte.
const VERSION: u8 = 1;
const NONCE: usize = 24;

/// What a store seals and signs its audit with. It doesn't print, and is wiped from memory when it is dropped.
#[derive(Clone)]
pub struct AuditKeys {
    secret: Zeroizing<[u8; 32]>,
    signing: Zeroizing<[u8; 32]>,
}

impl AuditKeys {
    /// `secret`: recordings are sealed and subjects named with keys that are derived from it (HKDF-SHA256, a label for
    /// each purpose), so it may serve other purposes too. With another one the database opens, subjects get other
    /// pseudonyms, and earlier recordings can't be read.
    ///
    /// `signing`: the seed of the Ed25519 key that signs checkpoints, for nothing else. With another one
    /// earlier checkpoints don't hold.
    #[must_use]
    pub fn new(secret: [u8; 32], signing: [u8; 32]) -> Self {
        Self { secret: Zeroizing::new(secret), signing: Zeroizing::new(signing) }
    }
}

impl fmt::Debug for AuditKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AuditKeys")
    }
}

/// The keys at work.
pub(crate) struct Keys {
    pseudonyms: Zeroizing<[u8; 64]>,
    calls: Zeroizing<[u8; 64]>,
    subjects: SubjectKey,
    pub(crate) signer: Signer,
}

impl Keys {
    pub(crate) fn new(keys: &AuditKeys) -> Self {
        Self {
            pseudonyms: derive(&keys.secret, b"usher audit 1: pseudonyms of subjects"),
            calls: derive(&keys.secret, b"usher audit 1: acting calls that are the same"),
            subjects: SubjectKey(derive(&keys.secret, b"usher audit 1: keys of subjects")),
            signer: Signer::new(&keys.signing),
        }
    }

    /// The same for the same subject, and of no use without the key.
    pub(crate) fn pseudonym(&self, subject: &Subject) -> String {
        let (prefix, name) = match subject {
            Subject::Session(id) => ("s_", id),
            Subject::Customer(id) => ("c_", id),
        };
        let mut mac = Hmac::<Sha256>::new(&(*self.pseudonyms).into());
        mac.update(prefix.as_bytes());
        mac.update(name.as_bytes());
        format!("{prefix}{}", hex::encode(&mac.finalize().into_bytes()[..16]))
    }

    /// The same for the same call of the same subject. Arguments are short enough to be guessed: without the key this
    /// tells nothing of them.
    pub(crate) fn same_call(&self, subject: &str, function: &str, arguments: &[u8]) -> Hash {
        let mut mac = Hmac::<Sha256>::new(&(*self.calls).into());
        for part in [subject.as_bytes(), function.as_bytes(), arguments] {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }

    /// A new key for a subject, and the same sealed for the database.
    pub(crate) fn new_subject_key(&self, pseudonym: &str) -> Outcome<(SubjectKey, Vec<u8>)> {
        let mut key = Zeroizing::new([0; 32]);
        getrandom::fill(key.as_mut_slice()).map_err(|_| Failure::Random)?;
        let sealed = self.subjects.seal(Place::SubjectKey(pseudonym), key.as_slice())?;
        Ok((SubjectKey(key), sealed))
    }

    /// Opens what [`Self::new_subject_key`] sealed for the same subject.
    pub(crate) fn subject_key(&self, pseudonym: &str, sealed: &[u8]) -> Outcome<SubjectKey> {
        let opened = Zeroizing::new(self.subjects.open(Place::SubjectKey(pseudonym), sealed)?);
        let key = <[u8; 32]>::try_from(opened.as_slice()).map_err(|_| Place::SubjectKey(pseudonym).unopened())?;
        Ok(SubjectKey(Zeroizing::new(key)))
    }
}

fn derive<const N: usize>(secret: &[u8; 32], purpose: &[u8]) -> Zeroizing<[u8; N]> {
    let mut key = Zeroizing::new([0; N]);
    if Hkdf::<Sha256>::new(None, secret).expand(purpose, key.as_mut_slice()).is_err() {
        unreachable!("HKDF gives up to 8160 bytes");
    }
    key
}

/// Where a sealed value stands. It is bound to its place, so that it can't be moved to another one.
#[derive(Clone, Copy)]
pub(crate) enum Place<'a> {
    /// `subject_key.sealed`, by pseudonym.
    SubjectKey(&'a str),
    /// `audit_recording.sealed`, by line.
    Recording(i64),
    /// `acting_call.answer`, by idempotency key.
    Answer(&'a str),
}

impl Place<'_> {
    fn bytes(self) -> Vec<u8> {
        match self {
            Self::SubjectKey(pseudonym) => [b"subject_key.sealed\0", pseudonym.as_bytes()].concat(),
            Self::Recording(seq) => [b"audit_recording.sealed\0".as_slice(), &seq.to_be_bytes()].concat(),
            Self::Answer(key) => [b"acting_call.answer\0", key.as_bytes()].concat(),
        }
    }

    fn unopened(self) -> Failure {
        let what = match self {
            Self::SubjectKey(pseudonym) => format!("the key of subject {pseudonym}"),
            Self::Recording(seq) => format!("the recording of line {seq}"),
            Self::Answer(key) => format!("the answer of the acting call {key}"),
        };
        Failure::Sealed(what)
    }
}

/// The key of one subject. It is wiped from memory when it is dropped.
pub(crate) struct SubjectKey(Zeroizing<[u8; 32]>);

impl SubjectKey {
    /// XChaCha20-Poly1305 with a random nonce: version, nonce, sealed bytes.
    pub(crate) fn seal(&self, place: Place<'_>, plain: &[u8]) -> Outcome<Vec<u8>> {
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce).map_err(|_| Failure::Random)?;
        let payload = Payload { msg: plain, aad: &place.bytes() };
        let sealed = self.cipher().encrypt(&XNonce::from(nonce), payload).map_err(|_| place.unopened())?;
        let mut out = Vec::with_capacity(1 + NONCE + sealed.len());
        out.push(VERSION);
        out.extend_from_slice(&nonce);
        out.extend_from_slice(&sealed);
        Ok(out)
    }

    /// Opens what [`Self::seal`] made for the same place.
    pub(crate) fn open(&self, place: Place<'_>, sealed: &[u8]) -> Outcome<Vec<u8>> {
        let Some((&VERSION, rest)) = sealed.split_first() else { return Err(place.unopened()) };
        let Some((nonce, sealed)) = rest.split_first_chunk::<NONCE>() else { return Err(place.unopened()) };
        let payload = Payload { msg: sealed, aad: &place.bytes() };
        self.cipher().decrypt(&XNonce::from(*nonce), payload).map_err(|_| place.unopened())
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&(*self.0).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(secret: u8) -> Keys {
        Keys::new(&AuditKeys::new([secret; 32], [9; 32]))
    }

    #[test]
    fn a_pseudonym_names_one_subject_and_needs_the_key() {
        let (session, customer) = (Subject::Session("1".to_owned()), Subject::Customer("1".to_owned()));
        let pseudonym = keys(1).pseudonym(&session);
        assert!(pseudonym.starts_with("s_") && pseudonym.len() == 34, "{pseudonym}");
        assert_eq!(pseudonym, keys(1).pseudonym(&session));
        assert!(keys(1).pseudonym(&customer).starts_with("c_"));
        assert_ne!(pseudonym[2..], keys(1).pseudonym(&customer)[2..]);
        assert_ne!(pseudonym, keys(2).pseudonym(&session));
    }

    #[test]
    fn what_is_sealed_opens_in_its_place_alone() {
        let (key, sealed_key) = keys(1).new_subject_key("s_1").expect("random numbers");
        let sealed = key.seal(Place::Recording(7), b"said").expect("sealed");
        let again = keys(1).subject_key("s_1", &sealed_key).expect("the same key");
        assert_eq!(again.open(Place::Recording(7), &sealed).expect("opened"), b"said");
        assert!(again.open(Place::Recording(8), &sealed).is_err());
        assert!(again.open(Place::Answer("7"), &sealed).is_err());
        assert!(keys(1).subject_key("s_2", &sealed_key).is_err());
        assert!(keys(2).subject_key("s_1", &sealed_key).is_err());
        for index in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[index] ^= 1;
            assert!(again.open(Place::Recording(7), &changed).is_err(), "byte {index}");
            assert!(again.open(Place::Recording(7), &sealed[..index]).is_err());
        }
    }

    #[test]
    fn keys_dont_print() {
        assert_eq!(format!("{:?}", AuditKeys::new([0x41; 32], [0x42; 32])), "AuditKeys");
    }
}
