//! What a signature is for: the line that stands in its trusted comment.

use super::error::SignatureError;
use crate::inspect::Digest;
use jiff::Timestamp;
use std::fmt;
use usher_manifest::PluginId;

const BEGINNING: &str = "usher";
/// The longest version that a manifest's reader takes for one is far below.
const VERSION_BYTES: usize = 64;

/// What a publisher says about a component with a signature:
/// `usher plugin=ID version=VERSION sequence=NUMBER sha256=DIGEST [expires=TIME]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The plugin.
    pub plugin: PluginId,
    /// Its version, as its manifest gives it.
    pub version: String,
    /// Goes up with each release, so that an older one can't be passed off as news. Below 2⁶³.
    pub sequence: u64,
    /// SHA-256 of the component.
    pub digest: Digest,
    /// From when on it must not be taken any more.
    pub expires: Option<Timestamp>,
}

impl Statement {
    /// Reads a trusted comment. Each field once, in any order; an unknown one could be a condition, so it is refused.
    pub(super) fn parse(comment: &str) -> Result<Self, SignatureError> {
        let wrong = |problem: String| SignatureError::Statement(problem);
        let mut words = comment.split(' ').filter(|word| !word.is_empty());
        if words.next() != Some(BEGINNING) {
            return Err(wrong("its trusted comment doesn't begin with `usher`".into()));
        }
        let (mut plugin, mut version, mut sequence, mut digest, mut expires) = (None, None, None, None, None);
        for word in words {
            let shown = || word.chars().take(80).collect::<String>();
            let Some((name, value)) = word.split_once('=') else {
                return Err(wrong(format!("{:?} is not `name=value`", shown())));
            };
            let unreadable = || wrong(format!("{:?} can't be read", shown()));
            let again = match name {
                "plugin" => plugin.replace(value.parse::<PluginId>().map_err(|_| unreadable())?).is_some(),
                "version" => version.replace(as_version(value).ok_or_else(unreadable)?).is_some(),
                "sequence" => sequence.replace(as_sequence(value).ok_or_else(unreadable)?).is_some(),
                "sha256" => digest.replace(as_digest(value).ok_or_else(unreadable)?).is_some(),
                "expires" => expires.replace(value.parse::<Timestamp>().map_err(|_| unreadable())?).is_some(),
                _ => return Err(wrong(format!("{:?} is not known to this version", shown()))),
            };
            if again {
                return Err(wrong(format!("it says `{name}` twice")));
            }
        }
        let missing = |name: &str| wrong(format!("`{name}` is missing"));
        Ok(Self {
            plugin: plugin.ok_or_else(|| missing("plugin"))?,
            version: version.ok_or_else(|| missing("version"))?,
            sequence: sequence.ok_or_else(|| missing("sequence"))?,
            digest: digest.ok_or_else(|| missing("sha256"))?,
            expires,
        })
    }
}

/// The trusted comment.
impl fmt::Display for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { plugin, version, sequence, digest, expires } = self;
        let digest = hex::encode(digest.0);
        write!(f, "{BEGINNING} plugin={} version={version} sequence={sequence} sha256={digest}", plugin.as_str())?;
        match expires {
            Some(expires) => write!(f, " expires={expires}"),
            None => Ok(()),
        }
    }
}

/// The characters of a semantic version.
fn as_version(text: &str) -> Option<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+');
    ((1..=VERSION_BYTES).contains(&text.len()) && text.chars().all(plain)).then(|| text.to_owned())
}

/// Digits only, and so small that a signed number of 64 bits holds it.
fn as_sequence(text: &str) -> Option<u64> {
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|number| digits && i64::try_from(*number).is_ok())
}

fn as_digest(text: &str) -> Option<Digest> {
    let mut digest = [0; 32];
    hex::decode_to_slice(text, &mut digest).ok()?;
    Some(Digest(digest))
}
