//! When people are there: the shop's business hours, and how a customer is told.

mod schedule;

pub use schedule::{BusinessHours, Holiday, Interval, Opening};
