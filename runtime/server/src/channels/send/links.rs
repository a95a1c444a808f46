//! Long addresses become short ones where each character counts.

use crate::api::Server;
use usher_agent::ids::ConversationId;
use usher_agent::store::Result;

/// Where short addresses are looked up, below the public address.
pub(crate) const PATH: &str = "/l/";
/// Signs that may stand behind an address and are no part of it.
const BEHIND: &[char] = &['.', ',', ';', ':', '!', '?', ')', ']', '"', '\''];

/// The text with its long addresses shortened.
pub(super) async fn shortened(server: &Server, conversation: ConversationId, text: &str) -> Result<String> {
    let base = format!("{}{PATH}", server.public_url().as_str().trim_end_matches('/'));
    let mut short = text.to_owned();
    for address in addresses(text) {
        // The name of a short one has ten signs.
        if address.len() > base.len() + 10 {
            let code = server.store().channels().shorten(conversation, address, server.now()).await?;
            short = short.replace(address, &format!("{base}{code}"));
        }
    }
    Ok(short)
}

/// The web addresses in a text, the longest first, so that none is taken for the beginning of another.
fn addresses(text: &str) -> Vec<&str> {
    let words = text.split(|c: char| c.is_whitespace() || matches!(c, '(' | '<' | '>'));
    let mut found: Vec<&str> = words
        .map(|word| word.trim_end_matches(BEHIND))
        .filter(|word| word.starts_with("https://") || word.starts_with("http://"))
        .collect();
    found.sort_by_key(|address| std::cmp::Reverse(address.len()));
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::addresses;

    #[test]
    fn addresses_end_where_the_sentence_goes_on() {
        let text = "Track: https://carrier.example/t?n=1\nSee https://shop.example/a (https://shop.example/a/b), ok.";
        let found = ["https://carrier.example/t?n=1", "https://shop.example/a/b", "https://shop.example/a"];
        assert_eq!(addresses(text), found);
        assert_eq!(addresses("mailto:help@shop.example and www.shop.example"), [""; 0]);
    }
}
