//! What points buy.

use serde::Deserialize;
use serde_json::Value;
use usher_sdk::connector::Error;

use crate::api::{Api, PAGE, entries, or_nothing};
use crate::bindings::exports::usher::tools::loyalty::Reward;
use crate::id::Id;

/// Pages of this list, within the requests that the runtime allows a call.
const PAGES: usize = 2;

/// A points product as Smile answers it.
#[derive(Debug, Deserialize)]
pub(crate) struct Product {
    pub(crate) id: Id,
    #[serde(default, deserialize_with = "or_nothing")]
    exchange_type: String,
    #[serde(default)]
    exchange_description: Option<String>,
    #[serde(default)]
    points_price: Option<u64>,
    #[serde(default)]
    variable_points_min: Option<u64>,
    #[serde(default)]
    variable_points_step: Option<u64>,
    #[serde(default)]
    reward: Option<Named>,
}

#[derive(Debug, Deserialize)]
struct Named {
    #[serde(default)]
    name: Option<String>,
}

/// All products. It is the only list of Smile's that is cut by page numbers, and it doesn't say how many there are.
///
/// # Errors
/// Smile's.
pub(crate) fn all(api: &Api) -> Result<Vec<Product>, Error> {
    let size = PAGE.to_string();
    let mut all: Vec<Product> = Vec::new();
    for page in 1..=PAGES {
        let mut body: Value = api.get("/points_products", &[("page", &page.to_string()), ("page_size", &size)])?;
        let products: Vec<Product> = entries(&mut body, "points_products")?;
        let is_full = products.len() >= PAGE;
        all.extend(products);
        if !is_full {
            break;
        }
    }
    Ok(all)
}

impl Product {
    pub(crate) fn is_variable(&self) -> bool {
        self.exchange_type == "variable"
    }

    /// What it costs here: its price, or the smallest amount of one that is variable. None where Smile doesn't say.
    pub(crate) fn price(&self) -> Option<u64> {
        match self.is_variable() {
            true => self.variable_points_min.or(self.variable_points_step),
            false => self.points_price,
        }
    }

    /// The reward's own name.
    pub(crate) fn name(&self) -> Option<&str> {
        self.reward.as_ref()?.name.as_deref().map(str::trim).filter(|name| !name.is_empty())
    }

    /// What customers are shown. Of a variable price it also says what points are worth: "Money off (100 Points = 1 € off)".
    pub(crate) fn title(&self) -> Option<String> {
        let worth = self.exchange_description.as_deref().map(str::trim).filter(|text| !text.is_empty());
        match (self.name(), worth) {
            (Some(name), Some(worth)) if self.is_variable() => Some(format!("{name} ({worth})")),
            (name, worth) => name.or(worth).map(str::to_owned),
        }
    }

    /// None where it has no price or no name that could be told.
    pub(crate) fn read(&self, points: Option<u64>) -> Option<Reward> {
        let price = self.price()?;
        let affordable = points.is_some_and(|points| points >= price);
        Some(Reward { id: self.id.to_string(), title: self.title()?, points: price, affordable })
    }
}
