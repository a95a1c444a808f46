//! When people are there.

use super::{changes, get, put, refused};
use crate::support::Site;
use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, ToSpan};
use reqwest::{Method, StatusCode};
use serde_json::json;

#[tokio::test]
async fn hours_are_set_and_say_how_they_stand() {
    let mut site = Site::start().await;
    let now = get(&site, "hours/now").await;
    // Without hours people are always there.
    assert_eq!(now, json!({ "open": true, "time_zone": "UTC" }));

    let hours = json!({
        "time_zone": "Europe/Berlin",
        "weekly": { "monday": [{ "from": "09:00", "until": "12:00" }, { "from": "22:00", "until": "02:00" }] },
        "holidays": [{ "name": "New year", "from": "2026-12-31", "until": "2027-01-01", "every_year": true }],
    });
    let kept = put(&site, "hours", hours).await.expect(StatusCode::OK);
    assert_eq!(kept["settings"]["weekly"]["monday"][1], json!({ "from": "22:00:00", "until": "02:00:00" }));
    assert_eq!(changes(&site, "hours").await.len(), 1);

    // On to a Monday at eight in Berlin that is no holiday.
    let berlin = TimeZone::get("Europe/Berlin").unwrap();
    let mut monday = site.clock.now().to_zoned(berlin).date().nth_weekday(1, Weekday::Monday).unwrap();
    while (monday.month(), monday.day()) == (12, 31) || (monday.month(), monday.day()) == (1, 1) {
        monday += 1.week();
    }
    let eight = monday.at(8, 0, 0, 0).in_tz("Europe/Berlin").unwrap().timestamp();
    site.clock.advance(eight.duration_since(site.clock.now()));
    let now = get(&site, "hours/now?locale=nl").await;
    let nine = eight + SignedDuration::from_hours(1);
    assert_eq!((&now["open"], &now["changes_at"]), (&json!(false), &json!(nine.to_string())));
    assert_eq!(
        (&now["words"], &now["time_zone"]),
        (&json!("vandaag om 09:00 (Europe/Berlin)"), &json!("Europe/Berlin"))
    );
    let local = get(&site, "hours/now?locale=en&time_zone=America/New_York").await;
    let words = local["words"].as_str().unwrap();
    assert!(words.starts_with("today 0") && words.ends_with(":00 (your time)"), "{words}");

    site.clock.advance(SignedDuration::from_hours(15));
    let now = get(&site, "hours/now?locale=en&time_zone=Europe/Berlin").await;
    assert_eq!((&now["open"], &now["words"]), (&json!(true), &json!("until tomorrow 02:00 (your time)")));

    site.restart().await;
    assert_eq!(get(&site, "hours").await["settings"], kept["settings"]);
    site.operate(Method::GET, "/api/v1/hours/now?time_zone=Berlin", None).await.problem(422, "invalid");
}

#[tokio::test]
async fn hours_that_cant_be_are_refused_with_all_that_is_wrong() {
    let site = Site::start().await;
    let body = json!({
        "time_zone": "Berlin",
        "weekly": {
            "mon": [],
            "tuesday": [{ "from": "09:00", "until": "17:00" }, { "from": "16:00", "until": "18:00" }],
            "friday": [{ "from": "09:00", "until": "09:00" }],
        },
        "holidays": [{ "name": "Summer", "from": "2026-08-10", "until": "2026-08-01" }],
    });
    let detail = refused(&put(&site, "hours", body).await);
    for part in ["`time_zone`", "`weekly.mon`", "`weekly.tuesday`", "`weekly.friday`", "`holidays.0`"] {
        assert!(detail.contains(part), "{part}: {detail}");
    }
    let unread =
        refused(&put(&site, "hours", json!({ "weekly": { "monday": [{ "from": "9", "until": "17:00" }] } })).await);
    assert!(unread.contains("`weekly.monday[0].from`"), "{unread}");
    let unread = refused(
        &put(&site, "hours", json!({ "holidays": [{ "name": "A", "from": "2026-02-30", "until": "2026-03-01" }] }))
            .await,
    );
    assert!(unread.contains("`holidays[0].from`"), "{unread}");
    assert_eq!(get(&site, "hours").await["settings"], json!({ "time_zone": null, "weekly": {}, "holidays": [] }));
}
