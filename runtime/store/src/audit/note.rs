//! Checkpoints: how many lines there are and the hash of the last, as a signed note (<https://c2sp.org/signed-note>) in
//! the form of <https://c2sp.org/tlog-checkpoint>. The audit is a chain, not a tree: the hash is the last line's.

use super::line::Hash;
use crate::failure::Failure;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};
use usher_agent::store::StoreError;

/// The signature type of Ed25519 in signed notes.
const ED25519: u8 = 1;
/// What a signature line begins with: an em dash and a space.
const SIGNED_BY: &str = "\u{2014} ";

/// So many lines, the last of which has this hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Checkpoint {
    pub(crate) size: u64,
    pub(crate) hash: Hash,
}

/// Why a note isn't a checkpoint of this audit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NoteError {
    #[error("it is not a signed checkpoint")]
    Form,
    #[error("it is of `{0}`, and this audit's key is `{1}`")]
    Foreign(String, String),
    #[error("its signature doesn't hold")]
    Signature,
}

/// Signs checkpoints, and tells its own signatures.
pub(crate) struct Signer {
    key: SigningKey,
    /// The origin of its notes and the name of its key: `usher/audit/` and the start of the public key's SHA-256.
    name: String,
    id: [u8; 4],
}

impl Signer {
    pub(crate) fn new(seed: &[u8; 32]) -> Self {
        let key = SigningKey::from_bytes(seed);
        let public = key.verifying_key();
        let name = format!("usher/audit/{}", hex::encode(&Sha256::digest(public.as_bytes())[..4]));
        let id = key_id(&name, &public);
        Self { key, name, id }
    }

    /// Signs a checkpoint. The same one gives the same note.
    pub(crate) fn sign(&self, checkpoint: &Checkpoint) -> String {
        let text = format!("{}\n{}\n{}\n", self.name, checkpoint.size, STANDARD.encode(checkpoint.hash));
        let signature = self.key.sign(text.as_bytes()).to_bytes();
        let signature = STANDARD.encode([self.id.as_slice(), &signature].concat());
        format!("{text}\n{SIGNED_BY}{} {signature}\n", self.name)
    }

    /// Reads a note of this signer's. Signatures of others below it (witnesses) don't matter.
    pub(crate) fn read(&self, note: &str) -> Result<Checkpoint, NoteError> {
        let end = note.rfind("\n\n").ok_or(NoteError::Form)? + 1;
        let (text, signatures) = (&note[..end], &note[end + 1..]);
        let mut lines = text.lines();
        let (origin, size, hash) =
            (lines.next().unwrap_or_default(), lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
        let size = size.parse::<u64>().ok().filter(|number| number.to_string() == size).ok_or(NoteError::Form)?;
        let hash = STANDARD.decode(hash).ok().and_then(|hash| Hash::try_from(hash).ok()).ok_or(NoteError::Form)?;
        if origin != self.name {
            return Err(NoteError::Foreign(origin.to_owned(), self.name.clone()));
        }
        let mine = signatures.lines().filter_map(|line| {
            let (name, signature) = line.strip_prefix(SIGNED_BY)?.split_once(' ')?;
            let signature = STANDARD.decode(signature).ok()?;
            let (id, signature) = signature.split_first_chunk::<4>()?;
            (name == self.name && *id == self.id).then(|| Signature::from_slice(signature).ok()).flatten()
        });
        let public = self.key.verifying_key();
        let mut held = false;
        for signature in mine {
            public.verify_strict(text.as_bytes(), &signature).map_err(|_| NoteError::Signature)?;
            held = true;
        }
        if held { Ok(Checkpoint { size, hash }) } else { Err(NoteError::Signature) }
    }
}

/// As signed notes name an Ed25519 key.
fn key_id(name: &str, public: &VerifyingKey) -> [u8; 4] {
    let mut hasher = Sha256::new();
    hasher.update(name.as_bytes());
    hasher.update([b'\n', ED25519]);
    hasher.update(public.as_bytes());
    let hash: Hash = hasher.finalize().into();
    [hash[0], hash[1], hash[2], hash[3]]
}

/// Whether a line of a note is a signature.
pub(crate) fn is_signature(line: &str) -> bool {
    line.starts_with(SIGNED_BY)
}

/// The signed notes of a file that holds several, one after the other.
#[must_use]
pub fn notes(text: &str) -> Vec<String> {
    let mut notes = Vec::new();
    let mut note = String::new();
    let mut signed = false;
    for line in text.lines() {
        let signature = is_signature(line);
        if signed && !signature {
            notes.push(std::mem::take(&mut note));
        }
        signed = signature;
        if !(note.is_empty() && line.trim().is_empty()) {
            note.push_str(line);
            note.push('\n');
        }
    }
    if !note.is_empty() {
        notes.push(note);
    }
    notes
}

impl From<NoteError> for Failure {
    fn from(error: NoteError) -> Self {
        Self::Refused(StoreError::Engine(format!("a checkpoint can't be used: {error}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHECKPOINT: Checkpoint = Checkpoint { size: 12, hash: [7; 32] };

    fn signer(seed: u8) -> Signer {
        Signer::new(&[seed; 32])
    }

    #[test]
    fn a_note_is_read_back_by_its_signer_alone() {
        let note = signer(1).sign(&CHECKPOINT);
        assert_eq!(note, signer(1).sign(&CHECKPOINT));
        assert_eq!(signer(1).read(&note), Ok(CHECKPOINT));
        assert!(matches!(signer(2).read(&note), Err(NoteError::Foreign(..))));
        // One who takes over the name hasn't the key.
        let forged = signer(2).sign(&CHECKPOINT).replace(&signer(2).name, &signer(1).name);
        assert_eq!(signer(1).read(&forged), Err(NoteError::Signature));
        let witnessed = format!("{note}\u{2014} witness.example AAAAAAAA\n");
        assert_eq!(signer(1).read(&witnessed), Ok(CHECKPOINT));
    }

    #[test]
    fn no_character_of_a_note_can_change() {
        let note = signer(1).sign(&CHECKPOINT);
        // The last line break is no part of what is signed.
        for (index, character) in note[..note.len() - 1].char_indices() {
            let other = if character == 'B' { 'C' } else { 'B' };
            let changed = format!("{}{other}{}", &note[..index], &note[index + character.len_utf8()..]);
            assert!(signer(1).read(&changed).is_err(), "{changed}");
            assert!(signer(1).read(&note[..index]).is_err());
        }
    }

    #[test]
    fn notes_one_after_the_other_are_told_apart() {
        let (first, second) = (signer(1).sign(&CHECKPOINT), signer(1).sign(&Checkpoint { size: 13, ..CHECKPOINT }));
        for between in ["", "\n", "\n\n"] {
            assert_eq!(notes(&format!("{between}{first}{between}{second}{between}")), [first.clone(), second.clone()]);
        }
        assert_eq!(notes(&format!("{first}cut off")), [first, "cut off\n".to_owned()]);
        assert!(notes("").is_empty());
    }

    #[test]
    fn a_note_is_in_the_form_that_other_programs_read() {
        // RFC 8032, test 1: the public key of this seed.
        let seed: [u8; 32] = hex::decode("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
            .expect("hexadecimal")
            .try_into()
            .expect("32 bytes");
        let note = Signer::new(&seed).sign(&Checkpoint { size: 1, hash: [0; 32] });
        let lines: Vec<&str> = note.split('\n').collect();
        let [origin, "1", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "", signature, ""] = lines[..] else {
            panic!("{note}")
        };
        assert_eq!(origin, "usher/audit/21fe31df");
        assert!(signature.starts_with(&format!("\u{2014} {origin} ")), "{note}");
    }
}
