//! `usher demo`: a shop on this machine. Stand-ins speak the providers' formats on loopback, a server is set up over the
//! HTTP API as an operator would, and the shop's pages show the widget.

mod operator;
mod review;

use super::serve::{asked_to_stop, runtime, start_logging};
use crate::config::{self, Config, Log, LogFormat};
use crate::keys;
use crate::run::{self, Options};
use anyhow::{Context, bail};
use clap::Args;
use operator::Operator;
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use usher_standins::{CURRENCY, LOYALTY_PROGRAM, Ports, SHOP_NAME, Standins, StandinsConfig};

/// The shop's address at Shopify, which its stand-in answers for.
const SHOPIFY_HOST: &str = "lumen-demo.myshopify.com";
const LOOP_HOST: &str = "api.loopreturns.com";
const SMILE_HOST: &str = "api.smile.io";
const RECHARGE_HOST: &str = "api.rechargeapps.com";
const ZENDESK_HOST: &str = "lumen-demo.zendesk.com";
const GORGIAS_HOST: &str = "lumen-demo.gorgias.com";
/// What the helpdesks' stand-ins prove their webhooks by.
const WEBHOOK_SECRET: &str = "demo-webhook-secret";
/// How Postmark's stand-in says who it is.
const POSTMARK_USER: &str = "postmark";
const POSTMARK_PASSWORD: &str = "demo-postmark-password";
/// Where the shop is written to by mail.
const ADDRESS: &str = "help@lumen.example";
/// Files in the data folder: the demo's own operator's token, and the trust policy.
const OPERATOR_TOKEN: &str = "demo-operator";
const TRUST: &str = "trust.toml";

#[derive(Args)]
pub(super) struct Demo {
    /// Where the demo keeps its data.
    #[arg(long, default_value = ".usher/demo")]
    data_dir: PathBuf,
    /// The folder with the plugins' components; by default `plugins` in the data folder.
    #[arg(long)]
    plugins: Option<PathBuf>,
    /// A public key of `usher key new`: what it signed serves at once. May be said several times. Without it, the demo
    /// approves what it finds at its start.
    #[arg(long, value_name = "FILE.pub")]
    trust: Vec<PathBuf>,
    /// The server's port; shop, mailbox and providers get the five after it. 0 takes free ones.
    #[arg(long, default_value_t = 8787)]
    port: u16,
    /// What is logged.
    #[arg(long, default_value = "warn,usher=info,usher_agent=info,usher_host=info")]
    log: String,
}

/// The demo's articles.
const ARTICLES: &[(&str, &str)] = &[
    ("bulbs-and-sockets", include_str!("../../demo/articles/bulbs-and-sockets.md")),
    ("care", include_str!("../../demo/articles/care.md")),
    ("changing-an-order", include_str!("../../demo/articles/changing-an-order.md")),
    ("contact", include_str!("../../demo/articles/contact.md")),
    ("coupons", include_str!("../../demo/articles/coupons.md")),
    ("gift-cards", include_str!("../../demo/articles/gift-cards.md")),
    ("loyalty", include_str!("../../demo/articles/loyalty.md")),
    ("payment", include_str!("../../demo/articles/payment.md")),
    ("returns", include_str!("../../demo/articles/returns.md")),
    ("shipping", include_str!("../../demo/articles/shipping.md")),
    ("subscriptions", include_str!("../../demo/articles/subscriptions.md")),
    ("warranty", include_str!("../../demo/articles/warranty.md")),
];

/// What stands between two lines of `+++` at an article's beginning.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Heading {
    title: String,
    topic: String,
    questions: Vec<String>,
}

impl Demo {
    pub(super) fn run(self) -> anyhow::Result<()> {
        start_logging(&Log { format: LogFormat::Text, filter: self.log.clone() })?;
        runtime()?.block_on(self.start())
    }

    async fn start(self) -> anyhow::Result<()> {
        keys::data_dir(&self.data_dir)?;
        let plugins = self.plugins.clone().unwrap_or_else(|| self.data_dir.join("plugins"));
        require_components(&plugins)?;
        let port = |offset: u16| if self.port == 0 { 0 } else { self.port.saturating_add(offset) };
        let ports = Ports {
            storefront: port(1),
            mailbox: port(2),
            shopify: port(3),
            loop_returns: port(4),
            phone: port(5),
            ..Ports::default()
        };
        let settings = StandinsConfig { ports, ..StandinsConfig::default() };
        let standins = Standins::start(settings.clone()).await.context("the demo's shop can't be started")?;
        let config = self.config(&plugins, &settings, &standins)?;
        let running = run::start(config.clone(), Options::of_this_program()?).await?;
        let url = running.public_url.as_str().trim_end_matches('/').to_owned();
        standins.embed_widget(&url);
        let operator = Operator::new(&url, run::admin_token(&config)?)?;
        let host = running.agent.host().clone();
        if self.trust.is_empty() {
            let token = keys::key_file(&config.data_dir.join(OPERATOR_TOKEN))?;
            review::approve_all(&host, &Operator::new(&url, token)?).await?;
        }
        connect(&operator, &settings, &standins).await;
        standins.zendesk.send_webhooks_to(&format!("{url}/api/v1/webhooks/zendesk/events"), WEBHOOK_SECRET)?;
        standins.gorgias.send_webhooks_to(&format!("{url}/api/v1/webhooks/gorgias/events"), WEBHOOK_SECRET)?;
        standins.twilio.texts.send_webhooks_to(&format!("{url}/api/v1/channels/sms/webhook"))?;
        standins.whatsapp.chats.send_webhooks_to(&format!("{url}/api/v1/channels/whatsapp/webhook"))?;
        let postmark = format!("{url}/api/v1/channels/email/postmark");
        standins.mails.bring_as_postmark(&postmark, POSTMARK_USER, POSTMARK_PASSWORD)?;
        for (id, text) in ARTICLES {
            operator.put(&format!("articles/{id}"), article(text).with_context(|| format!("article `{id}`"))?).await?;
        }
        println!("\n{SHOP_NAME} is open:\n");
        println!("  shop      {}    sign in there as one of the demo's customers", standins.storefront.url());
        println!(
            "  mailbox   {}    the customers' mail: codes arrive here, and mails to the shop begin",
            standins.mailbox.url()
        );
        println!("  phone     {}    text messages and WhatsApp, as on a customer's phone", standins.phone.url());
        println!("  account   {url}/hub/orders    the customers' own pages; sign in with a code");
        match &running.setup_page {
            Some(page) => {
                println!("  console   {page}    make the owner's account there; it is kept with the demo's data")
            }
            None => println!("  console   {url}/console    what is connected, what serves, how it does"),
        }
        println!(
            "  support   {url}/desk    where people in support work; sign in with the account or the operator's token"
        );
        println!("  API       {url}/api/v1/openapi.json");
        println!("  operator  token in {}", config.data_dir.join("admin-token").display());
        println!(
            "  plugins   {}    put a component here: signed by a trusted key it serves, else it waits",
            plugins.display()
        );
        println!("  terminal  usher chat --url {url}\n\nCtrl-C ends it.");
        tokio::spawn(review::announce(host, url, self.data_dir.join("admin-token")));
        asked_to_stop().await?;
        running.close().await;
        Ok(())
    }

    /// The demo's configuration, read like any other.
    fn config(&self, plugins: &Path, settings: &StandinsConfig, standins: &Standins) -> anyhow::Result<Config> {
        let base = std::env::current_dir().context("the current folder is not known")?;
        let data_dir = base.join(&self.data_dir);
        secret_file(&data_dir.join("demo-identity"), &settings.storefront.tokens.secret)?;
        secret_file(&data_dir.join("demo-mail"), &settings.mailbox.token)?;
        secret_file(&data_dir.join("demo-sms"), &settings.twilio.auth_token)?;
        secret_file(&data_dir.join("demo-whatsapp"), &settings.whatsapp.token)?;
        secret_file(&data_dir.join("demo-whatsapp-app"), &settings.whatsapp.app_secret)?;
        secret_file(&data_dir.join("demo-whatsapp-verify"), &settings.whatsapp.verify_token)?;
        secret_file(&data_dir.join("demo-postmark"), POSTMARK_PASSWORD)?;
        secret_file(&data_dir.join(TRUST), &review::policy(&self.trust)?)?;
        keys::key_file(&data_dir.join(OPERATOR_TOKEN))?;
        let file = |name: &str| format!("file:{}", data_dir.join(name).display());
        let shop = standins.storefront.url();
        let tokens = &settings.storefront.tokens;
        let text = toml::to_string(&json!({
            "listen": format!("127.0.0.1:{}", self.port),
            "data-dir": data_dir,
            "plugins": { "folder": base.join(plugins), "trust": data_dir.join(TRUST) },
            "operators": [{ "name": review::OPERATOR, "token": file(OPERATOR_TOKEN) }],
            "shop": { "name": SHOP_NAME, "locale": "en", "languages": ["en", "fr", "nl", "sv"], "time-zone": "Europe/Berlin", "voice": "friendly", "hub": { "own": true } },
            "sites": [{
                "id": settings.storefront.site_id,
                "name": SHOP_NAME,
                "origins": [origin(shop)],
                "sign-in-url": shop,
                "identity": {
                    "issuer": tokens.issuer,
                    "keys": { tokens.key_id.clone(): { "hs256": file("demo-identity") } },
                },
            }],
            "mail": { "base-url": standins.mailbox.url(), "token": file("demo-mail"), "from": ADDRESS },
            "channels": {
                "sms": {
                    "account-sid": settings.twilio.account_sid,
                    "auth-token": file("demo-sms"),
                    "numbers": settings.twilio.numbers,
                    "api": standins.twilio.url(),
                },
                "whatsapp": {
                    "phone-number-id": settings.whatsapp.phone_number_id,
                    "access-token": file("demo-whatsapp"),
                    "app-secret": file("demo-whatsapp-app"),
                    "verify-token": file("demo-whatsapp-verify"),
                    "api": standins.whatsapp.server.url(),
                    "version": settings.whatsapp.version,
                },
                "email": {
                    "addresses": [ADDRESS],
                    "postmark": { "user": POSTMARK_USER, "password": file("demo-postmark") },
                },
            },
            "handoff": {
                "message": { "en": "I can't answer that myself, but our team can:" },
                "links": [{ "label": format!("Write to {ADDRESS}"), "url": format!("mailto:{ADDRESS}") }],
            },
        }))?;
        Ok(config::load_text("the demo's own settings", &text, &base, false)?)
    }
}

/// Connects the integrations, and says where one can't be.
async fn connect(operator: &Operator, settings: &StandinsConfig, standins: &Standins) {
    let loop_key = settings.loop_returns.keys.first().map(|(key, _)| key.as_str()).unwrap_or_default();
    let recharge_token = settings.recharge.tokens.first().map(|(token, _)| token.as_str()).unwrap_or_default();
    let integrations = BTreeMap::from([
        (
            "shopify",
            json!({
                "settings": { "shop": SHOPIFY_HOST },
                "stand_ins": { SHOPIFY_HOST: origin(standins.shopify.url()) },
                "secrets": { "access-token": settings.shopify.token },
            }),
        ),
        (
            "loop",
            json!({
                "stand_ins": { LOOP_HOST: origin(standins.loop_returns.url()) },
                "secrets": { "api-key": loop_key },
            }),
        ),
        (
            "smile",
            json!({
                "settings": { "program-name": LOYALTY_PROGRAM, "currency": CURRENCY },
                "stand_ins": { SMILE_HOST: origin(standins.smile.url()) },
                "secrets": { "api-key": settings.smile.key },
            }),
        ),
        (
            "recharge",
            json!({
                "stand_ins": { RECHARGE_HOST: origin(standins.recharge.url()) },
                "secrets": { "access-token": recharge_token },
            }),
        ),
        (
            "zendesk",
            json!({
                "settings": { "account": ZENDESK_HOST, "email": settings.zendesk.email },
                "stand_ins": { ZENDESK_HOST: origin(standins.zendesk.url()) },
                "secrets": { "api-token": settings.zendesk.token, "webhook-secret": WEBHOOK_SECRET },
            }),
        ),
        (
            "gorgias",
            json!({
                "settings": { "account": GORGIAS_HOST, "email": settings.gorgias.email },
                "stand_ins": { GORGIAS_HOST: origin(standins.gorgias.url()) },
                "secrets": { "api-key": settings.gorgias.key, "webhook-secret": WEBHOOK_SECRET },
            }),
        ),
    ]);
    for (connector, integration) in integrations {
        let connected = async {
            operator.put(&format!("integrations/{connector}"), integration).await?;
            let checked = operator.post(&format!("integrations/{connector}/check"), None).await?;
            let message = checked["message"].as_str().unwrap_or_default().to_owned();
            if checked["ok"] == true { Ok(message) } else { bail!("{message}") }
        };
        match connected.await {
            Ok(message) => tracing::info!(connector, message, "connected"),
            Err(error) => tracing::warn!(connector, "not connected: {error:#}"),
        }
    }
}

/// An article's file as the API takes it.
fn article(text: &str) -> anyhow::Result<serde_json::Value> {
    let (heading, body) =
        text.strip_prefix("+++\n").and_then(|rest| rest.split_once("\n+++\n")).context("it has no heading")?;
    let Heading { title, topic, questions } = toml::from_str(heading)?;
    Ok(json!({ "title": title, "topic": topic, "questions": questions, "format": "markdown", "body": body.trim() }))
}

fn origin(url: &str) -> &str {
    url.trim_end_matches('/')
}

/// Writes a file that only its owner can read.
fn secret_file(path: &Path, secret: &str) -> anyhow::Result<()> {
    let shown = path.display();
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
        .with_context(|| format!("{shown} can't be written"))?;
    file.write_all(secret.as_bytes()).with_context(|| format!("{shown} can't be written"))
}

fn require_components(folder: &Path) -> anyhow::Result<()> {
    let is_component = |path: &Path| path.extension().is_some_and(|extension| extension == "wasm");
    let some = std::fs::read_dir(folder)
        .is_ok_and(|mut entries| entries.any(|entry| entry.is_ok_and(|entry| is_component(&entry.path()))));
    if !some {
        let folder = folder.display();
        bail!("there are no plugins in {folder}; build them: `usher build skills/* connectors/* --out-dir {folder}`");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_articles_can_be_read() {
        for (id, text) in ARTICLES {
            let article = article(text).unwrap_or_else(|error| panic!("{id}: {error:#}"));
            assert!(article["body"].as_str().is_some_and(|body| body.len() > 400), "{id} is too short");
            assert!(article["questions"].as_array().is_some_and(|questions| questions.len() >= 3), "{id}");
        }
    }
}
