//! What must hold: between two processes for what is under way, and in the end for everything.

use crate::journal::{Journal, Line, What, Writer};
use crate::killing::Start;
use crate::outside::{Mail, Outside};
use crate::play::given_up;
use crate::script::{self, Act, PERSON, Story, day_of};
use crate::shop::{ANSWER, open};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use usher_agent::conversation::{Body, Message, Owner};
use usher_agent::desk::{Place, SolvedBy, Ticket, TicketChange, TicketEvent, TicketState};
use usher_agent::ids::ConversationId;
use usher_agent::store::{Store as _, StoredTurn};
use usher_host::skill::Author;
use usher_standins::ZendeskTicket;
use usher_store::SqliteStore;

/// A conversation with everything that hangs on it.
struct Kept {
    owner: Owner,
    messages: Vec<Message>,
    turns: Vec<StoredTurn>,
    tickets: Vec<(Ticket, Vec<TicketEvent>)>,
}

impl Kept {
    async fn read(store: &SqliteStore, conversation: ConversationId) -> Self {
        let owner = store.conversation(conversation).await.unwrap().unwrap().owner;
        let mut tickets = Vec::new();
        for ticket in store.tickets_of(conversation).await.unwrap() {
            let events = store.ticket_events(ticket.id).await.unwrap();
            tickets.push((ticket, events));
        }
        let messages = store.messages_after(conversation, 0, usize::MAX).await.unwrap();
        Self { owner, messages, turns: store.turns_of(conversation).await.unwrap(), tickets }
    }

    /// At any moment.
    fn is_sound(&self) {
        let numbers: Vec<u64> = self.messages.iter().map(|message| message.seq).collect();
        assert_eq!(numbers, (1..).take(numbers.len()).collect::<Vec<_>>());
        let mut names = BTreeSet::new();
        for name in self.messages.iter().filter_map(|message| message.client_id.as_deref()) {
            assert!(names.insert(name), "{name} is there twice");
        }
        let mut answered = BTreeSet::new();
        assert!(self.turns.iter().all(|turn| answered.insert(turn.message)), "a message has two turns");
        let at_work = self.tickets.iter().filter(|(ticket, _)| ticket.state != TicketState::Closed).count();
        assert!(at_work <= 1, "{at_work} tickets at work");
        for (number, (ticket, events)) in self.tickets.iter().enumerate() {
            tells_how_it_came(ticket, events);
            assert_eq!(ticket.follows.is_some(), number > 0, "{ticket:?}");
        }
        assert_eq!(self.owner, self.rightful_owner(), "{:?}", self.tickets.last());
        let solved = self.tickets.iter().flat_map(|(_, events)| events).filter(|event| is_solved_by_person(event));
        assert!(self.asked_to_rate() <= solved.count(), "a rating is asked for twice");
    }

    /// Whose it is, by what happened to the latest ticket.
    fn rightful_owner(&self) -> Owner {
        let Some((ticket, events)) = self.tickets.last() else { return Owner::Assistant };
        let by_silence = matches!(&ticket.solved, Some(solved) if solved.by == SolvedBy::Silence);
        let back = events.iter().rposition(|event| event.what == TicketChange::HandedBack);
        let taken = events
            .iter()
            .rposition(|event| matches!(event.what, TicketChange::State { to, .. } if to < TicketState::Solved));
        match ticket.state {
            TicketState::Open | TicketState::Pending => Owner::Human,
            TicketState::Solved if !by_silence && (back.is_none() || back < taken) => Owner::Human,
            TicketState::Solved | TicketState::Closed => Owner::Assistant,
        }
    }

    fn asked_to_rate(&self) -> usize {
        self.messages.iter().filter(|message| matches!(message.body, Body::Rating { .. })).count()
    }
}

fn is_solved_by_person(event: &TicketEvent) -> bool {
    event.actor.starts_with("operator:") && matches!(event.what, TicketChange::State { to: TicketState::Solved, .. })
}

/// A history tells how a ticket came to be as it is.
fn tells_how_it_came(ticket: &Ticket, events: &[TicketEvent]) {
    assert!(matches!(events[0].what, TicketChange::Opened { .. }), "{events:?}");
    let (mut state, mut assignee, mut reopened, mut filed) = (TicketState::Open, &None, 0, None);
    for event in events {
        match &event.what {
            TicketChange::State { from, to } => {
                assert_eq!(*from, state, "{events:?}");
                state = *to;
            }
            TicketChange::Assigned { person, .. } => assignee = person,
            TicketChange::Reopened => reopened += 1,
            TicketChange::Filed { remote } => assert_eq!(filed.replace(remote), None, "filed twice"),
            _ => {}
        }
    }
    assert_eq!((state, assignee, reopened), (ticket.state, &ticket.assignee, ticket.reopened), "{events:?}");
    let there = match &ticket.place {
        Place::Connector { remote, .. } => remote.as_ref(),
        Place::BuiltIn => None,
    };
    assert_eq!(filed, there);
}

/// What a kill left of conversations that are under way.
pub(crate) async fn hold_between(store: &SqliteStore, conversations: &[ConversationId]) {
    for conversation in conversations {
        Kept::read(store, *conversation).await.is_sound();
    }
}

/// All days, when all is over; how many they are.
pub(crate) async fn hold(start: &Start, outside: &Outside) -> u64 {
    let store = open(start);
    let journal = Journal::read(&start.journal());
    let days = 1 + journal.iter().map(|line| day_of(&line.step)).max().unwrap();
    let (mails, desk) = (outside.mails(), outside.tickets());
    let (mut numbers, mut filed, mut mailed) = (BTreeSet::new(), BTreeSet::new(), 0);
    for story in (0..days).flat_map(|day| script::day(start.seed, day)) {
        let lines: Vec<&Line> = journal.iter().filter(|line| is_of(line, &story)).collect();
        let Some(What::Opened { conversation, .. }) = lines.first().map(|line| line.what.clone()) else {
            panic!("{} never came", story.name)
        };
        let kept = Kept::read(&store, conversation).await;
        kept.is_sound();
        everything_is_over(&story, &kept);
        every_message_once(&story, &lines, &kept);
        every_message_answered(&story, &kept);
        for (ticket, events) in &kept.tickets {
            assert!(numbers.insert(ticket.number), "{} is two tickets' number", ticket.number);
            if matches!(ticket.place, Place::Connector { .. }) {
                assert!(filed.insert(ticket.id.to_string()));
                filed_whole(&story, &kept, ticket, &desk);
            }
            mailed += events.iter().filter(|event| matches!(event.what, TicketChange::Mailed { .. })).count();
        }
        every_reply_mailed_once(&story, &mails);
    }
    let there: Vec<&str> = desk.iter().filter_map(|ticket| ticket.external_id.as_deref()).collect();
    assert_eq!(desk.len(), filed.len(), "the helpdesk has other tickets than were handed over");
    assert!(there.iter().all(|id| filed.contains(*id)));
    assert_eq!(mails.len(), mailed, "histories tell of other mails than were sent");
    assert!(store.jobs(1).await.unwrap().is_empty() && store.due(Timestamp::MAX, 1).await.unwrap().is_empty());
    assert!(store.waiting().await.unwrap().is_empty() && store.unknown_messages().await.unwrap().is_empty());
    assert_eq!(store.verify_audit(Vec::new()).await.unwrap().problems, Vec::<String>::new());
    println!(
        "{} tickets, {} of them in the helpdesk; {} mails, {} of them sent again under their names",
        numbers.len(),
        filed.len(),
        mails.len(),
        outside.repeats()
    );
    days
}

fn is_of(line: &Line, story: &Story) -> bool {
    line.step.strip_prefix(&story.name).is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_digit()))
}

fn everything_is_over(story: &Story, kept: &Kept) {
    let elsewhere = |(ticket, _): &(Ticket, _)| matches!(ticket.place, Place::Connector { .. });
    assert_eq!(kept.tickets.iter().map(elsewhere).collect::<Vec<_>>(), story.tickets, "{}", story.name);
    assert!(kept.tickets.iter().all(|(ticket, _)| ticket.state == TicketState::Closed), "{:?}", kept.tickets);
    assert_eq!(kept.owner, Owner::Assistant);
    assert_eq!(kept.asked_to_rate(), story.ratings(), "{}", story.name);
    let notes = story.acts().filter_map(|(_, _, act)| match act {
        Act::Note { text, .. } => Some(text),
        _ => None,
    });
    let noted = kept.tickets.iter().flat_map(|(_, events)| events).filter_map(|event| match &event.what {
        TicketChange::Note { text } => Some(text),
        _ => None,
    });
    assert!(noted.eq(notes), "{}", story.name);
}

/// What was taken is there once, as it was written and where it was said to be, and nothing else.
fn every_message_once(story: &Story, lines: &[&Line], kept: &Kept) {
    for writer in [Writer::Customer, Writer::People] {
        let taken = lines.iter().filter_map(|line| match &line.what {
            What::Took { client_id, text, seq, by, .. } if *by == writer => {
                Some((client_id.as_str(), text.as_str(), *seq))
            }
            _ => None,
        });
        let taken: Vec<_> = taken.collect();
        let author = if writer == Writer::Customer { Author::Customer } else { Author::Human };
        let relayed = |name: &&str| name.starts_with("helpdesk:");
        let stored = kept.messages.iter().filter(|message| message.author == author);
        let stored = stored.map(|message| (message.client_id.as_deref().unwrap(), message.body.text(), message.seq));
        let stored: Vec<_> = stored.filter(|(name, ..)| !relayed(name)).collect();
        assert_eq!(stored, taken, "{}", story.name);
    }
    let acts =
        story.acts().filter(|(_, _, act)| matches!(act, Act::Write { .. } | Act::Rate { .. } | Act::Reply { .. }));
    let steps: Vec<String> = acts.map(|(_, step, _)| step).collect();
    let done = lines
        .iter()
        .filter(|line| matches!(line.what, What::Took { .. }) && !line.step.ends_with("before"))
        .map(|line| line.step.clone());
    assert_eq!(done.collect::<Vec<_>>(), steps, "{}", story.name);
    let relayed = kept.messages.iter().filter(|message| {
        message.author == Author::Human
            && message.client_id.as_deref().is_some_and(|name| name.starts_with("helpdesk:"))
    });
    let relayed: Vec<&str> = relayed.map(|message| message.body.text().trim()).collect();
    let elsewhere = story.acts().filter_map(|(_, _, act)| match act {
        Act::ReplyElsewhere { text } => Some(text.as_str()),
        _ => None,
    });
    assert_eq!(relayed, elsewhere.collect::<Vec<_>>(), "{}", story.name);
}

/// What a customer wrote was answered by the assistant, once, or people have it.
fn every_message_answered(story: &Story, kept: &Kept) {
    let known = kept.tickets.iter().map(|(ticket, _)| ticket.known_seq).max().unwrap_or(0);
    let waited: BTreeSet<String> = story
        .acts()
        .filter(|(_, _, act)| matches!(act, Act::Write { answered: true, .. }))
        .map(|(_, step, _)| step)
        .collect();
    for message in kept.messages.iter().filter(|message| message.author == Author::Customer) {
        let turn = kept.turns.iter().find(|turn| turn.message == message.id);
        let said: Vec<&Message> =
            kept.messages.iter().filter(|said| turn.is_some() && said.turn == turn.map(|turn| turn.id)).collect();
        let name = message.client_id.as_deref().unwrap();
        assert!(turn.is_some() || message.seq <= known, "{name}: nobody has it");
        assert!(turn.is_some() || !waited.contains(name), "{name}: the assistant had it and is silent");
        if turn.is_some() {
            assert!(!said.is_empty(), "{name}: a turn said nothing");
        }
        if message.body.text().starts_with("what is the plan") {
            let answers = said.iter().filter(|said| [ANSWER, given_up()].contains(&said.body.text())).count();
            assert_eq!(answers, 1, "{name}: {said:?}");
        }
    }
    let handed = kept.messages.iter().filter(|message| matches!(message.body, Body::Handoff { .. })).count();
    let wishes = story.acts().filter(|(_, _, act)| matches!(act, Act::Write { text, .. } if text == PERSON)).count();
    assert_eq!(handed, wishes, "{}", story.name);
}

/// The helpdesk has the ticket once: with all that was said before, and with each later word once.
fn filed_whole(story: &Story, kept: &Kept, ticket: &Ticket, desk: &[ZendeskTicket]) {
    let id = ticket.id.to_string();
    let mut there = desk.iter().filter(|there| there.external_id.as_ref() == Some(&id));
    let (Some(there), None) = (there.next(), there.next()) else { panic!("{}: not one ticket {id}", story.name) };
    let note = there.comments[0].body.split_once("Conversation, with times in UTC").unwrap().1;
    let later = |text: &str| there.comments[1..].iter().filter(|comment| comment.body.contains(text)).count();
    let handed = kept.messages.iter().find(|message| matches!(message.body, Body::Handoff { .. })).unwrap();
    // More than once where the assistant was asked again.
    let said = |text: &str| kept.messages.iter().filter(|message| message.body.text() == text).count();
    for message in &kept.messages {
        let text = message.body.text();
        if message.seq <= handed.seq {
            assert!(note.contains(text), "{}: the transcript lacks {text:?}: {note}", story.name);
        }
        let own = text.contains(&format!("({}w", story.name));
        if own && message.seq <= handed.seq {
            assert_eq!((note.matches(text).count(), later(text)), (said(text), 0), "{text}");
        } else if own && message.seq <= ticket.known_seq {
            assert_eq!((note.matches(text).count(), later(text)), (0, 1), "{text}: {:?}", there.comments);
        }
    }
}

/// What people wrote is mailed once where it is to be, and never else.
fn every_reply_mailed_once(story: &Story, mails: &[Mail]) {
    let address = format!("{}@example.net", story.name);
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    let replies = story.replies();
    for (mail, text) in mails.iter().flat_map(|mail| replies.keys().map(move |text| (mail, text))) {
        let found = mail.text.matches(text.as_str()).count();
        assert!(found == 0 || mail.to == address, "{text} went to {}", mail.to);
        *times.entry(text).or_default() += found;
    }
    for (text, mailed) in &replies {
        assert_eq!(times.get(text.as_str()).copied().unwrap_or(0), usize::from(*mailed), "{text}");
    }
}
