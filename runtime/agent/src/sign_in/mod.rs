//! Signing in by a code sent to an address. On web chat the page asks for address and code; where there are only words
//! the customer writes both in the conversation, and what is kept of that between two messages is a [`SigningIn`].
//!
//! A message is read in `said`, what is said to it stands in `words`, and the turn leads from step to step
//! (`turn/sign_in.rs`). How many codes go to one address is counted in `limit`, whoever asks for them and where.

mod code;
pub(crate) mod limit;
mod mail;
pub(crate) mod pending;
pub(crate) mod said;
mod settings;
mod words;

pub use code::{CODE_ATTEMPTS, CODE_LIFE, Code};
pub use mail::posted;
pub use pending::{SignInStage, SigningIn};
pub use settings::SignInSettings;
pub use words::SignInWords;
