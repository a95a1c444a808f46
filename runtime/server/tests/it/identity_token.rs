//! Identity tokens: what a shop's backend signs is accepted, and every known way to forge one is not.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use jsonwebtoken::jwk::{AlgorithmParameters, Jwk};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode, get_current_timestamp};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use usher::identity::{IdentityKey, IdentityRules, TokenRefusal, VerifiedCustomer};

const SECRET: &str = "a secret of the shop, 32 bytes or more";
const OTHER_SECRET: &str = "another secret, also 32 bytes or more";

/// An Ed25519 key pair as PKCS #8 (RFC 8410) around a fixed seed.
fn ed25519() -> EncodingKey {
    let mut der = vec![0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];
    der.extend_from_slice(&[7; 32]);
    EncodingKey::from_ed_der(&der)
}

fn ed25519_public() -> String {
    let jwk = Jwk::from_encoding_key(&ed25519(), Algorithm::EdDSA).unwrap();
    match jwk.algorithm {
        AlgorithmParameters::OctetKeyPair(pair) => pair.x,
        other => panic!("not an Ed25519 key: {other:?}"),
    }
}

fn rules() -> IdentityRules {
    let keys = BTreeMap::from([
        ("hs".to_owned(), IdentityKey::hs256(SECRET).unwrap()),
        ("ed".to_owned(), IdentityKey::eddsa(&ed25519_public()).unwrap()),
    ]);
    IdentityRules { issuer: "https://shop.example.com".into(), audience: "storefront".into(), keys }
}

fn claims() -> Value {
    let now = get_current_timestamp();
    json!({ "iss": "https://shop.example.com", "aud": "storefront", "sub": "7001", "iat": now, "exp": now + 300 })
}

/// The claims with some changed; `null` removes one.
fn with(changes: Value) -> Value {
    let mut claims = claims();
    for (name, value) in changes.as_object().unwrap() {
        if value.is_null() {
            claims.as_object_mut().unwrap().remove(name);
        } else {
            claims[name] = value.clone();
        }
    }
    claims
}

fn header(algorithm: Algorithm, kid: &str) -> Header {
    Header { kid: Some(kid.to_owned()), ..Header::new(algorithm) }
}

fn hs256(claims: &Value) -> String {
    encode(&header(Algorithm::HS256, "hs"), claims, &EncodingKey::from_secret(SECRET.as_bytes())).unwrap()
}

/// A token with any header, signed with the right secret: HMAC over what stands there.
fn hs256_with_header(header: Value, claims: &Value) -> String {
    let message = format!("{}.{}", B64.encode(header.to_string()), B64.encode(claims.to_string()));
    let key = EncodingKey::from_secret(SECRET.as_bytes());
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &key, Algorithm::HS256).unwrap();
    format!("{message}.{signature}")
}

fn unsigned(header: Value, signature: &[u8]) -> String {
    format!("{}.{}.{}", B64.encode(header.to_string()), B64.encode(claims().to_string()), B64.encode(signature))
}

#[test]
fn accepts_what_the_shop_signed_with_either_algorithm() {
    let token = hs256(&with(json!({
        "email": "Ana@Example.net", "email_verified": true, "name": "Ana B.", "jti": "one"
    })));
    let customer = rules().verify(&token).unwrap();
    let until = customer.token_id_until;
    assert!(until > get_current_timestamp());
    assert_eq!(
        customer,
        VerifiedCustomer {
            id: "7001".into(),
            email: Some("ana@example.net".into()),
            first_name: Some("Ana".into()),
            token_id: Some("https://shop.example.com\none".into()),
            token_id_until: until,
        }
    );
    let token = encode(&header(Algorithm::EdDSA, "ed"), &claims(), &ed25519()).unwrap();
    assert_eq!(rules().verify(&token).unwrap().id, "7001");
}

#[test]
fn an_address_counts_only_when_the_shop_has_verified_it() {
    let cases = [
        (json!(true), true),
        (json!("true"), true),
        (json!(false), false),
        (json!("false"), false),
        (json!("TRUE"), false),
        (json!(1), false),
        (Value::Null, false),
    ];
    for (verified, trusted) in cases {
        let token = hs256(&with(json!({ "email": "ana@example.net", "email_verified": verified })));
        let customer = rules().verify(&token).unwrap();
        assert_eq!(customer.email.is_some(), trusted, "email_verified {verified}");
    }
    let token = hs256(&with(json!({ "email": "ana@example.net\r\nBcc: x@y.example", "email_verified": true })));
    assert_eq!(rules().verify(&token).unwrap().email, None);
}

#[test]
fn times_may_be_off_by_a_minute_and_no_more() {
    let now = get_current_timestamp();
    let cases = [
        (json!({ "iat": now - 330, "exp": now - 30 }), Ok(())),
        (json!({ "iat": now - 600, "exp": now - 300 }), Err(TokenRefusal::Expired)),
        (json!({ "iat": now + 30, "exp": now + 330 }), Ok(())),
        (json!({ "iat": now + 600, "exp": now + 900 }), Err(TokenRefusal::NotYetValid)),
        (json!({ "nbf": now + 30 }), Ok(())),
        (json!({ "nbf": now + 600 }), Err(TokenRefusal::NotYetValid)),
        (json!({ "exp": now + 900 }), Ok(())),
        (json!({ "exp": now + 901 }), Err(TokenRefusal::LivesTooLong)),
        (json!({ "exp": now + 5 * 365 * 86_400 }), Err(TokenRefusal::LivesTooLong)),
        (json!({ "exp": u64::MAX }), Err(TokenRefusal::LivesTooLong)),
        (json!({ "iat": now + 50, "exp": now + 10 }), Err(TokenRefusal::Claims)),
        (json!({ "iat": 0, "exp": 0 }), Err(TokenRefusal::Expired)),
    ];
    for (changes, expected) in cases {
        let found = rules().verify(&hs256(&with(changes.clone()))).map(|_| ());
        assert_eq!(found, expected, "{changes}");
    }
}

#[test]
fn refuses_forged_and_malformed_tokens() {
    let now = get_current_timestamp();
    let good = hs256(&claims());
    let parts: Vec<&str> = good.split('.').collect();
    let ed_as_secret = ed25519_public();
    let pem_as_secret = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA\n-----END PUBLIC KEY-----\n";
    let sign_with = |secret: &str, algorithm: Algorithm, kid: &str| {
        encode(&header(algorithm, kid), &claims(), &EncodingKey::from_secret(secret.as_bytes())).unwrap()
    };
    let hs = |header: Value| hs256_with_header(header, &claims());
    use TokenRefusal::{Claims, Malformed, Signature, TooLarge, UnknownKey, WrongAlgorithm, WrongParty};
    let vectors: Vec<(&str, String, TokenRefusal)> = vec![
        // Algorithms.
        ("none", unsigned(json!({ "alg": "none", "kid": "hs" }), b""), Malformed),
        ("nOnE", unsigned(json!({ "alg": "nOnE", "kid": "hs" }), b""), Malformed),
        ("none, with a signature", unsigned(json!({ "alg": "none", "kid": "hs" }), b"x"), Malformed),
        ("no alg", hs(json!({ "kid": "hs" })), Malformed),
        ("HS256 keyed with the public key", sign_with(&ed_as_secret, Algorithm::HS256, "ed"), WrongAlgorithm),
        ("HS256 keyed with the public PEM", sign_with(pem_as_secret, Algorithm::HS256, "ed"), WrongAlgorithm),
        (
            "EdDSA for the HS256 key",
            encode(&header(Algorithm::EdDSA, "hs"), &claims(), &ed25519()).unwrap(),
            WrongAlgorithm,
        ),
        ("HS512 with the right secret", sign_with(SECRET, Algorithm::HS512, "hs"), WrongAlgorithm),
        ("ES256, zero signature", unsigned(json!({ "alg": "ES256", "kid": "ed" }), &[0; 64]), WrongAlgorithm),
        ("EdDSA, zero signature", unsigned(json!({ "alg": "EdDSA", "kid": "ed" }), &[0; 64]), Signature),
        ("HS256, no signature", unsigned(json!({ "alg": "HS256", "kid": "hs" }), b""), Signature),
        ("HS256, another secret", sign_with(OTHER_SECRET, Algorithm::HS256, "hs"), Signature),
        ("critical extension", hs(json!({ "alg": "HS256", "kid": "hs", "crit": ["exp"] })), Malformed),
        // Keys.
        ("no kid", hs(json!({ "alg": "HS256" })), UnknownKey),
        ("unknown kid", hs(json!({ "alg": "HS256", "kid": "other" })), UnknownKey),
        ("kid as a path", hs(json!({ "alg": "HS256", "kid": "../../../../dev/null" })), UnknownKey),
        ("kid as SQL", hs(json!({ "alg": "HS256", "kid": "' UNION SELECT 'x' --" })), UnknownKey),
        ("kid as a URL", hs(json!({ "alg": "HS256", "kid": "https://evil.example/key" })), UnknownKey),
        ("kid as an object", hs(json!({ "alg": "HS256", "kid": { "a": 1 } })), Malformed),
        ("kid of 1 MB", hs(json!({ "alg": "HS256", "kid": "k".repeat(1 << 20) })), TooLarge),
        ("jku", hs(json!({ "alg": "HS256", "kid": "x", "jku": "https://evil.example/jwks" })), UnknownKey),
        ("x5u", hs(json!({ "alg": "HS256", "kid": "x", "x5u": "https://evil.example/c.pem" })), UnknownKey),
        (
            "own jwk in the header",
            encode(
                &Header {
                    jwk: Some(Jwk::from_encoding_key(&ed25519(), Algorithm::EdDSA).unwrap()),
                    ..Header::new(Algorithm::EdDSA)
                },
                &claims(),
                &ed25519(),
            )
            .unwrap(),
            UnknownKey,
        ),
        // Claims.
        ("no exp", hs256(&with(json!({ "exp": null }))), Claims),
        ("exp as text", hs256(&with(json!({ "exp": (now + 300).to_string() }))), Claims),
        ("negative exp", hs256(&with(json!({ "exp": -1 }))), Claims),
        ("exp 1e308", hs256(&with(json!({ "exp": 1e308 }))), Claims),
        ("fractional exp", hs256(&with(json!({ "exp": now as f64 + 300.5 }))), Claims),
        ("no iat", hs256(&with(json!({ "iat": null }))), Claims),
        ("iat as text", hs256(&with(json!({ "iat": "now" }))), Claims),
        ("nbf as text", hs256(&with(json!({ "nbf": "now" }))), Claims),
        ("no aud", hs256(&with(json!({ "aud": null }))), Claims),
        ("another aud", hs256(&with(json!({ "aud": "othershop" }))), WrongParty),
        ("no iss", hs256(&with(json!({ "iss": null }))), Claims),
        ("another iss", hs256(&with(json!({ "iss": "https://evil.example" }))), WrongParty),
        ("no sub", hs256(&with(json!({ "sub": null }))), Claims),
        ("empty sub", hs256(&with(json!({ "sub": "" }))), Claims),
        ("blank sub", hs256(&with(json!({ "sub": " " }))), Claims),
        ("sub with a line break", hs256(&with(json!({ "sub": "7001\n7002" }))), Claims),
        ("sub as a number", hs256(&with(json!({ "sub": 7001 }))), Claims),
        ("long sub", hs256(&with(json!({ "sub": "7".repeat(256) }))), Claims),
        ("empty jti", hs256(&with(json!({ "jti": "" }))), Claims),
        // Forms.
        ("empty", String::new(), Malformed),
        ("two dots only", "..".into(), Malformed),
        ("two parts", format!("{}.{}", parts[0], parts[1]), Malformed),
        ("four parts", format!("{good}.x"), Malformed),
        ("JWE, five parts", "e30.e30.e30.e30.e30".into(), Malformed),
        ("padding", format!("{good}="), Malformed),
        (
            "claims swapped",
            format!("{}.{}.{}", parts[0], B64.encode(with(json!({ "sub": "1" })).to_string()), parts[2]),
            Signature,
        ),
        // Cut to whole groups of base64, so that it can be decoded whatever the signature is.
        ("signature cut", format!("{}.{}.{}", parts[0], parts[1], &parts[2][..40]), Signature),
        ("claims as a list", hs256_with_header(json!({ "alg": "HS256", "kid": "hs" }), &json!([1])), Claims),
        ("larger than 4 KiB", hs256(&with(json!({ "pad": "x".repeat(4096) }))), TooLarge),
    ];
    for (name, token, expected) in vectors {
        match rules().verify(&token) {
            Ok(customer) => panic!("{name}: accepted as {customer:?}"),
            Err(refusal) => assert_eq!(refusal, expected, "{name}"),
        }
    }
}

#[test]
fn weak_and_confused_keys_are_refused_at_start() {
    let cases = [
        (IdentityKey::hs256("short").err(), "32 or more"),
        (IdentityKey::hs256("-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA\n").err(), "eddsa"),
        (IdentityKey::eddsa(SECRET).err(), "not an Ed25519 public key"),
        (IdentityKey::eddsa("-----BEGIN PUBLIC KEY-----\nnonsense\n-----END PUBLIC KEY-----").err(), "not an Ed25519"),
    ];
    for (error, expected) in cases {
        let error = error.expect("refused");
        assert!(error.contains(expected), "{error}");
        assert!(!error.contains(SECRET), "the secret must not be repeated: {error}");
    }
}
