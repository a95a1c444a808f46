//! What a connector needs to serve tools from a provider.
//!
//! A connector is a component that exports `health` and one or more tool interfaces, and may ask the
//! runtime for five things only: who the customer is ([`caller`]), the operator's [`settings`], requests to the
//! hosts that its manifest declares ([`Request`]), the time ([`Timestamp`]), and a line in the [`log`].
//!
//! A tool call passes through in this order: `customer()` → a [`Request`], repeated by the rules of [`Retry`] → the
//! provider's JSON, read leniently → a check that each object is this customer's → records of the contract. Every
//! step fails with an [`Error`], which `?` turns into the [`ToolError`] that the skill sees.
//!
//! # The crate
//!
//! `Cargo.toml`: `crate-type = ["cdylib", "rlib"]`, `usher-sdk` with the feature `connector`, and `serde`. `connector.toml`
//! beside it declares hosts, settings and secrets. The crate names the
//! interfaces that it provides in a world of its own, and takes the types that they share from here:
//!
//! ```no_run
//! use exports::usher::connector::health;
//! use exports::usher::tools::customers::{self, CustomerKey};
//! use usher::tools::profile::CustomerProfile;
//! use usher_sdk::connector::{Error, Request, ToolError, settings};
//!
//! usher_sdk::wit_bindgen::generate!({
//!     path: ["../../wit/tools", "../../wit/connector"],
//!     inline: "
//!         package usher:connector-example;
//!         world component {
//!             export usher:connector/health@0.1.0;
//!             export usher:tools/customers@0.1.0;
//!         }
//!     ",
//!     world: "usher:connector-example/component",
//!     with: { "usher:tools/types@0.1.0": usher_sdk::connector::types },
//!     generate_all,
//!     additional_derives: [PartialEq],
//!     runtime_path: "usher_sdk::wit_bindgen::rt",
//! });
//!
//! // The exports' names are no symbols that a linker takes elsewhere.
//! #[cfg(target_arch = "wasm32")]
//! export!(Example);
//! pub struct Example;
//!
//! #[derive(serde::Deserialize)]
//! #[serde(default)]
//! # #[derive(Default)]
//! struct Person {
//!     id: String,
//!     email: Option<String>,
//! }
//!
//! fn find(email: &str) -> Result<Person, Error> {
//!     let base = settings::base_url("base-url", "https://api.example.com")?;
//!     let response = Request::get(format!("{base}/people")).query("email", email).send()?;
//!     if !response.is_success() {
//!         return Err(response.failure(""));
//!     }
//!     let person: Person = response.json()?;
//!     // A search is never taken on trust.
//!     if person.email.as_deref() == Some(email) { Ok(person) } else { Err(Error::NotFound) }
//! }
//!
//! impl customers::Guest for Example {
//!     fn lookup(key: CustomerKey) -> Result<CustomerProfile, ToolError> {
//!         let CustomerKey::Email(email) = key else { return Err(ToolError::NotFound) };
//!         let Person { id, email } = find(&email)?;
//!         let (first_name, last_name, phone, locale) = (None, None, None, None);
//!         Ok(CustomerProfile { id: Some(id), first_name, last_name, email, phone, locale })
//!     }
//! }
//!
//! impl health::Guest for Example {
//!     fn check() -> Result<String, String> {
//!         match find("nobody@example.com") {
//!             Ok(_) | Err(Error::NotFound) => Ok("people can be found".to_owned()),
//!             Err(error) => Err(error.to_string()),
//!         }
//!     }
//! }
//! # fn main() {}
//! ```
//!
//! An export that lacks a function doesn't compile. An interface that only lends a type (`usher:tools/profile` to
//! `customers`) becomes an import without functions, and gives the component nothing. What the component may do is
//! the functions that it really calls; of these only the five interfaces above can be granted to a connector.
//!
//! # Secrets
//!
//! A connector never sees one. `connector.toml` binds a secret to a header and to hosts, and the runtime puts it into
//! the requests that go there. With `client-credentials` the runtime also fetches the token, keeps it, renews it
//! before it expires, and repeats a request once that was answered with 401. So a 401 that arrives here is final.
//!
//! # Reading a provider's JSON
//!
//! `#[derive(Deserialize)] #[serde(default)]` with `Option`s, only the fields that are used, and strings for the
//! provider's enumerations, matched with a fallback: providers add fields and states without notice.
//!
//! # Tests
//!
//! Everywhere but in WebAssembly the runtime is [`testing::FakeRuntime`]: call the connector's functions in ordinary
//! unit tests, with a closure for the provider.

#[doc(hidden)]
#[allow(missing_docs)]
mod bindings;
mod error;
mod host;
mod money;
mod request;
mod retry;
mod timestamp;

pub mod caller;
pub mod log;
pub mod settings;
#[cfg(not(target_arch = "wasm32"))]
pub mod testing;

/// The types that tools share, for `with` in a connector's own bindings.
pub use bindings::usher::tools::types;

pub use error::{Error, one_line};
pub use money::minor_unit_exponent;
pub use request::{Request, Response};
pub use retry::Retry;
pub use timestamp::Timestamp;
pub use types::{Address, Money, Owner, ToolError};

use bindings::usher::connector::http;

#[cfg(test)]
mod tests;
