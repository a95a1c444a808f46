//! What customers call an order.

use usher_sdk::connector::Error;

use crate::search;

/// An order's name without `#`: `1001`, `EN1001`, `1001-A`, whatever prefix and suffix the shop has chosen.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct OrderName(String);

impl OrderName {
    /// With or without `#`, in any case.
    ///
    /// # Errors
    /// [`Error::NotFound`] for what no order can be called.
    pub(crate) fn parse(typed: &str) -> Result<Self, Error> {
        let bare = bare(typed);
        if bare.is_empty() || bare.chars().count() > 60 || bare.chars().any(char::is_control) {
            return Err(Error::NotFound);
        }
        Ok(OrderName(bare.to_owned()))
    }

    /// Whether this is what an order is called. A search for `1001` also finds `1001-A` and `EN1001`, which are
    /// other orders.
    pub(crate) fn is(&self, name: &str) -> bool {
        bare(name).to_lowercase() == self.0.to_lowercase()
    }

    /// The term that finds it, and more.
    pub(crate) fn search_term(&self) -> String {
        let plain = self.0.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') && !self.0.starts_with('-');
        if plain { format!("name:{}", self.0) } else { search::quoted("name", &self.0) }
    }
}

fn bare(name: &str) -> &str {
    name.trim().trim_start_matches(['#', '＃']).trim_start()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn name(typed: &str) -> OrderName {
        OrderName::parse(typed).unwrap()
    }

    #[test]
    fn the_sign_and_the_case_don_t_matter() {
        for typed in ["#1001", "1001", " # 1001 ", "##1001", "＃1001"] {
            assert!(name(typed).is("#1001"), "{typed}");
            assert_eq!(name(typed).search_term(), "name:1001");
        }
        assert!(name("en1001-a").is("EN1001-A"));
        assert!(name("1001").is("1001"));
    }

    #[test]
    fn near_matches_are_other_orders() {
        for other in ["#10010", "#1001-A", "#EN1001", "#01001", "#101", "", "#"] {
            assert!(!name("#1001").is(other), "{other}");
        }
    }

    #[test]
    fn what_is_no_name_is_not_found() {
        for typed in ["", " ", "#", "a\nb", &"1".repeat(61)] {
            assert_eq!(OrderName::parse(typed), Err(Error::NotFound), "{typed:?}");
        }
    }

    #[test]
    fn a_search_can_t_be_widened() {
        assert_eq!(name("1001 OR name:1002").search_term(), r#"name:"1001 OR name:1002""#);
        assert_eq!(name(r#"1" OR ""#).search_term(), r#"name:"1\" OR \"""#);
        assert_eq!(name("-1001").search_term(), r#"name:"-1001""#);
        assert_eq!(name("(1001)").search_term(), r#"name:"(1001)""#);
        assert_eq!(name("100*").search_term(), r#"name:"100*""#);
    }

    proptest! {
        #[test]
        fn a_name_is_itself_however_typed(shop in "#?[A-Za-z0-9/ -]{1,20}[A-Za-z0-9]") {
            let name = OrderName::parse(&shop).unwrap();
            prop_assert!(name.is(&shop));
            prop_assert!(name.is(&shop.to_uppercase()));
            let typed = shop.trim_start_matches('#').to_lowercase();
            prop_assert!(OrderName::parse(&typed).unwrap().is(&shop));
        }
    }
}
