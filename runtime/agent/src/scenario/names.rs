//! Names in braces: `{order}` stands for what only a running shop of stand-ins knows. A brace that is meant as one is
//! written twice.

/// Puts values in the places of names.
///
/// # Errors
/// A brace that isn't closed, or what `value` refuses.
pub fn fill(text: &str, value: &dyn Fn(&str) -> Result<String, String>) -> Result<String, String> {
    let mut filled = String::new();
    let mut rest = text;
    while let Some(place) = rest.find(['{', '}']) {
        let (before, from) = rest.split_at(place);
        filled.push_str(before);
        if let Some(after) = from.strip_prefix("{{") {
            filled.push('{');
            rest = after;
        } else if let Some(after) = from.strip_prefix("}}") {
            filled.push('}');
            rest = after;
        } else if let Some(inner) = from.strip_prefix('{') {
            let (name, after) = inner.split_once('}').ok_or_else(|| format!("`{text}`: a brace isn't closed"))?;
            filled.push_str(&value(name)?);
            rest = after;
        } else {
            return Err(format!("`{text}`: a brace that was never opened is closed; write it twice if it is meant"));
        }
    }
    filled.push_str(rest);
    Ok(filled)
}

/// The text with its braces written twice.
#[must_use]
pub fn escaped(text: &str) -> String {
    text.replace('{', "{{").replace('}', "}}")
}

/// A text without names: what [`escaped`] was made of.
///
/// # Errors
/// A name in it.
pub fn literal(text: &str) -> Result<String, String> {
    fill(text, &|name| {
        Err(format!(
            "`{{{name}}}` is a name that only a shop of stand-ins knows; write what it stands for, or the braces twice"
        ))
    })
}
