//! The parcel that a return travels in.

use serde_json::Value;

use crate::api::{link, text};

/// One shipment of a return.
#[derive(Debug)]
pub(crate) struct Shipment<'a>(&'a Value);

impl<'a> Shipment<'a> {
    /// The first one; merchants can attach no more than one by now.
    pub(crate) fn of(entry: &'a Value) -> Option<Self> {
        entry["shipments"].as_array()?.first().map(Shipment)
    }

    pub(crate) fn tracking_number(&self) -> Option<String> {
        text(&self.0["tracking_number"])
    }

    /// The label, or the code that a drop-off point prints it from.
    pub(crate) fn label_url(&self) -> Option<String> {
        let label = &self.0["label"];
        link(&label["url"]).or_else(|| link(&label["qr_code_url"]))
    }

    /// AfterShip names carriers by a slug: `dhl-germany` is "DHL Germany".
    pub(crate) fn carrier(&self) -> Option<String> {
        let slug = text(&self.0["slug"])?;
        let words: Vec<String> = slug.split('-').filter(|word| !word.is_empty()).map(word).collect();
        (!words.is_empty()).then(|| words.join(" "))
    }
}

/// Short words are initials.
fn word(word: &str) -> String {
    const INITIALS: usize = 4;
    if word.len() <= INITIALS {
        return word.to_ascii_uppercase();
    }
    let (first, rest) = word.split_at(word.chars().next().map_or(0, char::len_utf8));
    format!("{}{rest}", first.to_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_slug_is_a_name() {
        for (slug, name) in [("usps", "USPS"), ("dhl-germany", "DHL Germany"), ("fedex", "Fedex"), ("élan-x", "Élan X")]
        {
            let entry = json!({ "shipments": [{ "slug": slug }] });
            assert_eq!(Shipment::of(&entry).unwrap().carrier().as_deref(), Some(name));
        }
    }

    #[test]
    fn a_label_is_a_page_or_a_code() {
        for (label, url) in [
            (json!({ "url": "https://l.example/1.pdf", "qr_code_url": null }), Some("https://l.example/1.pdf")),
            (json!({ "url": null, "qr_code_url": "https://l.example/1.png" }), Some("https://l.example/1.png")),
            (json!({ "url": "javascript:alert(1)" }), None),
            (json!(null), None),
        ] {
            let entry = json!({ "shipments": [{ "label": label }] });
            assert_eq!(Shipment::of(&entry).unwrap().label_url().as_deref(), url);
        }
        for none in [json!({}), json!({ "shipments": null }), json!({ "shipments": [] })] {
            assert!(Shipment::of(&none).is_none());
        }
    }
}
