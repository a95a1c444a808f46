//! Spending the signed-in customer's points.
//!
//! Smile tells no repetition by a key: each purchase that arrives spends points. So points are asked for once a call, and
//! where the answer is lost, what Smile has is read until the purchase shows. A call after one whose end nobody knows
//! looks first: at the points that were spent, which tell whether it happened, and at the rewards issued, which hold the
//! code. Where both leave it open, that is the answer, and nothing is spent.

use std::time::Duration;

use serde::Deserialize;
use serde_json::json;
use usher_sdk::connector::{Error, Timestamp, ToolError, caller, log};

use crate::api::{Api, NotMade};
use crate::bindings::exports::usher::tools::loyalty::IssuedReward;
use crate::fulfillments::{self, Fulfillment};
use crate::id::Id;
use crate::member::{self, Member};
use crate::rewards::{self, Product};

/// Repeats of all the call's requests. Finding out takes three requests, the purchase one and looking at it two, of the
/// eight that a call has; after an earlier attempt finding out takes four.
const REPEATS: u32 = 1;
const LOOKS: u32 = 2;
const FIRST_LOOK: Duration = Duration::from_millis(500);
/// An earlier attempt isn't older: the runtime takes up an unsettled call for 48 hours. An hour more, for Smile's clock
/// isn't ours.
const WINDOW: Duration = Duration::from_secs(49 * 3600);
/// A purchase makes its points transaction and its reward at nearly the same time.
const TOGETHER: Duration = Duration::from_secs(120);

#[derive(Debug, Deserialize)]
struct Answer {
    points_purchase: Purchase,
}

#[derive(Debug, Deserialize)]
struct Purchase {
    reward_fulfillment: Fulfillment,
}

/// Points that came or went. Its `internal_note` is for the merchant, and isn't read.
#[derive(Debug, Deserialize)]
struct Transaction {
    #[serde(default)]
    customer_id: Option<Id>,
    #[serde(default)]
    points_change: i64,
    #[serde(default)]
    created_at: Option<String>,
}

/// One redemption, as far as it is known before points are spent.
struct Attempt<'a> {
    api: &'a Api,
    member: &'a Member,
    product: &'a Product,
    price: u64,
    since: Timestamp,
    /// What was issued before.
    before: Vec<Fulfillment>,
}

/// Spends the reward's price, of a variable one the smallest amount.
///
/// # Errors
/// `invalid` where nothing was spent for certain and Smile, or the customer's standing, forbids it; `unavailable` where it
/// isn't known, or where Smile could not be asked.
pub(crate) fn redeem(reward_id: &str) -> Result<IssuedReward, ToolError> {
    let customer = caller::customer()?;
    let again = caller::earlier_attempt();
    let id = Id::parse(reward_id).ok_or(ToolError::NotFound)?;
    let api = Api::open(REPEATS)?;
    let Some(member) = member::find(&api, &customer)? else {
        return Err(ToolError::Invalid("the customer isn't a member of the loyalty programme".to_owned()));
    };
    let products = rewards::all(&api)?;
    let product = products.iter().find(|product| product.id == id).ok_or(ToolError::NotFound)?;
    let price = product.price().ok_or(ToolError::NotFound)?;
    let since = Timestamp::now().minus(WINDOW);
    let before = fulfillments::since(&api, &member.id, since)?;
    let attempt = Attempt { api: &api, member: &member, product, price, since, before };

    if again && let Some(issued) = attempt.made_earlier(&products)? {
        return Ok(issued);
    }
    let mut body = json!({ "customer_id": member.id.number() });
    if product.is_variable() {
        body["points_to_spend"] = price.into();
    }
    match api.act::<Answer>(&format!("/points_products/{id}/purchase"), &body) {
        Ok(answer) => attempt.told(answer.points_purchase.reward_fulfillment),
        // Points that are missing now may be those that the earlier attempt has just spent.
        Err(NotMade::Certainly(error @ Error::Invalid(_))) if again => attempt.await_reward(&error),
        Err(NotMade::Certainly(error)) => Err(error.into()),
        Err(NotMade::Perhaps(error)) => attempt.await_reward(&error),
    }
}

impl Attempt<'_> {
    /// What an earlier attempt bought; none where it spent nothing. The same reward bought on purpose within these two days
    /// counts as that attempt: points may then be spent once too few, and never once too often.
    fn made_earlier(&self, products: &[Product]) -> Result<Option<IssuedReward>, ToolError> {
        let (id, since) = (self.member.id.to_string(), self.since.to_string());
        let query = [("customer_id", id.as_str()), ("updated_at_min", since.as_str())];
        let history: Vec<Transaction> = self.api.list("/points_transactions", "points_transactions", &query)?;
        let spent: Vec<&Transaction> = history.iter().filter(|change| self.is_price(change)).collect();
        let spent = match spent.as_slice() {
            [] => return Ok(None),
            [one] => one,
            _ => return Err(unknown("the customer spent so many points more than once in the last two days")),
        };
        let at = spent.created_at.as_deref().and_then(Timestamp::parse);
        let near = |one: &&Fulfillment| match (at, one.created()) {
            (Some(at), Some(made)) => at.since(made).max(made.since(at)) <= TOGETHER,
            _ => false,
        };
        let issued: Vec<&Fulfillment> = self.before.iter().filter(near).collect();
        // The transaction doesn't name what was bought. Where two rewards cost the same, the issued one has to say it.
        let alone = products.iter().filter(|product| product.price() == Some(self.price)).count() == 1;
        let found = match issued.as_slice() {
            [one] if alone => Some(*one),
            several => {
                let mut named = several.iter().filter(|one| self.is_named_by(one));
                named.next().copied().filter(|_| named.next().is_none())
            }
        };
        match found {
            Some(one) => self.told(one.clone()).map(Some),
            None if alone => Ok(Some(self.without_code())),
            None => Err(unknown("the points may have been spent on another reward of the same price")),
        }
    }

    fn is_named_by(&self, issued: &Fulfillment) -> bool {
        let named = |name: &str| issued.name.to_lowercase().contains(&name.to_lowercase());
        self.product.name().is_some_and(named)
    }

    fn is_price(&self, change: &Transaction) -> bool {
        let own = change.customer_id.as_ref().is_none_or(|id| *id == self.member.id);
        // One without a readable time counts: it can't be left out for certain.
        let recent = change.created_at.as_deref().and_then(Timestamp::parse).is_none_or(|at| at >= self.since);
        own && recent && i64::try_from(self.price).is_ok_and(|price| change.points_change == -price)
    }

    /// Looks whether the purchase shows after an answer that got lost.
    fn await_reward(&self, lost: &Error) -> Result<IssuedReward, ToolError> {
        let looks = self.api.looks(LOOKS, FIRST_LOOK);
        while looks.wait(None) {
            // A look that fails is no news.
            let Ok(now) = fulfillments::since(self.api, &self.member.id, self.since) else { continue };
            let is_new = |one: &Fulfillment| !self.before.iter().any(|known| known.id == one.id);
            let mut new = now.into_iter().filter(is_new);
            match (new.next(), new.next()) {
                (Some(one), None) => return self.told(one),
                (Some(_), Some(_)) => return Err(unknown("Smile issued more than one reward at the same time")),
                (None, _) => {}
            }
        }
        Err(unknown(&lost.to_string()))
    }

    fn told(&self, bought: Fulfillment) -> Result<IssuedReward, ToolError> {
        if bought.failed() {
            return Err(unknown("Smile could not issue the reward"));
        }
        Ok(bought.issued())
    }

    /// The points are spent, and which code they bought can't be told apart: the customer's unused codes hold it.
    fn without_code(&self) -> IssuedReward {
        IssuedReward { title: self.product.title().unwrap_or_default(), code: None, expires_at: None }
    }
}

fn unknown(why: &str) -> ToolError {
    log::warn("a redemption's end isn't known; compare the customer's points and rewards in Smile");
    ToolError::Unavailable(format!(
        "it isn't known whether the points were spent: {why}; compare the customer's points and rewards in Smile before \
         it is tried again"
    ))
}
