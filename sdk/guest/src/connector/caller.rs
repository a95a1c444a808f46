//! The customer whom a tool call is for.

pub use super::bindings::usher::connector::caller::CallerIdentity as Customer;
use super::{Error, host};

/// The customer; the runtime has verified what is in it.
///
/// # Errors
/// [`Error::SignInRequired`] where no customer is signed in, and where the runtime asks on its own behalf.
pub fn customer() -> Result<Customer, Error> {
    host::customer().ok_or(Error::SignInRequired)
}

/// The same at every retry of one acting call; none for a reading call.
pub fn idempotency_key() -> Option<String> {
    host::idempotency_key()
}

/// True where an earlier attempt at this very acting call may have reached the provider: read its state back first, so
/// that nothing is done twice.
pub fn earlier_attempt() -> bool {
    host::earlier_attempt()
}

impl Customer {
    /// Whether an address that a provider gave is the customer's verified one. Letters are compared without case in
    /// ASCII only, since Unicode's folding makes different addresses equal (`K` and the Kelvin sign).
    pub fn has_email(&self, address: Option<&str>) -> bool {
        let (Some(own), Some(address)) = (&self.email, address) else { return false };
        !own.trim().is_empty() && own.trim().eq_ignore_ascii_case(address.trim())
    }
}
