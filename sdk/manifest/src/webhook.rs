//! `[[webhooks]]` of a connector: where its provider says that something happened, and how it is told from a stranger.

use serde::{Deserialize, Serialize};

use crate::error::{Complaint, Error};
use crate::name::slug;
use crate::reader::{Fields, Item};
use crate::secret::header_name;

/// A place at which the provider says that something happened: `POST /api/v1/webhooks/CONNECTOR/NAME` of the server. All
/// that it does is to have the connector asked for its news at once; what it says is not believed, and no component reads
/// it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Webhook {
    /// The last part of its path.
    pub name: String,
    /// How it is known that the provider says it.
    #[serde(flatten)]
    pub verification: Verification,
    /// The secret of the manifest that both know. It is sent nowhere.
    pub secret: String,
}

/// How it is known who calls a webhook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verify", rename_all = "kebab-case", rename_all_fields = "kebab-case")]
pub enum Verification {
    /// A header holds an HMAC with SHA-256 (RFC 2104) whose key is the secret's text, over the body as it came; where there
    /// is a timestamp, over the timestamp's text with the body right behind it.
    HmacSha256 {
        /// The header with the signature.
        header: String,
        /// The header with the time of sending: RFC 3339, or seconds since 1970. More than five minutes off is refused.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        timestamp_header: Option<String>,
        /// How the signature is spelled.
        encoding: Encoding,
    },
    /// A header holds the secret itself.
    Token {
        /// That header.
        header: String,
    },
}

/// How bytes are spelled in a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the names say all")]
pub enum Encoding {
    Base64,
    Hex,
}

#[derive(Clone, Copy)]
enum Verify {
    HmacSha256,
    Token,
}

const VERIFY: &[(&str, Verify)] = &[("hmac-sha256", Verify::HmacSha256), ("token", Verify::Token)];
const ENCODINGS: &[(&str, Encoding)] = &[("base64", Encoding::Base64), ("hex", Encoding::Hex)];

/// Whether the secrets that are named are there is for whoever reads the secrets.
pub(crate) fn read(items: Vec<Item>) -> Result<Vec<Webhook>, Error> {
    let mut webhooks: Vec<Webhook> = Vec::new();
    for item in items {
        let mut fields = item.fields(&["name", "verify", "header", "timestamp-header", "encoding", "secret"])?;
        let name = fields.required("name", "name = \"events\"")?.parse_with(slug)?;
        if webhooks.iter().any(|webhook| webhook.name == name) {
            let complaint = Complaint::new(format!("{name:?} is taken"), "give each webhook its own name");
            return Err(fields.refuse("name", complaint));
        }
        let verification = verification(&mut fields)?;
        let secret =
            fields.required("secret", "secret = \"…\", the name of one under `[[secrets]]`")?.parse_with(slug)?;
        webhooks.push(Webhook { name, verification, secret });
    }
    Ok(webhooks)
}

fn verification(fields: &mut Fields) -> Result<Verification, Error> {
    let verify = fields.required("verify", "verify = \"hmac-sha256\" or verify = \"token\"")?.one_of(VERIFY)?;
    let header = fields.required("header", "header = \"X-Signature\"")?.parse_with(header_name)?;
    let timestamp_header = fields.optional("timestamp-header").map(|item| item.parse_with(header_name)).transpose()?;
    let encoding = fields.optional("encoding").map(|item| item.one_of(ENCODINGS)).transpose()?;
    match (verify, encoding) {
        (Verify::HmacSha256, Some(encoding)) => Ok(Verification::HmacSha256 { header, timestamp_header, encoding }),
        (Verify::HmacSha256, None) => {
            let complaint = Complaint::new("it isn't said how the signature is spelled", "add `encoding = \"base64\"`");
            Err(fields.refuse("encoding", complaint))
        }
        (Verify::Token, None) if timestamp_header.is_none() => Ok(Verification::Token { header }),
        (Verify::Token, _) => {
            let complaint = Complaint::new(
                "a token has no timestamp and no encoding",
                "remove `timestamp-header` and `encoding`, or write `verify = \"hmac-sha256\"`",
            );
            Err(fields.refuse("verify", complaint))
        }
    }
}
