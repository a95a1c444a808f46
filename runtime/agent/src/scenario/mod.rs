//! Scenarios: a customer talks to the shop, and what comes of it is compared with what should.
//!
//! [`Scenario`] is one of them as files hold it (`format.rs`, `file.rs`), kept from the preview as a [`KeptScenario`].
//! Whoever plays one puts what each step led to into [`Came`], and [`check`] says of each expectation whether it holds and
//! what came instead (`check.rs`). What came of playing it is a [`ScenarioRun`]; [`ScenarioStore`] keeps both.
//!
//! The server plays kept scenarios with the preview: nothing is stored of the conversation, and nothing is changed at a
//! provider. The project's own suite plays the same files against a whole server, where a file may also say how the shop and
//! its providers are to stand before (`given`, `meanwhile`) and afterwards (`after`, `ticket`); the preview has no hand in
//! these, and [`Scenario::for_preview`] refuses them.

mod check;
mod file;
mod format;
mod kept;
mod names;
mod store;
#[cfg(test)]
mod tests;

pub use check::{Came, Verdict, button, check, shown, text_of};
pub use file::{FileError, Found, read_file, write_file};
pub use format::{Answer, Expect, Flag, Scenario, Step};
pub use kept::{KeptScenario, ScenarioRun, StepRun};
pub use names::{escaped, fill, literal};
pub use store::ScenarioStore;
