//! What stands on the ticket, which ticket it is, and that a preview makes none.

use super::*;
use jiff::Timestamp;
use usher_agent::desk::{DeskChange, Place, Solved, SolvedBy, TicketState};
use usher_agent::handoff::OfferMode;
use usher_agent::preview::{Preview, PreviewState};
use usher_host::skill::Channel;

/// F-117, X-10: whoever goes on with it needn't ask what was said.
#[tokio::test]
async fn a_ticket_says_what_it_is_about() {
    let shop = open(disk(|_| {}), TOOL_FAILURE).await;
    let visitor = shop.visitor().await;
    only(&visitor, typed(PLAN)).await;
    let (bodies, _) = {
        hand_over(&visitor).await;
        (messages(&visitor).await, ())
    };
    let ticket = ticket(&visitor).await;
    assert_eq!(ticket.subject, MEND);
    assert_eq!(
        ticket.summary.lines().collect::<Vec<_>>(),
        [
            format!("Asked: “{PLAN}”").as_str(),
            format!("Asked: “{MEND}”").as_str(),
            "general answered: “it is so.”",
            "The assistant: mending → handoff; the skill hands over",
            "The lamp fell from the shelf.",
        ]
    );
    let facts: Vec<_> = ticket.facts.iter().map(|fact| (&*fact.name, &*fact.label, &*fact.value)).collect();
    assert_eq!(facts, [("order-name", "Order name", "#1001")]);
    assert_eq!(ticket.reason, usher_agent::HandedOff::ToolFailure);
    assert_eq!(ticket.skill.as_ref().map(ToString::to_string).as_deref(), Some("mending"));
    assert_eq!(ticket.tags.iter().map(String::as_str).collect::<Vec<_>>(), ["mending", "tool_failure"]);
    assert_eq!((ticket.state, ticket.place.clone()), (TicketState::Open, Place::BuiltIn));
    assert_eq!((ticket.channel, ticket.locale.as_str()), (Channel::Webchat, "en"));
    // The customer's last message is known to it; what was said is all there.
    let last = bodies.iter().rfind(|message| message.body.text() == "ana@example.net").unwrap();
    assert_eq!(ticket.known_seq, last.seq);
    let turns = shop.store.turns_of(visitor.conversation).await.unwrap();
    assert_eq!(turns.last().unwrap().record["handing_over"]["ticket"], ticket.id.to_string());
}

/// Puts the conversation's ticket into this state, and gives the conversation to the assistant.
async fn end(visitor: &Visitor<'_>, state: TicketState, by: SolvedBy) -> Ticket {
    let mut before = ticket(visitor).await;
    before.state = state;
    before.solved = Some(Solved { at: Timestamp::now(), by });
    let owners = vec![(visitor.conversation, Owner::Assistant)];
    visitor.at_the_desk(DeskChange { tickets: vec![before.clone()], owners, ..DeskChange::default() }).await;
    before
}

/// C-08: solved since the customer fell silent; the assistant has the first turn, and a handoff opens the same ticket.
#[tokio::test]
async fn a_ticket_solved_by_silence_is_opened_again() {
    let shop = built_in().await;
    let visitor = shop.visitor().await;
    hand_over(&visitor).await;
    let before = end(&visitor, TicketState::Solved, SolvedBy::Silence).await;
    assert_eq!(only(&visitor, typed(PLAN)).await.text(), "it is so.");
    let offer = only(&visitor, typed(MEND)).await;
    let told = only(&visitor, offer.answered(true).unwrap()).await;
    assert!(matches!(told, Body::Handoff { .. }), "no address is asked for again: {told:?}");
    let now = ticket(&visitor).await;
    assert_eq!((now.id, now.number, now.state), (before.id, before.number, TicketState::Open));
    assert_eq!(now.requester.email.as_deref(), Some("ana@example.net"));
}

/// F-183, C-08: after it was closed the next one is new, and says which one it follows.
#[tokio::test]
async fn after_a_closed_ticket_there_is_a_new_one() {
    let shop = open(disk(|settings| settings.offer = OfferMode::Immediate), UNSUPPORTED).await;
    let visitor = shop.visitor().await;
    only(&visitor, typed(MEND)).await;
    only(&visitor, typed("ana@example.net")).await;
    let before = end(&visitor, TicketState::Closed, SolvedBy::Person { person: "first".into() }).await;
    assert!(matches!(only(&visitor, typed(MEND)).await, Body::Handoff { .. }));
    let all = tickets(&visitor).await;
    assert_eq!(all.len(), 2);
    assert_eq!((all[1].follows, all[1].state), (Some(before.id), TicketState::Open));
    assert_eq!(all[0].state, TicketState::Closed);
}

async fn preview(shop: &Shop, channel: Channel, body: Body, before: PreviewState) -> (Vec<Body>, PreviewState) {
    let preview = Preview {
        body,
        channel,
        customer: None,
        at: Timestamp::now(),
        page_url: None,
        locale: Some("en".into()),
        time_zone: None,
        before,
    };
    let previewed = shop.agent.preview(preview).await;
    (previewed.answers.into_iter().map(|answer| answer.body).collect(), previewed.state)
}

#[tokio::test]
async fn a_preview_asks_everything_and_makes_no_ticket() {
    let shop = built_in().await;
    let (said, state) = preview(&shop, Channel::Webchat, typed(MEND), PreviewState::default()).await;
    let (asked, state) = preview(&shop, Channel::Webchat, said[0].answered(true).unwrap(), state).await;
    is_email_question(&asked[0]);
    let (said, state) = preview(&shop, Channel::Webchat, typed("ana@example.net"), state).await;
    assert!(matches!(&said[..], [Body::Handoff { .. }]), "{said:?}");
    assert!(said[0].text().ends_with(english().preview), "{said:?}");
    // The address is kept from one to the next, as a session keeps it.
    let state: PreviewState = serde_json::from_value(serde_json::to_value(state).unwrap()).unwrap();
    let (said, _) = preview(&shop, Channel::Webchat, typed("I want to talk to a human"), state).await;
    assert!(matches!(&said[..], [Body::Handoff { .. }]), "{said:?}");
    // Where the channel is the address, nobody is asked for one.
    for channel in [Channel::Sms, Channel::Whatsapp, Channel::Email] {
        let (said, _) = preview(&shop, channel, typed(MEND), PreviewState::default()).await;
        assert!(matches!(&said[..], [Body::Handoff { tell_me: _, .. }]), "{said:?}");
    }
    let all = shop.store.tickets(usher_agent::desk::TicketFilter::default(), Timestamp::now(), 0, 10).await.unwrap();
    assert_eq!(all, []);
}
