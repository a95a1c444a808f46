//! How somebody proves who they are. Visitors: by a token that the shop's backend signed, or by a one-time code sent to
//! an address. People who operate the shop: by a password, and where they want by a second factor.

mod email;
mod password;
mod token;
pub(crate) mod totp;

pub use email::EmailAddress;
pub(crate) use password::{HashError, Passwords};
pub use password::{LONGEST, PasswordRefusal, SHORTEST, acceptable};
pub use token::{IdentityKey, IdentityRules, MAX_TOKEN_BYTES, TokenRefusal, VerifiedCustomer};
pub use usher_agent::sign_in::{CODE_ATTEMPTS, Code};
