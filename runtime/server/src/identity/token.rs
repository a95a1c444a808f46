//! The signed token: a JWT from the shop's backend that says which customer looks at the page.
//!
//! The algorithm comes from the key's configuration and the token's own `alg` is only compared with it; keys
//! are looked up by `kid` in the site's own table; nothing in the header (`jku`, `jwk`, `x5u`, …) is followed.

use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;

/// Longer tokens aren't looked at.
pub const MAX_TOKEN_BYTES: usize = 4096;

/// The longest life that a token may claim (`exp` − `iat`): a token that is stolen later is worthless.
const MAX_LIFETIME_SECONDS: u64 = 15 * 60;

/// How far the shop's clock may be off.
const LEEWAY_SECONDS: u64 = 60;

/// The longest customer id, e-mail, name and token id that is accepted.
const MAX_CLAIM_BYTES: usize = 255;

/// What a site accepts as proof.
#[derive(Clone, Debug)]
pub struct IdentityRules {
    /// The only accepted `iss`.
    pub issuer: String,
    /// Must be, or be among, `aud`.
    pub audience: String,
    /// By `kid`.
    pub keys: BTreeMap<String, IdentityKey>,
}

/// A key with the one algorithm that it is for.
#[derive(Clone)]
pub struct IdentityKey {
    algorithm: Algorithm,
    key: DecodingKey,
}

impl fmt::Debug for IdentityKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IdentityKey({:?})", self.algorithm)
    }
}

impl IdentityKey {
    /// A shared secret, taken as it is written (it isn't base64-decoded).
    ///
    /// # Errors
    /// Where it is shorter than HMAC-SHA256's own output, 32 bytes (RFC 7518, 3.2).
    pub fn hs256(secret: &str) -> Result<Self, String> {
        if secret.len() < 32 {
            let length = secret.len();
            return Err(format!(
                "the secret has {length} bytes; use 32 or more, for example from `openssl rand -hex 32`"
            ));
        }
        if secret.contains("-----BEGIN") {
            return Err("this is a key file, not a shared secret; use `eddsa` for an Ed25519 public key".into());
        }
        Ok(Self { algorithm: Algorithm::HS256, key: DecodingKey::from_secret(secret.as_bytes()) })
    }

    /// An Ed25519 public key: PEM (SubjectPublicKeyInfo), or the 32 bytes in base64url as in a JWK's `x`.
    ///
    /// # Errors
    /// Where it is neither.
    pub fn eddsa(public: &str) -> Result<Self, String> {
        use base64::Engine;
        let public = public.trim();
        let key = if public.starts_with("-----BEGIN PUBLIC KEY-----") {
            DecodingKey::from_ed_pem(public.as_bytes()).ok()
        } else {
            let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(public).ok();
            bytes.filter(|bytes| bytes.len() == 32).and_then(|_| DecodingKey::from_ed_components(public).ok())
        };
        let key =
            key.ok_or("this is not an Ed25519 public key; give PEM (`-----BEGIN PUBLIC KEY-----`) or the JWK's `x`")?;
        Ok(Self { algorithm: Algorithm::EdDSA, key })
    }
}

/// Who a token vouches for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedCustomer {
    /// `sub`: the shop's own id.
    pub id: String,
    /// Only where the shop says that it has verified it.
    pub email: Option<String>,
    /// What to call the customer.
    pub first_name: Option<String>,
    /// `jti` within its issuer, where the token has one: a second token with it is refused.
    pub token_id: Option<String>,
    /// Seconds since 1970 from which the token id needn't be remembered any more.
    pub token_id_until: u64,
}

/// Why a token wasn't accepted. The visitor learns only that it wasn't; the log learns which.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TokenRefusal {
    /// The site has no `identity` section.
    #[error("this site takes no identity tokens; configure `sites.identity`")]
    NotConfigured,
    /// More than [`MAX_TOKEN_BYTES`].
    #[error("the token is larger than 4 KiB")]
    TooLarge,
    /// Not three parts of base64url JSON, or critical extensions.
    #[error("the token is not a JWT that can be read")]
    Malformed,
    /// No `kid`, or one that isn't configured.
    #[error("the token's `kid` is not one of the site's keys")]
    UnknownKey,
    /// `alg` isn't the key's.
    #[error("the token's `alg` is not the one that its key is for")]
    WrongAlgorithm,
    /// The signature doesn't fit.
    #[error("the signature is wrong")]
    Signature,
    /// A claim is missing, or isn't of its type.
    #[error("a required claim (exp, iat, aud, iss, sub) is missing or has the wrong type")]
    Claims,
    /// `aud` or `iss`.
    #[error("the token is for another site, or from another issuer")]
    WrongParty,
    /// Past `exp`.
    #[error("the token has expired")]
    Expired,
    /// `nbf` or `iat` is in the future.
    #[error("the token is not valid yet; compare the clocks")]
    NotYetValid,
    /// `exp` − `iat`.
    #[error("the token claims to live for more than 15 minutes")]
    LivesTooLong,
    /// Its `jti` was seen before.
    #[error("the token was used before")]
    Replayed,
}

/// Whole, unsigned seconds: text, fractions, negative and huge numbers aren't times.
#[derive(Deserialize)]
struct Claims {
    exp: u64,
    iat: u64,
    nbf: Option<u64>,
    sub: String,
    jti: Option<String>,
    email: Option<String>,
    email_verified: Option<Value>,
    given_name: Option<String>,
    name: Option<String>,
}

impl IdentityRules {
    /// Checks everything but whether the token was used before, which needs the store.
    ///
    /// # Errors
    /// Says which rule failed.
    pub fn verify(&self, token: &str) -> Result<VerifiedCustomer, TokenRefusal> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(TokenRefusal::TooLarge);
        }
        if token.split('.').count() != 3 {
            return Err(TokenRefusal::Malformed);
        }
        let header = decode_header(token).map_err(|_| TokenRefusal::Malformed)?;
        if header.crit.is_some() {
            return Err(TokenRefusal::Malformed);
        }
        let key = header.kid.as_deref().and_then(|kid| self.keys.get(kid)).ok_or(TokenRefusal::UnknownKey)?;
        if header.alg != key.algorithm {
            return Err(TokenRefusal::WrongAlgorithm);
        }
        let mut validation = Validation::new(key.algorithm);
        validation.leeway = LEEWAY_SECONDS;
        validation.validate_nbf = true;
        validation.set_required_spec_claims(&["exp", "aud", "iss", "sub"]);
        validation.set_audience(&[&self.audience]);
        validation.set_issuer(&[&self.issuer]);
        let claims = decode::<Claims>(token, &key.key, &validation).map_err(|error| refusal(error.kind()))?.claims;
        self.admit(claims, jsonwebtoken::get_current_timestamp())
    }

    fn admit(&self, claims: Claims, now: u64) -> Result<VerifiedCustomer, TokenRefusal> {
        let latest = now.saturating_add(LEEWAY_SECONDS);
        if claims.iat > latest || claims.nbf.is_some_and(|nbf| nbf > latest) {
            return Err(TokenRefusal::NotYetValid);
        }
        match claims.exp.checked_sub(claims.iat) {
            Some(life) if life <= MAX_LIFETIME_SECONDS => {}
            Some(_) => return Err(TokenRefusal::LivesTooLong),
            None => return Err(TokenRefusal::Claims),
        }
        let plain =
            |text: &str| !text.is_empty() && text.len() <= MAX_CLAIM_BYTES && !text.chars().any(char::is_control);
        if !plain(&claims.sub)
            || claims.sub.trim() != claims.sub
            || claims.jti.as_deref().is_some_and(|jti| !plain(jti))
        {
            return Err(TokenRefusal::Claims);
        }
        let verified = match claims.email_verified {
            Some(Value::Bool(verified)) => verified,
            Some(Value::String(text)) => text == "true",
            _ => false,
        };
        let email = claims.email.filter(|_| verified).and_then(|email| super::EmailAddress::parse(&email));
        let first_name = claims.given_name.or_else(|| claims.name?.split_whitespace().next().map(str::to_owned));
        Ok(VerifiedCustomer {
            id: claims.sub,
            email: email.map(|email| email.as_str().to_owned()),
            first_name: first_name.map(|name| name.trim().to_owned()).filter(|name| plain(name)),
            token_id: claims.jti.map(|jti| format!("{}\n{jti}", self.issuer)),
            token_id_until: claims.exp.saturating_add(LEEWAY_SECONDS),
        })
    }
}

fn refusal(kind: &jsonwebtoken::errors::ErrorKind) -> TokenRefusal {
    use jsonwebtoken::errors::ErrorKind;
    match kind {
        ErrorKind::InvalidSignature => TokenRefusal::Signature,
        ErrorKind::InvalidAlgorithm | ErrorKind::InvalidKeyFormat => TokenRefusal::WrongAlgorithm,
        ErrorKind::ExpiredSignature => TokenRefusal::Expired,
        ErrorKind::ImmatureSignature => TokenRefusal::NotYetValid,
        ErrorKind::InvalidIssuer | ErrorKind::InvalidAudience => TokenRefusal::WrongParty,
        ErrorKind::MissingRequiredClaim(_) | ErrorKind::InvalidClaimFormat(_) | ErrorKind::Json(_) => {
            TokenRefusal::Claims
        }
        _ => TokenRefusal::Malformed,
    }
}
