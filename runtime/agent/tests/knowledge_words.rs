//! Questions in other words than the articles': with typing errors, with synonyms, in another language.

#![allow(clippy::unwrap_used)] // All of it is test code: a failed step fails the test.

use usher_agent::knowledge::{Article, Format, KnowledgeIndex, Passage};

fn article(id: &str, title: &str, questions: &[&str], body: &str) -> Article {
    Article {
        id: id.to_owned(),
        title: title.to_owned(),
        body: body.to_owned(),
        format: Format::Markdown,
        topic: None,
        url: None,
        language: Some("en".to_owned()),
        questions: questions.iter().map(|&question| question.to_owned()).collect(),
        updated_at: jiff::Timestamp::UNIX_EPOCH,
        valid_until: None,
    }
}

fn shop() -> KnowledgeIndex {
    KnowledgeIndex::build(&[
        article(
            "returns",
            "Returns",
            &[
                "What is your return policy?",
                "How long do I have to return something?",
                "Who pays for the return shipping?",
                "When do I get my money back?",
                "How do I exchange an item for another colour?",
            ],
            "## How long you have\n\nYou can send back any chair within 30 days of delivery, unused and in its box.\n\n\
             ## What it costs\n\nReturns are free within the EU.\n\n\
             ## Your money\n\nThe money is back on your account within 10 days of the parcel's arrival.\n\n\
             ## Exchanges\n\nTo exchange an item, return it and choose the other colour in the returns portal.\n\n\
             ## What can't be returned\n\nGift cards and cut fabrics can't be returned.",
        ),
        article(
            "shipping",
            "Shipping",
            &["How much is shipping?", "How long does delivery take?"],
            "## What it costs\n\nWe send within the EU. Below 50 EUR shipping costs 4.90 EUR.\n\n\
             ## How long it takes\n\nDelivery takes two to four working days.",
        ),
        article(
            "payment",
            "Ways to pay",
            &["How can I pay?", "Can I pay by invoice?"],
            "We accept cards and PayPal. Companies can pay by invoice within 14 days.",
        ),
        article(
            "changes",
            "Changing an order",
            &["How do I cancel an order?"],
            "An order can be cancelled until it is packed. The money goes back within five working days.",
        ),
        article(
            "hours",
            "Opening hours",
            &["When are you open?"],
            "Our shop is open Monday to Friday from 10:00 to 18:00.",
        ),
        article("warranty", "Warranty", &["How long is the warranty?"], "Chairs have a warranty of five years."),
        article("care", "Care", &["How do I clean a linen seat?"], "Brush a linen seat with a dry soft brush."),
    ])
}

fn best(question: &str, language: &str) -> Passage {
    shop().search(question, None, 5, Some(language)).into_iter().next().unwrap()
}

/// The best passage says this, and is sure to be an answer.
fn answers(language: &str, questions: &[(&str, &str)]) {
    let index = shop();
    let mut wrong = Vec::new();
    for (question, said) in questions {
        let found = index.search(question, None, 3, Some(language));
        if !found.first().is_some_and(|passage| passage.confident && passage.text.contains(said)) {
            let seen: Vec<_> = found.iter().map(|p| (&p.id, p.score, p.confidence, p.confident)).collect();
            wrong.push(format!("{question}: {said:?} isn't in {seen:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn typing_errors_are_mended() {
    answers(
        "en",
        &[
            ("how mutch does shiping cost", "4.90"),
            ("how long is the waranty?", "five years"),
            ("can i pay by invioce", "invoice"),
            ("when are you opne on mondays", "10:00"),
            ("how do I exchagne an item", "other colour"),
        ],
    );
}

#[test]
fn what_is_no_typing_error_stays_unanswered() {
    for question in ["how tall is the eiffel tower", "what is the weather in lisbon", "play some jazz", "waranga"] {
        assert!(!best(question, "en").confident, "{question}: {:?}", best(question, "en"));
    }
}

#[test]
fn another_word_for_the_same_is_found() {
    answers(
        "en",
        &[
            ("how long does a refund take?", "10 days"),
            ("when is my refund coming?", "10 days"),
            ("When do I get my money back?", "10 days"),
            ("what are your opening times?", "10:00"),
            ("what does delivery cost?", "4.90"),
        ],
    );
}

#[test]
fn what_a_return_costs_is_answered_by_the_section_on_it() {
    answers(
        "en",
        &[
            ("do I have to pay for sending it back?", "Returns are free"),
            ("who pays the return shipping?", "Returns are free"),
            ("is it free to return something?", "Returns are free"),
            ("what does a return cost", "Returns are free"),
        ],
    );
}

#[test]
fn a_question_for_the_whole_article_is_answered_by_its_main_rule() {
    answers(
        "en",
        &[
            ("What is your return policy?", "30 days"),
            ("How long do I have to return something?", "30 days"),
            ("How do I exchange an item for another colour?", "other colour"),
            ("can a gift card be returned?", "Gift cards"),
        ],
    );
}

#[test]
fn questions_in_other_languages_are_answered_from_english_articles() {
    answers(
        "nl",
        &[
            ("wat kost de verzending?", "4.90"),
            ("hoe lang duurt de levering?", "two to four"),
            ("hoe lang heb ik om iets terug te sturen?", "30 days"),
            ("wanneer krijg ik mijn geld terug?", "10 days"),
            ("kan ik op factuur betalen?", "invoice"),
            ("wat zijn de openingstijden?", "10:00"),
            ("hoe lang is de garantie?", "five years"),
            ("hoe kan ik een bestelling annuleren?", "until it is packed"),
        ],
    );
    answers(
        "fr-BE",
        &[
            ("Combien coûte la livraison ?", "4.90"),
            ("quels sont les frais de port ?", "4.90"),
            ("Quand serai-je remboursé ?", "10 days"),
            ("puis-je payer par facture ?", "invoice"),
            ("quelle est votre politique de retour ?", "30 days"),
            ("quels sont vos horaires d'ouverture ?", "10:00"),
            ("comment annuler une commande ?", "until it is packed"),
        ],
    );
    answers(
        "sv",
        &[
            ("Vad kostar frakten?", "4.90"),
            ("hur lång är leveranstiden?", "two to four"),
            ("när får jag pengarna tillbaka?", "10 days"),
            ("kan jag betala mot faktura?", "invoice"),
            ("vad har ni för öppettider?", "10:00"),
            ("hur lång är garantin?", "five years"),
        ],
    );
}

#[test]
fn other_languages_are_no_excuse_for_an_answer() {
    for (language, question) in [
        ("nl", "hoe hoog is de eiffeltoren?"),
        ("nl", "kan ik het weer van morgen weten?"),
        ("fr", "qui a peint la joconde ?"),
        ("sv", "hur blir vädret i morgon?"),
    ] {
        assert!(!best(question, language).confident, "{question}: {:?}", best(question, language));
    }
}

#[test]
fn an_article_in_the_customers_language_comes_before_a_translation() {
    let dutch = Article {
        language: Some("nl".to_owned()),
        ..article("verzending", "Verzending", &["Wat kost de verzending?"], "Verzending kost 4,90 EUR.")
    };
    let english = article("shipping", "Shipping", &["How much is shipping?"], "Shipping costs 4.90 EUR.");
    let index = KnowledgeIndex::build(&[english, dutch]);
    for (question, language, id) in
        [("wat kost verzending", "nl", "verzending"), ("what is the price of shipping", "en", "shipping")]
    {
        assert_eq!(index.search(question, None, 2, Some(language))[0].article, id, "{question}");
    }
}
