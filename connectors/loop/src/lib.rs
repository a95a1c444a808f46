//! Return eligibility, open returns and portal links of Loop Returns.
//!
//! A call passes through in this order: an exported function (below) → its module → [`api`], one request with Loop's
//! many ways to say that something failed → records of the contract.
//!
//! Documentation: docs.loopreturns.com, API reference, version 1.

mod api;
mod eligibility;
mod failure;
mod health;
mod order_name;
mod portal;
mod returns;

#[cfg(test)]
mod against_standin;
#[cfg(test)]
mod under_faults;

#[allow(unsafe_code, missing_docs, unreachable_pub)]
mod bindings {
    usher_sdk::wit_bindgen::generate!({
        path: ["../../wit/tools", "../../wit/connector"],
        inline: "
            package usher:connector-loop;
            world component {
                export usher:connector/health@0.1.0;
                export usher:tools/returns@0.1.0;
            }
        ",
        world: "usher:connector-loop/component",
        with: { "usher:tools/types@0.1.0": usher_sdk::connector::types },
        generate_all,
        additional_derives: [PartialEq],
        runtime_path: "usher_sdk::wit_bindgen::rt",
    });

    // The exports' names are no symbols that a linker takes elsewhere.
    #[cfg(target_arch = "wasm32")]
    export!(Loop with_types_in self);
    #[cfg(target_arch = "wasm32")]
    use super::Loop;
}

use bindings::exports::usher::connector::health as health_interface;
use bindings::exports::usher::tools::returns as returns_interface;
use usher_sdk::connector::ToolError;

/// The component.
#[derive(Debug)]
pub struct Loop;

impl health_interface::Guest for Loop {
    fn check() -> Result<String, String> {
        Ok(health::check()?)
    }
}

impl returns_interface::Guest for Loop {
    fn eligibility(order_name: String) -> Result<returns_interface::ReturnEligibility, ToolError> {
        Ok(eligibility::of(&order_name)?)
    }

    fn list_open() -> Result<Vec<returns_interface::ReturnRequest>, ToolError> {
        Ok(returns::list_open()?)
    }

    fn portal_url(order_name: Option<String>, postal_code: Option<String>) -> Result<String, ToolError> {
        Ok(portal::url(order_name.as_deref(), postal_code.as_deref())?)
    }
}
