//! The router from outside: what goes where, and what stays.

mod shop;

use std::sync::LazyLock;

use proptest::prelude::*;
use shop::{id, skills};
use usher_agent::router::{Decision, Example, Outcome, Reason, RouteQuery, Router, SkillExamples, SmallTalk, Warning};
use usher_host::skill::Expectation;
use usher_manifest::PluginId;

static ROUTER: LazyLock<Router> = LazyLock::new(|| Router::train(&skills()));
static TRACKING: LazyLock<PluginId> = LazyLock::new(|| id("order-tracking"));
static RETURNS: LazyLock<PluginId> = LazyLock::new(|| id("returns"));

fn first(text: &str) -> Decision {
    ROUTER.route(&RouteQuery::new(text))
}

fn during(active: &PluginId, expects: Expectation, text: &str) -> Decision {
    ROUTER.route(&RouteQuery::new(text).with_active(active, expects))
}

fn skill_of(decision: &Decision) -> &str {
    decision.skill().map_or("none", PluginId::as_str)
}

#[test]
fn unseen_messages_find_their_skill_in_four_languages() {
    let messages = [
        ("order-tracking", "Hi, could you tell me where my package is?"),
        ("order-tracking", "my order still hasn't arrived!!"),
        ("order-tracking", "Bonjour, je n'ai toujours pas reçu mon colis"),
        ("order-tracking", "wanneer wordt mijn pakket bezorgd?"),
        ("order-tracking", "Hej! När kommer min beställning fram?"),
        ("returns", "I'd like to send these boots back"),
        ("returns", "exchange for a smaller size please"),
        ("returns", "Comment puis-je retourner mes chaussures ?"),
        ("returns", "kan ik deze broek retourneren"),
        ("returns", "jag vill skicka tillbaka skorna"),
        ("subscriptions", "please put my subscription on pause for a month"),
        ("subscriptions", "je souhaite annuler l'abonnement"),
        ("subscriptions", "abonnement stopzetten"),
        ("subscriptions", "jag vill säga upp prenumerationen"),
        ("coupons", "got any promo codes?"),
        ("coupons", "un code promo pour ma première commande ?"),
        ("coupons", "de kortingscode doet het niet"),
        ("coupons", "finns det någon rabatt för studenter"),
        ("general-qa", "do you deliver to Belgium?"),
        ("general-qa", "quels sont vos horaires d'ouverture"),
        ("general-qa", "kan ik met creditcard betalen"),
        ("general-qa", "vad kostar det med frakt"),
    ];
    let wrong: Vec<_> = messages.iter().filter(|(skill, text)| ROUTER.rank(text)[0].skill.as_str() != *skill).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    let turned_away: Vec<_> =
        messages.iter().filter(|(_, text)| matches!(first(text).outcome, Outcome::OutOfScope { .. })).collect();
    assert!(turned_away.len() <= 2, "{turned_away:?}");
}

#[test]
fn a_typing_error_does_not_matter() {
    assert_eq!(skill_of(&first("were is my ordr")), "order-tracking");
    assert_eq!(skill_of(&first("cancell my subscribtion")), "subscriptions");
}

#[test]
fn what_no_skill_is_for_is_out_of_scope() {
    let foreign = [
        "how tall is the eiffel tower",
        "write me a haiku about frogs",
        "what's the weather like in Oslo",
        "can you solve 3x + 4 = 19",
        "quel temps fait-il à paris",
        "wie is de koning van spanje",
        "vem skrev pippi långstrump",
        "book a table for four tonight",
        "my laptop keeps crashing",
        "transfer 200 dollars to my savings account",
    ];
    let taken: Vec<_> = foreign
        .iter()
        .map(|text| (text, first(text)))
        .filter(|(_, decision)| !matches!(decision.outcome, Outcome::OutOfScope { .. }))
        .collect();
    assert!(taken.len() <= 1, "{taken:?}");
}

#[test]
fn out_of_scope_still_names_the_nearest() {
    let Outcome::OutOfScope { ranked } = first("how tall is the eiffel tower").outcome else { panic!() };
    assert_eq!(ranked.len(), skills().len());
    assert!(ranked.windows(2).all(|pair| pair[0].score >= pair[1].score));
}

#[test]
fn a_wish_for_a_person_is_heard_in_four_languages_and_at_any_time() {
    for text in [
        "Can I talk to a real human?",
        "let me speak with someone from your team",
        "agent please",
        "je voudrais parler à une personne",
        "mag ik een medewerker spreken",
        "jag vill prata med en riktig människa",
    ] {
        assert_eq!(first(text).outcome, Outcome::Person, "{text}");
        for expects in [Expectation::Nothing, Expectation::OrderName, Expectation::FreeText] {
            assert_eq!(during(&TRACKING, expects, text).outcome, Outcome::Person, "{text} while {expects:?}");
        }
    }
}

#[test]
fn courtesy_goes_to_no_skill() {
    for (text, talk) in [
        ("Hello!", SmallTalk::Greeting),
        ("Bonjour", SmallTalk::Greeting),
        ("Thanks a lot, bye", SmallTalk::Goodbye),
        ("tack så mycket!", SmallTalk::Thanks),
    ] {
        assert_eq!(first(text).outcome, Outcome::SmallTalk { talk }, "{text}");
    }
    assert_eq!(skill_of(&first("Hello, where is my order?")), "order-tracking");
}

#[test]
fn an_awaited_answer_stays() {
    for (expects, text) in [
        (Expectation::OrderName, "#1001"),
        (Expectation::OrderName, "it is EN1001"),
        (Expectation::Email, "anna@example.com"),
        (Expectation::Date, "next tuesday"),
        (Expectation::YesOrNo, "yes please"),
        (Expectation::YesOrNo, "nej tack"),
        (Expectation::YesOrNo, "ok thanks"),
        (Expectation::Choice, "the second one"),
    ] {
        let decision = during(&TRACKING, expects, text);
        assert_eq!(skill_of(&decision), "order-tracking", "{text}");
        assert!(decision.stayed_with_active);
        assert_eq!(decision.reason, Reason::ExpectedAnswer, "{text}");
    }
}

#[test]
fn free_text_stays_even_if_it_sounds_like_another_skill() {
    let decision = during(&TRACKING, Expectation::FreeText, "I want to return my shoes");
    assert_eq!(skill_of(&decision), "order-tracking");
}

#[test]
fn offered_options_are_known_by_their_labels() {
    let choices = ["Return the jacket".to_owned(), "Keep it".to_owned()];
    let query = RouteQuery {
        choices: &choices,
        ..RouteQuery::new("return the jacket").with_active(&TRACKING, Expectation::Choice)
    };
    assert_eq!(skill_of(&ROUTER.route(&query)), "order-tracking");
}

#[test]
fn follow_ups_stay_with_the_active_skill() {
    for text in
        ["and the other one?", "the blue one", "1002", "why?", "yes", "et l'autre ?", "en de andere?", "och den andra?"]
    {
        let decision = during(&TRACKING, Expectation::Nothing, text);
        assert_eq!(skill_of(&decision), "order-tracking", "{text}: {decision:?}");
        assert!(decision.stayed_with_active);
    }
}

#[test]
fn a_question_of_small_words_that_is_another_skill_s_own_is_no_follow_up() {
    let decision = during(&RETURNS, Expectation::Nothing, "where is my order?");
    assert_eq!(skill_of(&decision), "order-tracking", "{decision:?}");
}

#[test]
fn a_clear_change_of_subject_switches_even_in_the_middle_of_a_question() {
    for (text, to) in [
        ("actually I want to send it back", "returns"),
        ("do you have a discount code?", "coupons"),
        ("en fait je veux annuler mon abonnement", "subscriptions"),
    ] {
        for expects in [Expectation::Nothing, Expectation::OrderName, Expectation::YesOrNo] {
            let decision = during(&TRACKING, expects, text);
            assert_eq!(skill_of(&decision), to, "{text} while {expects:?}: {decision:?}");
            assert!(!decision.stayed_with_active);
            assert_eq!(decision.reason, Reason::TopicChanged);
        }
    }
}

#[test]
fn an_answer_with_words_around_it_is_an_answer_unless_it_is_plainly_more() {
    let decision = during(&TRACKING, Expectation::OrderName, "the one I bought in May, 1001");
    assert_eq!(skill_of(&decision), "order-tracking");
    let decision = during(&TRACKING, Expectation::OrderName, "I want to return order 1001, start a return");
    assert_eq!(skill_of(&decision), "returns", "{decision:?}");
}

#[test]
fn another_subject_leaves_the_active_skill_only_while_it_waits_for_nothing() {
    let text = "who was the first woman in space";
    assert!(matches!(during(&TRACKING, Expectation::Nothing, text).outcome, Outcome::OutOfScope { .. }));
    assert_eq!(skill_of(&during(&TRACKING, Expectation::OrderName, text)), "order-tracking");
}

#[test]
fn an_active_skill_that_is_gone_counts_as_none() {
    let gone = id("gone");
    let decision = during(&gone, Expectation::OrderName, "where is my order");
    assert_eq!(skill_of(&decision), "order-tracking");
    assert!(!decision.stayed_with_active);
}

#[test]
fn two_requests_are_both_seen_in_their_order() {
    for (text, one, other) in [
        ("I want to return my shoes and do you have a discount code?", "returns", "coupons"),
        ("Where is my order? I also want to cancel my subscription.", "order-tracking", "subscriptions"),
        ("où est ma commande, et avez-vous un code promo ?", "order-tracking", "coupons"),
        ("waar is mijn bestelling en ik wil mijn abonnement opzeggen", "order-tracking", "subscriptions"),
    ] {
        let decision = first(text);
        assert_eq!(skill_of(&decision), one, "{text}: {decision:?}");
        assert_eq!(decision.also.as_ref().map(PluginId::as_str), Some(other), "{text}: {decision:?}");
        assert_eq!(decision.reason, Reason::TwoRequests);
    }
}

#[test]
fn one_request_in_two_clauses_is_one_request() {
    for text in [
        "I bought shoes last week and I want to return them",
        "my parcel is late and I am angry, where is it",
        "please pause my subscription, I am on holiday and need nothing",
        "I have not received my order. It was placed ten days ago.",
    ] {
        assert_eq!(first(text).also, None, "{text}");
    }
}

fn twins() -> Router {
    let examples = |object: &str| {
        ["change", "update", "edit", "correct", "replace", "modify"]
            .iter()
            .flat_map(|verb| [format!("{verb} my {object}"), format!("I want to {verb} the {object}")])
            .map(|text| Example::new("en", text))
            .collect()
    };
    let skill = |name: &str, object: &str| SkillExamples {
        id: id(name),
        name: name.to_owned(),
        overview: String::new(),
        when_to_use: Vec::new(),
        examples: examples(object),
    };
    Router::train(&[
        skill("address", "shipping address"),
        skill("billing", "billing details"),
        skill("size", "shoe size"),
    ])
}

#[test]
fn a_toss_up_is_asked_about_once() {
    let router = twins();
    let query = RouteQuery::new("I want to change the shipping details");
    let asked = router.route(&query);
    let Outcome::AskWhich { a, b } = &asked.outcome else { panic!("{asked:?}") };
    let mut both = [a.as_str(), b.as_str()];
    both.sort_unstable();
    assert_eq!(both, ["address", "billing"]);
    let again = router.route(&RouteQuery { asked_which: true, ..query });
    assert_eq!(again.reason, Reason::AskedAlready);
    assert_eq!(again.skill(), Some(a));
}

#[test]
fn training_is_reproducible() {
    let again = Router::train(&skills());
    for text in ["where is my order", "refund and coupon please", "how tall is the eiffel tower"] {
        assert_eq!(first(text), again.route(&RouteQuery::new(text)));
    }
}

#[test]
fn a_shop_may_claim_what_is_small_talk_elsewhere() {
    let mut skills = skills();
    skills.push(SkillExamples {
        id: id("weather"),
        name: "Weather".to_owned(),
        overview: "The forecast for the day of an outdoor event.".to_owned(),
        when_to_use: vec!["the customer asks for the weather".to_owned()],
        examples: [
            "will it be sunny at the weekend",
            "what is the forecast for saturday",
            "is it going to rain tomorrow",
            "how warm will it be",
            "will there be a storm",
            "do I need an umbrella",
        ]
        .map(|text| Example::new("en", text))
        .into(),
    });
    let router = Router::train(&skills);
    assert_eq!(skill_of(&router.route(&RouteQuery::new("is it going to be sunny on saturday?"))), "weather");
}

#[test]
fn without_skills_courtesy_and_persons_are_still_known() {
    let router = Router::train(&[]);
    let outcome = |text| router.route(&RouteQuery::new(text)).outcome;
    assert_eq!(outcome("where is my order"), Outcome::OutOfScope { ranked: Vec::new() });
    assert_eq!(outcome("hello"), Outcome::SmallTalk { talk: SmallTalk::Greeting });
    assert_eq!(outcome("I want to talk to a human"), Outcome::Person);
    assert_eq!(router.report().accuracy, None);
}

#[test]
fn a_skill_with_no_examples_is_found_by_its_description() {
    let mut skills = skills();
    skills.push(SkillExamples {
        id: id("gift-cards"),
        name: "Gift card balance".to_owned(),
        overview: "Tells how much money is left on a gift card.".to_owned(),
        when_to_use: vec!["the customer asks for the balance of a gift card".to_owned()],
        examples: Vec::new(),
    });
    let router = Router::train(&skills);
    assert_eq!(router.rank("how much is left on my gift card?")[0].skill, id("gift-cards"));
    assert!(router.report().warnings.contains(&Warning::FewExamples { skill: id("gift-cards"), found: 0 }));
}

#[test]
fn the_report_names_what_is_hard_to_tell_apart() {
    let mut skills = skills();
    let mut copy = skills[0].clone();
    copy.id = id("parcel-finder");
    copy.examples.truncate(8);
    skills.push(copy);
    let report = Router::train(&skills).report();
    assert!(
        report
            .confusable
            .iter()
            .any(|pair| pair.skill == id("parcel-finder") && pair.taken_for == id("order-tracking")),
        "{report:?}"
    );
    assert!(report.warnings.iter().any(|warning| matches!(warning, Warning::SharedExample { .. })));
    let clean = ROUTER.report();
    assert!(clean.accuracy.unwrap() > 0.8, "{clean:?}");
    assert!(clean.warnings.is_empty(), "{clean:?}");
    assert!((0.0..=1.0).contains(&clean.out_of_scope_recall.unwrap()));
}

#[test]
fn a_decision_can_be_recorded() {
    let json = serde_json::to_value(first("where is my order")).unwrap();
    assert_eq!(json["outcome"]["kind"], "route");
    assert_eq!(json["outcome"]["ranked"][0]["skill"], "order-tracking");
    assert_eq!(json["reason"], "best-fit");
    assert!(json["scores"]["best"].as_array().unwrap().len() == 5);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_message_gets_a_decision(
        text in ".{0,200}",
        expects in prop::sample::select(vec![
            Expectation::Nothing, Expectation::OrderName, Expectation::Email, Expectation::Date,
            Expectation::YesOrNo, Expectation::Choice, Expectation::FreeText,
        ]),
        active in any::<bool>(),
        asked_which in any::<bool>(),
    ) {
        let query = RouteQuery { active: active.then_some(&*TRACKING), expects, asked_which, ..RouteQuery::new(&text) };
        let decision = ROUTER.route(&query);
        match &decision.outcome {
            Outcome::Route { ranked } => {
                prop_assert!(!ranked.is_empty());
                prop_assert!(ranked.iter().all(|candidate| candidate.score.is_finite()));
            }
            Outcome::AskWhich { a, b } => {
                prop_assert!(a != b);
                prop_assert!(!asked_which);
            }
            _ => {}
        }
        prop_assert!(active || !decision.stayed_with_active);
        prop_assert_eq!(&decision, &ROUTER.route(&query));
    }
}
