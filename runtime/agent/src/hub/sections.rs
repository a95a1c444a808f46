//! Each section: which tool is asked, and which cards its answer makes.

use super::words::Words;
use crate::tools::coupons;
use serde_json::Value as Json;
use usher_host::skill::{
    Action, Button, Card, CardBody, CouponCard, Expectation, LoyaltyCard, Money, OrderCard, OrderItem, Reply,
    SubscriptionCard,
};
use usher_host::{Customer, Host, ToolError, Value, json};

/// A customer at one section.
pub(super) struct Visit<'a> {
    pub(super) host: &'a Host,
    pub(super) customer: &'a Customer,
    pub(super) words: &'static Words,
}

impl Visit<'_> {
    pub(super) async fn orders(&self, limit: u32) -> Result<Reply, ToolError> {
        let orders = self.read("usher:tools/orders.recent", &[Value::U32(limit)]).await?;
        Ok(reply(String::new(), list(&orders).iter().map(|order| self.order(order)).collect()))
    }

    fn order(&self, order: &Json) -> Card {
        let shipments = list(&order["shipments"]);
        let first = |name: &str| shipments.iter().find_map(|shipment| maybe(&shipment[name]));
        let mut buttons: Vec<Button> = Vec::new();
        let tracked = shipments.iter().filter_map(|shipment| maybe(&shipment["tracking-url"]));
        buttons.extend(tracked.map(|url| open(self.words.track, url)));
        buttons.extend(maybe(&order["status-url"]).map(|url| open(self.words.view_order, url)));
        let items = list(&order["lines"]).iter().filter(|line| line["quantity"].as_u64() != Some(0)).map(|line| {
            let variant = maybe(&line["variant-title"]);
            OrderItem {
                title: variant
                    .map_or_else(|| text(&line["title"]), |variant| format!("{}, {variant}", text(&line["title"]))),
                quantity: number(&line["quantity"]).try_into().unwrap_or(u32::MAX),
            }
        });
        let body = OrderCard {
            name: text(&order["name"]),
            status: Words::state(self.words.order, order["status"].as_str().unwrap_or_default()).to_owned(),
            placed_at: text(&order["placed-at"]),
            total: money(&order["total"]),
            items: items.collect(),
            carrier: first("carrier"),
            tracking_number: first("tracking-number"),
            estimated_delivery: first("estimated-delivery"),
        };
        Card { body: CardBody::Order(body), buttons }
    }

    /// There is no card of a return: it is a line, and its links stand in it.
    pub(super) async fn returns(&self) -> Result<Reply, ToolError> {
        let returns = self.read("usher:tools/returns.list-open", &[]).await?;
        let mut links = Vec::new();
        let lines = list(&returns).iter().map(|one| {
            let state = Words::state(self.words.returned, one["status"].as_str().unwrap_or_default());
            for (name, label) in [("status-url", self.words.view_return), ("label-url", self.words.label)] {
                let label = format!("{label} {}", text(&one["order-name"]));
                links.extend(maybe(&one[name]).map(|url| open(&label, url)));
            }
            let tracking = [maybe(&one["carrier"]), maybe(&one["tracking-number"])].into_iter().flatten();
            let behind: String = tracking.map(|part| format!(", {part}")).collect();
            format!("- **{}**: {state}{behind}", text(&one["order-name"]))
        });
        let lines: Vec<String> = lines.collect();
        Ok(Reply { quick_replies: links, ..reply(lines.join("\n"), Vec::new()) })
    }

    pub(super) async fn subscriptions(&self) -> Result<Reply, ToolError> {
        let found = self.read("usher:tools/subscriptions.list-all", &[]).await?;
        let cards: Vec<Card> = list(&found)
            .iter()
            .map(|one| {
                let interval = &one["interval"];
                let unit = interval["unit"].as_str().unwrap_or_default();
                let body = SubscriptionCard {
                    title: text(&one["title"]),
                    status: Words::state(self.words.subscription, one["status"].as_str().unwrap_or_default())
                        .to_owned(),
                    interval: self.words.interval(unit, number(&interval["count"])),
                    next_charge_on: maybe(&one["next-charge-on"]),
                    price: money(&one["price"]),
                };
                Card { body: CardBody::Subscription(body), buttons: Vec::new() }
            })
            .collect();
        let portal =
            if cards.is_empty() { None } else { self.read("usher:tools/subscriptions.portal-url", &[]).await.ok() };
        let manage = portal.as_ref().and_then(maybe).map(|url| open(self.words.manage, url));
        Ok(Reply { quick_replies: manage.into_iter().collect(), ..reply(String::new(), cards) })
    }

    pub(super) async fn loyalty(&self) -> Result<Reply, ToolError> {
        let account = self.read("usher:tools/loyalty.account", &[]).await?;
        if account["enrolled"] != true {
            return Ok(reply(String::new(), Vec::new()));
        }
        let affordable = list(&account["rewards"]).iter().filter(|reward| reward["affordable"] == true);
        let body = LoyaltyCard {
            program: text(&account["program"]),
            points: number(&account["points"]),
            tier: maybe(&account["tier"]),
            rewards: affordable.map(|reward| text(&reward["title"])).collect(),
        };
        let mut cards = vec![Card { body: CardBody::Loyalty(body), buttons: Vec::new() }];
        // What was bought with points and is still to be used.
        cards.extend(list(&account["issued"]).iter().filter_map(|issued| {
            let code = maybe(&issued["code"])?;
            let expires_at = maybe(&issued["expires-at"]);
            let body = CouponCard { code, title: text(&issued["title"]), terms: None, expires_at };
            Some(Card { body: CardBody::Coupon(body), buttons: Vec::new() })
        }));
        Ok(reply(String::new(), cards))
    }

    pub(super) async fn coupons(&self) -> Result<Reply, ToolError> {
        let found = json::to_json(&coupons::available(self.host, Some(self.customer)).await?);
        let cards = list(&found).iter().map(|coupon| {
            let (code, mut title) = (text(&coupon["code"]), text(&coupon["title"]));
            let mut terms = maybe(&coupon["terms"]);
            // Some shops have no other title than the code: what it is good for says more.
            if title == code
                && let Some(said) = terms.take()
            {
                title = said;
            }
            let body = CouponCard { code, title, terms, expires_at: maybe(&coupon["expires-at"]) };
            Card { body: CardBody::Coupon(body), buttons: Vec::new() }
        });
        Ok(reply(String::new(), cards.collect()))
    }

    /// What the contract calls a function, read in the customer's name.
    async fn read(&self, function: &str, arguments: &[Value]) -> Result<Json, ToolError> {
        let function =
            function.parse().map_err(|_| ToolError::Unavailable("the runtime's own name for this is wrong".into()))?;
        Ok(json::to_json(&self.host.read_own(self.customer, &function, arguments).await?))
    }
}

pub(super) fn reply(text: String, cards: Vec<Card>) -> Reply {
    Reply {
        text,
        cards,
        quick_replies: Vec::new(),
        sources: Vec::new(),
        expects: Expectation::Nothing,
        answered: false,
    }
}

fn open(label: &str, url: String) -> Button {
    Button { label: label.to_owned(), action: Action::Open(url) }
}

fn list(value: &Json) -> &[Json] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Json) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn maybe(value: &Json) -> Option<String> {
    value.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

/// Large integers stand as texts in JSON.
fn number(value: &Json) -> u64 {
    value.as_u64().or_else(|| value.as_str()?.parse().ok()).unwrap_or_default()
}

fn money(value: &Json) -> Money {
    let amount = &value["amount-minor"];
    let amount_minor = amount.as_i64().or_else(|| amount.as_str()?.parse().ok()).unwrap_or_default();
    Money { amount_minor, currency: text(&value["currency"]) }
}
