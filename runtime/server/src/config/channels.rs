//! How mail is sent, and the channels beside web chat: as they are used, and as they are written. `check` leads from one to
//! the other.

mod check;

use super::secret::{Secret, SecretRef};
use super::values::WebUrl;
use jiff::SignedDuration;
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::PathBuf;
use url::Url;
use usher_channels::email::server::{Encryption, MailServer};

/// How mail is sent.
#[derive(Clone, Debug)]
pub struct Mail {
    /// The sender's address.
    pub from: String,
    /// Who carries it.
    pub carrier: MailCarrier,
}

/// Who carries mail.
#[derive(Clone, Debug)]
pub enum MailCarrier {
    /// Postmark's HTTP API.
    Postmark {
        /// Its base; messages are posted to `{base}/email`.
        base_url: Url,
        /// The server's token.
        token: Secret,
    },
    /// Mailgun's HTTP API.
    Mailgun {
        /// Its base; messages are posted to `{base}/v3/{domain}/messages`.
        base_url: Url,
        /// The sending domain.
        domain: String,
        /// The API key.
        key: Secret,
    },
    /// A mail server, by SMTP.
    Smtp(MailServer),
}

/// The channels beside web chat; one that isn't there isn't open.
#[derive(Clone, Debug)]
pub struct Channels {
    /// A conversation by SMS or WhatsApp that was silent for so long is over: the next message begins another one.
    pub continues_within: SignedDuration,
    /// So many messages of one number are answered within an hour, and a third of that by e-mail, where machines write to
    /// machines. What is more is kept for people.
    pub messages_per_hour: u32,
    /// SMS.
    pub sms: Option<Sms>,
    /// WhatsApp.
    pub whatsapp: Option<Whatsapp>,
    /// E-mail.
    pub email: Option<Email>,
}

/// SMS by Twilio.
#[derive(Clone, Debug)]
pub struct Sms {
    /// Which account.
    pub account_sid: String,
    /// The token that calls are signed with; and the one before, while tokens are rotated.
    pub auth_tokens: Vec<Secret>,
    /// The shop's numbers, E.164: where customers write to.
    pub numbers: Vec<String>,
    /// The messaging service that sends, where there is one.
    pub messaging_service_sid: Option<String>,
    /// Base of the API.
    pub api: Url,
    /// Most messages a second.
    pub messages_per_second: u32,
}

/// The WhatsApp Cloud API.
#[derive(Clone, Debug)]
pub struct Whatsapp {
    /// The id of the shop's number.
    pub phone_number_id: String,
    /// Sends.
    pub access_token: Secret,
    /// What webhooks are signed with; and the one before, while secrets are rotated.
    pub app_secrets: Vec<Secret>,
    /// What Meta shows when it asks whether the webhook is ours.
    pub verify_token: Secret,
    /// Base of the API.
    pub api: Url,
    /// The API's version.
    pub version: String,
    /// Name and language of an approved template that says that there is an answer, for after the 24 hours.
    pub template: Option<(String, String)>,
    /// Most messages a second.
    pub messages_per_second: u32,
}

/// E-mail that comes in. It is sent as [`Mail`] says.
#[derive(Clone, Debug)]
pub struct Email {
    /// Where customers write to, in lower case; the first is what answers come from.
    pub addresses: Vec<String>,
    /// Whose `Authentication-Results` are believed.
    pub authserv_ids: Vec<String>,
    /// Postmark's inbound webhook: user and password.
    pub postmark: Option<(String, Secret)>,
    /// Mailgun's inbound webhook: the signing keys.
    pub mailgun: Vec<Secret>,
    /// A mailbox that is read.
    pub imap: Option<Imap>,
    /// Where a mail server on this machine hands mail over.
    pub lmtp: Option<Lmtp>,
    /// Most mails a second.
    pub messages_per_second: u32,
}

/// A mailbox that is read.
#[derive(Clone, Debug)]
pub struct Imap {
    /// Where it is.
    pub server: MailServer,
    /// Its folder.
    pub folder: String,
    /// How often it is looked at where the server doesn't tell by itself.
    pub poll: std::time::Duration,
}

/// Where a mail server on this machine hands mail over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lmtp {
    /// A loopback address.
    Tcp(SocketAddr),
    /// A socket's path.
    Unix(PathBuf),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct MailSettings {
    base_url: Option<WebUrl>,
    token: Option<SecretRef>,
    mailgun: Option<MailgunSending>,
    smtp: Option<Server>,
    from: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct MailgunSending {
    domain: String,
    key: SecretRef,
    base_url: Option<WebUrl>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Server {
    host: String,
    port: Option<u16>,
    encryption: Option<Encryption>,
    user: Option<String>,
    password: Option<SecretRef>,
    authority: Option<PathBuf>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(super) struct ChannelsSettings {
    continues_within_hours: Option<u32>,
    messages_per_hour: Option<u32>,
    sms: Option<SmsSettings>,
    whatsapp: Option<WhatsappSettings>,
    email: Option<EmailSettings>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct SmsSettings {
    account_sid: String,
    auth_token: SecretRef,
    previous_auth_token: Option<SecretRef>,
    #[serde(default)]
    numbers: Vec<String>,
    messaging_service_sid: Option<String>,
    api: Option<WebUrl>,
    messages_per_second: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct WhatsappSettings {
    phone_number_id: String,
    access_token: SecretRef,
    app_secret: SecretRef,
    previous_app_secret: Option<SecretRef>,
    verify_token: SecretRef,
    api: Option<WebUrl>,
    version: Option<String>,
    template: Option<Template>,
    messages_per_second: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Template {
    name: String,
    language: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct EmailSettings {
    addresses: Vec<String>,
    #[serde(default)]
    authserv_ids: Vec<String>,
    postmark: Option<PostmarkInbound>,
    mailgun: Option<MailgunInbound>,
    imap: Option<ImapSettings>,
    lmtp: Option<String>,
    messages_per_second: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct PostmarkInbound {
    user: String,
    password: SecretRef,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct MailgunInbound {
    signing_key: SecretRef,
    previous_signing_key: Option<SecretRef>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct ImapSettings {
    host: String,
    port: Option<u16>,
    encryption: Option<Encryption>,
    user: String,
    password: SecretRef,
    authority: Option<PathBuf>,
    folder: Option<String>,
    poll_seconds: Option<u64>,
}
