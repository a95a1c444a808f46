//! Orders, customers, products and discount codes of a Shopify shop, from its GraphQL Admin API; it cancels orders and
//! changes where they are sent.
//!
//! A call passes through in this order: an exported function (below) → its module, which knows whose the objects
//! must be ([`owner`]) → [`admin`], one request with Shopify's throttling and errors → `serde` types of the answer →
//! records of the contract. The documents that are sent stand in `graphql/`.
//!
//! Ids that leave this crate are Shopify's numbers without `gid://…`: what the shop's own pages and other providers
//! call the same objects. Documentation: shopify.dev, "GraphQL Admin API", version 2026-07.

mod actions;
mod admin;
mod answer;
mod discounts;
mod gid;
mod health;
mod money;
mod order_name;
mod order_record;
mod orders;
mod owner;
mod people;
mod products;
mod search;

#[allow(unsafe_code, missing_docs, unreachable_pub)]
mod bindings {
    usher_sdk::wit_bindgen::generate!({
        path: ["../../wit/tools", "../../wit/connector"],
        inline: "
            package usher:connector-shopify;
            world component {
                export usher:connector/health@0.1.0;
                export usher:tools/orders@0.1.0;
                export usher:tools/order-actions@0.1.0;
                export usher:tools/customers@0.1.0;
                export usher:tools/catalog-feed@0.1.0;
                export usher:tools/discount-feed@0.1.0;
            }
        ",
        world: "usher:connector-shopify/component",
        with: { "usher:tools/types@0.1.0": usher_sdk::connector::types },
        generate_all,
        additional_derives: [PartialEq],
        runtime_path: "usher_sdk::wit_bindgen::rt",
    });

    // The exports' names are no symbols that a linker takes elsewhere.
    #[cfg(target_arch = "wasm32")]
    export!(Shopify with_types_in self);
    #[cfg(target_arch = "wasm32")]
    use super::Shopify;
}

#[cfg(test)]
mod against_standin;
#[cfg(test)]
mod fake_shop;
#[cfg(test)]
mod faults;

use bindings::exports::usher::connector::health as health_interface;
use bindings::exports::usher::tools::{
    catalog_feed, customers, discount_feed, order_actions, orders as orders_interface,
};
use bindings::usher::tools::{catalog, coupons, profile};
use usher_sdk::connector::{Address, ToolError};

/// The component.
#[derive(Debug)]
pub struct Shopify;

impl health_interface::Guest for Shopify {
    fn check() -> Result<String, String> {
        Ok(health::check()?)
    }
}

impl orders_interface::Guest for Shopify {
    fn get(name: String) -> Result<orders_interface::Order, ToolError> {
        Ok(orders::get(&name)?)
    }

    fn recent(limit: u32) -> Result<Vec<orders_interface::Order>, ToolError> {
        Ok(orders::recent(limit)?)
    }
}

impl order_actions::Guest for Shopify {
    fn cancel(order_name: String) -> Result<(), ToolError> {
        Ok(actions::cancel(&order_name)?)
    }

    fn change_shipping_address(order_name: String, address: Address) -> Result<(), ToolError> {
        Ok(actions::change_address(&order_name, &address)?)
    }
}

impl customers::Guest for Shopify {
    fn lookup(key: customers::CustomerKey) -> Result<profile::CustomerProfile, ToolError> {
        Ok(people::lookup(&key)?)
    }
}

impl catalog_feed::Guest for Shopify {
    fn page(cursor: Option<String>, updated_since: Option<String>) -> Result<catalog_feed::FeedPage, ToolError> {
        Ok(products::page(cursor.as_deref(), updated_since.as_deref())?)
    }

    fn now(ids: Vec<String>) -> Result<Vec<catalog::Product>, ToolError> {
        Ok(products::now(&ids)?)
    }
}

impl discount_feed::Guest for Shopify {
    fn public_codes() -> Result<Vec<coupons::Coupon>, ToolError> {
        Ok(discounts::public_codes()?)
    }

    fn personal_codes() -> Result<Vec<coupons::Coupon>, ToolError> {
        Ok(discounts::personal_codes()?)
    }

    fn check(code: String) -> Result<(coupons::Coupon, coupons::CouponState), ToolError> {
        Ok(discounts::check(&code)?)
    }
}
