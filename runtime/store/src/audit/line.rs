//! One line of the audit as its hash covers it.

use sha2::{Digest, Sha256};

/// SHA-256.
pub(crate) type Hash = [u8; 32];

/// What stands for the hash before the first line.
pub(crate) const BEGIN: Hash = [0; 32];

/// The form of what is hashed. Another form gets another label, so that no two can be mistaken for each other.
const LABEL: &[u8] = b"usher audit line 1\0";

/// SHA-256 of these bytes.
pub(crate) fn digest(bytes: &[u8]) -> Hash {
    Sha256::digest(bytes).into()
}

/// Every column of a line but its hash.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Line<'a> {
    pub(crate) seq: i64,
    /// Microseconds since 1970, UTC.
    pub(crate) at: i64,
    pub(crate) actor: &'a str,
    pub(crate) action: &'a str,
    pub(crate) object: &'a str,
    pub(crate) subject: Option<&'a str>,
    pub(crate) detail: &'a str,
    pub(crate) stored: Option<&'a str>,
    pub(crate) recording: Option<&'a [u8]>,
}

impl Line<'_> {
    /// The line's hash, given the one before. Every part has its length or its absence in front, so that no two lines
    /// are hashed alike.
    pub(crate) fn hash(&self, before: &Hash) -> Hash {
        let mut hasher = Sha256::new();
        hasher.update(LABEL);
        hasher.update(before);
        hasher.update(self.seq.to_be_bytes());
        hasher.update(self.at.to_be_bytes());
        let parts = [
            Some(self.actor.as_bytes()),
            Some(self.action.as_bytes()),
            Some(self.object.as_bytes()),
            self.subject.map(str::as_bytes),
            Some(self.detail.as_bytes()),
            self.stored.map(str::as_bytes),
            self.recording,
        ];
        for part in parts {
            match part {
                Some(part) => {
                    hasher.update([1]);
                    hasher.update((part.len() as u64).to_be_bytes());
                    hasher.update(part);
                }
                None => hasher.update([0]),
            }
        }
        hasher.finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: Line<'static> = Line {
        seq: 1,
        at: 2,
        actor: "operator:ada",
        action: "release-approved",
        object: "acme/returns",
        subject: None,
        detail: "{}",
        stored: None,
        recording: None,
    };

    #[test]
    fn the_form_stays() {
        // Computed by another program from the description above: databases out there hold such hashes.
        let expected = "abee2e815aa182d6f39fac3baaf21889039cd6d7378e2d131b4ac0c23e68a3e4";
        assert_eq!(hex::encode(LINE.hash(&BEGIN)), expected);
    }

    #[test]
    fn no_two_lines_are_hashed_alike() {
        let changes = [
            LINE,
            Line { seq: 2, ..LINE },
            Line { at: 3, ..LINE },
            Line { actor: "operator:adar", action: "elease-approved", ..LINE },
            Line { action: "release-approvedacme", object: "/returns", ..LINE },
            Line { subject: Some(""), ..LINE },
            Line { subject: Some("{}"), detail: "", ..LINE },
            Line { detail: "{} ", ..LINE },
            Line { stored: Some(""), ..LINE },
            Line { recording: Some(&[]), ..LINE },
            Line { stored: Some("x"), ..LINE },
            Line { recording: Some(b"x"), ..LINE },
        ];
        let hashes: std::collections::BTreeSet<Hash> = changes.iter().map(|line| line.hash(&BEGIN)).collect();
        assert_eq!(hashes.len(), changes.len());
        assert_ne!(LINE.hash(&BEGIN), LINE.hash(&LINE.hash(&BEGIN)));
    }
}
