//! Terms of Shopify's search syntax. A customer's words go into a search only through here.

/// `field:"value"`. Quoted, because an unquoted e-mail address is cut into words and finds other people's.
pub(crate) fn quoted(field: &str, value: &str) -> String {
    let mut term = format!("{field}:\"");
    for c in value.chars() {
        if matches!(c, '"' | '\\') {
            term.push('\\');
        }
        term.push(c);
    }
    term.push('"');
    term
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_can_t_leave_its_quotes() {
        assert_eq!(quoted("email", "ana@example.net"), r#"email:"ana@example.net""#);
        assert_eq!(quoted("email", r#"a" OR email:"b\"#), r#"email:"a\" OR email:\"b\\""#);
    }
}
