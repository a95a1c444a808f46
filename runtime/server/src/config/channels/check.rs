//! What is written of mail and channels is checked, and what is wrong is named.

use super::{
    Channels, ChannelsSettings, Email, EmailSettings, Imap, ImapSettings, Lmtp, Mail, MailCarrier, MailSettings,
    Server, Sms, SmsSettings, Whatsapp, WhatsappSettings,
};
use crate::config::load::Checker;
use crate::config::secret::{Secret, SecretRef};
use crate::config::values::WebUrl;
use crate::identity::EmailAddress;
use jiff::SignedDuration;
use std::net::SocketAddr;
use url::Url;
use usher_channels::email::server::{Credentials, Encryption, MailServer};

const POSTMARK: &str = "https://api.postmarkapp.com";
const MAILGUN: &str = "https://api.mailgun.net";
const GRAPH: &str = "https://graph.facebook.com";
const GRAPH_VERSION: &str = "v25.0";
/// A telephone's customer comes back to the same matter within a day.
const CONTINUES_HOURS: u32 = 24;
/// More than anybody writes who waits for answers.
const MESSAGES_PER_HOUR: u32 = 60;

impl Checker<'_> {
    pub(in crate::config) fn mail(&mut self, mail: MailSettings) -> Option<Mail> {
        let MailSettings { base_url, token, mailgun, smtp, from } = mail;
        if EmailAddress::parse(&from).is_none() {
            self.wrong("mail.from", format!("`{from}` is not an e-mail address"));
        }
        if base_url.is_some() && token.is_none() {
            self.wrong("mail.base-url", "it is Postmark's, beside `token`; Mailgun's stands in `mailgun`");
        }
        let carrier = match (token, mailgun, smtp) {
            (Some(token), None, None) => {
                let token = self.secret("mail.token", &token)?;
                MailCarrier::Postmark { base_url: self.url(base_url, POSTMARK)?, token }
            }
            (None, Some(mailgun), None) => {
                let key = self.secret("mail.mailgun.key", &mailgun.key)?;
                let base_url = self.url(mailgun.base_url, MAILGUN)?;
                MailCarrier::Mailgun { base_url, domain: mailgun.domain, key }
            }
            (None, None, Some(server)) => MailCarrier::Smtp(self.server("mail.smtp", server, (465, 587))?),
            _ => {
                self.wrong("mail", "say who carries mail, once: `token` (Postmark), `mailgun` or `smtp`");
                return None;
            }
        };
        Some(Mail { from, carrier })
    }

    /// `mail_is_sent`: a way to send mail is written, be it right or wrong.
    pub(in crate::config) fn channels(&mut self, settings: ChannelsSettings, mail_is_sent: bool) -> Channels {
        let ChannelsSettings { continues_within_hours, messages_per_hour, sms, whatsapp, email } = settings;
        let hours = continues_within_hours.unwrap_or(CONTINUES_HOURS);
        if !(1..=24 * 30).contains(&hours) {
            self.wrong("channels.continues-within-hours", "write 1 to 720 hours (30 days)");
        }
        let messages_per_hour = messages_per_hour.unwrap_or(MESSAGES_PER_HOUR);
        if messages_per_hour < 3 {
            self.wrong("channels.messages-per-hour", "write 3 or more; a third of it is answered by e-mail");
        }
        if email.is_some() && !mail_is_sent {
            self.wrong("channels.email", "answers need a way to be sent; add a `[mail]` section");
        }
        Channels {
            continues_within: SignedDuration::from_hours(i64::from(hours)),
            messages_per_hour,
            sms: sms.and_then(|sms| self.sms(sms)),
            whatsapp: whatsapp.and_then(|whatsapp| self.whatsapp(whatsapp)),
            email: email.and_then(|email| self.email(email)),
        }
    }

    fn sms(&mut self, sms: SmsSettings) -> Option<Sms> {
        let auth_tokens = self.rotated(
            ("channels.sms.auth-token", &sms.auth_token),
            ("channels.sms.previous-auth-token", sms.previous_auth_token.as_ref()),
        );
        for (index, number) in sms.numbers.iter().enumerate() {
            let digits = number.strip_prefix('+').unwrap_or_default();
            if !(7..=15).contains(&digits.len()) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                let message = format!("`{number}` is not a number; write it like `+4930123456`");
                self.wrong(format!("channels.sms.numbers.{index}"), message);
            }
        }
        if sms.numbers.is_empty() {
            self.wrong("channels.sms.numbers", "there is none; write the numbers that customers write to");
        }
        Some(Sms {
            account_sid: sms.account_sid,
            numbers: sms.numbers,
            auth_tokens: auth_tokens?,
            messaging_service_sid: sms.messaging_service_sid,
            api: self.url(sms.api, usher_channels::twilio::API)?,
            messages_per_second: self.pace("channels.sms", sms.messages_per_second, 50),
        })
    }

    fn whatsapp(&mut self, whatsapp: WhatsappSettings) -> Option<Whatsapp> {
        let access_token = self.secret("channels.whatsapp.access-token", &whatsapp.access_token);
        let verify_token = self.secret("channels.whatsapp.verify-token", &whatsapp.verify_token);
        let app_secrets = self.rotated(
            ("channels.whatsapp.app-secret", &whatsapp.app_secret),
            ("channels.whatsapp.previous-app-secret", whatsapp.previous_app_secret.as_ref()),
        )?;
        Some(Whatsapp {
            phone_number_id: whatsapp.phone_number_id,
            access_token: access_token?,
            app_secrets,
            verify_token: verify_token?,
            api: self.url(whatsapp.api, GRAPH)?,
            version: whatsapp.version.unwrap_or_else(|| GRAPH_VERSION.to_owned()),
            template: whatsapp.template.map(|template| (template.name, template.language)),
            messages_per_second: self.pace("channels.whatsapp", whatsapp.messages_per_second, 70),
        })
    }

    fn email(&mut self, email: EmailSettings) -> Option<Email> {
        let mut addresses = Vec::new();
        for (index, address) in email.addresses.iter().enumerate() {
            match EmailAddress::parse(address) {
                Some(address) => addresses.push(address.as_str().to_owned()),
                None => self.wrong(
                    format!("channels.email.addresses.{index}"),
                    format!("`{address}` is not an e-mail address"),
                ),
            }
        }
        if email.addresses.is_empty() {
            self.wrong("channels.email.addresses", "there is none; write the addresses that customers write to");
        }
        // What is written wrong is written all the same.
        let comes_in =
            email.postmark.is_some() || email.mailgun.is_some() || email.imap.is_some() || email.lmtp.is_some();
        if !comes_in {
            self.wrong("channels.email", "say how mail comes in: `postmark`, `mailgun`, `imap` or `lmtp`");
        }
        let postmark = email.postmark.and_then(|postmark| {
            let password = self.secret("channels.email.postmark.password", &postmark.password)?;
            Some((postmark.user, password))
        });
        let mailgun = email.mailgun.and_then(|mailgun| {
            self.rotated(
                ("channels.email.mailgun.signing-key", &mailgun.signing_key),
                ("channels.email.mailgun.previous-signing-key", mailgun.previous_signing_key.as_ref()),
            )
        });
        let imap = email.imap.and_then(|imap| {
            let ImapSettings { host, port, encryption, user, password, authority, folder, poll_seconds } = imap;
            let server = Server { host, port, encryption, user: Some(user), password: Some(password), authority };
            let poll = poll_seconds.unwrap_or(60);
            if !(5..=3600).contains(&poll) {
                self.wrong("channels.email.imap.poll-seconds", "write 5 to 3600 seconds");
            }
            Some(Imap {
                server: self.server("channels.email.imap", server, (993, 143))?,
                folder: folder.unwrap_or_else(|| "INBOX".to_owned()),
                poll: std::time::Duration::from_secs(poll),
            })
        });
        let lmtp = email.lmtp.and_then(|listen| self.lmtp(&listen));
        Some(Email {
            addresses,
            authserv_ids: email.authserv_ids.iter().map(|id| id.to_lowercase()).collect(),
            postmark,
            mailgun: mailgun.unwrap_or_default(),
            imap,
            lmtp,
            messages_per_second: self.pace("channels.email", email.messages_per_second, 20),
        })
    }

    /// `127.0.0.1:24` or a socket's path.
    fn lmtp(&mut self, listen: &str) -> Option<Lmtp> {
        let key = "channels.email.lmtp";
        if listen.contains('/') {
            return Some(Lmtp::Unix(self.base.join(listen)));
        }
        match listen.parse::<SocketAddr>() {
            Ok(address) if address.ip().is_loopback() => Some(Lmtp::Tcp(address)),
            Ok(address) => {
                let why = "LMTP has no password: whoever reaches it could write as anybody";
                self.wrong(key, format!("`{address}` can be reached from outside; use 127.0.0.1 or a socket ({why})"));
                None
            }
            Err(_) => {
                self.wrong(key, format!("`{listen}` is no address; write it like `127.0.0.1:2400` or a socket's path"));
                None
            }
        }
    }

    /// A mail server; its port where none is written is the first with TLS, the second with STARTTLS.
    fn server(&mut self, key: &str, server: Server, (tls, start): (u16, u16)) -> Option<MailServer> {
        let encryption = server.encryption.unwrap_or(Encryption::Tls);
        let credentials = match (server.user, server.password) {
            (Some(user), Some(password)) => {
                let password = self.secret(&format!("{key}.password"), &password)?;
                Some(Credentials { user, password: password.reveal().to_owned() })
            }
            (None, None) => None,
            _ => {
                self.wrong(key, "`user` and `password` belong together; write both or neither");
                return None;
            }
        };
        let authority = match server.authority {
            Some(file) => {
                let file = self.base.join(file);
                match std::fs::read(&file) {
                    Ok(pem) => Some(pem),
                    Err(error) => {
                        let message = format!("the file `{}` can't be read: {error}", file.display());
                        self.wrong(format!("{key}.authority"), message);
                        return None;
                    }
                }
            }
            None => None,
        };
        let port = server.port.unwrap_or(if encryption == Encryption::StartTls { start } else { tls });
        let server = MailServer { host: server.host, port, encryption, authority, credentials };
        if let Err(problem) = server.check() {
            self.wrong(key, problem);
            return None;
        }
        Some(server)
    }

    /// The secret in use, and the one before where it still holds.
    fn rotated(
        &mut self,
        (key, secret): (&str, &SecretRef),
        (before_key, before): (&str, Option<&SecretRef>),
    ) -> Option<Vec<Secret>> {
        let secret = self.secret(key, secret);
        let before = before.map(|before| self.secret(before_key, before));
        let mut secrets = vec![secret?];
        if let Some(before) = before {
            secrets.push(before?);
        }
        Some(secrets)
    }

    fn pace(&mut self, key: &str, given: Option<u32>, usual: u32) -> u32 {
        let pace = given.unwrap_or(usual);
        if !(1..=1000).contains(&pace) {
            self.wrong(format!("{key}.messages-per-second"), "write 1 to 1000");
        }
        pace.clamp(1, 1000)
    }

    fn url(&mut self, given: Option<WebUrl>, usual: &str) -> Option<Url> {
        match given {
            Some(url) => Some(url.0),
            None => usual.parse().ok(),
        }
    }
}
