//! The second factor: time-based one-time codes (RFC 6238, with SHA-1, six digits and steps of 30 seconds, which is what
//! every authenticator knows), and codes for the day on which the device is lost.

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha1::Sha1;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use subtle::ConstantTimeEq;
use url::form_urlencoded;
use zeroize::Zeroizing;

/// Seconds.
const STEP: u64 = 30;
/// A clock may be off by so many steps, either way.
const DRIFT: u64 = 1;
/// RFC 4226, 4: 160 bits.
const SECRET: usize = 20;
const DIGITS: u32 = 6;
/// So many codes for a lost device are given at once.
pub(crate) const RECOVERY_CODES: usize = 10;

/// A secret that an authenticator shares with the server. It doesn't print.
pub(crate) struct TotpSecret(Zeroizing<Vec<u8>>);

impl TotpSecret {
    /// A new one from the system's random source.
    ///
    /// # Errors
    /// Where the system has no random numbers.
    pub(crate) fn generate() -> Result<Self, getrandom::Error> {
        let mut bytes = Zeroizing::new(vec![0; SECRET]);
        getrandom::fill(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// What [`Self::text`] wrote.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(SECRET));
        let (mut held, mut bits) = (0u32, 0);
        for letter in text.bytes() {
            let value = ALPHABET.iter().position(|known| *known == letter)?;
            held = held << 5 | u32::try_from(value).ok()?;
            bits += 5;
            if bits >= 8 {
                bits -= 8;
                bytes.push(u8::try_from(held >> bits & 0xff).ok()?);
            }
        }
        (bytes.len() == SECRET).then_some(Self(bytes))
    }

    /// In base 32 (RFC 4648), as it is typed into an authenticator.
    pub(crate) fn text(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(self.0.len().div_ceil(5) * 8));
        for five in self.0.chunks(5) {
            let mut bits = [0; 8];
            bits[3..3 + five.len()].copy_from_slice(five);
            let bits = u64::from_be_bytes(bits);
            for letter in 0..(five.len() * 8).div_ceil(5) {
                let value = bits >> (35 - 5 * letter) & 31;
                text.push(ALPHABET.get(usize::try_from(value).unwrap_or(0)).copied().map_or('A', char::from));
            }
        }
        text
    }

    /// The address that an authenticator reads from a picture.
    pub(crate) fn address(&self, shop: &str, account: &str) -> Zeroizing<String> {
        let escaped =
            |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20");
        let (shop, account) = (escaped(shop), escaped(account));
        Zeroizing::new(format!(
            "otpauth://totp/{shop}:{account}?secret={}&issuer={shop}&algorithm=SHA1&digits={DIGITS}&period={STEP}",
            *self.text()
        ))
    }

    /// The step whose code this is, where it is later than the last one that was taken.
    pub(crate) fn step_of(&self, code: &str, now: Timestamp, last: u64) -> Option<u64> {
        let typed: String = code.chars().filter(|c| !c.is_whitespace()).collect();
        let step = u64::try_from(now.as_second()).ok()? / STEP;
        // All of them are compared, so that the time tells nothing.
        let mut found = None;
        for step in step.saturating_sub(DRIFT)..=step + DRIFT {
            if bool::from(self.code(step).as_bytes().ct_eq(typed.as_bytes())) && step > last {
                found = Some(step);
            }
        }
        found
    }

    /// RFC 4226, 5.3.
    fn code(&self, step: u64) -> String {
        let number = truncated(&self.0, step) % 10u32.pow(DIGITS);
        format!("{number:06}")
    }
}

const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

fn truncated(secret: &[u8], step: u64) -> u32 {
    // HMAC takes keys of any length.
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(secret) else { return 0 };
    mac.update(&step.to_be_bytes());
    let hash = mac.finalize().into_bytes();
    let offset = usize::from(hash[hash.len() - 1] & 0xf);
    let four = hash.get(offset..offset + 4).and_then(|four| four.try_into().ok()).unwrap_or([0; 4]);
    u32::from_be_bytes(four) & 0x7fff_ffff
}

/// Codes for a lost device, and their hashes. A code has 50 bits, which with the limits on trying is enough.
///
/// # Errors
/// Where the system has no random numbers.
pub(crate) fn recovery_codes() -> Result<(Vec<String>, BTreeSet<String>), getrandom::Error> {
    let mut codes = Vec::with_capacity(RECOVERY_CODES);
    for _ in 0..RECOVERY_CODES {
        let mut bytes = [0; 10];
        getrandom::fill(&mut bytes)?;
        let letters: String =
            bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte & 31)].to_ascii_lowercase())).collect();
        let (first, second) = letters.split_at(5);
        codes.push(format!("{first}-{second}"));
    }
    let hashes = codes.iter().map(|code| recovery_hash(code)).collect();
    Ok((codes, hashes))
}

/// What is kept of a code: letters and digits count, in any case.
pub(crate) fn recovery_hash(typed: &str) -> String {
    let plain: String = typed.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    let mut hash = Sha256::new();
    hash.update(b"usher recovery code\0");
    hash.update(plain.as_bytes());
    hex::encode(hash.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a time")
    }

    /// RFC 6238, appendix B, SHA-1; eight digits there, of which the last six are a code of six.
    #[test]
    fn the_standards_codes_come_out() {
        let secret = TotpSecret(Zeroizing::new(b"12345678901234567890".to_vec()));
        for (second, code) in [
            (59, "94287082"),
            (1_111_111_109, "07081804"),
            (1_111_111_111, "14050471"),
            (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"),
            (20_000_000_000, "65353130"),
        ] {
            let step = second / STEP;
            assert_eq!(format!("{:08}", truncated(&secret.0, step) % 100_000_000), code);
            let now = at(i64::try_from(second).expect("a second"));
            assert_eq!(secret.step_of(&code[2..], now, 0), Some(step));
        }
    }

    /// RFC 4226, appendix D.
    #[test]
    fn so_do_those_of_the_counter() {
        let codes =
            ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"];
        let secret = TotpSecret(Zeroizing::new(b"12345678901234567890".to_vec()));
        for (step, code) in codes.into_iter().enumerate() {
            assert_eq!(secret.code(u64::try_from(step).expect("a step")), code);
        }
    }

    #[test]
    fn no_code_is_taken_twice_nor_an_older_one() {
        let secret = TotpSecret::generate().expect("random numbers");
        let now = at(1_790_000_000);
        let step = 1_790_000_000 / STEP;
        let code = secret.code(step);
        assert_eq!(secret.step_of(&code, now, 0), Some(step));
        assert_eq!(secret.step_of(&format!(" {} {} ", &code[..3], &code[3..]), now, step - 1), Some(step));
        assert_eq!(secret.step_of(&code, now, step), None, "it was used");
        assert_eq!(secret.step_of(&secret.code(step - 1), now, step), None, "a later one was used");
        assert_eq!(secret.step_of(&secret.code(step + 1), now, step), Some(step + 1), "a clock may be ahead");
        assert_eq!(secret.step_of(&secret.code(step - 2), now, 0), None, "and not by a minute");
        for wrong in ["", "12345", "1234567", "abcdef"] {
            assert_eq!(secret.step_of(wrong, now, 0), None, "{wrong}");
        }
    }

    /// RFC 4648, 10, and its way back.
    #[test]
    fn a_secret_is_typed_in_base_32() {
        let secret = TotpSecret(Zeroizing::new(b"foobar".to_vec()));
        assert_eq!(secret.text().as_str(), "MZXW6YTBOI");
        let secret = TotpSecret(Zeroizing::new(b"12345678901234567890".to_vec()));
        assert_eq!(secret.text().as_str(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert_eq!(TotpSecret::parse(&secret.text()).expect("the same").0, secret.0);
        assert!(TotpSecret::parse("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ1").is_none());
        assert_eq!(
            secret.address("Lamps & More", "ana@lamps.example").as_str(),
            "otpauth://totp/Lamps%20%26%20More:ana%40lamps.example?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
             &issuer=Lamps%20%26%20More&algorithm=SHA1&digits=6&period=30"
        );
    }

    #[test]
    fn a_recovery_code_is_typed_any_way() {
        let (codes, hashes) = recovery_codes().expect("random numbers");
        assert_eq!((codes.len(), hashes.len()), (RECOVERY_CODES, RECOVERY_CODES));
        let typed = format!(" {} ", codes[0].to_uppercase().replace('-', " "));
        assert!(hashes.contains(&recovery_hash(&typed)));
        assert!(!hashes.contains(&recovery_hash("aaaaa-aaaaa")));
    }
}
