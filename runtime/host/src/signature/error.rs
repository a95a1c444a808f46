//! What can be wrong with a key or a signature, each in its own words.

use super::key::KeyId;
use crate::inspect::Digest;
use jiff::Timestamp;
use std::path::PathBuf;
use usher_manifest::PluginId;

/// Why a key can't be used. No secret stands in the text.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The file can't be read or written.
    #[error("{}: {problem}", .path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        problem: std::io::Error,
    },
    /// Others can read a secret key.
    #[error(
        "{path} can be read by others (mode {mode:03o}), so it may be known to them; make a new key with `usher key \
         new`, or, if you are sure of them, run `chmod 600 {path}`",
        path = .path.display()
    )]
    Readable {
        /// The file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// The file holds no secret key.
    #[error("{} is not a secret key of usher: {problem}", .path.display())]
    NotSecret {
        /// The file.
        path: PathBuf,
        /// What is wrong and how to mend it.
        problem: &'static str,
    },
    /// This text is no public key.
    #[error(
        "{0}; write the public key as minisign does (56 characters that begin with `RW`), or as `ed25519:` and 64 \
         hexadecimal digits"
    )]
    NotPublic(&'static str),
    /// The key is one that everyone can sign for.
    #[error("the key is a point of small order: signatures that it accepts can be made without a secret; get another")]
    Weak,
    /// The system has no random numbers.
    #[error("the system gave no random numbers: {0}")]
    Random(String),
}

/// Why a signature doesn't count.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignatureError {
    /// It isn't in minisign's format.
    #[error("the signature file is damaged: {0}; sign the component again with `usher build --sign KEYFILE`")]
    Malformed(String),
    /// The trusted comment doesn't say what was signed.
    #[error(
        "the signature doesn't say what it is for: {0}. Its trusted comment must be `usher plugin=ID version=VERSION \
         sequence=NUMBER sha256=DIGEST`, and ` expires=TIME` where it ends; `usher build --sign KEYFILE` writes it"
    )]
    Statement(String),
    /// Nobody that the policy names has the key.
    #[error(
        "it is signed with {}, which no publisher of the trust policy has; add the key there, or remove the signature \
         file to have the plugin treated as unsigned",
        keys(.0)
    )]
    UnknownKey(Vec<KeyId>),
    /// The operator revoked the key.
    #[error("it is signed with {0}, which the trust policy revokes; have it signed with another key")]
    RevokedKey(KeyId),
    /// The operator revoked the component.
    #[error("the trust policy revokes {0}; take it out of `revoked.digests` only if you know why it is there")]
    RevokedDigest(Digest),
    /// It is of other bytes.
    #[error("the signature is of another file ({signed}, and this one is {found}); copy both files again, or sign it")]
    OtherFile {
        /// What was signed.
        signed: Digest,
        /// What is here.
        found: Digest,
    },
    /// The bytes are signed, and the trusted comment names others.
    #[error(
        "the signature fits this file ({found}), but its trusted comment says that it is of {stated}; sign it with \
         `usher build --sign KEYFILE`"
    )]
    OtherDigest {
        /// What the comment says.
        stated: Digest,
        /// What is here.
        found: Digest,
    },
    /// It is not this key's signature of these bytes.
    #[error(
        "the signature by {0} is not genuine: the file or its signature was changed, or another key was used; \
         get both again from the publisher"
    )]
    NotGenuine(KeyId),
    /// The trusted comment was changed.
    #[error("the signature's trusted comment was changed after {0} signed it; get the signature file again")]
    ChangedComment(KeyId),
    /// It was made from another signature, without the secret key.
    #[error("the signature by {0} is malleable (its number S isn't below the group's order), and no signer makes such")]
    Malleable(KeyId),
    /// It holds a point that makes it fit many files.
    #[error("the signature by {0} holds a point of small order, and no signer makes such")]
    SmallOrder(KeyId),
    /// It is for another plugin.
    #[error("the signature is for the plugin {signed}, and this is {found}; take the signature of this plugin")]
    OtherPlugin {
        /// Which.
        signed: PluginId,
        /// What is here.
        found: PluginId,
    },
    /// It states another version than the manifest.
    #[error("the signature is for version {signed}, and the plugin's manifest says {found}; sign it again")]
    OtherVersion {
        /// Which.
        signed: String,
        /// What is here.
        found: String,
    },
    /// Several signatures state different things.
    #[error("the signatures don't agree on what they are for: `{one}` and `{other}`; sign both with the same words")]
    Disagree {
        /// What one says.
        one: String,
        /// What the other says.
        other: String,
    },
    /// The publisher may not sign plugins of this name.
    #[error(
        "it is signed by {publisher}, whose keys are good for {plugins} and not for {plugin}; if they should be, add it \
         to `plugins` of that publisher in the trust policy"
    )]
    NotTheirs {
        /// Who signed.
        publisher: String,
        /// What the publisher may sign.
        plugins: String,
        /// What was signed.
        plugin: PluginId,
    },
    /// Too few of the publisher's keys signed.
    #[error(
        "{publisher} signed it with {have} of the {need} different keys that the trust policy asks for; have it signed \
         with more of their keys, one signature after the other in the signature file"
    )]
    Threshold {
        /// Who signed.
        publisher: String,
        /// How many keys.
        have: usize,
        /// How many are needed.
        need: usize,
    },
    /// Its time is over.
    #[error("the signature was good until {0}; get a newer release, or have this one signed again")]
    Expired(Timestamp),
}

fn keys(ids: &[KeyId]) -> String {
    let ids: Vec<_> = ids.iter().map(ToString::to_string).collect();
    ids.join(", ")
}
