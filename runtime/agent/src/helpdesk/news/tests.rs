use super::*;
use crate::conversation::Attention;
use crate::desk::{Priority, Requester};
use crate::ids::{ConversationId, MessageId, SessionId, TicketId};
use crate::store::DeliveryContent;
use crate::turn::HandedOff;
use usher_host::skill::Assurance;

fn now() -> Timestamp {
    "2026-09-10T09:00:00Z".parse().unwrap()
}

fn ticket(conversation: ConversationId, channel: Channel) -> Ticket {
    Ticket {
        id: TicketId::new(),
        number: 7,
        version: 3,
        conversation,
        place: Place::Connector {
            connector: "zendesk".parse().unwrap(),
            remote: Some("35436".into()),
            url: None,
            cursor: Some("c1".into()),
        },
        state: TicketState::Open,
        assignee: None,
        last_assignee: None,
        group: None,
        priority: Priority::Normal,
        tags: BTreeSet::new(),
        subject: "A torn shade".into(),
        reason: HandedOff::ExplicitRequest,
        detail: String::new(),
        skill: None,
        summary: String::new(),
        facts: vec![],
        requester: Requester {
            assurance: Assurance::Identified,
            email: Some("ana@example.net".into()),
            phone: None,
            name: None,
            profile_id: None,
        },
        channel,
        locale: "nl".into(),
        time_zone: None,
        opened_at: now(),
        first_reply_at: None,
        updated_at: now(),
        customer_at: now(),
        person_at: None,
        known_seq: 3,
        solved: None,
        reopened: 0,
        silence: Silence::None,
        silence_at: None,
        snoozed_until: None,
        active_again: false,
        tell_when_there: false,
        rating: None,
        follows: None,
        merged_into: None,
        joined: None,
        due_at: None,
        mail_at: None,
        mailed_seq: 0,
    }
}

struct Scene {
    connector: PluginId,
    ticket: Ticket,
    conversation: Conversation,
    known: BTreeSet<String>,
    unfiled: Option<MessageId>,
    handoff: HandoffSettings,
    desk: DeskSettings,
}

impl Scene {
    fn on(channel: Channel) -> Self {
        let conversation = Conversation {
            id: ConversationId::new(),
            session: SessionId::new(),
            channel,
            owner: Owner::Human,
            locale: Some("nl".into()),
            time_zone: None,
            created_at: now(),
            last_seq: 5,
            attention: Attention::default(),
        };
        Self {
            connector: "zendesk".parse().unwrap(),
            ticket: ticket(conversation.id, channel),
            conversation,
            known: BTreeSet::new(),
            unfiled: None,
            handoff: HandoffSettings { mail_replies: true, ..HandoffSettings::default() },
            desk: DeskSettings::default(),
        }
    }

    fn taken_in(&self, news: &News) -> Option<DeskChange> {
        let Self { connector, ticket, conversation, known, unfiled, handoff, desk } = self;
        let (unfiled, shop) = (*unfiled, "Lumen & Co");
        taken_in(&Occasion { connector, ticket, conversation, known, unfiled, handoff, desk, shop, now: now() }, news)
    }
}

fn reply(id: &str, text: &str) -> Reply {
    Reply { id: id.into(), name: Some("Sam".into()), text: text.into() }
}

fn news(state: TicketState, replies: Vec<Reply>, cursor: &str) -> News {
    News { id: "35436".into(), state, replies, cursor: cursor.into() }
}

fn cursor(ticket: &Ticket) -> Option<&str> {
    match &ticket.place {
        Place::Connector { cursor, .. } => cursor.as_deref(),
        Place::BuiltIn => None,
    }
}

fn texts(change: &DeskChange) -> Vec<&str> {
    change.messages.iter().map(|message| message.body.text()).collect()
}

#[test]
fn a_reply_to_web_chat_is_kept_and_mailed_once() {
    let scene = Scene::on(Channel::Webchat);
    let change = scene
        .taken_in(&news(TicketState::Open, vec![reply("1", "Een nieuwe kap\u{202e} komt."), reply("2", "")], "c2"))
        .unwrap();
    assert_eq!(texts(&change), ["Een nieuwe kap komt.", "(een bericht zonder tekst)"]);
    let ids: Vec<_> = change.messages.iter().map(|message| message.client_id.as_deref().unwrap()).collect();
    assert_eq!(ids, ["helpdesk:zendesk:1", "helpdesk:zendesk:2"]);
    assert!(change.messages.iter().all(|message| message.author == Author::Human));
    // The numbers that the messages will have are promised by this.
    assert_eq!(change.unless_written, Some((scene.conversation.id, 5)));
    assert_eq!(change.deliveries.len(), 2);
    let DeliveryContent::Email { subject, text, ticket } = &change.deliveries[0].content;
    assert_eq!(*ticket, Some(scene.ticket.id));
    assert_eq!((change.deliveries[0].to.as_str(), subject.as_str()), ("ana@example.net", "Lumen & Co: A torn shade"));
    assert_eq!(text, "Sam van Lumen & Co schrijft:\n\nEen nieuwe kap komt.\n\n-- \nLumen & Co\n");
    let mailed: Vec<_> = change.events.iter().map(|event| event.what.clone()).collect();
    assert_eq!(mailed, [TicketChange::Mailed { seq: 6 }, TicketChange::Mailed { seq: 7 }]);
    let after = &change.tickets[0];
    assert_eq!((cursor(after), after.mailed_seq, after.first_reply_at), (Some("c2"), 7, Some(now())));
    assert_eq!(after.mail_at, None, "what was mailed isn't mailed again by a timer");
}

#[test]
fn a_reply_that_is_known_is_neither_stored_nor_mailed_again() {
    let mut scene = Scene::on(Channel::Webchat);
    scene.known.insert("helpdesk:zendesk:1".into());
    // The same reply twice in one answer is one reply, too.
    let again = vec![reply("1", "old"), reply("2", "new"), reply("2", "new")];
    let change = scene.taken_in(&news(TicketState::Open, again, "c2")).unwrap();
    assert_eq!((texts(&change), change.deliveries.len()), (vec!["new"], 1));
    let change = scene.taken_in(&news(TicketState::Open, vec![reply("1", "old")], "c2")).unwrap();
    assert!(change.messages.is_empty() && change.deliveries.is_empty() && change.events.is_empty());
    assert_eq!(cursor(&change.tickets[0]), Some("c2"), "only the cursor moves");
    assert_eq!(scene.taken_in(&news(TicketState::Open, vec![reply("1", "old")], "c1")), None);
}

#[test]
fn where_the_chat_stays_open_a_timer_mails_what_nobody_saw() {
    let mut scene = Scene::on(Channel::Webchat);
    scene.handoff.keep_chat_open = true;
    let change = scene.taken_in(&news(TicketState::Open, vec![reply("1", "Here I am.")], "c2")).unwrap();
    assert!(change.deliveries.is_empty());
    let after = &change.tickets[0];
    let at = now() + SignedDuration::from_mins(i64::from(scene.desk.timers.mail_after));
    assert_eq!((after.mail_at, after.due_at, after.mailed_seq), (Some(at), Some(at), 0));
}

#[test]
fn no_mail_is_sent_where_the_helpdesk_or_the_channel_brings_the_reply() {
    let replies = || news(TicketState::Open, vec![reply("1", "Here I am.")], "c2");
    let mut own = Scene::on(Channel::Webchat);
    own.handoff.mail_replies = false;
    let mut nameless = Scene::on(Channel::Webchat);
    nameless.ticket.requester.email = None;
    for scene in [own, nameless, Scene::on(Channel::Sms), Scene::on(Channel::Whatsapp), Scene::on(Channel::Email)] {
        let change = scene.taken_in(&replies()).unwrap();
        assert_eq!((change.messages.len(), change.deliveries.len()), (1, 0), "{:?}", scene.ticket.channel);
        assert!(change.events.is_empty(), "nothing says that it was mailed");
        assert_eq!((change.tickets[0].mail_at, change.tickets[0].mailed_seq), (None, 0));
    }
}

#[test]
fn the_state_follows_the_helpdesk() {
    let mut scene = Scene::on(Channel::Webchat);
    let solved = scene.taken_in(&news(TicketState::Solved, vec![], "c2")).unwrap();
    let after = solved.tickets[0].clone();
    assert_eq!(
        (after.state, after.solved.as_ref().map(|solved| &solved.by)),
        (TicketState::Solved, Some(&SolvedBy::Helpdesk))
    );
    assert!(solved.owners.is_empty(), "who solved it may still be asked back");
    scene.ticket = after;
    let opened = scene.taken_in(&news(TicketState::Open, vec![], "c3")).unwrap();
    assert_eq!((opened.tickets[0].state, opened.tickets[0].reopened), (TicketState::Open, 1));
    assert_eq!(opened.tickets[0].solved, None);
    let closed = scene.taken_in(&news(TicketState::Closed, vec![], "c3")).unwrap();
    assert_eq!(closed.tickets[0].state, TicketState::Closed);
    assert_eq!(closed.owners, [(scene.conversation.id, Owner::Assistant)]);
    scene.ticket = closed.tickets[0].clone();
    let late = scene.taken_in(&news(TicketState::Open, vec![], "c4")).unwrap();
    assert_eq!(late.tickets[0].state, TicketState::Closed, "what is closed stays so");
}

#[test]
fn a_persons_last_words_are_stored_before_the_end() {
    let mut scene = Scene::on(Channel::Webchat);
    let last = news(TicketState::Closed, vec![reply("9", "All done.")], "c9");
    let first = scene.taken_in(&last).unwrap();
    assert_eq!((texts(&first), first.tickets[0].state), (vec!["All done."], TicketState::Open));
    assert!(first.owners.is_empty(), "a person's message needs a person's conversation");
    assert_eq!(cursor(&first.tickets[0]), Some("c1"), "the rest of the news is still to come");
    scene.ticket = first.tickets[0].clone();
    scene.known.insert("helpdesk:zendesk:9".into());
    let second = scene.taken_in(&last).unwrap();
    assert_eq!((second.messages.len(), second.tickets[0].state), (0, TicketState::Closed));
    assert_eq!(cursor(&second.tickets[0]), Some("c9"));
}

#[test]
fn what_the_customer_wrote_meanwhile_isnt_lost_with_the_ticket() {
    let mut scene = Scene::on(Channel::Webchat);
    let message = MessageId::new();
    scene.unfiled = Some(message);
    let closed = scene.taken_in(&news(TicketState::Closed, vec![], "c2")).unwrap();
    assert_eq!(closed.to_answer, Some((scene.conversation.id, message)), "the assistant begins anew with it");
    assert_eq!(scene.taken_in(&news(TicketState::Solved, vec![], "c2")), None, "the helpdesk doesn't know it yet");
    scene.unfiled = None;
    let closed = scene.taken_in(&news(TicketState::Closed, vec![], "c2")).unwrap();
    assert_eq!(closed.to_answer, None);
}

#[test]
fn a_person_who_writes_has_the_conversation() {
    let mut scene = Scene::on(Channel::Webchat);
    scene.conversation.owner = Owner::Assistant;
    let change = scene.taken_in(&news(TicketState::Open, vec![reply("1", "One more thing.")], "c2")).unwrap();
    assert_eq!(change.owners, [(scene.conversation.id, Owner::Human)]);
    assert!(change.events.iter().any(|event| event.what == TicketChange::TakenOver));
}
