//! Tokens as the shop's backend signs them.

use super::{ORIGIN, SECRET};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode, get_current_timestamp};
use serde_json::{Value, json};

/// A good token for a customer, with some claims changed or added.
pub fn sign(customer: &str, changes: Value) -> String {
    let now = get_current_timestamp();
    let mut claims = json!({ "iss": ORIGIN, "aud": "storefront", "sub": customer, "iat": now, "exp": now + 300 });
    for (name, value) in changes.as_object().unwrap() {
        claims[name] = value.clone();
    }
    let header = Header { kid: Some("k1".into()), ..Header::new(Algorithm::HS256) };
    encode(&header, &claims, &EncodingKey::from_secret(SECRET.as_bytes())).unwrap()
}
