//! What the widget's browser tests stand on. A [`Stage`] is one browser with a shop page in it and a [`Fake`] server
//! behind it: the fake serves the real files of the widget and speaks the chat API from a script, so that every state
//! of the widget can be brought about, failures included.
//!
//! - [`driver`]: one chromedriver for all tests that run at the same time, ended with the last of them
//! - [`stage`]: a browser session, its clean end, and what a customer does in it
//! - [`fake`]: the scripted server, and the line to it that can be cut
//! - [`shop`]: the shop's pages, on an origin of their own and under a strict content security policy
//! - [`script`]: messages as the server gives them
//! - [`demo`]: the real thing, `usher demo`, to see that the two fit
//! - [`desk`]: the workspace of people in support, and what a person does there
//! - [`shopper`]: a customer in the chat without a browser
//! - [`console`]: the pages of operators and reviewers, and a team with an account for each role
//! - [`caller`]: the API as programs and pages call it

#![allow(clippy::unwrap_used)] // All of it is test code: a failed step fails the test.

pub mod caller;
pub mod console;
pub mod demo;
pub mod desk;
pub mod driver;
pub mod fake;
pub mod script;
pub mod shop;
pub mod shopper;
pub mod stage;

pub use caller::Caller;
pub use console::{Console, Team};
pub use demo::Demo;
pub use desk::Desk;
pub use fake::Fake;
pub use shopper::Shopper;
pub use stage::{Browser, Screen, Stage, in_browser, on_stage};
