//! Moments as customers read them.

use super::super::*;
use super::at;
use crate::texts::Language;
use jiff::SignedDuration;

#[test]
fn a_moment_is_said_on_the_customer_s_clock() {
    // A Thursday evening in Berlin.
    let now = at("2026-11-26T20:00+01:00");
    let say = |moment: &str, zone: &str, language| back_at(at(moment), now, zone, language);
    let english = |moment: &str, zone: &str| say(moment, zone, Language::English);
    assert_eq!(english("2026-11-26T21:30+01:00", "Europe/Berlin"), "today 21:30 (your time)");
    assert_eq!(english("2026-11-27T09:00+01:00", "Europe/Berlin"), "tomorrow 09:00 (your time)");
    assert_eq!(english("2026-11-30T09:00+01:00", "Europe/Berlin"), "Monday 09:00 (your time)");
    assert_eq!(english("2026-12-02T09:00+01:00", "Europe/Berlin"), "Wednesday 09:00 (your time)");
    // A week on, the day's name alone would be today's.
    assert_eq!(english("2026-12-03T09:00+01:00", "Europe/Berlin"), "on 3 December 09:00 (your time)");
    assert_eq!(english("2027-01-04T09:00+01:00", "Europe/Berlin"), "on 4 January 2027 09:00 (your time)");
    // Elsewhere it is another hour, and another day.
    assert_eq!(english("2026-11-27T09:00+01:00", "America/New_York"), "tomorrow 03:00 (your time)");
    assert_eq!(english("2026-11-27T09:00+01:00", "Pacific/Auckland"), "today 21:00 (your time)");
    assert_eq!(english("2026-11-30T09:00+01:00", "No/Where"), "Monday 08:00 (UTC)");
    assert_eq!(
        back_at_shop(at("2026-11-30T09:00+01:00"), now, "Europe/Berlin", Language::English),
        "Monday 09:00 (Europe/Berlin)"
    );
    for (language, soon, day, date) in [
        (
            Language::French,
            "aujourd'hui à 21:30 (votre heure)",
            "lundi à 09:00 (votre heure)",
            "le 1er janvier 2027 à 09:00 (votre heure)",
        ),
        (
            Language::Dutch,
            "vandaag om 21:30 (jouw tijd)",
            "maandag om 09:00 (jouw tijd)",
            "op 1 januari 2027 om 09:00 (jouw tijd)",
        ),
        (
            Language::Swedish,
            "i dag kl. 21:30 (din tid)",
            "på måndag kl. 09:00 (din tid)",
            "den 1 januari 2027 kl. 09:00 (din tid)",
        ),
    ] {
        assert_eq!(say("2026-11-26T21:30+01:00", "Europe/Berlin", language), soon);
        assert_eq!(say("2026-11-30T09:00+01:00", "Europe/Berlin", language), day);
        assert_eq!(say("2027-01-01T09:00+01:00", "Europe/Berlin", language), date);
    }
}

#[test]
fn days_are_counted_on_the_calendar_where_the_clock_changes() {
    // Saturday 23:30 to Sunday 00:30 is tomorrow, also in the night in which an hour is missing.
    let now = at("2026-03-28T23:30+01:00");
    assert_eq!(
        back_at(at("2026-03-29T09:00+02:00"), now, "Europe/Berlin", Language::English),
        "tomorrow 09:00 (your time)"
    );
    let week = back_at(at("2026-04-04T09:00+02:00"), now, "Europe/Berlin", Language::English);
    assert_eq!(week, "on 4 April 09:00 (your time)");
}

#[test]
fn an_end_is_said() {
    let now = at("2026-11-26T10:00+01:00");
    let say = |moment: &str, language| until(at(moment), now, Some("Europe/Berlin"), "UTC", language);
    assert_eq!(say("2026-11-26T17:00+01:00", Language::English), "until 17:00 (your time)");
    assert_eq!(say("2026-11-27T02:00+01:00", Language::English), "until tomorrow 02:00 (your time)");
    assert_eq!(say("2026-11-30T00:00+01:00", Language::Swedish), "till måndag 00:00 (din tid)");
    assert_eq!(say("2026-12-24T00:00+01:00", Language::French), "jusqu'au 24 décembre, 00:00 (votre heure)");
    assert_eq!(say("2026-12-24T00:00+01:00", Language::Dutch), "tot 24 december 00:00 (jouw tijd)");
    let named = until(at("2026-11-26T17:00+01:00"), now, None, "Europe/Berlin", Language::Dutch);
    assert_eq!(named, "tot 17:00 (Europe/Berlin)");
}

#[test]
fn a_length_is_said_roughly() {
    let say = |seconds, language| span(SignedDuration::from_secs(seconds), language);
    assert_eq!(say(5, Language::English), "about 1 minute");
    assert_eq!(say(290, Language::English), "about 5 minutes");
    assert_eq!(say(5400, Language::English), "about 2 hours");
    assert_eq!(say(3600, Language::Swedish), "ungefär 1 timme");
    assert_eq!(say(3 * 86_400, Language::French), "environ 3 jours");
    assert_eq!(say(2 * 3600, Language::Dutch), "ongeveer 2 uur");
}
