//! Business hours: several intervals a day, past midnight, holidays, daylight saving.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// From then until then, on the shop's clock. One that ends at or before its begin ends on the next day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Interval {
    /// Its first moment.
    pub from: Time,
    /// Its end.
    pub until: Time,
}

/// Days with hours of their own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holiday {
    /// What people call it.
    pub name: String,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub until: Date,
    /// Every year.
    #[serde(default)]
    pub every_year: bool,
    /// When people are there all the same; empty: not at all.
    #[serde(default)]
    pub intervals: Vec<Interval>,
}

/// When people are there. A setting of the operator's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BusinessHours {
    /// IANA name; none: the shop's.
    pub time_zone: Option<String>,
    /// By day (`monday` … `sunday`), those that begin on it. With none at all people are always there.
    pub weekly: BTreeMap<String, Vec<Interval>>,
    /// Days with hours of their own.
    pub holidays: Vec<Holiday>,
}

/// How it stands at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opening {
    /// People are there.
    pub open: bool,
    /// When that changes next; none where it never does.
    pub changes_at: Option<Timestamp>,
}
