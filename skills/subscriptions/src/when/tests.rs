use super::*;

/// A Tuesday.
const TODAY: &str = "2026-11-24";

fn read_on(said: &str) -> Option<String> {
    read(said, Day::parse(TODAY).unwrap()).map(|day| day.to_string())
}

#[test]
fn days_are_read_in_each_language() {
    for (said, day) in [
        ("2027-01-15", "2027-01-15"),
        ("until 15 January please", "2027-01-15"),
        ("January 15th", "2027-01-15"),
        ("the 15th of january 2028", "2028-01-15"),
        ("le 1er mars", "2027-03-01"),
        ("jusqu'au 15 décembre", "2026-12-15"),
        ("tot 3 mei", "2027-05-03"),
        ("den 6 december", "2026-12-06"),
        ("15/1", "2027-01-15"),
        ("15.1.2027", "2027-01-15"),
        ("5-12-26", "2026-12-05"),
        ("24 November", "2026-11-24"),
        ("tomorrow", "2026-11-25"),
        ("next Friday", "2026-11-27"),
        ("tuesday", "2026-12-01"),
        ("op maandag", "2026-11-30"),
        ("for two months", "2027-01-24"),
        ("2 mois", "2027-01-24"),
        ("een maand", "2026-12-24"),
        ("tre veckor", "2026-12-15"),
        ("in 10 days", "2026-12-04"),
    ] {
        assert_eq!(read_on(said).as_deref(), Some(day), "{said}");
    }
}

#[test]
fn what_names_no_day_is_none() {
    for said in [
        "",
        "soon",
        "30 February",
        "32/1",
        "pause the coffee I get every 4 weeks",
        "later",
        "may I pause",
        "order 1001",
        "2027-02-30",
    ] {
        assert_eq!(read_on(said), None, "{said}");
    }
    assert!(is_like_a_day("in a few weeks") && is_like_a_day("30 February") && !is_like_a_day("the coffee one"));
}

#[test]
fn months_end_where_they_end() {
    let day = |text: &str| Day::parse(text).unwrap();
    assert_eq!(day("2026-11-30").plus_months(3).to_string(), "2027-02-28");
    assert_eq!(day("2028-01-31").plus_months(1).to_string(), "2028-02-29");
    assert_eq!(day("2026-12-31").plus_days(1).to_string(), "2027-01-01");
    for number in [-719_468_i64, -1, 0, 20_000, 60_000] {
        assert_eq!(Day::parse(&Day(number).to_string()), Some(Day(number)));
    }
}

#[test]
fn today_is_the_customer_s() {
    let mut turn = Turn::sample("");
    turn.now = "2026-11-24T23:30:00Z".to_owned();
    assert_eq!(Day::today(&turn).unwrap().to_string(), "2026-11-24");
    turn.time_zone = "Europe/Stockholm".to_owned();
    assert_eq!(Day::today(&turn).unwrap().to_string(), "2026-11-25");
    turn.now = "2026-11-24T02:00:00Z".to_owned();
    turn.time_zone = "America/Los_Angeles".to_owned();
    assert_eq!(Day::today(&turn).unwrap().to_string(), "2026-11-23");
}
