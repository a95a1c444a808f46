//! What the programme offers to anyone.

use serde::Deserialize;
use serde_json::Value;
use usher_sdk::connector::{Error, Retry, settings};

use crate::api::{Api, entries, or_nothing};
use crate::bindings::exports::usher::tools::loyalty::LoyaltyProgram;
use crate::id::Id;
use crate::rewards;

#[derive(Debug, Deserialize)]
pub(crate) struct Tier {
    pub(crate) id: Id,
    #[serde(default, deserialize_with = "or_nothing")]
    pub(crate) name: String,
}

/// A way to earn as Smile answers it. Its amounts are told by the reward's value.
#[derive(Debug, Deserialize)]
struct Rule {
    #[serde(default, deserialize_with = "or_nothing")]
    name: String,
    #[serde(default, deserialize_with = "or_nothing")]
    restricted_to_vip_tier_ids: Vec<Id>,
    #[serde(default)]
    reward_value: Value,
}

/// Smile's API doesn't tell what the shop calls its programme.
pub(crate) fn name() -> String {
    settings::get("program-name").unwrap_or_else(|| "Rewards".to_owned())
}

/// In the order of the programme. This list isn't cut into pages.
///
/// # Errors
/// Smile's.
pub(crate) fn tiers(api: &Api) -> Result<Vec<Tier>, Error> {
    let mut body: Value = api.get("/vip_tiers", &[])?;
    entries(&mut body, "vip_tiers")
}

pub(crate) fn read() -> Result<LoyaltyProgram, Error> {
    let api = Api::open(Retry::REPEATS)?;
    let currency = settings::get("currency").unwrap_or_default();
    let rules: Vec<Rule> = api.list("/earning_rules", "earning_rules", &[])?;
    // What only some tiers can earn with isn't promised to everyone.
    let open = rules.iter().filter(|rule| rule.restricted_to_vip_tier_ids.is_empty());
    Ok(LoyaltyProgram {
        name: name(),
        ways_to_earn: open.map(|rule| rule.tell(&currency)).collect(),
        tiers: tiers(&api)?.into_iter().map(|tier| tier.name).filter(|name| !name.is_empty()).collect(),
        rewards: rewards::all(&api)?.iter().filter_map(|product| product.read(None)).collect(),
    })
}

impl Rule {
    /// "Join the programme: +100"; "Place an order: +2 / 1 EUR" where points are for so much spent. In signs, since the
    /// name's language isn't known here.
    fn tell(&self, currency: &str) -> String {
        let number = |value: &Value| value.as_f64().filter(|number| *number > 0.0);
        let fixed = number(&self.reward_value["fixed"]["value"]);
        let variable = &self.reward_value["variable"];
        match (fixed, number(&variable["value"]), number(&variable["per_amount"])) {
            (Some(points), ..) => format!("{}: +{points}", self.name),
            (None, Some(points), Some(per)) => {
                format!("{}: +{points} / {per} {currency}", self.name).trim_end().to_owned()
            }
            _ => self.name.clone(),
        }
    }
}
