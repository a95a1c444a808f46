//! What a skill remembers of a conversation. Every turn runs in a fresh instance, so this is the only way.
//!
//! ```
//! use usher_sdk::skill::memory::Slot;
//!
//! const ASKED: Slot<u64> = Slot::new("asked");
//!
//! let times = ASKED.get().unwrap_or(0);
//! assert!(ASKED.set(&(times + 1)));
//! assert_eq!(ASKED.get(), Some(1));
//! ```

use std::marker::PhantomData;

/// One remembered value, private to this skill in this conversation. A conversation holds 32 of them, with keys
/// of at most 128 bytes and values of at most 4 KiB. Outside of WebAssembly it lasts as long as the thread.
pub struct Slot<T> {
    key: &'static str,
    value: PhantomData<fn() -> T>,
}

impl<T: Memorable> Slot<T> {
    /// The slot under this key.
    pub const fn new(key: &'static str) -> Self {
        Slot { key, value: PhantomData }
    }

    /// The value; none where nothing was set, or what is there can't be read as a `T`.
    pub fn get(&self) -> Option<T> {
        raw_get(self.key).and_then(|text| T::from_text(&text))
    }

    /// Remembers a value. False where a limit refused it, or where its text is empty.
    #[must_use = "false says that it wasn't remembered"]
    pub fn set(&self, value: &T) -> bool {
        let text = value.to_text();
        !text.is_empty() && raw_set(self.key, &text)
    }

    /// Forgets the value.
    pub fn forget(&self) {
        raw_set(self.key, "");
    }
}

/// What can be kept as text.
pub trait Memorable: Sized {
    /// The text; an empty one can't be kept.
    fn to_text(&self) -> String;
    /// None where the text isn't one that `to_text` gives.
    fn from_text(text: &str) -> Option<Self>;
}

macro_rules! memorable {
    ($($type:ty),*) => {$(
        impl Memorable for $type {
            fn to_text(&self) -> String {
                self.to_string()
            }

            fn from_text(text: &str) -> Option<Self> {
                text.parse().ok()
            }
        }
    )*};
}

memorable!(String, bool, u64, i64);

/// One item a line, so items with a line break come back as two.
impl Memorable for Vec<String> {
    fn to_text(&self) -> String {
        self.join("\n")
    }

    fn from_text(text: &str) -> Option<Self> {
        Some(text.lines().map(str::to_owned).collect())
    }
}

#[cfg(target_arch = "wasm32")]
use super::bindings::usher::skill::memory::{get as raw_get, set as raw_set};

#[cfg(not(target_arch = "wasm32"))]
use native::{raw_get, raw_set};

#[cfg(not(target_arch = "wasm32"))]
mod native {
    use std::cell::RefCell;
    use std::collections::BTreeMap;

    thread_local! {
        static VALUES: RefCell<BTreeMap<String, String>> = const { RefCell::new(BTreeMap::new()) };
    }

    pub(super) fn raw_get(key: &str) -> Option<String> {
        VALUES.with_borrow(|values| values.get(key).cloned())
    }

    /// Keeps to the limits that the contract states.
    pub(super) fn raw_set(key: &str, value: &str) -> bool {
        VALUES.with_borrow_mut(|values| {
            if value.is_empty() {
                values.remove(key);
                return true;
            }
            let fits = key.len() <= 128 && value.len() <= 4096 && (values.len() < 32 || values.contains_key(key));
            if fits {
                values.insert(key.to_owned(), value.to_owned());
            }
            fits
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_back_as_they_were() {
        let names: Slot<Vec<String>> = Slot::new("names");
        assert_eq!(names.get(), None);
        assert!(names.set(&vec!["#1001".to_owned(), "#1002".to_owned()]));
        assert_eq!(names.get(), Some(vec!["#1001".to_owned(), "#1002".to_owned()]));
        names.forget();
        assert_eq!(names.get(), None);
    }

    #[test]
    fn what_another_version_wrote_is_not_misread() {
        assert!(Slot::<String>::new("count").set(&"three".to_owned()));
        assert_eq!(Slot::<u64>::new("count").get(), None);
    }

    #[test]
    fn limits_refuse() {
        let slot: Slot<String> = Slot::new("long");
        assert!(!slot.set(&"x".repeat(4097)));
        assert!(!slot.set(&String::new()));
        assert_eq!(slot.get(), None);
    }
}
