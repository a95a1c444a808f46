//! Changing the signed-in customer's orders.
//!
//! A change passes through in this order: the order is found and read, its owner checked ([`Subject`]) → what its state
//! forbids ([`state`]) → one mutation ([`Admin::act`]) → the order is read again until it shows the change. Shopify tells
//! no repetition of these mutations by a key, so that reading back is the only way to learn what a lost answer said. A
//! change is called refused only where that is certain; all else is an error after which the runtime asks again, and
//! this crate then reads before it acts.

mod address;
mod cancel;
mod state;

use serde::Deserialize;
use serde_json::json;
use usher_sdk::connector::{Error, one_line};

use crate::admin::Admin;
use crate::order_name::OrderName;
use crate::orders::{self, One};
use crate::owner::Owner;
use state::OrderState;

pub(crate) use address::change as change_address;
pub(crate) use cancel::cancel;

const READ_STATE: &str =
    concat!(include_str!("../../graphql/read_order_state.graphql"), include_str!("../../graphql/order_state.graphql"));

/// The order that is to be changed.
struct Subject {
    admin: Admin,
    owner: Owner,
    id: String,
}

impl Subject {
    /// The customer's order of this name, and how it stands.
    fn open(name: &str) -> Result<(Self, OrderState), Error> {
        let owner = Owner::signed_in()?;
        let name = OrderName::parse(name)?;
        let admin = Admin::open()?;
        let id = orders::find(&admin, &name, &owner)?;
        let subject = Subject { admin, owner, id };
        let state = subject.read()?;
        Ok((subject, state))
    }

    /// How it stands now.
    fn read(&self) -> Result<OrderState, Error> {
        let answer: One<OrderState> = self.admin.read(READ_STATE, json!({ "id": self.id }))?;
        self.own(answer.order)
    }

    /// An order that was handed over meanwhile isn't this customer's any more.
    fn own(&self, state: Option<OrderState>) -> Result<OrderState, Error> {
        state.filter(|state| state.belongs_to(&self.owner)).ok_or(Error::NotFound)
    }
}

/// One of a mutation's `userErrors`.
#[derive(Debug, Deserialize)]
struct UserError {
    #[serde(default)]
    field: Option<Vec<String>>,
    message: String,
    #[serde(default)]
    code: Option<String>,
}

/// What Shopify refuses, in its own words.
fn refusal(errors: &[UserError]) -> Error {
    let complaints = errors.iter().map(|error| match error.field.as_deref().and_then(<[String]>::last) {
        Some(field) => format!("{field}: {}", one_line(&error.message)),
        None => one_line(&error.message),
    });
    Error::Invalid(format!("Shopify refuses it: {}", complaints.collect::<Vec<_>>().join("; ")))
}

#[cfg(test)]
mod tests;
