use super::*;

fn read(said: &str) -> (Option<i64>, Option<i64>) {
    let limit = limit::read(said);
    (limit.least, limit.most)
}

#[test]
fn prices_are_read_in_four_languages() {
    for (said, expected) in [
        ("a lamp under 50 euros", (None, Some(5000))),
        ("lamps below €49.99", (None, Some(4999))),
        ("something for less than 1,250 euro", (None, Some(125_000))),
        ("moins de 30 €", (None, Some(3000))),
        ("une lampe jusqu'à 49,90€", (None, Some(4990))),
        ("onder de 50 euro", (None, Some(5000))),
        ("goedkoper dan 20", (None, Some(2000))),
        ("under 300 kr", (None, Some(30_000))),
        ("billigare än 500kr", (None, Some(50_000))),
        ("between 20 and 50 euros", (Some(2000), Some(5000))),
        ("entre 20 et 50 €", (Some(2000), Some(5000))),
        ("20-50 euro", (Some(2000), Some(5000))),
        ("more than 100 euros", (Some(10_000), None)),
        ("vanaf 40 euro", (Some(4000), None)),
        ("around 50 euros", (Some(4000), Some(6000))),
        ("I have 25 €", (None, Some(2500))),
        ("max 40", (None, Some(4000))),
        ("a lamp under 50 cm", (None, None)),
        ("an E27 bulb of 40W", (None, None)),
        ("two lamps for my 3 rooms", (None, None)),
        ("lamps", (None, None)),
    ] {
        assert_eq!(read(said), expected, "{said}");
    }
    assert_eq!(limit::read("under 50 dollars").currency, Some("USD"));
    assert_eq!(limit::read("under 50").currency, None);
}

#[test]
fn a_limit_counts_in_every_currency() {
    let money = |amount_minor, currency: &str| Money { amount_minor, currency: currency.to_owned() };
    let limit = limit::read("under 50");
    assert!(limit.allows(&money(5000, "EUR")) && !limit.allows(&money(5001, "EUR")));
    assert!(limit.allows(&money(50, "JPY")) && !limit.allows(&money(51, "JPY")));
    assert!(limit.allows(&money(50_000, "KWD")) && !limit.allows(&money(50_010, "KWD")));
    assert_eq!(limit::money(5000, "JPY"), money(50, "JPY"));
    assert_eq!(limit::money(5000, "KWD"), money(50_000, "KWD"));
    assert!(limit::read("under 50 kr").is_foreign_to(&money(1, "EUR")));
    assert!(!limit.is_foreign_to(&money(1, "EUR")));
}
