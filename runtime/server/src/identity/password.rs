//! Passwords of the people who operate the shop: which are taken, and how they are kept.
//!
//! What is kept is Argon2id (RFC 9106) with a pepper from a file of the data folder, so that the database alone is of no
//! use to whoever guesses. A hash takes 64 MiB and some tenths of a second; two are made at once.

use crate::config::Secret;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

/// KiB, rounds and lanes: above what OWASP's cheat sheet on password storage names as the least.
const MEMORY_KIB: u32 = 64 << 10;
const ROUNDS: u32 = 3;
const LANES: u32 = 1;
/// So many are hashed at once: each takes its memory.
const AT_ONCE: usize = 2;
/// So many wait at most.
const WAITING: usize = 32;

/// Fewer characters are no password here.
pub const SHORTEST: usize = 12;
/// More are none either.
pub const LONGEST: usize = 256;

/// The commonest passwords that are long enough, in lower case, one a line.
const COMMON: &str = include_str!("common_passwords.txt");
/// What is left of a password without what everybody knows must have so many characters.
const OWN: usize = 8;
/// Fewer different characters are a pattern.
const DIFFERENT: usize = 5;

/// Why a password isn't taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordRefusal {
    /// Too short.
    #[error("it has fewer than {SHORTEST} characters")]
    Short,
    /// Too long.
    #[error("it has more than {LONGEST} characters")]
    Long,
    /// One of the first that anybody tries.
    #[error("it is one of the first that anybody tries")]
    Common,
    /// Made of what is known.
    #[error("it is made of `{0}`, which everybody knows")]
    Known(String),
}

/// Whether a password may be used. `known` are the shop's name, the address and the like. What characters it is made of
/// doesn't matter.
///
/// # Errors
/// Why not.
pub fn acceptable(password: &str, known: &[&str]) -> Result<(), PasswordRefusal> {
    let length = password.chars().count();
    if length < SHORTEST {
        return Err(PasswordRefusal::Short);
    }
    if length > LONGEST {
        return Err(PasswordRefusal::Long);
    }
    let plain = password.to_lowercase();
    let different: BTreeSet<char> = plain.chars().collect();
    if different.len() < DIFFERENT || COMMON.lines().any(|common| common == plain) {
        return Err(PasswordRefusal::Common);
    }
    let words = known.iter().flat_map(|known| {
        let known = known.to_lowercase();
        let parts: Vec<String> = known.split(['@', ' ']).map(str::to_owned).collect();
        std::iter::once(known).chain(parts)
    });
    for word in words.filter(|word| word.chars().count() >= 3) {
        if plain.contains(&word) && plain.replace(&word, "").chars().count() < OWN {
            return Err(PasswordRefusal::Known(word));
        }
    }
    Ok(())
}

/// Why a password could not be hashed or compared.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HashError {
    /// As many wait as may.
    #[error("too many passwords are checked at the moment")]
    Busy,
    /// The function failed, or what is stored isn't its result.
    #[error("a password could not be hashed: {0}")]
    Failed(String),
}

/// Hashes and compares passwords.
#[derive(Clone)]
pub(crate) struct Passwords(Arc<Inner>);

struct Inner {
    pepper: Secret,
    places: Arc<Semaphore>,
    waiting: AtomicUsize,
    /// Compared with where there is no account, so that this takes as long.
    nobody: String,
}

impl Passwords {
    /// With this pepper. Takes as long as one hash.
    ///
    /// # Errors
    /// Where the function refuses.
    pub(crate) fn new(pepper: Secret) -> Result<Self, HashError> {
        let nobody = hashed(&pepper, b"the password of nobody")?;
        let (places, waiting) = (Arc::new(Semaphore::new(AT_ONCE)), AtomicUsize::new(0));
        Ok(Self(Arc::new(Inner { pepper, places, waiting, nobody })))
    }

    /// The hash of a password, in the PHC string format.
    ///
    /// # Errors
    /// Where too many wait, or the function fails.
    pub(crate) async fn hash(&self, password: &str) -> Result<String, HashError> {
        let password = Zeroizing::new(password.to_owned());
        self.in_turn(move |inner| hashed(&inner.pepper, password.as_bytes())).await
    }

    /// Whether this is the password of that hash; false for none, after as long a time.
    ///
    /// # Errors
    /// Where too many wait, or the function fails.
    pub(crate) async fn fits(&self, password: &str, hash: Option<&str>) -> Result<bool, HashError> {
        let (password, hash) = (Zeroizing::new(password.to_owned()), hash.map(str::to_owned));
        self.in_turn(move |inner| {
            let known = hash.is_some();
            let text = hash.as_deref().unwrap_or(&inner.nobody);
            let hash = PasswordHash::new(text).map_err(|error| HashError::Failed(error.to_string()))?;
            let fits = function(&inner.pepper)?.verify_password(password.as_bytes(), &hash).is_ok();
            Ok(fits && known)
        })
        .await
    }

    /// Whether a hash was made with less than is used now: it is to be made anew at the next chance.
    pub(crate) fn outgrown(hash: &str) -> bool {
        let wanted = format!("$argon2id$v=19$m={MEMORY_KIB},t={ROUNDS},p={LANES}$");
        !hash.starts_with(&wanted)
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Inner) -> Result<T, HashError> + Send + 'static,
    ) -> Result<T, HashError> {
        let _waits = Waits::among(&self.0.waiting)?;
        let place = Arc::clone(&self.0.places).acquire_owned().await;
        let place = place.map_err(|error| HashError::Failed(error.to_string()))?;
        let inner = Arc::clone(&self.0);
        // Whoever asked may go away; the hash is made to its end, and has its place until then.
        let done = tokio::task::spawn_blocking(move || {
            let done = work(&inner);
            drop(place);
            done
        });
        done.await.map_err(|error| HashError::Failed(error.to_string()))?
    }
}

/// Counted while it lives.
struct Waits<'a>(&'a AtomicUsize);

impl<'a> Waits<'a> {
    fn among(count: &'a AtomicUsize) -> Result<Self, HashError> {
        let waits = Self(count);
        if count.fetch_add(1, Ordering::Relaxed) >= WAITING { Err(HashError::Busy) } else { Ok(waits) }
    }
}

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn function(pepper: &Secret) -> Result<Argon2<'_>, HashError> {
    let failed = |error: argon2::Error| HashError::Failed(error.to_string());
    let params = Params::new(MEMORY_KIB, ROUNDS, LANES, None).map_err(failed)?;
    Argon2::new_with_secret(pepper.reveal().as_bytes(), Algorithm::Argon2id, Version::V0x13, params).map_err(failed)
}

fn hashed(pepper: &Secret, password: &[u8]) -> Result<String, HashError> {
    let hash: PasswordHash =
        function(pepper)?.hash_password(password).map_err(|error| HashError::Failed(error.to_string()))?;
    Ok(hash.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_long_and_nobody_guesses_it() {
        let known = ["Lamps & More", "ana@lamps.example", "Ana Silva"];
        let refused = |password: &str| acceptable(password, &known).err();
        for good in [
            "correct horse battery",
            "\u{1F511}\u{43a}\u{43b}\u{44e}\u{447} \u{43e}\u{442} \u{434}\u{43e}\u{43c}\u{430}",
            "lamps are for reading",
        ] {
            assert_eq!(refused(good), None, "{good}");
        }
        assert_eq!(refused("elevenchars"), Some(PasswordRefusal::Short));
        assert_eq!(refused("\u{e9}l\u{e9}ven\u{e9}char"), Some(PasswordRefusal::Short), "characters count, not bytes");
        assert_eq!(refused(&"correct horse ".repeat(20)), Some(PasswordRefusal::Long));
        for common in ["PasswordPassword", "123456789012", "aaaaaaaaaaaaaaaa", "qwertyuiop12", "abababababab"] {
            assert_eq!(refused(common), Some(PasswordRefusal::Common), "{common}");
        }
        for (password, word) in [
            ("Lamps & More1", "lamps & more"),
            ("ana@lamps.example!", "ana@lamps.example"),
            ("LampsLamps12345", "lamps"),
            ("silva1silva2silva", "silva"),
        ] {
            assert_eq!(refused(password), Some(PasswordRefusal::Known(word.into())), "{password}");
        }
    }

    #[test]
    fn the_list_is_of_passwords_that_are_long_enough() {
        for common in COMMON.lines() {
            assert!(common.chars().count() >= SHORTEST && common == common.to_lowercase(), "{common}");
        }
    }

    #[tokio::test]
    async fn a_hash_fits_its_password_and_its_pepper_only() {
        let passwords = Passwords::new(Secret::new("a pepper".into())).expect("made");
        let hash = passwords.hash("correct horse battery").await.expect("a hash");
        assert!(hash.starts_with("$argon2id$v=19$m=65536,t=3,p=1$"), "{hash}");
        assert!(!Passwords::outgrown(&hash) && Passwords::outgrown(&hash.replace("t=3", "t=2")));
        assert!(passwords.fits("correct horse battery", Some(&hash)).await.expect("compared"));
        assert!(!passwords.fits("correct horse batterx", Some(&hash)).await.expect("compared"));
        assert!(!passwords.fits("the password of nobody", None).await.expect("compared"));
        let others = Passwords::new(Secret::new("another pepper".into())).expect("made");
        assert!(!others.fits("correct horse battery", Some(&hash)).await.expect("compared"));
        assert_ne!(passwords.hash("correct horse battery").await.expect("a hash"), hash, "the salt is another");
    }

    #[tokio::test]
    async fn a_flood_is_turned_away() {
        let passwords = Passwords::new(Secret::new("a pepper".into())).expect("made");
        let many = (0..WAITING + 8).map(|_| passwords.fits("x", None));
        let busy = futures_util::future::join_all(many).await.into_iter().filter(Result::is_err).count();
        assert_eq!(busy, 8);
        assert!(passwords.fits("x", None).await.is_ok(), "those who waited have gone");
    }
}
