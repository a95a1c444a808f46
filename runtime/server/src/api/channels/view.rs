//! A channel as those see it who run it.

use super::setup;
use crate::channels;
use crate::channels::Health;
use crate::config::{Config, Lmtp, MailCarrier, Site, is_loopback};
use serde::Serialize;
use url::Url;
use usher_agent::channel::ChannelCounts;
use usher_host::skill::Channel;
use utoipa::ToSchema;

/// How the server is reached.
pub(super) struct Reach<'a> {
    pub(super) public_url: &'a Url,
    pub(super) sites: &'a [Site],
}

/// A channel.
#[derive(Serialize, ToSchema)]
#[schema(as = Channel)]
pub(in crate::api) struct ChannelView {
    /// `webchat`, `sms`, `whatsapp` or `email`.
    channel: &'static str,
    /// As people say it.
    name: &'static str,
    /// It is connected.
    configured: bool,
    /// Who carries it: where messages come in, and where they go out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    providers: Vec<ProviderView>,
    /// Where customers write to, as far as the configuration names it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    addresses: Vec<String>,
    /// What to enter at the provider.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    webhooks: Vec<WebhookView>,
    /// How it does.
    health: HealthView,
    /// What went over it in the last seven days; none for web chat, which needs no sending.
    #[serde(skip_serializing_if = "Option::is_none")]
    week: Option<WeekView>,
    /// What to add to the configuration file to connect it, in TOML; none where it is connected.
    #[serde(skip_serializing_if = "Option::is_none")]
    setup: Option<String>,
}

/// Who carries a channel.
#[derive(Serialize, ToSchema)]
#[schema(as = ChannelProvider)]
struct ProviderView {
    /// `in`, `out` or `both`.
    way: &'static str,
    /// Its name, and what is known of the access: no secrets.
    name: String,
}

/// An address to enter at a provider.
#[derive(Serialize, ToSchema)]
#[schema(as = ChannelWebhook)]
struct WebhookView {
    /// Where to enter it.
    place: &'static str,
    /// What.
    url: String,
}

/// How a channel does.
#[derive(Serialize, ToSchema)]
#[schema(as = ChannelHealth)]
struct HealthView {
    /// `off` (not connected), `ok`, `failing` (its provider doesn't take or bring anything) or `unreachable` (the provider
    /// can't reach this server).
    state: &'static str,
    /// Since when it fails (RFC 3339).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    since: Option<String>,
    /// Why, and what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
}

/// What went over a channel in the last seven days.
#[derive(Serialize, ToSchema)]
#[schema(as = ChannelWeek)]
struct WeekView {
    /// Messages of customers.
    arrived: u64,
    /// Messages to customers that the provider took, those below included.
    sent: u64,
    /// Those that the device or mailbox has, as far as the provider tells.
    delivered: u64,
    /// Those that were opened, as far as the provider tells.
    read: u64,
    /// Given up.
    failed: u64,
    /// Not sent: the customer wants no messages, or the channel may send none.
    withheld: u64,
    /// On their way now, however old.
    waiting: u64,
    /// Customers may have seen so many twice, since a provider couldn't tell whether it had them.
    maybe_doubled: u64,
    /// Customers who want no messages, whenever they said so.
    opted_out: u64,
    /// When the latest came in, however long ago (RFC 3339).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    last_arrival_at: Option<String>,
    /// When the latest was sent, however long ago (RFC 3339).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    last_sent_at: Option<String>,
    /// Since when the oldest that waits has waited (RFC 3339).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    waiting_since: Option<String>,
}

/// A channel as its providers are asked for it.
pub(super) fn provided(channel: Channel) -> usher_channels::Channel {
    match channel {
        Channel::Sms => usher_channels::Channel::Sms,
        Channel::Whatsapp => usher_channels::Channel::Whatsapp,
        // Web chat has no provider, and so nothing that could fail.
        Channel::Webchat | Channel::Email => usher_channels::Channel::Email,
    }
}

fn name(channel: Channel) -> &'static str {
    match channel {
        Channel::Webchat => "Web chat",
        Channel::Sms => "SMS",
        Channel::Whatsapp => "WhatsApp",
        Channel::Email => "E-mail",
    }
}

impl ChannelView {
    /// Web chat, which is always there.
    pub(super) fn webchat(reach: &Reach<'_>) -> Self {
        Self {
            channel: channels::name(Channel::Webchat),
            name: name(Channel::Webchat),
            configured: true,
            providers: Vec::new(),
            addresses: reach.sites.iter().map(|site| site.name.clone()).collect(),
            webhooks: Vec::new(),
            health: HealthView { state: "ok", since: None, why: None },
            week: None,
            setup: None,
        }
    }

    /// Another channel.
    pub(super) fn of(
        channel: Channel,
        config: &Config,
        reach: &Reach<'_>,
        counts: &ChannelCounts,
        trouble: Option<Health>,
    ) -> Self {
        let connected = match channel {
            Channel::Webchat => None,
            Channel::Sms => sms(config, reach),
            Channel::Whatsapp => whatsapp(config, reach),
            Channel::Email => email(config, reach),
        };
        let configured = connected.is_some();
        let Connected { providers, addresses, webhooks } = connected.unwrap_or_default();
        Self {
            channel: channels::name(channel),
            name: name(channel),
            configured,
            health: HealthView::of(configured, !webhooks.is_empty() && !is_near(config, channel), reach, trouble),
            providers,
            addresses,
            webhooks,
            week: Some(WeekView::from(counts)),
            setup: if configured { None } else { setup::lines(channel, config.mail.is_some()) },
        }
    }
}

/// What the configuration says of a channel.
#[derive(Default)]
struct Connected {
    providers: Vec<ProviderView>,
    addresses: Vec<String>,
    webhooks: Vec<WebhookView>,
}

impl Reach<'_> {
    fn webhook(&self, place: &'static str, path: &str) -> WebhookView {
        WebhookView { place, url: self.public_url.join(path).map(String::from).unwrap_or_default() }
    }
}

fn sms(config: &Config, reach: &Reach<'_>) -> Option<Connected> {
    let sms = config.channels.sms.as_ref()?;
    let by = match &sms.messaging_service_sid {
        Some(service) => format!("Twilio, account {}, messaging service {service}", sms.account_sid),
        None => format!("Twilio, account {}", sms.account_sid),
    };
    let place = "Twilio console: the number (or the messaging service), “A message comes in”, by HTTP POST";
    Some(Connected {
        providers: vec![ProviderView { way: "both", name: by }],
        addresses: Vec::new(),
        webhooks: vec![reach.webhook(place, "/api/v1/channels/sms/webhook")],
    })
}

fn whatsapp(config: &Config, reach: &Reach<'_>) -> Option<Connected> {
    let whatsapp = config.channels.whatsapp.as_ref()?;
    let template = match &whatsapp.template {
        Some((name, language)) => format!("; after 24 hours the template {name} ({language})"),
        None => "; no template for after 24 hours".to_owned(),
    };
    let place = "Meta app dashboard: WhatsApp, Configuration, Webhook; subscribe the field “messages”, and enter the \
                 verify token of the configuration";
    Some(Connected {
        providers: vec![ProviderView {
            way: "both",
            name: format!("WhatsApp Cloud API {}{template}", whatsapp.version),
        }],
        addresses: vec![format!("phone number id {}", whatsapp.phone_number_id)],
        webhooks: vec![reach.webhook(place, "/api/v1/channels/whatsapp/webhook")],
    })
}

fn email(config: &Config, reach: &Reach<'_>) -> Option<Connected> {
    let email = config.channels.email.as_ref()?;
    let mut connected = Connected { addresses: email.addresses.clone(), ..Connected::default() };
    let mut comes = |name: String| connected.providers.push(ProviderView { way: "in", name });
    if let Some((user, _)) = &email.postmark {
        comes(format!("Postmark's inbound webhook, user {user}"));
    }
    if !email.mailgun.is_empty() {
        comes("Mailgun's routes".to_owned());
    }
    if let Some(imap) = &email.imap {
        comes(format!("the mailbox {} at {}", imap.folder, imap.server.host));
    }
    match &email.lmtp {
        Some(Lmtp::Tcp(address)) => comes(format!("LMTP at {address}")),
        Some(Lmtp::Unix(path)) => comes(format!("LMTP at {}", path.display())),
        None => {}
    }
    let out = config.mail.as_ref().map(|mail| match &mail.carrier {
        MailCarrier::Postmark { .. } => format!("Postmark, from {}", mail.from),
        MailCarrier::Mailgun { domain, .. } => format!("Mailgun, domain {domain}, from {}", mail.from),
        MailCarrier::Smtp(server) => format!("the mail server {}, from {}", server.host, mail.from),
    });
    connected.providers.extend(out.map(|name| ProviderView { way: "out", name }));
    if email.postmark.is_some() {
        let mut place = "Postmark: the server's inbound stream, Settings, Webhook; put USER:PASSWORD@ of the \
                         configuration before the host";
        if matches!(config.mail.as_ref().map(|mail| &mail.carrier), Some(MailCarrier::Postmark { .. })) {
            place = "Postmark: the server's inbound stream, Settings, Webhook; and the stream that sends, Webhooks \
                     (Delivery, Bounce, Spam complaint, Open), for what becomes of mails sent; in both, put \
                     USER:PASSWORD@ of the configuration before the host";
        }
        connected.webhooks.push(reach.webhook(place, "/api/v1/channels/email/postmark"));
    }
    if !email.mailgun.is_empty() {
        let place =
            "Mailgun: Receiving, Create route, “Forward”; and Sending, Webhooks, for what becomes of mails sent";
        connected.webhooks.push(reach.webhook(place, "/api/v1/channels/email/mailgun"));
    }
    Some(connected)
}

/// Whether a channel's provider is a stand-in on this machine, which reaches this server as it is.
fn is_near(config: &Config, channel: Channel) -> bool {
    let api = match channel {
        Channel::Webchat => None,
        Channel::Sms => config.channels.sms.as_ref().map(|sms| &sms.api),
        Channel::Whatsapp => config.channels.whatsapp.as_ref().map(|whatsapp| &whatsapp.api),
        Channel::Email => config.mail.as_ref().and_then(|mail| match &mail.carrier {
            MailCarrier::Postmark { base_url, .. } | MailCarrier::Mailgun { base_url, .. } => Some(base_url),
            MailCarrier::Smtp(_) => None,
        }),
    };
    api.is_some_and(is_loopback)
}

impl HealthView {
    /// `called`: its provider calls this server from outside.
    fn of(configured: bool, called: bool, reach: &Reach<'_>, trouble: Option<Health>) -> Self {
        if !configured {
            return Self { state: "off", since: None, why: None };
        }
        if let Some(Health { since, why }) = trouble {
            return Self { state: "failing", since: Some(since.to_string()), why: Some(why) };
        }
        if called && reach.public_url.scheme() != "https" {
            let why = format!(
                "Providers call only addresses that begin with https://, and this server is known as {}. Put it behind a \
                 proxy with a certificate and name that address as `public-url` in the configuration.",
                reach.public_url
            );
            return Self { state: "unreachable", since: None, why: Some(why) };
        }
        Self { state: "ok", since: None, why: None }
    }
}

impl From<&ChannelCounts> for WeekView {
    fn from(counts: &ChannelCounts) -> Self {
        let of = |states: &[&str]| states.iter().filter_map(|state| counts.dispatches.get(*state)).sum();
        Self {
            arrived: counts.arrived,
            sent: of(&["sent", "delivered", "read"]),
            delivered: of(&["delivered", "read"]),
            read: of(&["read"]),
            failed: of(&["failed"]),
            withheld: of(&["withheld"]),
            waiting: of(&["waiting", "trying", "unsure"]),
            maybe_doubled: counts.maybe_doubled,
            opted_out: counts.opted_out,
            last_arrival_at: counts.last_arrival_at.map(|at| at.to_string()),
            last_sent_at: counts.last_sent_at.map(|at| at.to_string()),
            waiting_since: counts.waiting_since.map(|at| at.to_string()),
        }
    }
}
