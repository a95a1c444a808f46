//! Time zones to choose from.

use std::sync::LazyLock;

/// Names of places that stand for whole countries, or for nothing but a difference to UTC: the cities are there as well.
const OTHERS: [&str; 9] = ["Etc/", "posix/", "right/", "SystemV/", "US/", "Canada/", "Brazil/", "Mexico/", "Chile/"];

static ZONES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let mut zones: Vec<String> = jiff::tz::db()
        .available()
        .map(|name| name.as_str().to_owned())
        .filter(|name| name == "UTC" || (name.contains('/') && !OTHERS.iter().any(|other| name.starts_with(other))))
        .collect();
    zones.sort_unstable();
    zones.dedup();
    zones
});

/// IANA names, by place: `zones()`.
pub(super) fn zones() -> Vec<String> {
    ZONES.clone()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_listed_once_and_can_be_used() {
        let zones = zones();
        for expected in ["Europe/Amsterdam", "America/New_York", "Asia/Kolkata", "Australia/Sydney", "UTC"] {
            assert!(zones.iter().any(|zone| zone == expected), "{expected} is missing");
        }
        assert!(!zones.iter().any(|zone| zone.starts_with("Etc/") || zone == "EST"), "{zones:?}");
        for zone in &zones {
            assert!(jiff::tz::TimeZone::get(zone).is_ok(), "{zone}");
        }
    }
}
