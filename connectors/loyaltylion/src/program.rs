//! What the programme offers, as the configuration has it. Rules and rewards have variants by tier; what counts for everyone
//! is the variant without a tier, or else of the first one.

use serde::Deserialize;
use serde_json::Value;
use usher_sdk::connector::{Error, Retry};

use crate::api::{Api, or_nothing};
use crate::bindings::exports::usher::tools::loyalty::{LoyaltyProgram, Reward};
use crate::id::Id;

/// Kinds of rewards that can't be claimed without the choice of a product or a subscription.
const WITH_A_CHOICE: [&str; 3] =
    ["product_cart", "active_subscription_product", "active_subscription_discount_voucher"];

#[derive(Debug, Deserialize)]
pub(crate) struct Configuration {
    #[serde(default)]
    program: Named,
    #[serde(default)]
    tier_configuration: Option<Tiers>,
    #[serde(default, deserialize_with = "or_nothing")]
    rules: Vec<Rule>,
    rewards: Vec<Offer>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Named {
    name: String,
}

#[derive(Debug, Deserialize)]
struct Tiers {
    #[serde(default, deserialize_with = "or_nothing")]
    tiers: Vec<Tier>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Tier {
    name: String,
    hidden: bool,
}

#[derive(Debug, Deserialize)]
struct Rule {
    #[serde(default, deserialize_with = "or_nothing")]
    variants: Vec<RuleVariant>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RuleVariant {
    tier_id: Option<Id>,
    title: String,
    enabled: bool,
    result_short_text: String,
}

#[derive(Debug, Deserialize)]
struct Offer {
    id: Id,
    #[serde(default, deserialize_with = "or_nothing")]
    kind: String,
    #[serde(default, deserialize_with = "or_nothing")]
    variants: Vec<OfferVariant>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct OfferVariant {
    tier_id: Option<Id>,
    title: String,
    enabled: bool,
    cost: Value,
}

/// # Errors
/// LoyaltyLion's.
pub(crate) fn configuration(api: &Api) -> Result<Configuration, Error> {
    api.headless("/configuration")
}

pub(crate) fn read() -> Result<LoyaltyProgram, Error> {
    let configuration = configuration(&Api::open(Retry::REPEATS)?)?;
    let tiers = configuration.tier_configuration.as_ref().map(|tiers| tiers.tiers.as_slice()).unwrap_or_default();
    Ok(LoyaltyProgram {
        name: configuration.name(),
        ways_to_earn: configuration.rules.iter().filter_map(Rule::tell).collect(),
        tiers: tiers.iter().filter(|tier| !tier.hidden && !tier.name.is_empty()).map(|t| t.name.clone()).collect(),
        rewards: configuration.rewards(None),
    })
}

impl Configuration {
    pub(crate) fn name(&self) -> String {
        let name = self.program.name.trim();
        if name.is_empty() { "Rewards".to_owned() } else { name.to_owned() }
    }

    /// Those that points buy without a choice, with what the customer has enough points for.
    pub(crate) fn rewards(&self, points: Option<u64>) -> Vec<Reward> {
        self.rewards.iter().filter_map(|offer| offer.read(points)).collect()
    }
}

impl Rule {
    fn tell(&self) -> Option<String> {
        let everyone = self.variants.iter().find(|variant| variant.tier_id.is_none()).or(self.variants.first())?;
        let told = everyone.enabled && !everyone.title.is_empty();
        told.then(|| match everyone.result_short_text.as_str() {
            "" => everyone.title.clone(),
            result => format!("{}: {result}", everyone.title),
        })
    }
}

impl Offer {
    /// A variable price is told for one unit, which is what is claimed here.
    fn read(&self, points: Option<u64>) -> Option<Reward> {
        let everyone = self.variants.iter().find(|variant| variant.tier_id.is_none()).or(self.variants.first())?;
        if !everyone.enabled || everyone.title.is_empty() || needs_choice(&self.kind) {
            return None;
        }
        let price = everyone.cost["points"].as_u64().or_else(|| everyone.cost["points_per_unit"].as_u64())?;
        let affordable = points.is_some_and(|points| points >= price);
        Some(Reward { id: self.id.to_string(), title: everyone.title.clone(), points: price, affordable })
    }
}

/// Whether a reward of this kind can't be claimed by its id alone.
pub(crate) fn needs_choice(kind: &str) -> bool {
    WITH_A_CHOICE.contains(&kind)
}
