//! A skill is one function and a `skill.toml`.
//!
//! ```
//! use usher_sdk::skill::prelude::*;
//!
//! texts! {
//!     fn closing_time() {
//!         en: "We close at six.",
//!         fr: "Nous fermons à 18 heures.",
//!         nl: "We sluiten om zes uur.",
//!         sv: "Vi stänger klockan sex.",
//!     }
//! }
//!
//! fn handle(turn: Turn) -> Reply {
//!     Reply::text(closing_time(turn.language())).answered()
//! }
//!
//! usher_sdk::skill!(handle);
//! ```
//!
//! The way of a turn: the runtime calls the function that [`skill!`](crate::skill!) exports with a [`Turn`]; the
//! skill reads what the customer wants from it ([`mentions`], [`order_name_in`]), asks [`tools`], puts what it
//! found into the customer's language ([`texts!`](crate::texts!), [`Calendar`], `Money::show`) and returns an
//! [`Outcome`]. A tool's error that the skill has no answer for is passed on with `?`; [`IntoOutcome`] says
//! what becomes of it.
//!
//! Outside of WebAssembly there is no runtime: a tool's function panics there, while memory, settings and the
//! log work in small, so that a skill's own logic can be tested with `cargo test`.

#[doc(hidden)]
#[allow(missing_docs)]
pub mod bindings;

mod calendar;
pub mod consent;
mod excerpt;
mod language;
pub mod log;
pub mod memory;
mod money;
mod order_items;
mod order_name;
mod outcome;
mod reply;
pub mod settings;
mod turn;
mod voice;
mod words;
mod zone;

/// What a skill may ask of the world: one module an interface of the contract. Each function that a skill
/// calls becomes a line of its permission sheet, and needs an entry with a reason in `skill.toml`.
pub mod tools {
    pub use super::bindings::usher::tools::types::{Address, Denial, DenialReason, Money, Owner, ToolError};
    pub use super::bindings::usher::tools::{
        catalog, coupons, knowledge, loyalty, loyalty_actions, order_actions, orders, profile, returns,
        subscription_actions, subscriptions,
    };
}

pub use bindings::usher::skill::types::{
    Action, Assurance, Author, Button, Card, CardBody, Channel, CouponCard, Customer, Expectation, Fact, Focus,
    Handoff, HandoffReason, HubSection, Input, LoyaltyCard, Message, OrderCard, OrderItem, Outcome, ProductCard, Reply,
    SignIn, SubscriptionCard, Turn,
};
pub use calendar::Calendar;
#[doc(hidden)]
pub use language::rendered;
pub use language::{Language, texts};
pub use order_name::{OrderName, order_name_in};
pub use outcome::{IntoOutcome, run};
pub use tools::{Money, ToolError};
pub use voice::{Tone, Voice};
pub use words::{agrees, mentions};

#[doc(hidden)]
pub use bindings::exports::usher::skill::handler::Guest as Handler;

/// Everything that a skill usually needs.
pub mod prelude {
    pub use super::tools::{self, *};
    pub use super::{
        Action, Assurance, Author, Button, Calendar, Card, CardBody, Channel, CouponCard, Customer, Expectation, Fact,
        Focus, Handoff, HandoffReason, HubSection, Input, IntoOutcome, Language, LoyaltyCard, Message, OrderCard,
        OrderItem, OrderName, Outcome, ProductCard, Reply, SignIn, SubscriptionCard, Tone, Turn, agrees, consent, log,
        memory, mentions, order_name_in, settings,
    };
    pub use crate::texts;
}

/// Exports a function as the skill: `skill!(handle);`.
///
/// The function takes a [`Turn`](crate::skill::Turn) and returns anything that is
/// [`IntoOutcome`](crate::skill::IntoOutcome): an `Outcome`, a `Reply`, or a `Result` of either with `ToolError`.
#[macro_export]
macro_rules! skill {
    ($handle:path) => {
        #[cfg(target_arch = "wasm32")]
        const _: () = {
            struct Component;
            impl $crate::skill::Handler for Component {
                fn handle(turn: $crate::skill::Turn) -> $crate::skill::Outcome {
                    $crate::skill::run($handle, turn)
                }
            }
    $crate::skill::bindings::__export_skill!(Component with_types_in $crate::skill::bindings);
        };
        #[cfg(not(target_arch = "wasm32"))]
        const _: fn($crate::skill::Turn) -> $crate::skill::Outcome = |turn| $crate::skill::run($handle, turn);
    };
}
