//! Who may operate the shop: the operators' tokens, kept as hashes.

use crate::config::{ADMIN, NamedOperator, Secret};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use usher_agent::accounts::Role;

/// The operators, by the hash of their token.
pub(super) struct Operators(Vec<(String, Role, [u8; 32])>);

impl Operators {
    pub(super) fn new(admin_token: &Secret, named: &[NamedOperator]) -> Self {
        let admin = (ADMIN.to_owned(), Role::Owner, hash(admin_token.reveal()));
        let named = named.iter().map(|operator| (operator.name.clone(), operator.role, hash(operator.token.reveal())));
        Self(std::iter::once(admin).chain(named).collect())
    }

    /// Their names and roles.
    pub(super) fn all(&self) -> impl Iterator<Item = (&str, Role)> {
        self.0.iter().map(|(name, role, _)| (name.as_str(), *role))
    }

    /// Whether an operator has this name.
    pub(super) fn knows(&self, name: &str) -> bool {
        self.0.iter().any(|(known, ..)| known == name)
    }

    /// Whose token this is. Every token is compared to its end, so that the time tells nothing about any of them.
    pub(super) fn holder(&self, token: &str) -> Option<(&str, Role)> {
        let token = hash(token);
        let mut found = None;
        for (name, role, known) in &self.0 {
            if bool::from(known.ct_eq(&token)) {
                found = Some((name.as_str(), *role));
            }
        }
        found
    }
}

fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_has_one_holder() {
        let secret = |text: &str| Secret::new(text.to_owned());
        let named = [("first", Role::Owner), ("second", Role::Agent)].map(|(name, role)| NamedOperator {
            name: name.to_owned(),
            token: secret(&format!("the token of {name}")),
            role,
        });
        let operators = Operators::new(&secret("the admin's"), &named);
        assert_eq!(operators.holder("the admin's"), Some((ADMIN, Role::Owner)));
        assert_eq!(operators.holder("the token of second"), Some(("second", Role::Agent)));
        for wrong in ["", "the token of", "the token of first ", "THE TOKEN OF FIRST"] {
            assert_eq!(operators.holder(wrong), None, "{wrong:?}");
        }
    }
}
