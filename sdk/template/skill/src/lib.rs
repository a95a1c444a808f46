//! A skill is one function: what the customer wrote goes in, what they are answered comes out.

use usher_sdk::skill::prelude::*;
use usher_sdk::skill::tools::knowledge;

usher_sdk::skill!(handle);

fn handle(turn: Turn) -> Result<Outcome, ToolError> {
    // `?` hands a tool's failure to the runtime, which tells the customer and brings in a person.
    let passages = knowledge::search(turn.text(), None, 3)?;
    // An article about something else is no answer.
    let found = passages.iter().find(|passage| passage.confident && is_about_gift_cards(&passage.title));
    Ok(match found {
        Some(passage) => answer(turn.text(), passage).into(),
        None if is_about_gift_cards(turn.text()) => Reply::text(we_sell_them(turn.language())).into(),
        // Not this skill's question after all: the router tries the next.
        None => Outcome::Decline,
    })
}

fn answer(question: &str, passage: &knowledge::Passage) -> Reply {
    Reply::text(passage.excerpt(question, 400)).source(&passage.id).answered()
}

fn is_about_gift_cards(text: &str) -> bool {
    mentions(text, &["gift*", "voucher*", "carte cadeau", "cartes cadeaux", "cadeaubon*", "cadeaukaart*", "presentkort*"])
}

// A text has all languages, or it doesn't compile.
texts! {
    fn we_sell_them() {
        en: "Yes, we have gift cards. You find them in our shop.",
        fr: "Oui, nous avons des cartes cadeaux. Vous les trouverez dans notre boutique.",
        nl: "Ja, we hebben cadeaubonnen. Je vindt ze in onze winkel.",
        sv: "Ja, vi har presentkort. Du hittar dem i vår butik.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gift_cards_are_recognised() {
        assert!(is_about_gift_cards("Do you sell Gift-Cards?"));
        assert!(is_about_gift_cards("har ni presentkort"));
        assert!(!is_about_gift_cards("where is my order?"));
    }

    #[test]
    fn the_answer_names_its_source() {
        let passage = knowledge::Passage {
            id: "gift-cards#1".to_owned(),
            title: "Gift cards".to_owned(),
            heading: None,
            text: "Gift cards are valid for two years.".to_owned(),
            url: None,
            score: 1.0,
            confident: true,
        };
        assert_eq!(answer("how long is it valid?", &passage).sources, ["gift-cards#1"]);
    }
}
