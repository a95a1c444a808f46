//! Points, rewards and redemption with LoyaltyLion.
//!
//! A call passes through in this order: an exported function (below) → its module → [`member`], which finds the customer by
//! the verified address and so the shop's own id, which is what LoyaltyLion addresses customers by → [`api`], one request
//! with LoyaltyLion's errors and pages → records of the contract. [`redeem`] is the only module that changes something at
//! LoyaltyLion.
//!
//! Documentation: developers.loyaltylion.com, Admin API v2, and Headless API 2025-06 for what that one doesn't tell: the
//! programme, and what a customer claimed.

mod account;
mod api;
mod claimed;
mod health;
mod id;
mod member;
mod program;
mod redeem;

#[cfg(test)]
mod against_standin;

#[allow(unsafe_code, missing_docs, unreachable_pub)]
mod bindings {
    usher_sdk::wit_bindgen::generate!({
        path: ["../../wit/tools", "../../wit/connector"],
        inline: "
            package usher:connector-loyaltylion;
            world component {
                export usher:connector/health@0.1.0;
                export usher:tools/loyalty@0.1.0;
                export usher:tools/loyalty-actions@0.1.0;
            }
        ",
        world: "usher:connector-loyaltylion/component",
        with: { "usher:tools/types@0.1.0": usher_sdk::connector::types },
        generate_all,
        additional_derives: [PartialEq],
        runtime_path: "usher_sdk::wit_bindgen::rt",
    });

    // The exports' names are no symbols that a linker takes elsewhere.
    #[cfg(target_arch = "wasm32")]
    export!(LoyaltyLion with_types_in self);
    #[cfg(target_arch = "wasm32")]
    use super::LoyaltyLion;
}

use bindings::exports::usher::connector::health as health_interface;
use bindings::exports::usher::tools::{loyalty, loyalty_actions};
use usher_sdk::connector::ToolError;

/// The component.
#[derive(Debug)]
pub struct LoyaltyLion;

impl health_interface::Guest for LoyaltyLion {
    fn check() -> Result<String, String> {
        Ok(health::check()?)
    }
}

impl loyalty::Guest for LoyaltyLion {
    fn account() -> Result<loyalty::LoyaltyAccount, ToolError> {
        Ok(account::read()?)
    }

    fn program() -> Result<loyalty::LoyaltyProgram, ToolError> {
        Ok(program::read()?)
    }
}

impl loyalty_actions::Guest for LoyaltyLion {
    fn redeem(reward_id: String) -> Result<loyalty::IssuedReward, ToolError> {
        redeem::redeem(&reward_id)
    }
}
