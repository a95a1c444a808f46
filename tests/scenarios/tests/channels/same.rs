//! The same forty conversations on all four channels end in the same outcome, with the rendering that belongs to each.

use crate::rendering;
use serde_json::{Value, json};
use usher_agent::scenario::Came;
use usher_agent::skills::channel_name;
use usher_scenarios::suite;
use usher_scenarios::suite::channels::Elsewhere::{Alike, HandedOverAtOnce};
use usher_scenarios::suite::channels::{Chosen, Elsewhere, Played, play_on_all};

const fn chosen(skill: &'static str, name: &'static str, elsewhere: Elsewhere) -> Chosen {
    Chosen { skill, name, elsewhere }
}

/// All eight skills and the handoff, the four languages, signing in, consents with yes and no, buttons.
const CONVERSATIONS: [Chosen; 40] = [
    chosen("order-tracking", "an order in transit is shown with its carrier and a page to track it", Alike),
    chosen("order-tracking", "an order in several parcels tells each parcel and what is still to come", Alike),
    chosen("order-tracking", "a cancelled order isn't delivered, and the refund is told", Alike),
    chosen("order-tracking", "a customer without orders is told so", Alike),
    chosen("order-tracking", "several orders under way are told apart by buttons", Alike),
    chosen("order-tracking", "an order's number alone is an answer, and a second one too", Alike),
    chosen("order-tracking", "another person's order is answered like one that doesn't exist", Alike),
    chosen("order-tracking", "a visitor signs in and needn't ask again", Alike),
    chosen("order-tracking", "the shop's system is down: nothing is made up", Alike),
    chosen("order-tracking", "en français", Alike),
    chosen("order-tracking", "in het Nederlands", Alike),
    chosen("order-tracking", "på svenska", Alike),
    chosen("order-editing", "an order is cancelled after a yes to exactly that", Alike),
    chosen("order-editing", "a no changes nothing", Alike),
    chosen("order-editing", "a typed yes is a yes", Alike),
    chosen("order-editing", "an order that was sent can't be cancelled, and can be sent back", Alike),
    chosen("order-editing", "a visitor is asked to sign in before a change, and needn't ask again", Alike),
    chosen("order-editing", "a visitor's question about the rules is answered from the shop's articles", Alike),
    chosen("order-editing", "the answer to the change is lost: it is read back, and done once", Alike),
    chosen("returns-exchanges", "the return policy with its source", Alike),
    chosen("returns-exchanges", "from the rules to the return, with a sign-in on the way", Alike),
    chosen("returns-exchanges", "a return under way, with its label", Alike),
    chosen("returns-exchanges", "la politique de retour en français", Alike),
    chosen("general-qa", "what shipping costs", Alike),
    chosen("general-qa", "a follow-up takes the question before it along", Alike),
    chosen("general-qa", "frakt på svenska", Alike),
    chosen("general-qa", "a person is asked for, and nobody argues", Alike),
    chosen("coupons-discounts", "a visitor sees the codes that are open to everyone, and no other", Alike),
    chosen("coupons-discounts", "a code without which nothing can be said is asked for", Alike),
    chosen("coupons-discounts", "kortingscode in het Nederlands", Alike),
    chosen("product-recommendations", "what a named product costs", Alike),
    chosen("product-recommendations", "within a price", Alike),
    chosen("subscriptions", "when the next delivery comes", Alike),
    chosen("subscriptions", "two subscriptions are both shown", Alike),
    chosen("loyalty", "the points and the level", Alike),
    chosen("loyalty", "a reward is redeemed after a yes to exactly that", Alike),
    chosen("loyalty", "which reward is asked for with buttons", Alike),
    chosen("handoff", "whoever is signed in isn't asked for an address", Alike),
    chosen(
        "handoff",
        "a question that nothing answers: a person is offered, an address asked for, and there is a ticket",
        HandedOverAtOnce,
    ),
    chosen("handoff", "a person is asked for: no second question", HandedOverAtOnce),
];

/// What is otherwise than on web chat by design, beside [`HandedOverAtOnce`], and why.
const OTHERWISE: [(&str, &str); 3] = [
    (
        "signing in",
        "a page asks the shop who is signed in; elsewhere an address and a code are written, which are steps of their own",
    ),
    (
        "the wish to be told",
        "on web chat a button offers a mail once somebody is there; elsewhere the answer comes where they wrote",
    ),
    ("the ticket's channel and requester", "whom the team answers, and how, is what the channel knows of them"),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn forty_conversations_end_alike_on_all_four_channels() {
    let all = play_on_all(&suite::folder(), &CONVERSATIONS).await;
    let all = all.unwrap_or_else(|why| panic!("the scenarios can't be read:\n{why}"));
    let played = &all.played;
    assert_eq!(played.len(), CONVERSATIONS.len());
    let mut wrong = Vec::new();
    let mut tally = rendering::Tally::default();
    for one in played {
        wrong.extend(compare(one));
        for on in &one.on {
            for step in on.steps.iter().flatten() {
                let place = format!(
                    "{}: «{}», {}, {}",
                    one.chosen.skill,
                    one.chosen.name,
                    channel_name(on.channel),
                    step.words
                );
                wrong.extend(tally.look(step).await.into_iter().map(|why| format!("{place}:\n    {why}")));
            }
        }
    }
    println!("{} conversations on four channels; {tally}", played.len());
    for (what, why) in OTHERWISE {
        println!("otherwise by design: {what}, since {why}");
    }
    assert!(wrong.is_empty(), "{} differences:\n\n{}\n", wrong.len(), wrong.join("\n\n"));
    tally.assert_seen();
}

/// What differs between web chat and the other channels.
fn compare(played: &Played) -> Vec<String> {
    let Chosen { skill, name, elsewhere } = played.chosen;
    let place = |channel| format!("{skill}: «{name}», {}", channel_name(channel));
    let mut wrong = Vec::new();
    let Some(web) = played.on.first() else { return vec![format!("{skill}: «{name}» wasn't played")] };
    for on in &played.on {
        match (&on.steps, &web.steps) {
            (Err(why), _) => wrong.push(format!("{}\n{why}", place(on.channel))),
            (Ok(steps), Ok(web)) if elsewhere == Alike => {
                if steps.len() != web.len() {
                    wrong.push(format!("{}: {} steps instead of {}", place(on.channel), steps.len(), web.len()));
                }
                for (step, on_web) in steps.iter().zip(web) {
                    let (here, there) = (outcome(&step.came), outcome(&on_web.came));
                    if here != there {
                        let place = place(on.channel);
                        wrong
                            .push(format!("{place}, {}:\n    on web chat {there}\n    here        {here}", step.words));
                    }
                }
            }
            // It ends with the same ticket, sooner.
            (Ok(steps), Ok(web)) => {
                let reason =
                    |came: Option<&Came>| came.and_then(|came| came.ticket.as_ref()).map(|it| it["reason"].clone());
                let (here, there) = (reason(steps.last().map(|it| &it.came)), reason(web.last().map(|it| &it.came)));
                if here != there || here.is_none() {
                    wrong.push(format!(
                        "{}: the ticket's reason is {here:?}, and {there:?} on web chat",
                        place(on.channel)
                    ));
                }
            }
            (Ok(_), Err(_)) => {}
        }
    }
    wrong
}

/// Who answered, how, with which facts, after which calls.
fn outcome(came: &Came) -> Value {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let skills: Vec<Value> = list(&came.record["skills"])
        .iter()
        .filter(|skill| skill["outcome"] != "decline")
        .map(|skill| {
            let calls: Vec<Value> =
                list(&skill["calls"]).iter().map(|call| json!([call["function"], call["result"]])).collect();
            json!([skill["skill"], skill["outcome"], calls])
        })
        .collect();
    let said: Vec<Value> = came
        .messages
        .iter()
        .map(|message| {
            let cards: Vec<Value> = list(&message["cards"]).into_iter().map(facts).collect();
            let labels: Vec<Value> =
                list(&message["quick_replies"]).iter().map(|button| button["label"].clone()).collect();
            json!({
                "cards": cards,
                "buttons": labels,
                "sources": message["sources"],
                "consent": [message["consent"]["summary"], message["consent"]["details"]],
                "sign_in": message["sign_in"].is_object(),
                "handoff": message["handoff"],
            })
        })
        .collect();
    let ticket = came.ticket.as_ref().map(|ticket| json!([ticket["reason"], ticket["state"], ticket["subject"]]));
    json!({
        "skills": skills,
        "said": said,
        "language": came.record["language"],
        "reason": came.record["handoff"]["reason"],
        "failure": came.record["failure"],
        "ticket": ticket,
    })
}

/// A card without the places of its buttons.
fn facts(mut card: Value) -> Value {
    for button in card["buttons"].as_array_mut().into_iter().flatten() {
        *button = button["label"].take();
    }
    card
}
