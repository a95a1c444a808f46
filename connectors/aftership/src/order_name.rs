//! What customers call an order.

use usher_sdk::connector::Error;

/// An order's name as AfterShip has it from the shop: `#1001`, `EN1001`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct OrderName(String);

impl OrderName {
    /// With or without `#`, in any case. A number alone is a name with `#`, which is what shops have unless they
    /// chose another prefix.
    ///
    /// # Errors
    /// [`Error::NotFound`] for what no order can be called.
    pub(crate) fn parse(typed: &str) -> Result<Self, Error> {
        let bare = bare(typed);
        if bare.is_empty() || bare.chars().count() > 60 || bare.chars().any(char::is_control) {
            return Err(Error::NotFound);
        }
        let number = bare.bytes().all(|byte| byte.is_ascii_digit());
        let signed = number || typed.trim_start().starts_with(['#', '＃']);
        Ok(OrderName(if signed { format!("#{bare}") } else { bare.to_owned() }))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Without the sign, which is how AfterShip's links want it.
    pub(crate) fn number(&self) -> &str {
        bare(&self.0)
    }

    /// Whether this is what an order is called.
    pub(crate) fn is(&self, name: &str) -> bool {
        bare(name).to_lowercase() == bare(&self.0).to_lowercase()
    }
}

fn bare(name: &str) -> &str {
    name.trim().trim_start_matches(['#', '＃']).trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_the_sign() {
        for (typed, name) in
            [("1001", "#1001"), (" # 1001", "#1001"), ("＃1001", "#1001"), ("EN1001", "EN1001"), ("#EN1001", "#EN1001")]
        {
            assert_eq!(OrderName::parse(typed).unwrap().as_str(), name);
        }
        assert_eq!(OrderName::parse("#1001").unwrap().number(), "1001");
        assert!(OrderName::parse("en1001").unwrap().is("#EN1001"));
        assert!(!OrderName::parse("1001").unwrap().is("#10011"));
        assert_eq!(OrderName::parse(" #"), Err(Error::NotFound));
    }
}
