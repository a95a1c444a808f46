//! Finding an order by what is in it.

use super::mentions;
use super::tools::orders::Order;
use super::words::lower;

impl Order {
    /// Whether a text names something that is in the order, by a word of its title or variant: "the blue one", "where are
    /// my shoes". Words that customers say of any order don't count.
    pub fn holds(&self, said: &str) -> bool {
        let said = words(said);
        self.lines.iter().any(|line| {
            let named = words(&format!("{} {}", line.title, line.variant_title.as_deref().unwrap_or_default()));
            named.iter().any(|word| !mentions(word, SAID_OF_ANY) && said.iter().any(|other| is_same(word, other)))
        })
    }
}

fn words(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() >= 3);
    words.map(lower).collect()
}

/// Equal, or two forms of one word.
fn is_same(a: &str, b: &str) -> bool {
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    a == b || (short.len() >= 4 && long.starts_with(short) && long.len() <= short.len() + 2)
}

/// In English, French, Dutch and Swedish.
#[rustfmt::skip]
const SAID_OF_ANY: &[&str] = &[
    "order*", "parcel", "package", "delivery", "shipping", "address", "cancel", "change", "return", "gift", "card",
    "the", "and", "for", "with", "one", "set", "new", "last", "first", "home", "from", "has", "when", "where", "what",
    "which", "online", "not", "mail", "time", "day", "this", "that", "still", "are", "you", "can", "size", "colour",
    "color", "item*", "commande", "colis", "livraison", "adresse", "cadeau", "les", "des", "une", "pour", "avec",
    "pas", "article*", "taille", "couleur", "bestelling", "pakket", "adres", "van", "een", "het", "met", "voor",
    "niet", "artikel*", "maat", "kleur", "paket", "beställning", "leverans", "adress", "och", "för", "med", "den",
    "det", "inte", "vara", "storlek", "färg",
];

#[cfg(test)]
mod tests {
    use crate::skill::tools::orders::{Line, Order, OrderStatus};
    use crate::skill::tools::{Money, Owner};

    fn order(title: &str, variant: Option<&str>) -> Order {
        let money = Money { amount_minor: 4900, currency: "EUR".to_owned() };
        let line = Line {
            title: title.to_owned(),
            variant_title: variant.map(str::to_owned),
            sku: None,
            product_id: None,
            quantity: 1,
            price: money.clone(),
        };
        Order {
            id: "1".to_owned(),
            owner: Owner { customer_id: None, email: None },
            name: "#1001".to_owned(),
            placed_at: "2026-11-20T09:00:00Z".to_owned(),
            status: OrderStatus::Fulfilled,
            cancelled_at: None,
            total: money,
            refunded: None,
            lines: vec![line],
            shipments: vec![],
            shipping_address: None,
            status_url: None,
            editable: false,
            as_of: "2026-11-24T12:00:00Z".to_owned(),
        }
    }

    #[test]
    fn a_word_of_title_or_variant_names_it() {
        let shirt = order("Linen shirt", Some("Blue / M"));
        for said in ["the blue one", "where is my shirt?", "and the shirts", "LINEN"] {
            assert!(shirt.holds(said), "{said}");
        }
        for said in ["where is my order?", "the black one", "m", "blueberry", ""] {
            assert!(!shirt.holds(said), "{said}");
        }
    }

    #[test]
    fn what_is_said_of_any_order_names_none() {
        assert!(!order("Gift card for your order", None).holds("where is the order for my gift?"));
    }
}
