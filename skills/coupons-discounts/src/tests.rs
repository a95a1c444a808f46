use super::*;
use code::{Found, detail, open_to_everyone, told};
use list::Only;
use request::{About, Rule, code_in, wish};
use usher_sdk::skill::run;
use usher_sdk::skill::tools::coupons::{Coupon, CouponState};
use usher_sdk::skill::tools::knowledge::Passage;
use usher_sdk::skill::{Action, CardBody};

fn coupon(code: &str) -> Coupon {
    Coupon {
        code: code.to_owned(),
        title: "Welcome".to_owned(),
        terms: Some("10% off one-time purchase products • Minimum purchase of €30.00".to_owned()),
        expires_at: Some("2026-12-05T22:59:59Z".to_owned()),
        minimum_spend: Some(Money { amount_minor: 3000, currency: "EUR".to_owned() }),
        personal: false,
    }
}

fn plain(code: &str) -> Coupon {
    Coupon { terms: None, expires_at: None, minimum_spend: None, ..coupon(code) }
}

fn personal(code: &str) -> Coupon {
    Coupon { personal: true, ..coupon(code) }
}

fn signed_in(text: &str) -> Turn {
    let mut turn = Turn::sample(text);
    turn.customer.assurance = Assurance::Authenticated;
    turn
}

fn pressed(value: &str) -> Turn {
    Turn { input: Input::Choice(value.to_owned()), ..Turn::sample("") }
}

fn passage(text: &str) -> Passage {
    Passage {
        id: "coupons#1".to_owned(),
        title: "Discount codes".to_owned(),
        heading: None,
        text: text.to_owned(),
        url: None,
        score: 0.9,
        confident: true,
    }
}

fn choices(reply: &Reply) -> Vec<&str> {
    let sent = reply.quick_replies.iter().map(|button| &button.action);
    sent.filter_map(|action| match action {
        Action::Choose(value) => Some(value.as_str()),
        _ => None,
    })
    .collect()
}

fn say(found: &Found) -> Reply {
    told(&signed_in("does it work?"), "welcome10", found, false, None)
}

#[test]
fn wishes_are_told_apart_in_four_languages() {
    let check = |code: &str| Wish::Check(code.to_owned());
    for (text, expected) in [
        ("Do you have any discount codes?", Wish::Codes),
        ("un code de réduction svp", Wish::Codes),
        ("kortingscode graag", Wish::Codes),
        ("Finns det några rabattkoder?", Wish::Codes),
        ("does WELCOME10 work?", check("WELCOME10")),
        ("Werkt welkom10 nog?", check("welkom10")),
        ("FREESHIP", check("FREESHIP")),
        ("my code \"summer\" doesn't work", check("summer")),
        ("does the code freeship work", check("freeship")),
        ("my code doesn't work", Wish::WhichCode),
        ("mon code promo ne marche pas", Wish::WhichCode),
        ("de kortingscode werkt niet", Wish::WhichCode),
        ("koden fungerar inte", Wish::WhichCode),
        ("any sales?", Wish::Deals),
        ("C'est quand les soldes ?", Wish::Deals),
        ("hebben jullie aanbiedingen", Wish::Deals),
        ("När börjar rean?", Wish::Deals),
        ("Do you price match?", Wish::Rules(Rule::PriceMatch, None)),
        ("can I combine two codes", Wish::Rules(Rule::Together, None)),
        ("can I stack WELCOME10 with FREESHIP", Wish::Rules(Rule::Together, Some("WELCOME10".to_owned()))),
        ("student discount", Wish::Rules(Rule::Other, None)),
        ("krijg ik korting via de nieuwsbrief", Wish::Rules(Rule::Welcome, None)),
        ("rabatt på första köpet", Wish::Rules(Rule::Welcome, None)),
        ("where do i enter my voucher code", Wish::Rules(Rule::Use, None)),
        ("do they work on sale items?", Wish::Rules(Rule::SaleItems, None)),
        ("show me my coupons", Wish::Own),
        ("mina rabattkoder", Wish::Own),
        ("is there a code for free shipping?", Wish::ForShipping),
        ("how do I redeem my gift card code", Wish::Nothing),
        ("where is my order?", Wish::Nothing),
    ] {
        assert_eq!(wish(&Turn::sample(text), &[], false), expected, "{text}");
    }
}

#[test]
fn what_was_shown_last_is_what_it_means() {
    let one = ["FREESHIP".to_owned()];
    let two = ["FREESHIP".to_owned(), "WELCOME10".to_owned()];
    let ask = |text: &str, shown: &[String]| wish(&Turn::sample(text), shown, false);
    for text in ["when does it expire?", "jusqu'à quand ?", "hoe lang geldig", "hur länge gäller den?"] {
        assert_eq!(ask(text, &two), Wish::Details(About::End), "{text}");
    }
    assert_eq!(ask("is there a minimum?", &one), Wish::Details(About::Minimum));
    assert_eq!(ask("it doesn't work", &one), Wish::Check("FREESHIP".to_owned()));
    assert_eq!(ask("it doesn't work", &two), Wish::WhichCode);
    assert_eq!(ask("and for shipping?", &two), Wish::ForShipping);
    assert_eq!(ask("how long is the sofa?", &[]), Wish::Nothing);
}

#[test]
fn codes_are_told_from_other_words() {
    for text in [
        "I want 2 lamps for 50EUR",
        "10% off",
        "an E27 bulb",
        "help me please",
        "I NEED A DISCOUNT NOW",
        "anna1@example.com",
        "my code still doesn't work",
        "le code ne fonctionne pas",
        "20-euro voucher",
        "the 1st order",
    ] {
        assert_eq!(code_in(text, false), None, "{text}");
    }
    assert_eq!(code_in("summer", true).as_deref(), Some("summer"), "asked for");
    assert_eq!(code_in("no", true), None);
    assert_eq!(code_in("the code is: WINTER-15.", false).as_deref(), Some("WINTER-15"));
    assert!(request::may_be_an_order(&Turn::sample("EN1001"), "EN1001"));
    assert!(!request::may_be_an_order(&Turn::sample("the code EN1001"), "EN1001"));
}

#[test]
fn every_state_says_why_in_four_languages() {
    let ended = Coupon { expires_at: Some("2026-10-15T22:00:00Z".to_owned()), ..coupon("SUMMER25") };
    let cases = [
        (Found::Known(ended.clone(), CouponState::Expired), "expired on Thursday 15 October"),
        // Switched off before its end: the day ahead isn't when it expired.
        (Found::Known(coupon("A"), CouponState::Expired), "has expired"),
        (Found::Known(coupon("A"), CouponState::UsedUp), "is used up"),
        (Found::Known(coupon("A"), CouponState::NotStarted), "isn't valid yet"),
        (Found::Known(coupon("A"), CouponState::NotForThisCustomer), "can't be used with your account"),
        (Found::Undecided, "only the checkout can tell"),
        (Found::Unknown, "I can't find a code **WELCOME10**"),
    ];
    for (found, words) in &cases {
        let reply = say(found);
        assert!(reply.text.contains(words), "{}", reply.text);
        assert_eq!(choices(&reply), ["codes"], "what can be used instead is offered");
        assert!(reply.cards.is_empty(), "no card for what can't be used");
        assert_eq!(reply.answered, *found != Found::Unknown);
        for language in ["fr", "nl", "sv"] {
            let turn = Turn { locale: language.to_owned(), ..signed_in("") };
            let other = told(&turn, "welcome10", found, false, None).text;
            assert!(other.contains("**") && other != reply.text, "{other}");
        }
    }
}

#[test]
fn a_usable_code_is_told_with_its_limits() {
    let reply = say(&Found::Known(coupon("WELCOME10"), CouponState::Usable));
    assert_eq!(
        reply.text,
        "The code **WELCOME10** can be used now. It is valid until Saturday 5 December. \
         Its terms: 10% off one-time purchase products; Minimum purchase of €30.00."
    );
    assert!(reply.answered && reply.quick_replies.is_empty());
    assert!(matches!(&reply.cards[0].body, CardBody::Coupon(card) if card.code == "WELCOME10"));
    assert_eq!(SHOWN.get().unwrap(), ["WELCOME10"]);
    assert_eq!(say(&Found::Known(plain("A1"), CouponState::Usable)).text, "The code **A1** can be used now.");
    let unnamed = Coupon { terms: Some("10% off".to_owned()), ..coupon("W") };
    assert!(say(&Found::Known(unnamed, CouponState::Usable)).text.contains("It needs an order of at least €30.00."));
}

#[test]
fn a_usable_code_that_the_checkout_refuses_comes_with_the_rules_and_the_team() {
    let rules = passage("Codes don't count for items on sale.");
    let turn = signed_in("WELCOME10 doesn't work");
    let reply = told(&turn, "WELCOME10", &Found::Known(coupon("WELCOME10"), CouponState::Usable), true, Some(&rules));
    assert!(reply.text.ends_with("\n\nCodes don't count for items on sale."), "{}", reply.text);
    assert_eq!(
        (reply.sources.as_slice(), choices(&reply)),
        (["coupons#1".to_owned()].as_slice(), vec!["team WELCOME10"])
    );
    let Outcome::Handoff(handoff) = run(handle, pressed("team WELCOME10")) else { panic!("no handoff") };
    assert_eq!((handoff.reason, handoff.facts[0].value.as_str()), (HandoffReason::ExplicitRequest, "WELCOME10"));
}

mod personal_codes {
    use super::*;

    #[test]
    fn a_visitor_cannot_tell_one_from_a_code_that_does_not_exist() {
        let turn = Turn::sample("does SORRY-ANA work?");
        let mut answers = Vec::new();
        for found in [
            Found::Unknown,
            Found::Undecided,
            Found::Known(personal("SORRY-ANA"), CouponState::Usable),
            Found::Known(personal("SORRY-ANA"), CouponState::Expired),
            Found::Known(coupon("SORRY-ANA"), CouponState::NotForThisCustomer),
        ] {
            answers.push(told(&turn, "sorry-ana", &open_to_everyone(found), false, None));
        }
        assert!(answers.iter().all(|answer| *answer == answers[0]));
        assert_eq!(choices(&answers[0]), ["codes", "own SORRY-ANA"]);
        assert!(answers[0].text.contains("isn't among the codes that are open to everyone"));
        let public = Found::Known(coupon("A"), CouponState::UsedUp);
        assert_eq!(open_to_everyone(public.clone()), public);
    }

    #[test]
    fn own_codes_need_a_sign_in_before_anything_is_looked_up() {
        // A tool call would panic here.
        for turn in [Turn::sample("show me my coupons"), pressed("own SORRY-ANA")] {
            assert_eq!(run(handle, turn), Outcome::sign_in("to look up your own codes"));
        }
    }

    #[test]
    fn no_list_speaks_of_signing_in() {
        for language in Language::ALL {
            for said in [text::none(language), text::codes(language, ""), text::none_for_shipping(language)] {
                for word in ["sign", "connect", "log"] {
                    assert!(!said.to_lowercase().contains(word), "{said}");
                }
            }
        }
    }
}

#[test]
fn the_list_has_a_line_and_a_card_for_each_code() {
    let shipping = Coupon { title: "Free shipping".to_owned(), ..plain("FREESHIP") };
    let coupons = [personal("ANA15"), coupon("WELCOME10"), shipping];
    let reply = list::told(&signed_in("any codes?"), &coupons, Only::All, None);
    assert_eq!(
        reply.text,
        "You can use these codes now:\n\
         - **ANA15**: Welcome (just for you, from €30.00, until Saturday 5 December)\n\
         - **WELCOME10**: Welcome (from €30.00, until Saturday 5 December)\n\
         - **FREESHIP**: Free shipping"
    );
    assert_eq!((reply.cards.len(), reply.answered), (3, true));
    assert_eq!(SHOWN.get().unwrap(), ["ANA15", "WELCOME10", "FREESHIP"]);

    // Where the title is the code once more, the terms stand there.
    let bare = [
        Coupon { title: "welcome10".to_owned(), ..coupon("WELCOME10") },
        Coupon { title: "B2".to_owned(), ..plain("B2") },
    ];
    let Reply { text: lines, cards, .. } = list::told(&signed_in("any codes?"), &bare, Only::All, None);
    let titles: Vec<(&str, Option<&str>)> = cards
        .iter()
        .filter_map(|card| match &card.body {
            CardBody::Coupon(card) => Some((card.title.as_str(), card.terms.as_deref())),
            _ => None,
        })
        .collect();
    let first = ("10% off one-time purchase products", Some("Minimum purchase of €30.00"));
    assert_eq!(titles, [first, ("Discount code", None)], "no card shows its code twice");
    assert!(lines.ends_with(
        "- **WELCOME10**: 10% off one-time purchase products; Minimum purchase of €30.00 (until Saturday 5 December)\n- **B2**"
    ), "{lines}");

    let reply = list::told(&signed_in("and for shipping?"), &coupons, Only::Shipping, None);
    assert!(reply.text.contains("FREESHIP") && !reply.text.contains("WELCOME10"), "{}", reply.text);
    let reply = list::told(&signed_in("and for shipping?"), &coupons[..2], Only::Shipping, None);
    assert!(reply.text.starts_with("None of the codes"), "{}", reply.text);
}

#[test]
fn a_question_about_sales_is_answered_before_the_codes_are_listed() {
    let (turn, rules) = (Turn::sample("when is your next sale?"), passage("We have a sale in January."));
    let reply = list::with_codes(&turn, Some(&rules), &[plain("FREESHIP")]);
    assert!(
        reply.text.starts_with("We have a sale in January.\n\nYou can use these codes now:\n- **FREESHIP**"),
        "{}",
        reply.text
    );
    assert_eq!((reply.cards.len(), reply.sources.len(), reply.quick_replies.len()), (1, 1, 0));
    assert_eq!(list::with_codes(&turn, Some(&rules), &[]).text, "We have a sale in January.");
    assert!(list::with_codes(&turn, None, &[plain("A1")]).text.starts_with("You can use these codes now"));
}

#[test]
fn nothing_to_give_is_said_with_what_the_articles_say() {
    let reply = list::told(&Turn::sample("any codes?"), &[], Only::All, Some(&passage("Sign up for 10 %.")));
    assert_eq!(reply.text, "I have no discount code to give you at the moment.\n\nSign up for 10 %.");
    assert_eq!(reply.sources, ["coupons#1"]);
    assert!(reply.answered && SHOWN.get().is_none());
}

#[test]
fn a_long_list_is_cut() {
    let coupons: Vec<Coupon> = (0..20).map(|n| plain(&format!("C{n}"))).collect();
    assert_eq!(list::told(&Turn::sample("codes?"), &coupons, Only::All, None).cards.len(), list::MOST);
}

#[test]
fn follow_ups_are_answered_of_what_was_shown() {
    let turn = Turn::sample("when does it expire?");
    assert_eq!(detail(&turn, &coupon("A1"), About::End).text, "The code **A1** is valid until Saturday 5 December.");
    assert_eq!(detail(&turn, &plain("A1"), About::End).text, "No end date is set for the code **A1**.");
    assert_eq!(detail(&turn, &plain("A1"), About::Minimum).text, "No smallest order is set for the code **A1**.");
    let both = list::each(&turn, &[coupon("A1"), plain("B2")], About::End);
    assert_eq!(
        both.text,
        "They are valid for this long:\n- **A1**: until Saturday 5 December\n- **B2**: no end date set"
    );
    let both = list::each(&turn, &[coupon("A1"), plain("B2")], About::Minimum);
    assert!(both.text.contains("**A1**: €30.00\n- **B2**: none set"), "{}", both.text);
}

#[test]
fn a_card_names_the_smallest_order_once() {
    let terms = |coupon: &Coupon| match list::card(coupon, Language::En).body {
        CardBody::Coupon(card) => card.terms,
        _ => None,
    };
    assert_eq!(terms(&coupon("A")).as_deref(), Some("10% off one-time purchase products • Minimum purchase of €30.00"));
    let unsaid = Coupon { terms: Some("10% off".to_owned()), ..coupon("A") };
    assert_eq!(terms(&unsaid).as_deref(), Some("10% off • from €30.00"));
    assert_eq!(terms(&Coupon { terms: None, ..coupon("A") }).as_deref(), Some("from €30.00"));
    assert_eq!(terms(&plain("A")), None);
}

#[test]
fn which_code_is_asked_with_what_was_shown() {
    let reply = ask_which(&Turn::sample("my code doesn't work"), &["A1".to_owned(), "B2".to_owned()]);
    assert_eq!((reply.expects, choices(&reply)), (Expectation::FreeText, vec!["check A1", "check B2"]));
    assert_eq!(WAITING.get(), Some(true));
}

#[test]
fn rules_are_the_articles_words_or_a_persons() {
    let reply = policy::reply(&Turn::sample("student discount?"), "student discount?", &passage("Students get 15 %."));
    assert_eq!(
        (reply.text.as_str(), reply.sources.as_slice()),
        ("Students get 15 %.", ["coupons#1".to_owned()].as_slice())
    );
    let Outcome::Handoff(handoff) = policy::unanswered(&[passage("Sales")]) else { panic!("no handoff") };
    assert_eq!(handoff.reason, HandoffReason::MissingKnowledge);
    assert_eq!(handoff.facts[0].value, "Discount codes");
}

#[test]
fn a_short_follow_up_takes_the_question_before_it_along() {
    let mut turn = Turn::sample("and on sale items?");
    assert_eq!(policy::with_context(&turn), None);
    let text = "can I use a code on coffee?".to_owned();
    turn.history.push(Message { author: Author::Customer, text, sent_at: turn.now.clone() });
    assert_eq!(policy::with_context(&turn).unwrap(), "can I use a code on coffee? and on sale items?");
    turn.input = Input::Text("thanks a lot".to_owned());
    assert_eq!(policy::with_context(&turn), None);
}
