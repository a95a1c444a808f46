//! Where a connector may send requests, and which of two such places holds the other.

use crate::sheet::{SheetHost, pattern};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use usher_manifest::{HostPattern, Method};

/// One place with its methods.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reach {
    /// Where.
    #[serde(flatten, serialize_with = "pattern::serialize")]
    pub host: HostPattern,
    /// It is the author's own choice for this setting, in force until the operator fills in another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_of: Option<String>,
    /// How.
    pub methods: BTreeSet<Method>,
}

impl Reach {
    /// All places of a connector. The author's choice for a setting is a place of its own beside the operator's.
    #[must_use]
    pub fn of(hosts: &[SheetHost]) -> Vec<Self> {
        let mut all: BTreeMap<String, Self> = BTreeMap::new();
        let mut add = |host: HostPattern, default_of: Option<String>, methods: &BTreeSet<Method>| {
            let place = Self { host, default_of, methods: BTreeSet::new() };
            all.entry(place.to_string()).or_insert(place).methods.extend(methods);
        };
        for host in hosts {
            add(host.host.clone(), None, &host.methods);
            if let (HostPattern::FromSetting { setting, .. }, Some(default)) = (&host.host, &host.default) {
                add(HostPattern::Exact(default.clone()), Some(setting.clone()), &host.methods);
            }
        }
        all.into_values().collect()
    }

    /// Whether every request to the other place would be admitted by this one too, were the methods the same, whatever
    /// the operator fills in. It goes by what [`HostPattern::admits`] admits.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        let stays = self.default_of.is_none() || self.default_of == other.default_of;
        stays && covers(&self.host, &other.host)
    }
}

/// Whether one pattern admits all that the other does. A finite union of patterns admits all of another only where one
/// of them does alone: what ends with a suffix has names without end, and an operator may fill in any.
fn covers(wide: &HostPattern, narrow: &HostPattern) -> bool {
    use HostPattern::{Exact, FromSetting, Suffix};
    let within = |inner: &str, outer: &str| inner == outer || under(inner, outer);
    match (wide, narrow) {
        (Exact(wide), Exact(narrow)) => wide == narrow,
        (Suffix(suffix), Exact(host)) => under(host, suffix),
        (Suffix(outer), Suffix(inner) | FromSetting { suffix: Some(inner), .. }) => within(inner, outer),
        (FromSetting { setting: a, suffix: outer }, FromSetting { setting: b, suffix: inner }) => {
            a == b
                && match (outer, inner) {
                    (None, _) => true,
                    (Some(outer), Some(inner)) => within(inner, outer),
                    (Some(_), None) => false,
                }
        }
        (Exact(_), Suffix(_) | FromSetting { .. })
        | (Suffix(_), FromSetting { suffix: None, .. })
        | (FromSetting { .. }, Exact(_) | Suffix(_)) => false,
    }
}

fn under(host: &str, suffix: &str) -> bool {
    host.strip_suffix(suffix).is_some_and(|rest| rest.len() > 1 && rest.ends_with('.'))
}

/// Without the methods.
impl fmt::Display for Reach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.host {
            HostPattern::Exact(host) => f.write_str(host)?,
            HostPattern::Suffix(suffix) => write!(f, "any host under *.{suffix}")?,
            from_setting @ HostPattern::FromSetting { .. } => write!(f, "{from_setting}")?,
        }
        match &self.default_of {
            Some(setting) => write!(f, ", until the operator fills in the setting `{setting}`"),
            None => Ok(()),
        }
    }
}
