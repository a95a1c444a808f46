//! How a visitor proves who they are: by a token that the shop's backend signed, or by a one-time code
//! sent to an address.

mod code;
mod email;
mod token;

pub use code::{CODE_ATTEMPTS, CODE_LIFE, Code};
pub use email::EmailAddress;
pub use token::{IdentityKey, IdentityRules, MAX_TOKEN_BYTES, TokenRefusal, VerifiedCustomer};
