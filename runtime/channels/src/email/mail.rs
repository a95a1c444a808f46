//! A mail as everything here sees it, whoever brought it: a mail server its bytes, a provider its own form.

use super::header::Headers;
use super::thread::Key;

/// The largest mail that is read, bytes; what mail servers commonly take.
pub const MAX_MAIL: usize = 25 << 20;

/// What the server that took a mail was told before its header.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Envelope {
    /// `MAIL FROM`: empty for the null path of bounces; none where it isn't known.
    pub from: Option<String>,
    /// `RCPT TO`, where known.
    pub recipients: Vec<String>,
}

/// What a shop's mail is read by.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    /// The shop's own addresses, the most usual one first.
    pub own_addresses: Vec<String>,
    /// The names under which our own mail server or provider writes `Authentication-Results` (RFC 8601 section 2.2). That
    /// server must remove the same name from what it takes from others, as the RFC asks. Without one no mail is vouched for.
    pub authserv_ids: Vec<String>,
    /// Whatever our Message-IDs were ever made with.
    pub keys: Vec<Key>,
}

/// A mail.
#[derive(Debug, Default)]
pub(super) struct Mail {
    /// Topmost first.
    pub(super) headers: Headers,
    pub(super) envelope: Envelope,
    /// What is to be read, in the order in which it stands.
    pub(super) body: Vec<Words>,
    /// The new words, where the provider took the quoted ones off.
    pub(super) stripped: Option<String>,
    /// What else came with it.
    pub(super) files: Vec<File>,
    /// Names it where it has no Message-ID.
    pub(super) fallback_id: String,
    /// The domain of the envelope's sender, where the provider says that SPF passes for it.
    pub(super) spf_domain: Option<String>,
    /// The provider says that a valid DKIM signature is of the domain in `From`.
    pub(super) author_signed: bool,
}

/// Words of a mail.
#[derive(Debug, PartialEq)]
pub(super) enum Words {
    /// `text/plain`.
    Plain(String),
    /// `text/html`.
    Html(String),
}

impl Words {
    /// Nothing that could be read.
    pub(super) fn is_blank(&self) -> bool {
        match self {
            Self::Plain(text) | Self::Html(text) => text.trim().is_empty(),
        }
    }
}

/// A file of a mail.
#[derive(Debug, Default)]
pub(super) struct File {
    /// As the sender named it.
    pub(super) name: Option<String>,
    /// As the sender declared it, in lower case, without parameters.
    pub(super) declared: String,
    /// It is shown inside of the words.
    pub(super) inline: bool,
    /// What it holds.
    pub(super) bytes: Vec<u8>,
}
