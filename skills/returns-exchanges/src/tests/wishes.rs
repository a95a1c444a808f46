use usher_sdk::skill::memory::Memorable;
use usher_sdk::skill::run;

use super::*;
use crate::handle;
use crate::request::{ASK_TEAM, ASK_TEAM_AT_ALL, START, Subject, Team, What, Wish, asks_for_the_time, wish};

const RETURN: Subject = Subject::Start(What::Return);

fn wanted(text: &str) -> Wish {
    wish(&signed_in(text), None)
}

#[test]
fn a_wish_and_news_need_a_known_customer_and_rules_do_not() {
    // A tool call would panic here, so that these end before any.
    for text in [
        "I want to send it back",
        "return order #1001",
        "where is my refund?",
        "my vase came broken",
        "ik wil hem terugsturen",
        "jag vill byta storlek",
    ] {
        assert_eq!(run(handle, Turn::sample(text)), Outcome::sign_in("to see your orders and returns"), "{text}");
    }
    for text in [
        "what is your return policy?",
        "How do I return something?",
        "how do exchanges work",
        "what happens if my lamp arrives damaged?",
        "hur länge har jag öppet köp?",
        "wie betaalt de retour?",
        "puis-je échanger la couleur ?",
    ] {
        assert_eq!(wish(&Turn::sample(text), None), Wish::Policy { certain: true }, "{text}");
    }
}

#[test]
fn goods_go_back_are_exchanged_or_came_broken() {
    for (what, texts) in [
        (
            What::Return,
            &[
                "actually I want to send it back",
                "#1001",
                "How do I return something?",
                "i changed my mind, i dont want it",
                "i want a refund",
                "return portal please",
                "can I still send my order back?",
                "I'd like to return two of the mugs",
                "stuur ik de lamp gewoon terug?",
                "je veux renvoyer ma commande",
                "ik wil #1001 graag terugsturen",
                "jag ångrar köpet",
            ][..],
        ),
        (
            What::Exchange,
            &[
                "too small",
                "can I swap it for another colour?",
                "exchange order 10234",
                "c'est trop grand, je voudrais échanger",
                "de broek is te klein",
                "kan jag byta till en större storlek",
            ][..],
        ),
        (
            What::Fault,
            &[
                "my lamp arrived broken, I want my money back",
                "you sent me the wrong item in order 1001",
                "the grinder stopped working",
                "j'ai reçu le mauvais article",
                "de vaas is kapot",
                "jag fick fel vara",
            ][..],
        ),
    ] {
        for text in texts {
            assert_eq!(wanted(text), Wish::Account(Subject::Start(what)), "{text}");
        }
    }
}

#[test]
fn news_rules_and_trouble_are_told_apart() {
    for text in [
        "Where is my refund for #1001?",
        "have you received my return",
        "did you get my return yet?",
        "has my return arrived? did you get it back yet",
        "I sent it back two weeks ago and still no refund",
        "I sent the kettle back on Monday, did it arrive?",
        "ik heb het pakket vorige week teruggestuurd",
        "I lost my return label",
        "où est mon remboursement ?",
        "waar blijft mijn geld",
        "när får jag pengarna",
    ] {
        assert_eq!(wanted(text), Wish::Account(Subject::News), "{text}");
    }
    for text in [
        "are returns free?",
        "can I return sale items from my order",
        "I got this as a gift, can I exchange it?",
        "what if it doesn't fit?",
        "quelle est votre politique de retour",
        "hur lång tid tar en återbetalning",
        "mag ik afgeprijsde artikelen ruilen?",
    ] {
        assert_eq!(wanted(text), Wish::Policy { certain: true }, "{text}");
    }
    for text in
        ["cancel my return please", "you only refunded half of it", "the return label doesn't work", "verkeerd bedrag"]
    {
        assert_eq!(wanted(text), Wish::Team(Team::Trouble), "{text}");
    }
    assert_eq!(wanted("do you have gift cards"), Wish::Policy { certain: false });
}

#[test]
fn a_follow_up_wants_what_was_wanted_before() {
    for text in ["#1001", "order 1001", "1001 please"] {
        assert_eq!(wish(&signed_in(text), Some(Subject::News)), Wish::Account(Subject::News), "{text}");
        let exchange = Subject::Start(What::Exchange);
        assert_eq!(wish(&signed_in(text), Some(exchange)), Wish::Account(exchange), "{text}");
    }
    assert_eq!(wish(&signed_in("I want to return #1001"), Some(Subject::News)), Wish::Account(RETURN));
    for text in ["and the other one?", "the blue one", "et l'autre ?", "och den andra?"] {
        assert_eq!(wish(&signed_in(text), Some(RETURN)), Wish::FollowUp(RETURN), "{text}");
        assert_eq!(wish(&signed_in(text), None), Wish::Policy { certain: false }, "{text}");
    }
    let terse = "en de andere, kan die ook terug?";
    assert_eq!(wish(&signed_in(terse), Some(RETURN)), Wish::FollowUp(RETURN));
    assert_eq!(wish(&signed_in("are returns free?"), Some(RETURN)), Wish::Policy { certain: true });
    let longer = "thanks, and by the way do you sell gift cards";
    assert_eq!(wish(&signed_in(longer), Some(RETURN)), Wish::Policy { certain: false });
    for subject in [Subject::News, RETURN, Subject::Start(What::Exchange), Subject::Start(What::Fault)] {
        assert_eq!(Subject::from_text(&subject.to_text()), Some(subject));
    }
    assert_eq!(Subject::from_text("something of tomorrow"), None);
}

#[test]
fn the_time_to_return_something_has_many_names() {
    for text in
        ["how long is the cooling-off period", "délai de rétractation", "is er een bedenktijd?", "vad är returtiden"]
    {
        assert!(asks_for_the_time(text), "{text}");
    }
    for text in ["how long does a refund take", "délai de remboursement", "I have no printer"] {
        assert!(!asks_for_the_time(text), "{text}");
    }
}

#[test]
fn buttons_say_what_they_were_offered_for() {
    assert_eq!(wish(&pressed(START), Some(Subject::News)), Wish::Account(RETURN));
    assert_eq!(wish(&pressed("#1001"), Some(Subject::News)), Wish::Account(Subject::News));
    assert_eq!(wish(&pressed("#1001"), None), Wish::Account(RETURN));
    assert_eq!(order_name_in(START), None);
    let ask = pressed(&format!("{ASK_TEAM}#1001"));
    assert_eq!(wish(&ask, Some(RETURN)), Wish::Team(Team::Asked));
    let Outcome::Handoff(handoff) = run(handle, ask) else { panic!("no handoff") };
    assert_eq!(handoff.reason, HandoffReason::ExplicitRequest);
    assert_eq!(handoff.facts, [Fact { name: "order".to_owned(), value: "#1001".to_owned() }]);
    let at_all = pressed(ASK_TEAM_AT_ALL);
    assert_eq!(wish(&at_all, None), Wish::Team(Team::Asked));
    let Outcome::Handoff(handoff) = run(handle, at_all) else { panic!("no handoff") };
    assert_eq!(handoff.facts, []);
    let Outcome::Handoff(handoff) = run(handle, signed_in("cancel my return")) else { panic!("no handoff") };
    assert_eq!(handoff.reason, HandoffReason::UnsupportedRequest);
}

/// Examples are the router's. To a few that name no return in any word that is known here, the articles are searched.
#[test]
fn nearly_every_example_of_the_manifest_is_understood() {
    let examples = include_str!("../../skill.toml").split_once("[examples]").unwrap().1;
    let questions: Vec<&str> =
        examples.lines().filter_map(|line| line.trim().strip_prefix('"')?.strip_suffix("\",")).collect();
    assert!(questions.len() > 100);
    let uncertain = |question: &&&str| wanted(question) == Wish::Policy { certain: false };
    let missed: Vec<&&str> = questions.iter().filter(uncertain).collect();
    assert!(missed.len() * 15 <= questions.len(), "{missed:?}");
}
