use super::*;
use crate::policy::{self, Quote};
use crate::request::{ASK_TEAM_AT_ALL, START, What};
use crate::start::{Answer, WayIn, without_asking};

fn portal() -> Option<WayIn> {
    let button = Button::open("Open returns portal", "https://returns.example/link");
    Some(WayIn { button, place: "in our returns portal".to_owned() })
}

fn delivered() -> Order {
    with_parcel(order("#1001", OrderStatus::Delivered), ShipmentStatus::Delivered, Some("2026-10-08T10:00:00Z"))
}

fn answer(order: &Order, what: What, known: Option<ReturnEligibility>, say: impl FnOnce(Answer<'_>)) {
    let turn = signed_in("send it back");
    say(Answer { turn: &turn, order, what, known: known.as_ref() });
}

fn said(order: &Order, what: What, known: Option<ReturnEligibility>) -> String {
    let mut text = String::new();
    answer(order, what, known, |answer| {
        let reply = answer.reply(portal());
        assert!(reply.answered && reply.quick_replies[0].label == "Open returns portal", "{reply:?}");
        text = reply.text;
    });
    text
}

#[test]
fn an_order_that_has_not_left_or_is_back_needs_no_return() {
    let mut cancelled = order("#1001", OrderStatus::Cancelled);
    cancelled.refunded = Some(euros(4900));
    let text = without_asking(&cancelled, Language::En).unwrap().text;
    assert_eq!(text, "Order #1001 was cancelled, so there is nothing to send back. We have refunded €49.00.");

    let returned = without_asking(&order("#1001", OrderStatus::Returned), Language::Nl).unwrap();
    assert_eq!(returned.text, "Bestelling #1001 is al geretourneerd.");

    let open = without_asking(&order("#1001", OrderStatus::Unfulfilled), Language::En).unwrap();
    assert_eq!(open.quick_replies, [Button::hub("View order", HubSection::Orders)]);
    let mut packed = order("#1001", OrderStatus::Unfulfilled);
    packed.editable = false;
    assert_eq!(without_asking(&packed, Language::En).unwrap().quick_replies, []);

    for status in [OrderStatus::Fulfilled, OrderStatus::PartiallyFulfilled, OrderStatus::Delivered] {
        assert_eq!(without_asking(&order("#1001", status), Language::En), None);
    }
}

#[test]
fn what_is_known_is_said_and_no_more() {
    let yes = || eligibility(Some(true), vec![]);
    let say = |known| said(&delivered(), What::Return, known);
    assert_eq!(
        say(Some(yes())),
        "Order #1001 can be returned or exchanged. You choose the items in our returns portal."
    );
    assert!(say(Some(until("2026-12-05", yes()))).contains("returned or exchanged until Saturday 5 December."));
    assert!(!say(Some(until("2026-11-01", yes()))).contains("November"), "a deadline that is over is no promise");
    let some_day = until("2026-12-05", eligibility(None, vec![]));
    assert!(say(Some(some_day)).contains("in our returns portal until Saturday 5 December"));
    let exchange = said(&delivered(), What::Exchange, Some(yes()));
    assert!(exchange.ends_with("For an exchange, choose the item there and then what you'd like instead."));
}

#[test]
fn a_provider_that_only_decides_in_its_portal_promises_nothing() {
    let only_there = || Some(eligibility(None, vec![]));
    for known in [only_there(), None] {
        assert_eq!(
            said(&delivered(), What::Return, known),
            "You can ask for a return or exchange of order #1001 in our returns portal. There you see right away which items \
             can go back."
        );
    }
    answer(&delivered(), What::Return, only_there(), |answer| assert!(answer.raises_the_policy()));
    let part = eligibility(None, vec![item(Some("Mug"), false, Some("already-returned"))]);
    let text = said(&delivered(), What::Return, Some(part));
    assert!(text.ends_with("Except for:\n- Mug: already returned, or about to be"), "{text}");
    let travelling = with_parcel(order("#1001", OrderStatus::Fulfilled), ShipmentStatus::InTransit, None);
    assert_eq!(
        said(&travelling, What::Return, only_there()),
        "Order #1001 is still on its way to you. Once it has arrived, you can ask for a return in our returns portal."
    );
    answer(&travelling, What::Return, only_there(), |answer| assert!(!answer.raises_the_policy()));
}

#[test]
fn items_that_must_stay_are_named_where_the_provider_names_them() {
    let say = |items| said(&delivered(), What::Return, Some(eligibility(Some(true), items)));
    let named = vec![item(Some("Shirt"), true, None), item(Some("Earrings"), false, Some("final_sale"))];
    assert!(say(named).ends_with("Except for:\n- Earrings: final sale"));
    let nameless = vec![item(None, true, None), item(None, false, None)];
    assert!(
        say(nameless)
            .ends_with("in our returns portal. Not every item of it can go back; there you see which ones can.")
    );
    let coded = vec![item(Some("Shirt"), true, None), item(Some("Cap"), false, Some("ERR_47"))];
    assert!(say(coded).ends_with("Except for:\n- Cap"), "a code says nothing to a customer");
    let in_words = vec![
        item(None, true, None),
        item(None, false, Some("Worn items stay")),
        item(None, false, Some("Worn items stay")),
    ];
    assert!(say(in_words).ends_with("Except for:\n- Worn items stay"), "once");
}

#[test]
fn a_no_says_why_and_leaves_the_last_word_to_the_portal() {
    let no = || eligibility(Some(false), vec![item(Some("Shirt"), false, Some("outside-return-window"))]);
    assert_eq!(
        said(&delivered(), What::Return, Some(no())),
        "As far as I can see, order #1001 can't be returned any more. You get the final word in our returns portal. It was \
         delivered on Thursday 8 October.\n- Shirt: the time to return it is over"
    );
    answer(&delivered(), What::Return, Some(no()), |answer| {
        assert!(answer.raises_the_policy() && !answer.is_final_refusal());
        let team = answer.reply(portal()).quick_replies[1].clone();
        assert_eq!(team, Button::choose("Ask our team", "ask-team #1001"));
    });
    let digital = eligibility(Some(false), vec![item(None, false, Some("digital-goods"))]);
    assert_eq!(
        said(&order("#1001", OrderStatus::Fulfilled), What::Return, Some(digital)),
        "As far as I can see, order #1001 can't be returned. You get the final word in our returns portal.\n- a digital item"
    );
    let travelling = with_parcel(order("#1001", OrderStatus::Fulfilled), ShipmentStatus::InTransit, None);
    let not_yet = said(&travelling, What::Return, Some(no()));
    assert!(not_yet.contains("still on its way") && !not_yet.contains("Shirt"), "it isn't too late yet: {not_yet}");
}

#[test]
fn a_final_no_has_the_policy_with_its_source_and_no_portal() {
    let mut known = until("2026-11-01", eligibility(Some(false), vec![item(Some("Shirt"), false, None)]));
    known.advisory = false;
    answer(&delivered(), What::Return, Some(known.clone()), |answer| {
        assert!(answer.is_final_refusal() && answer.raises_the_policy());
        let quote = Some(Quote::new(passage(None), "how long".to_owned()));
        let reply = policy::with(answer.reply(None), quote);
        assert_eq!(
            reply.text,
            "Order #1001 can't be returned any more: the time for it ended on Sunday 1 November. It was delivered on Thursday \
             8 October.\n- Shirt\n\nYou can return items within 30 days."
        );
        assert_eq!(reply.sources, ["returns#1"]);
        assert_eq!(reply.quick_replies, [Button::choose("Ask our team", "ask-team #1001")]);
        assert_eq!(policy::with(reply.clone(), None), reply);
    });
    known.deadline = None;
    answer(&delivered(), What::Return, Some(known), |answer| {
        assert!(answer.reply(None).text.starts_with("Order #1001 can't be returned. It was"));
    });
}

#[test]
fn what_came_broken_goes_to_the_portal_or_to_the_team() {
    for known in [Some(eligibility(Some(true), vec![])), Some(eligibility(None, vec![])), None] {
        answer(&delivered(), What::Fault, known, |answer| {
            assert!(!answer.is_for_the_team() && !answer.raises_the_policy());
            let reply = answer.reply(portal());
            assert!(reply.text.starts_with("I'm sorry that something is wrong with order #1001."), "{}", reply.text);
            assert_eq!(reply.quick_replies.len(), 2);
        });
    }
    let no = Some(eligibility(Some(false), vec![]));
    answer(&delivered(), What::Fault, no.clone(), |answer| assert!(answer.is_for_the_team()));
    answer(&delivered(), What::Return, no, |answer| assert!(!answer.is_for_the_team()));
}

#[test]
fn the_hub_is_named_where_buttons_lead_there() {
    for (language, place) in
        Language::ALL.into_iter().zip(["in your account", "dans votre compte", "in je account", "på ditt konto"])
    {
        let way_in = WayIn::hub(language);
        assert_eq!(way_in.button.action, Action::Hub(HubSection::Returns));
        assert_eq!(way_in.place, place);
    }
    answer(&delivered(), What::Return, None, |answer| {
        let text = answer.reply(Some(WayIn::hub(Language::En))).text;
        assert!(text.contains("in your account") && !text.contains("portal"), "{text}");
    });
}

#[test]
fn where_no_article_is_sure_to_answer_the_policy_is_said_to_be_no_more_than_that() {
    let turn = Turn::sample("I have no printer at home");
    let reply = policy::nearest(&turn, &passage(None), turn.text());
    assert_eq!(
        reply.text,
        "I don't find an exact answer to that. This is what our return policy says:\n\nYou can return items within 30 days."
    );
    assert_eq!(reply.sources, ["returns#1"]);
    assert!(!reply.answered);
    let values: Vec<_> = reply.quick_replies.iter().map(|button| button.action.clone()).collect();
    assert_eq!(values, [Action::Choose(START.to_owned()), Action::Choose(ASK_TEAM_AT_ALL.to_owned())]);
}

#[test]
fn a_passage_that_is_not_sure_to_answer_must_speak_of_what_was_asked() {
    let mut exceptions = passage(None);
    exceptions.text = "Opened coffee can't be returned.".to_owned();
    assert!(policy::speaks_of(&exceptions, "can I return an OPENED bag of beans?"));
    for said in ["I have no printer at home", "can it be returned", "returned", ""] {
        assert!(!policy::speaks_of(&exceptions, said), "{said}");
    }
}

#[test]
fn a_policy_answer_has_its_source_and_the_next_step() {
    let turn = Turn::sample("what is your return policy?");
    let reply = policy::reply(&turn, &passage(Some("https://shop.example/returns")));
    assert_eq!((reply.text.as_str(), reply.sources.len()), ("You can return items within 30 days.", 1));
    assert_eq!(reply.quick_replies[0], Button::choose("Start a return", START));
    assert_eq!(reply.quick_replies[1], Button::open("Read more", "https://shop.example/returns"));
    assert!(reply.answered);
    assert_eq!(policy::reply(&turn, &passage(None)).quick_replies.len(), 1);
}
