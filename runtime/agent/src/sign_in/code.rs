//! Six digits, sent to an address and typed back.

use jiff::SignedDuration;
use sha2::{Digest, Sha256};

/// For how long a code can be used.
pub const CODE_LIFE: SignedDuration = SignedDuration::from_mins(10);

/// Wrong tries that end a code. With 10⁶ codes and the limits on asking for new ones, guessing is hopeless.
pub const CODE_ATTEMPTS: u32 = 5;

/// A one-time code. It doesn't print.
#[cfg_attr(test, derive(PartialEq, Eq))]
pub struct Code(String);

impl std::fmt::Debug for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Code(…)")
    }
}

impl Code {
    /// A new one from the system's random source, each of the million as likely.
    ///
    /// # Errors
    /// Where the system has no random numbers.
    pub fn generate() -> Result<Self, getrandom::Error> {
        // The largest multiple of 10⁶ in 32 bits: what lies above would make small codes more likely.
        const FAIR: u32 = u32::MAX - u32::MAX % 1_000_000;
        loop {
            let number = getrandom::u32()?;
            if number < FAIR {
                return Ok(Self(format!("{:06}", number % 1_000_000)));
            }
        }
    }

    /// What a customer typed: six digits, with any spaces or dashes between them.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        let digits: String = typed.chars().filter(|c| !matches!(c, ' ' | '-' | '\u{a0}')).take(7).collect();
        (digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_digit())).then_some(Self(digits))
    }

    /// The digits, for the mail.
    #[must_use]
    pub fn digits(&self) -> &str {
        &self.0
    }

    /// What is stored: it binds the code to the session that asked for it, so that a code that somebody else
    /// asked for is of no use here.
    #[must_use]
    pub fn hash(&self, session: &uuid::Uuid) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(b"usher one-time code\0");
        hash.update(session.as_bytes());
        hash.update(self.0.as_bytes());
        hash.finalize().into()
    }
}
