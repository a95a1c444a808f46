//! Small values that many objects share.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::shop::{Address, CURRENCY, Money};

pub(super) fn gid(kind: &str, id: u64) -> String {
    format!("gid://shopify/{kind}/{id}")
}

/// The number of a gid of this kind; a bare number is accepted too.
pub(super) fn number(kind: &str, gid: &str) -> Option<u64> {
    let bare =
        gid.strip_prefix("gid://shopify/").map_or(Some(gid), |rest| rest.strip_prefix(kind)?.strip_prefix('/'))?;
    bare.parse().ok()
}

pub(super) fn time(at: Timestamp) -> Value {
    Value::from(at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
}

pub(super) fn maybe_time(at: Option<Timestamp>) -> Value {
    at.map_or(Value::Null, time)
}

pub(super) fn money(amount: Money) -> Value {
    json!({ "amount": amount.to_string(), "currencyCode": CURRENCY })
}

pub(super) fn money_bag(amount: Money) -> Value {
    json!({ "shopMoney": money(amount), "presentmentMoney": money(amount) })
}

pub(super) fn address(id: u64, a: &Address) -> Value {
    let name = format!("{} {}", a.first_name, a.last_name).trim().to_owned();
    let town = format!("{} {}", a.zip, a.city).trim().to_owned();
    let lines = [a.company.as_ref(), Some(&a.address1), a.address2.as_ref(), Some(&town), Some(&a.country)];
    let lines: Vec<&String> = lines.into_iter().flatten().filter(|l| !l.is_empty()).collect();
    let area = [Some(&a.city), a.province.as_ref().map(|p| &p.1), Some(&a.country)];
    let area: Vec<&str> = area.into_iter().flatten().map(String::as_str).collect();
    json!({
        "id": gid("MailingAddress", id),
        "name": name,
        "firstName": a.first_name,
        "lastName": a.last_name,
        "company": a.company,
        "address1": a.address1,
        "address2": a.address2,
        "city": a.city,
        "province": a.province.as_ref().map(|p| &p.0),
        "provinceCode": a.province.as_ref().map(|p| &p.1),
        "zip": a.zip,
        "country": a.country,
        "countryCode": a.country_code,
        "countryCodeV2": a.country_code,
        "phone": a.phone,
        "formatted": lines,
        "formattedArea": area.join(", "),
    })
}
