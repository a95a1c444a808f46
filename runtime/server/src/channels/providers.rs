//! The providers that the configuration names.

use crate::config::{Channels, Config, Email, Mail, MailCarrier, Secret, Sms, Whatsapp as WhatsappConfig};
use anyhow::Context;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use std::time::Duration;
use url::Url;
use usher_channels::email::mailgun_send::MailgunSender;
use usher_channels::email::postmark_send::PostmarkSender;
use usher_channels::email::smtp::Smtp;
use usher_channels::email::{Rules, postmark, thread};
use usher_channels::twilio::{Access, Twilio};
use usher_channels::whatsapp::{Whatsapp, WhatsappSender};
use usher_channels::{Channel, Sender};

/// One try's time; a sender gives up before.
const PATIENCE: Duration = Duration::from_secs(20);

/// Who carries what.
pub(crate) struct Providers {
    /// SMS.
    pub(crate) sms: Option<SmsProvider>,
    /// WhatsApp.
    pub(crate) whatsapp: Option<WhatsappProvider>,
    /// E-mail that comes in, and its threads.
    pub(crate) email: Option<EmailProvider>,
    /// Mail that goes out.
    pub(crate) mail: Option<Arc<MailSender>>,
}

/// SMS by Twilio.
pub(crate) struct SmsProvider {
    pub(crate) twilio: Twilio,
    pub(crate) sender: Arc<dyn Sender>,
    /// The shop's numbers.
    pub(crate) numbers: Vec<String>,
    /// Asks the API.
    pub(crate) client: reqwest::Client,
    pub(crate) per_second: u32,
}

/// The WhatsApp Cloud API.
pub(crate) struct WhatsappProvider {
    pub(crate) whatsapp: Whatsapp,
    pub(crate) sender: Arc<WhatsappSender>,
    pub(crate) template: Option<(String, String)>,
    pub(crate) per_second: u32,
}

/// E-mail that comes in.
pub(crate) struct EmailProvider {
    pub(crate) rules: Rules,
    pub(crate) postmark: Option<postmark::Credentials>,
    pub(crate) mailgun_keys: Vec<String>,
    pub(crate) per_second: u32,
}

/// Mail that goes out.
pub(crate) struct MailSender {
    /// The address that it comes from.
    pub(crate) from: String,
    /// Signs our Message-IDs and reply addresses.
    pub(crate) key: thread::Key,
    pub(crate) sender: Arc<dyn Sender>,
}

impl Providers {
    /// What the configuration names. Webhooks are signed over the public address, as the provider was told.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn new(config: &Config, public_url: &Url, thread_key: &Secret) -> anyhow::Result<Self> {
        let client = reqwest::Client::builder()
            .timeout(PATIENCE)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .user_agent(concat!("usher/", env!("CARGO_PKG_VERSION")))
            .build()?;
        let key = thread::Key::new(Sha256::digest(thread_key.reveal().as_bytes()).into());
        let Channels { sms, whatsapp, email, .. } = &config.channels;
        let mail = config.mail.as_ref().map(|mail| carried(mail, &client, key.clone())).transpose()?;
        Ok(Self {
            sms: sms.as_ref().map(|sms| texted(sms, public_url, &client)).transpose().context("channels.sms")?,
            whatsapp: whatsapp.as_ref().map(|it| chatted(it, &client)).transpose().context("channels.whatsapp")?,
            email: email.as_ref().map(|email| read(email, config.mail.as_ref(), key)),
            mail: mail.map(Arc::new),
        })
    }

    /// Who sends on a channel, and how many messages a second it takes at most.
    pub(crate) fn sender(&self, channel: Channel) -> Option<(Arc<dyn Sender>, u32)> {
        match channel {
            Channel::Sms => self.sms.as_ref().map(|sms| (sms.sender.clone(), sms.per_second)),
            Channel::Whatsapp => self.whatsapp.as_ref().map(|it| (it.sender.clone() as Arc<dyn Sender>, it.per_second)),
            Channel::Email => {
                let mail = self.mail.as_ref()?;
                self.email.as_ref().map(|email| (mail.sender.clone(), email.per_second))
            }
        }
    }
}

fn carried(mail: &Mail, client: &reqwest::Client, key: thread::Key) -> anyhow::Result<MailSender> {
    let host = mail.from.rsplit_once('@').map_or("localhost", |(_, host)| host);
    let sender: Arc<dyn Sender> = match &mail.carrier {
        MailCarrier::Postmark { base_url, token } => {
            Arc::new(PostmarkSender::new(client.clone(), base_url, token.reveal().to_owned(), "outbound"))
        }
        MailCarrier::Mailgun { base_url, domain, key } => {
            Arc::new(MailgunSender::new(client.clone(), base_url, domain, key.reveal().to_owned()))
        }
        MailCarrier::Smtp(server) => {
            Arc::new(Smtp::new(server.clone(), host).map_err(anyhow::Error::msg).context("mail.smtp")?)
        }
    };
    Ok(MailSender { from: mail.from.clone(), key, sender })
}

fn texted(sms: &Sms, public_url: &Url, client: &reqwest::Client) -> anyhow::Result<SmsProvider> {
    let twilio = Twilio::new(Access {
        account_sid: sms.account_sid.clone(),
        auth_tokens: sms.auth_tokens.iter().map(|token| token.reveal().to_owned()).collect(),
        messaging_service_sid: sms.messaging_service_sid.clone(),
        api: sms.api.to_string(),
        status_callback: Some(public_url.join(super::receive::SMS_WEBHOOK)?.to_string()),
    })?;
    let sender = Arc::new(twilio.sender(client.clone()));
    let (numbers, per_second) = (sms.numbers.clone(), sms.messages_per_second);
    Ok(SmsProvider { twilio, sender, numbers, client: client.clone(), per_second })
}

fn chatted(config: &WhatsappConfig, client: &reqwest::Client) -> anyhow::Result<WhatsappProvider> {
    let whatsapp = Whatsapp {
        phone_number_id: config.phone_number_id.clone(),
        access_token: config.access_token.reveal().to_owned(),
        app_secrets: config.app_secrets.iter().map(|secret| secret.reveal().to_owned()).collect(),
        verify_token: config.verify_token.reveal().to_owned(),
        base_url: config.api.clone(),
        version: config.version.clone(),
    };
    let sender = Arc::new(whatsapp.sender(client.clone())?);
    let (template, per_second) = (config.template.clone(), config.messages_per_second);
    Ok(WhatsappProvider { whatsapp, sender, template, per_second })
}

/// The address that mail is sent from is ours, too: what comes back to it is no customer's.
fn read(email: &Email, mail: Option<&Mail>, key: thread::Key) -> EmailProvider {
    let mut own_addresses = email.addresses.clone();
    if let Some(from) = mail.map(|mail| mail.from.to_lowercase())
        && !own_addresses.contains(&from)
    {
        own_addresses.push(from);
    }
    EmailProvider {
        rules: Rules { own_addresses, authserv_ids: email.authserv_ids.clone(), keys: vec![key] },
        postmark: email.postmark.as_ref().map(|(user, password)| postmark::Credentials {
            user: user.clone(),
            password: password.reveal().to_owned(),
        }),
        mailgun_keys: email.mailgun.iter().map(|key| key.reveal().to_owned()).collect(),
        per_second: email.messages_per_second,
    }
}
