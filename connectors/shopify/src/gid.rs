//! Shopify's global ids, `gid://shopify/Order/5001`, and the numbers in them.

/// The global id of an object whose number is known.
pub(crate) fn from_number(kind: &str, number: &str) -> String {
    format!("gid://shopify/{kind}/{number}")
}

/// The number of a global id, and a number itself; none for anything else.
pub(crate) fn number(id: &str) -> Option<&str> {
    let tail = match id.strip_prefix("gid://shopify/") {
        // Some ids carry parameters: `gid://shopify/InventoryLevel/5?inventory_item_id=7`.
        Some(path) => path.split_once('/')?.1.split('?').next()?,
        None => id,
    };
    (!tail.is_empty() && tail.len() <= 20 && tail.bytes().all(|byte| byte.is_ascii_digit())).then_some(tail)
}

/// [`number`], or the id as it is where Shopify should have changed its form.
pub(crate) fn shown(id: &str) -> String {
    number(id).unwrap_or(id).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_numbers_are_numbers() {
        assert_eq!(number("gid://shopify/Customer/7001"), Some("7001"));
        assert_eq!(number("gid://shopify/InventoryLevel/5?inventory_item_id=7"), Some("5"));
        assert_eq!(number("7001"), Some("7001"));
        for other in
            ["", "7001 OR 1", "gid://shopify/Customer/", "gid://other/Customer/1", "gid://shopify/7001", "-1", "٣"]
        {
            assert_eq!(number(other), None, "{other}");
        }
        assert_eq!(shown("gid://shopify/Order/x-1"), "gid://shopify/Order/x-1");
    }
}
