//! Subscriptions of Recharge: what a customer has, and pausing, resuming, skipping, moving and cancelling.
//!
//! A call passes through in this order: an exported function (below) → `customer`, who at Recharge the signed-in customer
//! is → `list` for reading, `actions` for acting on one subscription that was found to be theirs → [`api`], one request →
//! records of the contract (`record`).
//!
//! Recharge has no pause. Pausing moves the next charge to a day, so it needs one. A subscription is told to be paused
//! where its next charge was moved out of its rhythm: the day one interval before it lies in the future, and no skipped
//! delivery stands there. Resuming moves the charge of such a one to the next possible day; a cancelled one is activated.
//!
//! Recharge tells no repetition by a key. So each action is a wish for a state: it is read before anything is asked for,
//! read again after an answer that got lost, and only then asked for a second time, in a form that can't have a second
//! effect: the same day, the same charge.
//!
//! Documentation: developer.rechargepayments.com, version 2021-11.

mod actions;
mod api;
mod customer;
mod day;
mod health;
mod list;
mod portal;
mod record;

#[cfg(test)]
mod against_standin;

#[allow(unsafe_code, missing_docs, unreachable_pub)]
mod bindings {
    usher_sdk::wit_bindgen::generate!({
        path: ["../../wit/tools", "../../wit/connector"],
        inline: "
            package usher:connector-recharge;
            world component {
                export usher:connector/health@0.1.0;
                export usher:tools/subscriptions@0.1.0;
                export usher:tools/subscription-actions@0.1.0;
            }
        ",
        world: "usher:connector-recharge/component",
        with: { "usher:tools/types@0.1.0": usher_sdk::connector::types },
        generate_all,
        additional_derives: [PartialEq],
        runtime_path: "usher_sdk::wit_bindgen::rt",
    });

    // The exports' names are no symbols that a linker takes elsewhere.
    #[cfg(target_arch = "wasm32")]
    export!(Recharge with_types_in self);
    #[cfg(target_arch = "wasm32")]
    use super::Recharge;
}

use bindings::exports::usher::connector::health as health_interface;
use bindings::exports::usher::tools::{
    subscription_actions as actions_interface, subscriptions as subscriptions_interface,
};
use usher_sdk::connector::ToolError;

/// The component.
#[derive(Debug)]
pub struct Recharge;

impl health_interface::Guest for Recharge {
    fn check() -> Result<String, String> {
        Ok(health::check()?)
    }
}

impl subscriptions_interface::Guest for Recharge {
    fn list_all() -> Result<Vec<subscriptions_interface::Subscription>, ToolError> {
        Ok(list::all()?)
    }

    fn portal_url() -> Result<String, ToolError> {
        Ok(portal::url()?)
    }
}

impl actions_interface::Guest for Recharge {
    fn pause(id: String, until: Option<String>) -> Result<(), ToolError> {
        Ok(actions::pause(&id, until.as_deref())?)
    }

    fn resume(id: String) -> Result<(), ToolError> {
        Ok(actions::resume(&id)?)
    }

    fn skip_next(id: String) -> Result<(), ToolError> {
        Ok(actions::skip_next(&id)?)
    }

    fn reschedule(id: String, next_charge_on: String) -> Result<(), ToolError> {
        Ok(actions::reschedule(&id, &next_charge_on)?)
    }

    fn cancel(id: String, reason: Option<String>) -> Result<(), ToolError> {
        Ok(actions::cancel(&id, reason.as_deref())?)
    }
}
