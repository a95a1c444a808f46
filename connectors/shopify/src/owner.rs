//! Whose an order must be. Every order that leaves this crate has passed [`Owner::owns`].

use usher_sdk::connector::Error;
use usher_sdk::connector::caller::{self, Customer};

use crate::gid;

/// The signed-in customer, as orders name them.
#[derive(Debug)]
pub(crate) struct Owner {
    customer: Customer,
}

impl Owner {
    /// # Errors
    /// [`Error::SignInRequired`].
    pub(crate) fn signed_in() -> Result<Self, Error> {
        Ok(Owner { customer: caller::customer()? })
    }

    /// Shopify's number of the customer, where the shop's id of them is one.
    pub(crate) fn number(&self) -> Option<&str> {
        self.customer.id.as_deref().and_then(gid::number)
    }

    /// The verified address.
    pub(crate) fn email(&self) -> Option<&str> {
        self.customer.email.as_deref().map(str::trim).filter(|email| !email.is_empty())
    }

    /// Whether an order with this customer and this address is theirs. A guest's order has no customer, only an
    /// address.
    pub(crate) fn owns(&self, customer: Option<&str>, email: Option<&str>) -> bool {
        let number = customer.and_then(gid::number);
        number.is_some() && number == self.number() || self.customer.has_email(email)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use usher_sdk::connector::testing::FakeRuntime;

    #[test]
    fn an_order_is_owned_by_id_or_by_address() {
        let _runtime = FakeRuntime::new().customer(Some("7001"), Some("ana@example.net"), None);
        let ana = Owner::signed_in().unwrap();
        assert!(ana.owns(Some("gid://shopify/Customer/7001"), None));
        assert!(ana.owns(None, Some("Ana@Example.net")));
        assert!(ana.owns(Some("gid://shopify/Customer/7002"), Some("ana@example.net")));
        assert!(!ana.owns(Some("gid://shopify/Customer/7002"), Some("ben@example.net")));
        assert!(!ana.owns(None, None));
    }

    #[test]
    fn nobody_owns_by_what_is_missing() {
        let _runtime = FakeRuntime::new().customer(Some("crm-77"), None, Some("+18005550100"));
        let other = Owner::signed_in().unwrap();
        assert_eq!((other.number(), other.email()), (None, None));
        assert!(!other.owns(None, None));
        assert!(!other.owns(Some("crm-77"), Some("")));
    }
}
