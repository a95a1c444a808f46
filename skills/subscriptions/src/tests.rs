//! The skill's own logic; how it plays with the runtime, and the calls themselves, are tested from outside.

mod which_subscription;
mod wishes;

use super::*;
use crate::change::{Change, Made, Plan, made, plan, summary, told};
use crate::request::{asks_rules, wish};
use usher_sdk::skill::run;
use usher_sdk::skill::tools::subscriptions::{Interval, IntervalUnit, SubscriptionStatus};

fn one(id: &str, title: &str, status: SubscriptionStatus, next: Option<&str>) -> Subscription {
    Subscription {
        id: id.to_owned(),
        owner: Owner { customer_id: None, email: None },
        title: title.to_owned(),
        status,
        interval: Interval { unit: IntervalUnit::Week, count: 4 },
        quantity: 1,
        next_charge_on: next.map(str::to_owned),
        price: Money { amount_minor: 1850, currency: "EUR".to_owned() },
        skippable: status == SubscriptionStatus::Active,
    }
}

fn coffee() -> Subscription {
    one("1", "Alder coffee beans (1 kg)", SubscriptionStatus::Active, Some("2026-11-30"))
}

fn bulbs() -> Subscription {
    one("2", "Alder bulb (E27)", SubscriptionStatus::Active, Some("2026-12-10"))
}

fn paused() -> Subscription {
    one("3", "Moss tea", SubscriptionStatus::Paused, Some("2027-02-01"))
}

fn cancelled() -> Subscription {
    one("4", "Dune mug", SubscriptionStatus::Cancelled, None)
}

fn signed_in(said: &str) -> Turn {
    let mut turn = Turn::sample(said);
    turn.customer.assurance = Assurance::Authenticated;
    turn
}

fn pressed(value: &str) -> Turn {
    let mut turn = signed_in("");
    turn.input = Input::Choice(value.to_owned());
    turn
}

fn choices(reply: &Reply) -> Vec<&str> {
    let values = reply.quick_replies.iter().filter_map(|button| match &button.action {
        Action::Choose(value) => Some(value.as_str()),
        Action::Open(_) | Action::Hub(_) => None,
    });
    values.collect()
}

fn said(plan: Plan) -> Reply {
    match plan {
        Plan::Say(reply) => reply,
        Plan::Make(change) => panic!("{change:?}"),
    }
}

fn act(kind: Kind) -> Wish {
    Wish::Act(kind, None)
}

#[test]
fn wishes_are_told_apart() {
    for (text, expected) in [
        ("skip my next delivery", act(Kind::Skip)),
        ("Pause my subscription for two months", act(Kind::Pause)),
        ("put my subscription on hold", act(Kind::Pause)),
        ("reactivate my cancelled subscription", act(Kind::Resume)),
        ("unpause my subscription", act(Kind::Resume)),
        ("postpone my subscription by two weeks", act(Kind::Reschedule)),
        ("cancle my subscribtion", act(Kind::Cancel)),
        ("don't cancel my subscription, just skip one", act(Kind::Skip)),
        ("je souhaite annuler mon abonnement", act(Kind::Cancel)),
        ("mettre mon abonnement en pause", act(Kind::Pause)),
        ("ik wil mijn abonnement pauzeren", act(Kind::Pause)),
        ("mijn abonnement opzeggen", act(Kind::Cancel)),
        ("säg upp min prenumeration", act(Kind::Cancel)),
        ("hoppa över nästa leverans", act(Kind::Skip)),
        ("När kommer nästa leverans?", Wish::Tell),
        ("when is my next delivery", Wish::Tell),
        ("how much is my subscription?", Wish::Tell),
        ("change the quantity of my subscription", Wish::Portal),
        ("changer l'adresse de mon abonnement", Wish::Portal),
        ("byt betalkort för prenumerationen", Wish::Portal),
        ("cancel my order", Wish::Nothing),
        ("unsubscribe me from the newsletter", Wish::Nothing),
        ("newsletter please", Wish::Nothing),
        ("do you sell lamps?", Wish::Nothing),
    ] {
        assert_eq!(wish(&signed_in(text), None, false), expected, "{text}");
    }
    assert_eq!(wish(&signed_in("and the other one?"), None, true), Wish::Tell);
    assert_eq!(wish(&signed_in("cancel it"), None, true), act(Kind::Cancel));
    assert_eq!(wish(&signed_in("cancel it"), None, false), Wish::Nothing);
}

/// Examples are the router's. A few name no subscription in any word that is known here: those are declined, which changes
/// nothing.
#[test]
fn nearly_every_example_is_understood() {
    let (_, examples) = include_str!("../skill.toml").split_once("[examples]").unwrap();
    let examples: Vec<&str> =
        examples.lines().filter_map(|line| line.trim().strip_prefix('"')?.strip_suffix("\",")).collect();
    assert!(examples.len() > 120, "{}", examples.len());
    // "And the other one?" and "move it" speak of what was shown before.
    let missed = |text: &&&str| {
        let follows = mentions(text, &["move it", "the other one", "l'autre", "de andere", "den andra"]);
        wish(&signed_in(text), None, follows) == Wish::Nothing
    };
    let missed: Vec<&&str> = examples.iter().filter(missed).collect();
    assert!(missed.len() * 8 <= examples.len(), "{missed:?}");
}

#[test]
fn buttons_say_what_they_mean() {
    let id = || Some("7".to_owned());
    for (value, expected) in [
        ("skip 7", Wish::Act(Kind::Skip, id())),
        ("pause 7 2027-01-24", Wish::Act(Kind::Pause, id())),
        ("cancel 7 because price", Wish::Act(Kind::Cancel, id())),
        ("look 7", Wish::Look("7".to_owned())),
        ("team cancel 7", Wish::Team),
        ("leave", Wish::Leave),
        ("of another version", Wish::Tell),
    ] {
        assert_eq!(wish(&pressed(value), Some("skip"), true), expected, "{value}");
    }
}

#[test]
fn an_answer_to_a_question_keeps_the_wish() {
    let waits = |waiting: &str, text: &str| wish(&signed_in(text), Some(waiting), true);
    let with = |kind| Wish::Act(kind, Some("1".to_owned()));
    assert_eq!(waits("skip", "the coffee one"), act(Kind::Skip));
    assert_eq!(waits("pause 1", "until 15 January"), with(Kind::Pause));
    assert_eq!(waits("pause 1", "two months"), with(Kind::Pause));
    assert_eq!(waits("pause 1", "no, leave it as it is"), Wish::Leave);
    assert_eq!(waits("pause 1", "cancel it instead"), act(Kind::Cancel));
    assert_eq!(waits("reschedule 1", "vrijdag"), with(Kind::Reschedule));
    assert_eq!(waits("cancel 1 anyway", "no"), with(Kind::Cancel));
    assert_eq!(waits("cancel 1 anyway", "no, just cancel it"), with(Kind::Cancel));
    assert_eq!(waits("cancel 1 anyway", "yes please"), with(Kind::Pause));
    assert_eq!(waits("cancel 1 anyway", "skip it then"), act(Kind::Skip));
    assert_eq!(waits("cancel 1 because", "the price and the size are too much for me"), with(Kind::Cancel));
    assert_eq!(waits("cancel 1 because", "you deliver later than you said"), with(Kind::Cancel));
    assert_eq!(waits("cancel 1 because", "never mind"), Wish::Leave);
    assert_eq!(waits("cancel 1 because", "do you have gift cards?"), Wish::Nothing);
    assert_eq!(waits("pause 1", "do you have gift cards"), Wish::Nothing);
}

#[test]
fn questions_about_the_rules_are_known() {
    let rules = |turn: &Turn| asks_rules(turn, &wish(turn, None, false));
    for text in [
        "What happens when I cancel my subscription?",
        "hoe werken jullie abonnementen",
        "is there a notice period for the subscription",
    ] {
        assert_eq!(rules(&signed_in(text)), Some(true), "{text}");
    }
    // What a customer who is signed in asks so is a wish; a visitor is told how it is done.
    for text in ["can I pause my subscription?", "comment résilier mon abonnement", "hur pausar jag min prenumeration"]
    {
        assert_eq!(rules(&signed_in(text)), None, "{text}");
        assert_eq!(rules(&Turn::sample(text)), Some(false), "{text}");
    }
    for text in ["cancel my subscription, the fees are too high", "when is my next delivery", "how does this lamp work"]
    {
        assert_eq!(rules(&signed_in(text)), None, "{text}");
    }
    assert_eq!(rules(&pressed("skip 1")), None);
}

#[test]
fn visitors_sign_in_and_what_isn_t_ours_is_declined() {
    assert_eq!(run(handle, Turn::sample("when is my next delivery")), Outcome::sign_in("to see your subscriptions"));
    assert_eq!(run(handle, Turn::sample("skip my next delivery")), Outcome::sign_in("to see your subscriptions"));
    assert_eq!(run(handle, signed_in("where is my order?")), Outcome::Decline);
}

#[test]
fn what_will_happen_is_said_exactly() {
    let turn = signed_in("skip");
    assert_eq!(
        summary(&turn, &coffee(), &Change::Skip),
        "Skip the next delivery of Alder coffee beans (1 kg): it was to be charged on Monday 30 November. It won't be charged or sent; the one after it comes as usual."
    );
    for locale in ["en", "fr", "nl", "sv"] {
        let turn = Turn { locale: locale.to_owned(), ..signed_in("x") };
        for (change, holds) in [
            (Change::Pause("2027-01-24".to_owned()), "2027"),
            (Change::Resume, "18"),
            (Change::Reschedule("2026-12-05".to_owned()), "18"),
            (Change::Cancel(None), "Alder"),
        ] {
            let said = summary(&turn, &coffee(), &change);
            assert!(said.contains("Alder coffee beans") && said.contains(holds), "{said}");
            assert!(!said.contains('\n') && said.chars().count() < 400);
        }
    }
}

#[test]
fn a_pause_asks_for_how_long() {
    let reply = said(plan(&signed_in("pause my subscription"), Kind::Pause, &coffee(), None));
    assert!(reply.text.contains("For how long"));
    assert_eq!(choices(&reply), ["pause 1 2026-12-24", "pause 1 2027-01-24", "pause 1 2027-02-24", "leave"]);
    assert_eq!((reply.expects, WAITING.get().as_deref()), (Expectation::Date, Some("pause 1")));
    // The next delivery is later than a month from now: the pause begins there.
    let late = Subscription { next_charge_on: Some("2027-03-01".to_owned()), ..coffee() };
    let reply = said(plan(&signed_in("pause"), Kind::Pause, &late, None));
    assert_eq!(choices(&reply)[0], "pause 1 2027-04-01");

    let until = |day: &str| Plan::Make(Change::Pause(day.to_owned()));
    assert_eq!(plan(&pressed("pause 1 2027-01-24"), Kind::Pause, &coffee(), None), until("2027-01-24"));
    assert_eq!(plan(&signed_in("until 15 January"), Kind::Pause, &coffee(), Some("pause 1")), until("2027-01-15"));
    assert_eq!(plan(&signed_in("pause for 2 months"), Kind::Pause, &coffee(), None), until("2027-01-24"));
    // The same turn again, after the pause was made: the same call.
    let made =
        Subscription { next_charge_on: Some("2027-01-24".to_owned()), status: SubscriptionStatus::Paused, ..coffee() };
    assert_eq!(plan(&signed_in("pause for 2 months"), Kind::Pause, &made, None), until("2027-01-24"));

    let asked = |text: &str| said(plan(&signed_in(text), Kind::Pause, &coffee(), Some("pause 1"))).text;
    assert!(asked("a few weeks").contains("couldn't read"));
    assert!(asked("today, 24 November").contains("after today"));
    assert!(asked("until 27 November").contains("only charged on Monday 30 November"));
}

#[test]
fn a_new_day_is_asked_for_or_taken() {
    let reply = said(plan(&signed_in("change the date of my next delivery"), Kind::Reschedule, &coffee(), None));
    assert!(reply.text.contains("On which day") && choices(&reply) == ["leave"]);
    assert_eq!(
        plan(&signed_in("move my delivery to Friday"), Kind::Reschedule, &coffee(), None),
        Plan::Make(Change::Reschedule("2026-11-27".to_owned()))
    );
}

#[test]
fn cancelling_offers_something_milder_once_and_asks_why() {
    let offer = said(plan(&signed_in("cancel my subscription"), Kind::Cancel, &coffee(), None));
    assert!(offer.text.starts_with("Before you cancel"));
    assert_eq!(choices(&offer), ["skip 1", "pause 1", "cancel 1 anyway"]);
    assert_eq!(WAITING.get().as_deref(), Some("cancel 1 anyway"));

    let why = said(plan(&pressed("cancel 1 anyway"), Kind::Cancel, &coffee(), None));
    assert!(why.text.starts_with("Why"));
    assert_eq!(choices(&why)[..2], ["cancel 1 because price", "cancel 1 because much"]);
    assert_eq!(choices(&why).last(), Some(&"leave"));
    let typed = said(plan(&signed_in("no, cancel it"), Kind::Cancel, &coffee(), Some("cancel 1 anyway")));
    assert!(typed.text.starts_with("Why"));

    let because = |reason: &str| Plan::Make(Change::Cancel(Some(reason.to_owned())));
    assert_eq!(plan(&pressed("cancel 1 because price"), Kind::Cancel, &coffee(), None), because("Too expensive"));
    let waiting = Some("cancel 1 because");
    assert_eq!(plan(&signed_in("I moved"), Kind::Cancel, &coffee(), waiting), because("I moved"));
    // Asked of one, it is no reason for another.
    assert!(matches!(plan(&signed_in("cancel the bulbs"), Kind::Cancel, &bulbs(), waiting), Plan::Say(_)));
    let again = said(plan(&signed_in("cancel my subscription"), Kind::Cancel, &coffee(), None));
    assert!(again.text.starts_with("Why"), "nobody is offered it twice");
}

#[test]
fn the_wrong_state_is_explained() {
    let explained = |kind, one: &Subscription| said(plan(&signed_in("do it"), kind, one, None));
    for kind in [Kind::Skip, Kind::Pause, Kind::Reschedule, Kind::Cancel] {
        assert!(explained(kind, &cancelled()).text.contains("is cancelled"), "{kind:?}");
        let expired = Subscription { status: SubscriptionStatus::Expired, ..cancelled() };
        assert!(explained(kind, &expired).text.contains("has ended"), "{kind:?}");
    }
    assert!(
        explained(Kind::Skip, &paused()).text.contains("is paused. The next delivery is charged on Monday 1 February")
    );
    assert!(explained(Kind::Resume, &coffee()).text.starts_with("It isn't paused. The next delivery"));
    let prepaid = Subscription { skippable: false, ..coffee() };
    let reply = explained(Kind::Skip, &prepaid);
    assert!(reply.text.contains("can't be skipped") && !reply.answered);
    assert_eq!(choices(&reply), ["team skip 1"]);
    let unclear = Subscription { status: SubscriptionStatus::Other, ..coffee() };
    assert_eq!(choices(&explained(Kind::Cancel, &unclear)), ["team cancel 1"]);
    assert_eq!(plan(&signed_in("resume"), Kind::Resume, &cancelled(), None), Plan::Make(Change::Resume));
}

#[test]
fn what_came_of_it_is_told_as_it_is() {
    let (turn, before) = (signed_in("skip"), coffee());
    let after = Subscription { next_charge_on: Some("2026-12-28".to_owned()), ..coffee() };
    let say = |change: &Change, made: &Made, now: Option<&Subscription>| told(&turn, &before, change, made, now);
    let done = say(&Change::Skip, &Made::Yes, Some(&after));
    assert_eq!(
        done.text,
        "The delivery of **Alder coffee beans (1 kg)** is skipped. The next one is charged on Monday 28 December."
    );
    assert!(done.answered && done.cards.len() == 1);
    assert!(say(&Change::Skip, &Made::Yes, None).text.ends_with("is skipped."));
    assert_eq!(say(&Change::Skip, &Made::Perhaps, Some(&after)).text, done.text, "the state shows it");

    let uncertain = say(&Change::Skip, &Made::Perhaps, Some(&before));
    assert!(uncertain.text.contains("not certain") && !uncertain.answered);
    assert_eq!(choices(&uncertain), ["look 1", "team skip 1"]);
    assert!(say(&Change::Cancel(None), &Made::Perhaps, None).text.contains("not certain"));

    let refused =
        say(&Change::Reschedule("2026-12-01".to_owned()), &Made::No("Recharge: date".to_owned()), Some(&before));
    assert!(refused.text.contains("Nothing was changed") && !refused.text.contains("Recharge"));
    let gone = Subscription { status: SubscriptionStatus::Cancelled, next_charge_on: None, ..coffee() };
    assert!(say(&Change::Skip, &Made::No("no".to_owned()), Some(&gone)).text.contains("is cancelled"));
    for made in [Made::Yes, Made::Perhaps] {
        assert!(say(&Change::Cancel(None), &made, Some(&gone)).text.contains("is cancelled. Nothing more"));
    }
    let until = Change::Pause("2026-12-28".to_owned());
    assert!(
        say(&until, &Made::Perhaps, Some(&after)).text.contains("is paused: the next delivery is charged on Monday 28")
    );
}

#[test]
fn answers_of_the_tool_are_sorted() {
    let denied = |reason| Err(ToolError::Denied(Denial { reason, message: "why".to_owned() }));
    assert_eq!(made(Ok(())), Ok(Made::Yes));
    assert_eq!(made(Err(ToolError::Unavailable("slow".to_owned()))), Ok(Made::Perhaps));
    assert_eq!(made(Err(ToolError::TooLarge)), Ok(Made::Perhaps));
    assert_eq!(made(Err(ToolError::Invalid("day".to_owned()))), Ok(Made::No("day".to_owned())));
    assert!(matches!(made(Err(ToolError::NotFound)), Ok(Made::No(_))));
    assert_eq!(made(denied(DenialReason::Policy)), Ok(Made::No("why".to_owned())));
    for reason in [DenialReason::SignInRequired, DenialReason::ConsentRequired] {
        assert!(made(denied(reason)).is_err());
    }
}

#[test]
fn the_answer_has_the_day_the_price_and_a_card() {
    let reply = status::reply(&signed_in("when is my next delivery"), &[&coffee()], false);
    assert_eq!(
        reply.text,
        "The next delivery of **Alder coffee beans (1 kg)** is charged on Monday 30 November and sent after that."
    );
    let CardBody::Subscription(card) = &reply.cards[0].body else { panic!("another card") };
    assert_eq!((card.status.as_str(), card.interval.as_str()), ("Active", "every 4 weeks"));
    assert_eq!(reply.cards[0].buttons.len(), 3);
    let by_portal = status::reply(&signed_in("x"), &[&coffee()], true);
    assert_eq!(by_portal.cards[0].buttons, [Button::hub("Manage", HubSection::Subscriptions)]);

    let two = Subscription { quantity: 2, ..coffee() };
    let price = status::reply(&signed_in("how much is it?"), &[&two, &paused()], false);
    assert!(price.text.contains("2 × €18.50, so €37.00, every 4 weeks"), "{}", price.text);
    assert!(price.text.starts_with("These are your subscriptions:\n- The next"));
    let CardBody::Subscription(card) = &price.cards[0].body else { panic!("another card") };
    assert_eq!((card.title.as_str(), card.price.amount_minor), ("2 × Alder coffee beans (1 kg)", 3700));
}

#[test]
fn the_team_is_told_what_it_is_about() {
    let Outcome::Handoff(handoff) = change::to_team("team skip 1") else { panic!("no handoff") };
    assert_eq!(handoff.reason, HandoffReason::ExplicitRequest);
    assert_eq!(handoff.facts.len(), 2);
}
