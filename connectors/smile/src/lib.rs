//! Points, rewards and redemption with Smile.
//!
//! A call passes through in this order: an exported function (below) → its module → [`member`], which finds the customer by
//! the verified address → [`api`], one request with Smile's errors and pages → records of the contract. [`redeem`] is the
//! only module that changes something at Smile.
//!
//! Documentation: dev.smile.io, REST API, version 1.

mod account;
mod api;
mod fulfillments;
mod health;
mod id;
mod member;
mod program;
mod redeem;
mod rewards;

#[cfg(test)]
mod against_standin;

#[allow(unsafe_code, missing_docs, unreachable_pub)]
mod bindings {
    usher_sdk::wit_bindgen::generate!({
        path: ["../../wit/tools", "../../wit/connector"],
        inline: "
            package usher:connector-smile;
            world component {
                export usher:connector/health@0.1.0;
                export usher:tools/loyalty@0.1.0;
                export usher:tools/loyalty-actions@0.1.0;
            }
        ",
        world: "usher:connector-smile/component",
        with: { "usher:tools/types@0.1.0": usher_sdk::connector::types },
        generate_all,
        additional_derives: [PartialEq],
        runtime_path: "usher_sdk::wit_bindgen::rt",
    });

    // The exports' names are no symbols that a linker takes elsewhere.
    #[cfg(target_arch = "wasm32")]
    export!(Smile with_types_in self);
    #[cfg(target_arch = "wasm32")]
    use super::Smile;
}

use bindings::exports::usher::connector::health as health_interface;
use bindings::exports::usher::tools::{loyalty, loyalty_actions};
use usher_sdk::connector::ToolError;

/// The component.
#[derive(Debug)]
pub struct Smile;

impl health_interface::Guest for Smile {
    fn check() -> Result<String, String> {
        Ok(health::check()?)
    }
}

impl loyalty::Guest for Smile {
    fn account() -> Result<loyalty::LoyaltyAccount, ToolError> {
        Ok(account::read()?)
    }

    fn program() -> Result<loyalty::LoyaltyProgram, ToolError> {
        Ok(program::read()?)
    }
}

impl loyalty_actions::Guest for Smile {
    fn redeem(reward_id: String) -> Result<loyalty::IssuedReward, ToolError> {
        redeem::redeem(&reward_id)
    }
}
