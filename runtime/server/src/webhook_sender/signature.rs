//! Signatures of <https://www.standardwebhooks.com>: HMAC-SHA256 over `id.timestamp.body`, in base64, after `v1,`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

/// What a secret begins with.
const PREFIX: &str = "whsec_";
/// Bytes of a new secret: between 24 and 64, as the standard says.
const BYTES: usize = 32;

/// What an endpoint's events are signed with: `whsec_` and base64. It doesn't print.
pub(crate) struct WebhookSecret(Zeroizing<String>);

impl WebhookSecret {
    /// A new one; none where the system gives no random numbers.
    pub(crate) fn random() -> Option<Self> {
        let mut bytes = Zeroizing::new([0; BYTES]);
        getrandom::fill(bytes.as_mut_slice()).ok()?;
        Some(Self(Zeroizing::new(format!("{PREFIX}{}", STANDARD.encode(bytes.as_slice())))))
    }

    /// One that was made before.
    pub(crate) fn known(text: Zeroizing<String>) -> Self {
        Self(text)
    }

    /// As whoever checks signatures needs it.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }

    /// Its last four characters.
    pub(crate) fn hint(&self) -> String {
        let start = self.0.len().saturating_sub(4);
        self.0.get(start..).unwrap_or_default().to_owned()
    }

    /// The signature of a message that is sent at `timestamp` (seconds since 1970); none where this is no secret.
    pub(super) fn sign(&self, id: &str, timestamp: i64, body: &str) -> Option<String> {
        let key = Zeroizing::new(STANDARD.decode(self.0.strip_prefix(PREFIX)?).ok()?);
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).ok()?;
        mac.update(format!("{id}.{timestamp}.").as_bytes());
        mac.update(body.as_bytes());
        Some(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_as_the_standard_does() {
        // The example of the reference implementations (github.com/standard-webhooks/standard-webhooks).
        let secret = WebhookSecret::known(Zeroizing::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned()));
        let signature = secret.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#);
        assert_eq!(signature.as_deref(), Some("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="));
    }

    #[test]
    fn a_new_secret_signs_and_shows_its_end() {
        let (one, other) = (WebhookSecret::random().unwrap(), WebhookSecret::random().unwrap());
        assert_ne!(one.reveal(), other.reveal());
        assert!(one.reveal().starts_with("whsec_") && one.reveal().ends_with(&one.hint()));
        assert_eq!(one.hint().len(), 4);
        assert_ne!(one.sign("a", 1, "{}"), other.sign("a", 1, "{}"));
        assert_ne!(one.sign("a", 1, "{}"), one.sign("a", 2, "{}"));
        assert_eq!(WebhookSecret::known(Zeroizing::new("MfKQ".to_owned())).sign("a", 1, "{}"), None);
    }
}
