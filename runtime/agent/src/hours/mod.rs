//! When people are there: the shop's business hours, and how a customer is told.
//!
//! `schedule` holds what the operator wrote, `check` says what is wrong with it, `opening` finds how it stands at a
//! moment and when that changes, `words` says a moment on the customer's own clock.

mod check;
mod opening;
mod schedule;
#[cfg(test)]
mod tests;
mod words;

pub use opening::Opening;
pub use schedule::{BusinessHours, DAYS, Holiday, Interval};
pub use words::{back_at, back_at_shop, span, until};
