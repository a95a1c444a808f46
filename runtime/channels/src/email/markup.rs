//! How mail programs mark quotes, signatures and what they hide, in the HTML that they write.

/// What markup says of the text inside of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    Quote,
    /// The line that introduces a quote.
    Introduction,
    Signature,
    Hidden,
    AsWritten,
}

/// What this element says of what is inside of it. `introduced` tells whether a line above introduces a quote.
pub(super) fn mark(name: &str, attributes: &[(String, String)], introduced: impl Fn() -> bool) -> Option<Mark> {
    let get = |wanted: &str| attributes.iter().find(|(name, _)| name == wanted).map_or("", |(_, value)| value.as_str());
    let (id, style) = (get("id"), get("style").to_lowercase().replace(' ', ""));
    let is = |class: &str| get("class").split_whitespace().any(|known| known == class);
    let begins = |class: &str| get("class").split_whitespace().any(|known| known.starts_with(class));
    let hidden = ["display:none", "visibility:hidden", "mso-hide:all", "font-size:0;", "font-size:0px", "opacity:0;"];
    if attributes.iter().any(|(name, _)| name == "hidden") || hidden.iter().any(|rule| style.contains(rule)) {
        return Some(Mark::Hidden);
    }
    if ["Signature", "AppleMailSignature", "ms-outlook-mobile-signature", "mobile-signature"].contains(&id)
        || ["gmail_signature", "moz-signature", "protonmail_signature_block", "ms-outlook-mobile-signature"]
            .into_iter()
            .any(is)
        || get("data-smartmail") == "gmail_signature"
        || get("data-marker") == "__SIG_POST__"
        || get("data-marker") == "__SIG_PRE__"
    {
        return Some(Mark::Signature);
    }
    if is("gmail_attr") || begins("moz-cite-prefix") {
        return Some(Mark::Introduction);
    }
    let quote = match name {
        "blockquote" => {
            let marked = get("type").eq_ignore_ascii_case("cite") || !get("cite").is_empty() || is("gmail_quote");
            marked
                || begins("protonmail_")
                || style.contains("border-left:") && !style.contains("border:none")
                || introduced()
        }
        _ => begins("protonmail_quote") || is("yahoo_quoted") || begins("yahoo_quoted_"),
    };
    match name {
        _ if quote => Some(Mark::Quote),
        "pre" => Some(Mark::AsWritten),
        _ => None,
    }
}

/// Behind this element stands the mail that is answered, without any mark on its lines.
pub(super) fn ends_the_answer(name: &str, id: &str, class: &str, anchor: &str, marker: &str) -> bool {
    // Outlook for the web writes `x_` before the names of what was quoted before.
    let id = id.trim_start_matches("x_");
    [
        "divRplyFwdMsg",
        "appendonsend",
        "mail-editor-reference-message-container",
        "isReplyContent",
        "zwchr",
        "stopSpelling",
    ]
    .contains(&id)
        || ["OutlookMessageHeader", "ms-outlook-mobile-reference-message"].iter().any(|known| class.contains(known))
        || anchor == "_MailOriginal"
        || name == "hr" && marker == "__DIVIDER__"
}
