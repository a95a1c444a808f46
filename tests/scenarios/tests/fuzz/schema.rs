//! Values of a schema, and values that are nearly so.

use super::pool::Pool;
use rand::RngExt;
use rand::rngs::StdRng;
use serde_json::{Map, Value, json};

/// Deeper than this only plain values are made.
const DEEPEST: usize = 8;

/// Texts that have hurt somebody before. Addresses lead to this machine or nowhere.
const NONSENSE: &[&str] = &[
    "",
    " ",
    "null",
    "-1",
    "0",
    "18446744073709551616",
    "1e999",
    "NaN",
    "true",
    "../../etc/passwd",
    "%00",
    "\u{0}",
    "\u{feff}\u{202e}\u{200b}",
    "'; DROP TABLE message; --",
    "<script>alert(1)</script>",
    "{{7*7}}{% for %}",
    "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 🧨",
    "\"\\\r\n\t",
    "http://127.0.0.1:9/",
    "https://127.0.0.1:9/",
    "javascript:alert(1)",
    "file:///etc/passwd",
    "2026-13-45T99:99:99Z",
    "9999-12-31T23:59:59.999999999Z",
    "-9999-01-01T00:00:00Z",
    "00000000-0000-0000-0000-000000000000",
    "sha256:0000000000000000000000000000000000000000000000000000000000000000",
    "a@b",
    "* OR NEAR( \"",
    "Europe/Nowhere",
];

/// Any of them, now and then a very long one.
pub(crate) fn nonsense(random: &mut StdRng) -> String {
    let text = NONSENSE[random.random_range(0..NONSENSE.len())];
    if random.random_bool(0.05) { text.repeat(900) } else { text.to_owned() }
}

/// A value that fits a schema, or nearly.
pub(crate) fn value(document: &Value, schema: &Value, pool: &Pool, random: &mut StdRng, depth: usize) -> Value {
    if depth > DEEPEST {
        return Value::Null;
    }
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        return value(document, &document["components"]["schemas"][name], pool, random, depth + 1);
    }
    if let Some(known) = schema["enum"].as_array().filter(|known| !known.is_empty()) {
        return known[random.random_range(0..known.len())].clone();
    }
    for several in ["oneOf", "anyOf"] {
        if let Some(ways) = schema[several].as_array().filter(|ways| !ways.is_empty()) {
            return value(document, &ways[random.random_range(0..ways.len())], pool, random, depth + 1);
        }
    }
    if let Some(parts) = schema["allOf"].as_array() {
        let mut whole = Map::new();
        for part in parts {
            if let Value::Object(members) = value(document, part, pool, random, depth + 1) {
                whole.extend(members);
            }
        }
        return Value::Object(whole);
    }
    let kind = match &schema["type"] {
        Value::Array(kinds) if !kinds.is_empty() => kinds[random.random_range(0..kinds.len())].as_str(),
        kind => kind.as_str(),
    };
    match kind {
        Some("string") => Value::String(text(schema, pool, random)),
        Some("integer") => integer(schema, random),
        Some("number") => json!([0.0, -1.5, 1e300, 0.1][random.random_range(0..4)]),
        Some("boolean") => Value::Bool(random.random_bool(0.5)),
        Some("array") => {
            let many = random.random_range(0..4);
            (0..many).map(|_| value(document, &schema["items"], pool, random, depth + 1)).collect()
        }
        Some("null") => Value::Null,
        _ => object(document, schema, pool, random, depth),
    }
}

fn object(document: &Value, schema: &Value, pool: &Pool, random: &mut StdRng, depth: usize) -> Value {
    let mut made = Map::new();
    let required: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    for (name, member) in schema["properties"].as_object().into_iter().flatten() {
        if required.contains(&name.as_str()) || random.random_bool(0.6) {
            made.insert(name.clone(), value(document, member, pool, random, depth + 1));
        }
    }
    if schema["additionalProperties"].is_object() {
        for _ in 0..random.random_range(0..3) {
            let name = pool.any(random).map_or_else(|| nonsense(random), str::to_owned);
            made.insert(name, value(document, &schema["additionalProperties"], pool, random, depth + 1));
        }
    }
    Value::Object(made)
}

fn text(schema: &Value, pool: &Pool, random: &mut StdRng) -> String {
    if random.random_bool(0.15) {
        return nonsense(random);
    }
    match schema["format"].as_str() {
        Some("date-time") => "2026-11-22T10:00:00Z".to_owned(),
        Some("date") => "2026-11-22".to_owned(),
        Some("uuid") => "01890a5d-ac96-774b-bcce-b302099a8057".to_owned(),
        _ => match pool.any(random).filter(|_| random.random_bool(0.5)) {
            Some(known) => known.to_owned(),
            None => ["where is my order?", "en", "webchat", "general-qa", "a", "Lamps", "10"]
                [random.random_range(0..7)]
            .to_owned(),
        },
    }
}

fn integer(schema: &Value, random: &mut StdRng) -> Value {
    let least = schema["minimum"].as_i64().unwrap_or(0);
    match random.random_range(0..8) {
        0 => json!(-1),
        1 => json!(i64::MAX),
        2 => json!(u64::MAX),
        3 => json!(least),
        _ => json!(least + random.random_range(0..50)),
    }
}

/// Changes something in a value: another type, a member more or less, nonsense for a text.
pub(crate) fn spoilt(made: &mut Value, random: &mut StdRng) {
    match made {
        Value::Object(members) if !members.is_empty() && random.random_bool(0.85) => {
            let place = random.random_range(0..members.len());
            let name = members.keys().nth(place).cloned().unwrap_or_default();
            match random.random_range(0..6) {
                0 => {
                    members.remove(&name);
                }
                1 => {
                    members.insert("no_such_member".to_owned(), Value::Bool(true));
                }
                _ => {
                    if let Some(member) = members.get_mut(&name) {
                        spoilt(member, random);
                    }
                }
            }
        }
        Value::Array(items) if !items.is_empty() && random.random_bool(0.7) => {
            let place = random.random_range(0..items.len());
            spoilt(&mut items[place], random);
        }
        other => {
            *other = match random.random_range(0..8) {
                0 => Value::Null,
                1 => json!([]),
                2 => json!({}),
                3 => json!(-1),
                4 => json!(u64::MAX),
                5 => json!("x".repeat(5000)),
                6 => json!([[[[[[["deep"]]]]]]]),
                _ => Value::String(nonsense(random)),
            };
        }
    }
}
