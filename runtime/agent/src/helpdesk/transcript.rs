//! What a message says, in plain text, for people who read the conversation in another place.

use crate::conversation::Body;
use crate::privacy::ERASED;
use std::fmt::Write as _;
use usher_host::skill::{Button, CardBody, Money, Reply};

/// All of it: the text, what cards said, and in brackets what stood on buttons.
pub(super) fn said(body: &Body) -> String {
    let mut text = body.text().trim().to_owned();
    match body {
        Body::Reply { reply, .. } => of_reply(&mut text, reply),
        Body::Consent { title, summary, details, yes, no, .. } => {
            line(&mut text, title);
            line(&mut text, summary);
            details.iter().for_each(|detail| line(&mut text, detail));
            buttons(&mut text, [yes.as_str(), no]);
        }
        Body::Offer { yes, no, .. } => buttons(&mut text, [yes.as_str(), no]),
        Body::Question { choices, skip, .. } => {
            buttons(&mut text, choices.iter().chain(skip).map(String::as_str));
        }
        Body::Handoff { tell_me, .. } => buttons(&mut text, tell_me.as_deref()),
        Body::Rating { labels, .. } => buttons(&mut text, labels.iter().map(String::as_str)),
        // What a customer says, presses or is told is all in the words.
        Body::Text { .. } | Body::Choice { .. } | Body::SignIn { .. } | Body::Support { .. } | Body::Notice { .. } => {}
        Body::Erased { .. } => text.push_str(ERASED),
    }
    text
}

fn of_reply(text: &mut String, reply: &Reply) {
    for card in &reply.cards {
        let mut facts = Vec::new();
        let mut fact = |name: &str, value: Option<&str>| {
            facts.extend(value.filter(|value| !value.is_empty()).map(|value| format!("{name}: {value}")));
        };
        let title = match &card.body {
            CardBody::Order(order) => {
                fact("Status", Some(&order.status));
                fact("Ordered", Some(&order.placed_at));
                fact("Total", Some(&money(&order.total)));
                for item in &order.items {
                    fact("Item", Some(&format!("{} × {}", item.quantity, item.title)));
                }
                fact("Carrier", order.carrier.as_deref());
                fact("Tracking number", order.tracking_number.as_deref());
                fact("Delivery", order.estimated_delivery.as_deref());
                format!("Order {}", order.name)
            }
            CardBody::Coupon(coupon) => {
                fact("Code", Some(&coupon.code));
                fact("Terms", coupon.terms.as_deref());
                fact("Valid until", coupon.expires_at.as_deref());
                coupon.title.clone()
            }
            CardBody::Product(product) => {
                fact("Price", Some(&money(&product.price)));
                fact("In stock", Some(if product.in_stock { "yes" } else { "no" }));
                fact("Summary", product.summary.as_deref());
                product.title.clone()
            }
            CardBody::Loyalty(loyalty) => {
                fact("Points", Some(&loyalty.points.to_string()));
                fact("Tier", loyalty.tier.as_deref());
                fact("Rewards", Some(&loyalty.rewards.join(", ")));
                loyalty.program.clone()
            }
            CardBody::Subscription(subscription) => {
                fact("Status", Some(&subscription.status));
                fact("Price", Some(&format!("{}, {}", money(&subscription.price), subscription.interval)));
                fact("Next delivery", subscription.next_charge_on.as_deref());
                subscription.title.clone()
            }
        };
        line(text, &title);
        facts.iter().for_each(|fact| line(text, &format!("  {fact}")));
        buttons(text, card.buttons.iter().map(label));
    }
    buttons(text, reply.quick_replies.iter().map(label));
}

fn label(button: &Button) -> &str {
    &button.label
}

fn line(text: &mut String, more: &str) {
    let more = more.trim_end();
    if !more.is_empty() {
        let _ = write!(text, "{}{more}", if text.is_empty() { "" } else { "\n" });
    }
}

fn buttons<'a>(text: &mut String, labels: impl IntoIterator<Item = &'a str>) {
    let labels: Vec<String> = labels.into_iter().map(|label| format!("[{label}]")).collect();
    line(text, &labels.join(" "));
}

/// The amount as a number and the currency's code. Of the currencies with no smaller unit, those of ISO 4217 are known
/// that shops sell in.
fn money(money: &Money) -> String {
    let (amount, currency) = (money.amount_minor, &money.currency);
    match currency.as_str() {
        "JPY" | "KRW" | "VND" | "CLP" | "ISK" | "PYG" | "UGX" | "XAF" | "XOF" | "XPF" => format!("{amount} {currency}"),
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => {
            format!("{}{}.{:03} {currency}", sign(amount), amount.unsigned_abs() / 1000, amount.unsigned_abs() % 1000)
        }
        _ => format!("{}{}.{:02} {currency}", sign(amount), amount.unsigned_abs() / 100, amount.unsigned_abs() % 100),
    }
}

fn sign(amount: i64) -> &'static str {
    if amount < 0 { "-" } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use usher_host::skill::{Action, Card, Expectation, OrderCard, OrderItem};

    fn button(label: &str) -> Button {
        Button { label: label.into(), action: Action::Choose("x".into()) }
    }

    #[test]
    fn cards_and_buttons_are_told_in_words() {
        let order = OrderCard {
            name: "#1001".into(),
            status: "On its way".into(),
            placed_at: "2026-09-01T10:00:00Z".into(),
            total: Money { amount_minor: 12905, currency: "EUR".into() },
            items: vec![OrderItem { title: "Desk lamp".into(), quantity: 2 }],
            carrier: Some("DHL".into()),
            tracking_number: None,
            estimated_delivery: None,
        };
        let reply = Reply {
            text: "Here it is.".into(),
            cards: vec![Card { body: CardBody::Order(order), buttons: vec![button("Track")] }],
            quick_replies: vec![button("Cancel it"), button("Something else")],
            sources: vec![],
            expects: Expectation::Nothing,
            answered: false,
        };
        let told = said(&Body::answer(None, reply));
        assert_eq!(
            told,
            "Here it is.\nOrder #1001\n  Status: On its way\n  Ordered: 2026-09-01T10:00:00Z\n  Total: 129.05 EUR\n  \
             Item: 2 × Desk lamp\n  Carrier: DHL\n[Track]\n[Cancel it] [Something else]"
        );
    }

    #[test]
    fn what_was_asked_shows_its_answers() {
        let offer = Body::Offer { text: "A person?".into(), yes: "Yes".into(), no: "No".into() };
        assert_eq!(said(&offer), "A person?\n[Yes] [No]");
        let pressed = Body::Choice { label: "Yes".into(), skill: None, value: "handoff:yes".into() };
        assert_eq!(said(&pressed), "Yes");
        let handoff = Body::Handoff { text: "I pass it on.".into(), tell_me: None };
        assert_eq!(said(&handoff), "I pass it on.");
    }

    #[test]
    fn money_has_its_currencys_places() {
        let told = |amount_minor, currency: &str| money(&Money { amount_minor, currency: currency.into() });
        assert_eq!(told(5, "EUR"), "0.05 EUR");
        assert_eq!(told(-1250, "SEK"), "-12.50 SEK");
        assert_eq!(told(1250, "JPY"), "1250 JPY");
        assert_eq!(told(1250, "KWD"), "1.250 KWD");
    }
}
