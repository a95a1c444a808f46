//! Secrets of integrations are sealed before they reach the store: XChaCha20-Poly1305 with a random nonce,
//! bound to the connector and the secret's name, so that a sealed value can't be moved to another place.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

/// The format's version, the first byte of every sealed value.
const VERSION: u8 = 1;
const NONCE: usize = 24;

/// Why a secret can't be sealed or opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum SealError {
    /// The key isn't 64 hexadecimal digits.
    #[error("the sealing key is not 64 hexadecimal digits")]
    Key,
    /// The system has no random numbers.
    #[error("the system gave no random numbers")]
    Random,
    /// Damaged, moved from elsewhere, or sealed with another key.
    #[error("a stored secret can't be opened: it was sealed with another key, or is damaged; enter it again")]
    Broken,
}

/// The key that all secrets are sealed with. It doesn't print.
#[derive(Clone)]
pub(crate) struct SealingKey(Zeroizing<[u8; 32]>);

impl SealingKey {
    /// Reads 64 hexadecimal digits.
    ///
    /// # Errors
    /// Where they aren't.
    pub(crate) fn from_text(text: &str) -> Result<Self, SealError> {
        let mut key = Zeroizing::new([0; 32]);
        hex::decode_to_slice(text.trim(), key.as_mut_slice()).map_err(|_| SealError::Key)?;
        Ok(Self(key))
    }

    /// Seals the secret `name` of `connector`.
    ///
    /// # Errors
    /// Where the system has no random numbers.
    pub(crate) fn seal(&self, connector: &str, name: &str, secret: &str) -> Result<Vec<u8>, SealError> {
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce).map_err(|_| SealError::Random)?;
        let aad = place(connector, name);
        let payload = Payload { msg: secret.as_bytes(), aad: &aad };
        let sealed = self.cipher().encrypt(&XNonce::from(nonce), payload).map_err(|_| SealError::Broken)?;
        let mut out = Vec::with_capacity(1 + NONCE + sealed.len());
        out.push(VERSION);
        out.extend_from_slice(&nonce);
        out.extend_from_slice(&sealed);
        Ok(out)
    }

    /// Opens what [`Self::seal`] made for the same connector and name.
    ///
    /// # Errors
    /// [`SealError::Broken`] for anything else.
    pub(crate) fn open(&self, connector: &str, name: &str, sealed: &[u8]) -> Result<Zeroizing<String>, SealError> {
        let Some((&VERSION, rest)) = sealed.split_first() else { return Err(SealError::Broken) };
        let Some((nonce, sealed)) = rest.split_first_chunk::<NONCE>() else { return Err(SealError::Broken) };
        let aad = place(connector, name);
        let payload = Payload { msg: sealed, aad: &aad };
        let opened = self.cipher().decrypt(&XNonce::from(*nonce), payload).map_err(|_| SealError::Broken)?;
        String::from_utf8(opened).map(Zeroizing::new).map_err(|_| SealError::Broken)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&(*self.0).into())
    }
}

/// What a sealed value is bound to. The length in front keeps `a`+`bc` apart from `ab`+`c`.
fn place(connector: &str, name: &str) -> Vec<u8> {
    let mut place = b"usher integration secret\0".to_vec();
    place.extend_from_slice(&(connector.len() as u64).to_be_bytes());
    place.extend_from_slice(connector.as_bytes());
    place.extend_from_slice(name.as_bytes());
    place
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: &str) -> SealingKey {
        SealingKey::from_text(&byte.repeat(32)).expect("64 digits")
    }

    #[test]
    fn opens_only_in_its_own_place() {
        let sealed = key("07").seal("shopify", "token", "shpat_1").expect("random numbers");
        assert_eq!(key("07").open("shopify", "token", &sealed).expect("opens").as_str(), "shpat_1");
        for (key, connector, name) in
            [(key("08"), "shopify", "token"), (key("07"), "loop", "token"), (key("07"), "shopif", "ytoken")]
        {
            assert_eq!(key.open(connector, name, &sealed).err(), Some(SealError::Broken));
        }
    }

    #[test]
    fn refuses_what_was_changed() {
        let sealed = key("07").seal("shopify", "token", "shpat_1").expect("random numbers");
        for index in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[index] ^= 1;
            assert_eq!(key("07").open("shopify", "token", &changed).err(), Some(SealError::Broken), "byte {index}");
            assert_eq!(key("07").open("shopify", "token", &sealed[..index]).err(), Some(SealError::Broken));
        }
    }

    #[test]
    fn never_seals_twice_alike() {
        let seal = || key("07").seal("shopify", "token", "same").expect("random numbers");
        assert_ne!(seal(), seal());
    }
}
