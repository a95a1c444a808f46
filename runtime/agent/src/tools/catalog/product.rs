//! A product: as the contract's record, and as it is kept.

use crate::store::StoredProduct;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use usher_host::Value;
use usher_host::value::{record, text};

/// One product, as it was read at `as_of`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Product {
    #[serde(skip)]
    pub(super) id: String,
    pub(super) title: String,
    pub(super) description: String,
    /// In the currency's smallest unit.
    pub(super) amount_minor: i64,
    /// ISO 4217.
    pub(super) currency: String,
    pub(super) url: String,
    pub(super) image_url: Option<String>,
    pub(super) in_stock: bool,
    pub(super) tags: Vec<String>,
    /// When stock and price were read from the shop.
    pub(super) as_of: Timestamp,
}

impl Product {
    /// Reads the contract's `product`.
    ///
    /// # Errors
    /// Which field isn't as the contract has it.
    pub(super) fn from_value(value: &Value) -> Result<Self, String> {
        let text = |name: &str| match field(value, name) {
            Some(Value::String(text)) => Ok(text.clone()),
            _ => Err(format!("a product has no `{name}`")),
        };
        let price = field(value, "price").ok_or("a product has no `price`")?;
        let amount_minor = match field(price, "amount-minor") {
            Some(Value::S64(amount)) => *amount,
            _ => return Err("a product's price has no amount".into()),
        };
        let currency = match field(price, "currency") {
            Some(Value::String(currency)) => currency.clone(),
            _ => return Err("a product's price has no currency".into()),
        };
        let tags = match field(value, "tags") {
            Some(Value::List(tags)) => tags.iter().filter_map(string).collect(),
            _ => return Err("a product has no `tags`".into()),
        };
        let as_of = text("as-of")?;
        let id = text("id")?;
        if id.is_empty() {
            return Err("a product's id is empty".into());
        }
        Ok(Self {
            id,
            title: text("title")?,
            description: text("description")?,
            amount_minor,
            currency,
            url: text("url")?,
            image_url: match field(value, "image-url") {
                Some(Value::Option(Some(url))) => string(url),
                _ => None,
            },
            in_stock: field(value, "in-stock") == Some(&Value::Bool(true)),
            tags,
            as_of: as_of.parse().map_err(|_| format!("a product's `as-of` isn't an instant in RFC 3339: {as_of}"))?,
        })
    }

    /// The contract's `product`.
    pub(super) fn to_value(&self) -> Value {
        let price =
            [("amount-minor", Value::S64(self.amount_minor)), ("currency", Value::String(self.currency.clone()))];
        record([
            ("id", Value::String(self.id.clone())),
            ("title", Value::String(self.title.clone())),
            ("description", Value::String(self.description.clone())),
            ("price", record(price)),
            ("url", Value::String(self.url.clone())),
            ("image-url", text(self.image_url.clone())),
            ("in-stock", Value::Bool(self.in_stock)),
            ("tags", Value::List(self.tags.iter().cloned().map(Value::String).collect())),
            ("as-of", Value::String(self.as_of.to_string())),
        ])
    }

    /// Whether it is the same but for the time of its reading.
    pub(super) fn is_as(&self, other: &Self) -> bool {
        *self == Self { as_of: self.as_of, ..other.clone() }
    }

    pub(super) fn from_stored(stored: StoredProduct) -> Result<Self, serde_json::Error> {
        let product: Self = serde_json::from_value(stored.product)?;
        Ok(Self { id: stored.id, ..product })
    }

    pub(super) fn to_stored(&self) -> Result<StoredProduct, serde_json::Error> {
        Ok(StoredProduct { id: self.id.clone(), product: serde_json::to_value(self)? })
    }
}

pub(super) fn field<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    match value {
        Value::Record(fields) => fields.iter().find(|(field, _)| field == name).map(|(_, value)| value),
        _ => None,
    }
}

pub(super) fn string(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        _ => None,
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A product in stock.
    pub(in super::super) fn product(id: &str, title: &str, description: &str, tags: &[&str]) -> Product {
        Product {
            id: id.to_owned(),
            title: title.to_owned(),
            description: description.to_owned(),
            amount_minor: 1250,
            currency: "EUR".to_owned(),
            url: format!("https://shop.example/products/p-{id}"),
            image_url: None,
            in_stock: true,
            tags: tags.iter().map(|&tag| tag.to_owned()).collect(),
            as_of: "2026-09-10T09:30:00Z".parse().unwrap(),
        }
    }

    #[test]
    fn nothing_is_lost_on_the_way() {
        let whole = Product {
            image_url: Some("https://cdn.example/1.jpg".into()),
            in_stock: false,
            ..product("1", "Mug", "Holds \"tea\".", &["kitchen", "caf\u{e9}"])
        };
        assert_eq!(Product::from_value(&whole.to_value()), Ok(whole.clone()));
        assert_eq!(Product::from_stored(whole.to_stored().unwrap()).unwrap(), whole);
        let later = Product { as_of: "2026-09-11T09:30:00Z".parse().unwrap(), ..whole.clone() };
        assert!(whole.is_as(&later) && !whole.is_as(&Product { in_stock: true, ..later }));
    }

    #[test]
    fn what_is_missing_is_named() {
        let Value::Record(fields) = product("1", "Mug", "", &[]).to_value() else { panic!() };
        for (name, _) in fields.iter().filter(|(name, _)| !["image-url", "in-stock"].contains(&name.as_str())) {
            let rest = fields.iter().filter(|(other, _)| other != name).cloned().collect();
            assert!(Product::from_value(&Value::Record(rest)).unwrap_err().contains(name.as_str()), "{name}");
        }
        assert!(Product::from_value(&Value::Bool(true)).is_err());
    }
}
