//! Who sent a webhook: `X-Hub-Signature-256`, an HMAC-SHA256 of the body's bytes with the app's secret.

use crate::Refused;
use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::header::HeaderMap;
use sha2::Sha256;

const HEADER: &str = "x-hub-signature-256";

/// Any one of the secrets may have signed it. Every one is tried, whichever fits.
pub(super) fn check(secrets: &[String], headers: &HeaderMap, body: &[u8]) -> Result<(), Refused> {
    let mut given = headers.get_all(HEADER).iter();
    let first = given.next().ok_or(Refused::Signature("there is no X-Hub-Signature-256"))?;
    if given.next().is_some() {
        return Err(Refused::Signature("there is more than one X-Hub-Signature-256"));
    }
    let form = Refused::Signature("X-Hub-Signature-256 isn't sha256= and 64 hexadecimal digits");
    let digits = first.to_str().ok().and_then(|text| text.strip_prefix("sha256=")).ok_or(form.clone())?;
    let mut signature = [0; 32];
    hex::decode_to_slice(digits, &mut signature).map_err(|_| form)?;
    let mut usable = secrets.iter().filter(|secret| !secret.is_empty()).peekable();
    if usable.peek().is_none() {
        return Err(Refused::Signature("no app secret is configured to check it with"));
    }
    let signed = usable.fold(false, |found, secret| found | signs(secret, body, &signature));
    if signed { Ok(()) } else { Err(Refused::Signature("it wasn't made with the app's secret over this body")) }
}

fn signs(secret: &str, body: &[u8], signature: &[u8]) -> bool {
    let Ok(mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return false };
    mac.chain_update(body).verify_slice(signature).is_ok()
}
