//! A server with its shop, in the state that a scenario is given, and set back after it.

use super::file::{Article, Event, Given, Setting};
use super::names;
use crate::World;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use usher_standins::{CancelReason, DemoCustomer, ParcelState, Server, Shop, SubscriptionBook};

pub(super) struct Stage {
    pub(super) world: World,
    setting: Arc<Setting>,
    /// The shop and its subscriptions as they were generated.
    shop: Shop,
    subscriptions: SubscriptionBook,
    /// How conversations are handed over, as the configuration says.
    handoff: Value,
    disturbed: Mutex<Disturbed>,
    /// Whoever signs in with a mailed code has the mailbox alone meanwhile.
    mailboxes: Mutex<BTreeMap<String, Arc<tokio::sync::Mutex<()>>>>,
}

/// What is to be mended after a scenario.
#[derive(Default)]
struct Disturbed {
    /// Integrations that are gone, or were seen to fail.
    connectors: Vec<String>,
    articles: Vec<String>,
    handoff: bool,
}

impl Stage {
    /// Starts a server with these settings of its configuration.
    pub(super) async fn open(setting: Arc<Setting>, settings: &BTreeMap<String, String>) -> Self {
        let mut world = World::unthrottled().await;
        if !settings.is_empty() {
            world.configure(|table| settings.iter().for_each(|(key, value)| put(table, key, value))).await;
        }
        Self::furnish(world, setting).await
    }

    /// Starts a server with all four channels open.
    pub(super) async fn with_channels(setting: Arc<Setting>) -> Self {
        let mut settings = World::unthrottled_settings();
        settings.twilio.messages_per_second = 0;
        settings.twilio.requests_per_second = 0;
        settings.whatsapp.pair_burst = u32::MAX;
        Self::furnish(World::with_channels(settings).await, setting).await
    }

    async fn furnish(world: World, setting: Arc<Setting>) -> Self {
        world.connect().await;
        let shop = world.standins.read(Clone::clone);
        let subscriptions = world.standins.subscriptions.read().unwrap_or_else(PoisonError::into_inner).clone();
        let mut handoff = world.operator(Method::GET, "handoff", None).await;
        let handoff = handoff["settings"].take();
        let (disturbed, mailboxes) = (Mutex::default(), Mutex::default());
        let stage = Self { world, setting, shop, subscriptions, handoff, disturbed, mailboxes };
        for article in &stage.setting.articles {
            stage.write(article).await;
        }
        stage
    }

    /// Brings about what a scenario is given, or what happens before a step.
    pub(super) async fn bring_about(&self, customer: Option<&str>, given: &Given) -> Result<(), String> {
        for event in &given.shop {
            self.happen(customer, event)?;
        }
        for connector in &given.disconnected {
            self.disturbed().connectors.push(connector.clone());
            self.world.operator(Method::DELETE, &format!("integrations/{connector}"), None).await;
        }
        for id in &given.without_articles {
            self.disturbed().articles.push(id.clone());
            self.world.operator(Method::DELETE, &format!("articles/{id}"), None).await;
        }
        for article in &given.articles {
            self.disturbed().articles.push(article.id.clone());
            self.write(article).await;
        }
        if let Some(handoff) = &given.handoff {
            self.disturbed().handoff = true;
            let (status, answer) = self.world.operates("admin", Method::PUT, "handoff", Some(json!(handoff))).await;
            if status != 200 {
                return Err(format!("the way of handing over isn't taken: {status} {answer}"));
            }
        }
        for fault in &given.faults {
            let faults = self.provider(&fault.at)?.faults();
            self.disturbed().connectors.push(fault.at.clone());
            match fault.holds.as_str() {
                "" => faults.next(fault.count, fault.fault()?),
                holds => faults.next_with(holds, fault.count, fault.fault()?),
            }
        }
        Ok(())
    }

    /// Sets everything back to how it was at first.
    pub(super) async fn restore(&self) -> Result<(), String> {
        for (_, provider) in self.providers() {
            provider.faults().clear();
            provider.requests().clear();
        }
        self.world.standins.change(|shop| shop.clone_from(&self.shop));
        self.world
            .standins
            .subscriptions
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .clone_from(&self.subscriptions);
        let disturbed = std::mem::take(&mut *self.disturbed());
        if !disturbed.connectors.is_empty() {
            self.world.connect().await;
        }
        if disturbed.handoff {
            self.world.operator(Method::PUT, "handoff", Some(self.handoff.clone())).await;
        }
        for id in disturbed.articles {
            match self.setting.articles.iter().find(|article| article.id == id) {
                Some(article) => self.write(article).await,
                None => drop(self.world.operates("admin", Method::DELETE, &format!("articles/{id}"), None).await),
            }
        }
        Ok(())
    }

    /// The demo customer of a situation, which is written as in `three-orders`, or of an e-mail address.
    pub(super) fn customer(&self, situation: &str) -> Result<DemoCustomer, String> {
        let all = self.world.standins.read(Shop::demo_customers);
        let name = |customer: &DemoCustomer| kebab(&format!("{:?}", customer.situation));
        let known: Vec<String> = all.iter().map(name).collect();
        all.into_iter()
            .find(|customer| name(customer) == situation || customer.email == situation)
            .ok_or_else(|| format!("there is no customer `{situation}`; there are {}", known.join(", ")))
    }

    /// The codes that were mailed to an address, oldest first. They stand in mails that answer none.
    pub(super) fn codes(&self, address: &str) -> Vec<String> {
        let mails = self.world.standins.mails.to(address).into_iter();
        let alone = mails.filter(|mail| mail.header("In-Reply-To").is_none());
        alone.filter_map(|mail| six_digits(mail.text_body.as_deref()?)).collect()
    }

    /// The mailbox of an address, for one alone.
    pub(super) async fn mailbox(&self, address: &str) -> tokio::sync::OwnedMutexGuard<()> {
        let mailbox = {
            let mut mailboxes = self.mailboxes.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(mailboxes.entry(address.to_owned()).or_default())
        };
        mailbox.lock_owned().await
    }

    /// The points of a demo customer.
    pub(super) fn points(&self, situation: &str) -> Result<u64, String> {
        let customer = self.customer(situation)?;
        let points =
            self.world.standins.read(|shop| shop.loyalty_account(&customer.email).map(|account| account.points));
        points.ok_or_else(|| format!("`{situation}` has no points"))
    }

    /// State of a demo customer's first subscription, and days until its next charge.
    pub(super) fn subscription(&self, situation: &str) -> Result<(String, Option<i32>), String> {
        let customer = self.customer(situation)?;
        let book = self.world.standins.subscriptions.read().unwrap_or_else(PoisonError::into_inner);
        let found =
            book.of(customer.id).first().copied().ok_or_else(|| format!("`{situation}` has no subscription"))?;
        let days = found.next.and_then(|day| Some(day.since(book.today()).ok()?.get_days()));
        Ok((kebab(&format!("{:?}", found.state)), days))
    }

    /// A provider's stand-in.
    pub(super) fn provider(&self, name: &str) -> Result<&Server, String> {
        let all = self.providers();
        let known: Vec<&str> = all.iter().map(|(name, _)| *name).collect();
        let found = all.iter().find(|(known, _)| *known == name).map(|(_, server)| *server);
        found.ok_or_else(|| format!("there is no provider `{name}`; there are {}", known.join(", ")))
    }

    fn providers(&self) -> Vec<(&'static str, &Server)> {
        let standins = &self.world.standins;
        vec![
            ("shopify", &standins.shopify),
            ("loop", &standins.loop_returns),
            ("recharge", &standins.recharge),
            ("smile", &standins.smile),
        ]
    }

    fn disturbed(&self) -> std::sync::MutexGuard<'_, Disturbed> {
        self.disturbed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn write(&self, article: &Article) {
        let body = json!({
            "title": article.title,
            "topic": article.topic,
            "questions": article.questions,
            "format": "markdown",
            "body": article.body,
        });
        self.world.operator(Method::PUT, &format!("articles/{}", article.id), Some(body)).await;
    }

    fn happen(&self, customer: Option<&str>, event: &Event) -> Result<(), String> {
        let order = |name: &str| names::fill(self, customer, name);
        let shop = &self.world.standins;
        match event {
            Event::Ship(name) => {
                let name = order(name)?;
                shop.change(|shop| shop.ship_order(&name).map(drop))
            }
            Event::Deliver(name) => {
                let name = order(name)?;
                shop.change(|shop| shop.deliver_order(&name))
            }
            Event::Parcels(parcels) => {
                let (name, state) = (order(&parcels.order)?, parcel_state(&parcels.state)?);
                shop.change(|shop| shop.set_parcels(&name, state))
            }
            Event::Cancel(name) => {
                let name = order(name)?;
                shop.change(|shop| shop.cancel_order(&name, CancelReason::Other, true))
            }
            Event::Order(placed) => {
                let email = order(&placed.email)?;
                shop.change(|shop| shop.place_order(&email, &placed.sku, 1).map(drop))
            }
            Event::SoldOut(handle) => {
                let product = shop.read(|shop| shop.product_by_handle(handle).cloned());
                let product = product.ok_or_else(|| format!("there is no product `{handle}`"))?;
                shop.change(|shop| product.variants.iter().try_for_each(|variant| shop.set_stock(&variant.sku, 0)))
            }
            Event::Withdrawn(handle) => shop.change(|shop| shop.set_published(handle, false)),
        }
        .map_err(|error| error.to_string())
    }
}

fn parcel_state(name: &str) -> Result<ParcelState, String> {
    use ParcelState::{Attempted, Delayed, Delivered, Failed, InTransit, LabelPrinted, OutForDelivery, ReadyForPickup};
    let all = [LabelPrinted, InTransit, OutForDelivery, Delivered, Delayed, Attempted, ReadyForPickup, Failed];
    let found = all.into_iter().find(|state| kebab(&format!("{state:?}")) == name);
    found.ok_or_else(|| {
        let known: Vec<String> = all.iter().map(|state| kebab(&format!("{state:?}"))).collect();
        format!("a parcel can't be `{name}`; it can be {}", known.join(", "))
    })
}

/// The first number of six digits.
fn six_digits(text: &str) -> Option<String> {
    text.split(|c: char| !c.is_ascii_digit()).find(|number| number.len() == 6).map(str::to_owned)
}

pub(super) fn kebab(name: &str) -> String {
    let mut kebab = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !kebab.is_empty() {
            kebab.push('-');
        }
        kebab.extend(letter.to_lowercase());
    }
    kebab
}

/// Puts a text at a key with dots, making the tables on the way.
fn put(table: &mut toml::Table, key: &str, value: &str) {
    match key.split_once('.') {
        None => drop(table.insert(key.to_owned(), toml::Value::String(value.to_owned()))),
        Some((first, rest)) => {
            let inner = table.entry(first).or_insert_with(|| toml::Value::Table(toml::Table::new()));
            if let Some(inner) = inner.as_table_mut() {
                put(inner, rest, value);
            }
        }
    }
}
