//! How tickets are found.

use crate::conformance::scene::{
    answer, begin, conversation, keep, kept, minutes, now, say, support, taken, there, ticket,
};
use crate::conformance::{Engine, Keeps, Outcome};
use jiff::SignedDuration;
use std::collections::BTreeSet;
use usher_agent::conversation::Owner;
use usher_agent::desk::{DeskChange, Place, Priority, Requester, Ticket, TicketFilter, TicketState};
use usher_agent::store::FinishedTurn;

async fn found(store: &dyn Keeps, filter: TicketFilter) -> Outcome<Vec<u64>> {
    let tickets = store.tickets(filter.clone(), now(), 0, usize::MAX).await?;
    assert_eq!(store.count_tickets(vec![filter], now()).await?, [tickets.len() as u64]);
    Ok(tickets.iter().map(|ticket| ticket.number).collect())
}

async fn with_words(store: &dyn Keeps, words: &str) -> Outcome<Vec<u64>> {
    found(store, TicketFilter { words: Some(words.to_owned()), ..TicketFilter::default() }).await
}

pub async fn the_most_urgent_comes_first_then_who_waits_longest(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let since = now();
    for (priority, minutes) in [
        (Priority::Low, 9),
        (Priority::Normal, 1),
        (Priority::Normal, 5),
        (Priority::Urgent, 1),
        (Priority::High, 7),
        (Priority::Normal, 5),
    ] {
        let ticket = ticket(conversation(&*store).await?);
        let customer_at = since - SignedDuration::from_mins(minutes);
        kept(&*store, Ticket { priority, customer_at, ..ticket }).await?;
    }
    let all = [4, 5, 3, 6, 2, 1];
    assert_eq!(found(&*store, TicketFilter::default()).await?, all);
    let open = TicketFilter { states: vec![TicketState::Open], ..TicketFilter::default() };
    for skip in 0..7 {
        for limit in [0, 1, 4, 100] {
            let page = store.tickets(open.clone(), now(), skip, limit).await?;
            let page: Vec<_> = page.iter().map(|ticket| ticket.number).collect();
            let expected: Vec<_> = all.into_iter().skip(skip).take(limit).collect();
            assert_eq!(page, expected, "{skip} {limit}");
        }
    }
    Ok(())
}

pub async fn a_filter_lets_through_what_fits_all_of_it(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let place = Place::Connector { connector: "gorgias".parse()?, remote: None, url: None, cursor: None };
    let tags = |tags: &[&str]| tags.iter().map(|tag| (*tag).to_owned()).collect::<BTreeSet<_>>();
    let (ada, returns) = (Some("ada".to_owned()), Some("returns".to_owned()));
    let fresh = [conversation(&*store).await?, conversation(&*store).await?, conversation(&*store).await?];
    let [first, second, third] = fresh.map(ticket);
    let last = fresh[2];
    let first = Ticket { assignee: ada.clone(), tags: tags(&["vip", "late"]), active_again: true, ..first };
    let second = Ticket { group: returns.clone(), tags: tags(&["late"]), snoozed_until: Some(minutes(5)), ..second };
    let third = Ticket { place, state: TicketState::Pending, snoozed_until: Some(minutes(-5)), ..third };
    let stored = store.change_desk(keep([first, second, third])).await?.tickets;

    let any = TicketFilter::default;
    let cases = [
        (any(), vec![1, 2, 3]),
        (TicketFilter { states: vec![TicketState::Pending, TicketState::Closed], ..any() }, vec![3]),
        (TicketFilter { assignee: ada.clone(), ..any() }, vec![1]),
        (TicketFilter { assignee: Some("Ada".to_owned()), ..any() }, vec![]),
        (TicketFilter { unassigned: true, ..any() }, vec![2, 3]),
        (TicketFilter { unassigned: true, assignee: ada, ..any() }, vec![]),
        (TicketFilter { group: returns, ..any() }, vec![2]),
        (TicketFilter { tag: Some("late".to_owned()), ..any() }, vec![1, 2]),
        (TicketFilter { tag: Some("lat".to_owned()), ..any() }, vec![]),
        (TicketFilter { active_again: true, ..any() }, vec![1]),
        (TicketFilter { snoozed: Some(true), ..any() }, vec![2]),
        (TicketFilter { snoozed: Some(false), ..any() }, vec![1, 3]),
        (TicketFilter { built_in: Some(true), ..any() }, vec![1, 2]),
        (TicketFilter { built_in: Some(false), ..any() }, vec![3]),
        (TicketFilter { conversation: Some(last), ..any() }, vec![3]),
        (TicketFilter { unassigned: true, tag: Some("late".to_owned()), built_in: Some(true), ..any() }, vec![2]),
        (TicketFilter { words: Some(" ".to_owned()), unassigned: true, ..any() }, vec![2, 3]),
    ];
    for (filter, expected) in cases.clone() {
        assert_eq!(found(&*store, filter.clone()).await?, expected, "{filter:?}");
    }
    let (filters, counts): (Vec<_>, Vec<_>) =
        cases.into_iter().map(|(filter, found)| (filter, found.len() as u64)).unzip();
    assert_eq!(store.count_tickets(filters, now()).await?, counts);
    assert!(store.count_tickets(Vec::new(), now()).await?.is_empty());

    // As they are now, not as they were.
    let [first, ..] = &stored[..] else { return Err("the tickets are missing".into()) };
    kept(&*store, Ticket { tags: tags(&["vip"]), assignee: None, active_again: false, ..first.clone() }).await?;
    assert_eq!(found(&*store, TicketFilter { tag: Some("late".to_owned()), ..any() }).await?, [2]);
    assert_eq!(found(&*store, TicketFilter { unassigned: true, ..any() }).await?, [1, 2, 3]);
    let later = TicketFilter { snoozed: Some(true), ..any() };
    assert!(store.tickets(later, minutes(6), 0, 10).await?.is_empty(), "it is put aside for good");
    Ok(())
}

pub async fn tickets_are_found_by_their_words(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let fresh = [conversation(&*store).await?, conversation(&*store).await?, conversation(&*store).await?];
    let [first, second, third] = fresh.map(ticket);
    let of = |email: &str, name: &str, ticket: &Ticket| Requester {
        email: Some(email.to_owned()),
        name: Some(name.to_owned()),
        ..ticket.requester.clone()
    };
    let first = Ticket {
        subject: "Stövlarna läcker \"OR\" (rött)".to_owned(),
        requester: of("grace.h@shop.example", "Grace", &first),
        ..first
    };
    let second = Ticket {
        subject: "Parcel 3 is late, order 10057".to_owned(),
        requester: of("ada@other.example", "Ada", &second),
        ..second
    };
    let stored = store.change_desk(keep([first, second, third])).await?.tickets;
    for (words, expected) in [
        ("stövlarna", vec![1]),
        ("LÄCKER stöv", vec![1]),
        ("stöv late", vec![]),
        ("grace.h@shop.example", vec![1]),
        ("Grace.H@shop.ex", vec![1]),
        ("h@other.example", vec![]),
        ("GRACE", vec![1]),
        ("late", vec![2, 3]),
        ("late ada", vec![2]),
        ("#2", vec![2]),
        ("2", vec![2]),
        ("3", vec![2, 3]),
        ("#3 parcel", vec![2, 3]),
        ("#17", vec![]),
        ("1005", vec![2]),
        ("#1005", vec![]),
        ("#10057", vec![2]),
        ("\"OR\"", vec![1]),
        ("(rött)", vec![1]),
        ("late OR nothing", vec![]),
        ("arcel", vec![]),
        ("\"", vec![]),
        ("late *", vec![]),
        ("\u{1F381}", vec![]),
        ("a\" b", vec![]),
        ("99999999999999999999999", vec![]),
    ] {
        assert_eq!(with_words(&*store, words).await?, expected, "{words}");
    }
    // The words of a ticket are those that it has now.
    let [_, second, _] = &stored[..] else { return Err("the tickets are missing".into()) };
    kept(&*store, Ticket { subject: "Stövlarna are too small".to_owned(), ..second.clone() }).await?;
    assert_eq!(with_words(&*store, "stövlarna").await?, [1, 2]);
    assert_eq!(with_words(&*store, "late").await?, [3]);
    let closed = TicketFilter {
        words: Some("stövlarna".to_owned()),
        states: vec![TicketState::Closed],
        ..TicketFilter::default()
    };
    assert_eq!(found(&*store, closed).await?, Vec::<u64>::new());
    Ok(())
}

pub async fn tickets_are_found_by_what_was_said(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let (id, other) = (conversation(&*store).await?, conversation(&*store).await?);
    for (conversation, words) in [(id, "my umbrella is torn"), (other, "my umbrella is blue")] {
        say(&*store, conversation, words).await?;
        let turn = begin(&*store, conversation).await?;
        let replies = vec![crate::conformance::scene::reply(None, "I am sorry about **Schirm-17**.")];
        store.finish_turn(FinishedTurn { replies, ..answer(&turn.message) }).await?;
    }
    assert_eq!(with_words(&*store, "umbrella").await?, Vec::<u64>::new(), "there is no ticket yet");
    // What was said before, what comes with it, and what comes later, of all who write.
    let messages = vec![support(id, None, "Which handle was it?")];
    let first = DeskChange { owners: taken(id), messages, ..keep([ticket(id)]) };
    let first = there(store.change_desk(first).await?.tickets.pop(), "the ticket")?;
    say(&*store, id, "The bamboo one").await?;
    let messages = vec![support(id, None, "I see, bamboo.")];
    store.change_desk(DeskChange { messages, ..DeskChange::default() }).await?;
    for words in ["torn", "umbrella", "schirm", "17", "handle", "bamboo", "handle torn parcel", "#1 bamboo"] {
        assert_eq!(with_words(&*store, words).await?, [1], "{words}");
    }
    assert_eq!(with_words(&*store, "blue").await?, Vec::<u64>::new());

    // A turn's answer that comes with the first ticket, and those to come.
    say(&*store, other, "a person").await?;
    let turn = begin(&*store, other).await?;
    let desk = Some(Box::new(keep([ticket(other)])));
    let replies = vec![crate::conformance::scene::reply(None, "Somebody looks at the zipper.")];
    store.finish_turn(FinishedTurn { desk, replies, ..answer(&turn.message) }).await?;
    say(&*store, other, "thanks").await?;
    let turn = begin(&*store, other).await?;
    let replies = vec![crate::conformance::scene::reply(None, "You are welcome to our showroom.")];
    store.finish_turn(FinishedTurn { replies, ..answer(&turn.message) }).await?;
    for (words, expected) in [("zipper", vec![2]), ("showroom thanks", vec![2]), ("umbrella", vec![1, 2])] {
        assert_eq!(with_words(&*store, words).await?, expected, "{words}");
    }
    // Every ticket of the conversation, each with its own subject.
    kept(&*store, Ticket { state: TicketState::Closed, ..first }).await?;
    kept(&*store, Ticket { subject: "Once more".to_owned(), ..ticket(id) }).await?;
    assert_eq!(with_words(&*store, "bamboo").await?, [1, 3]);
    assert_eq!(with_words(&*store, "once bamboo").await?, [3]);
    say(&*store, id, "the porcelain one too").await?;
    drop(store);
    assert_eq!(with_words(&*engine.open().await?, "PORCELAIN").await?, [1, 3]);
    Ok(())
}

pub async fn what_is_due_comes_longest_due_first(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let mut due = Vec::new();
    for due_at in [Some(minutes(-5)), None, Some(minutes(-7)), Some(minutes(3)), Some(minutes(-7))] {
        due.push(kept(&*store, Ticket { due_at, ..ticket(conversation(&*store).await?) }).await?);
    }
    assert_eq!(store.due_tickets(now(), 10).await?, [due[2].id, due[4].id, due[0].id]);
    assert_eq!(store.due_tickets(now(), 2).await?, [due[2].id, due[4].id]);
    let at = there(due[3].due_at, "its time")?;
    assert_eq!(store.due_tickets(at, 10).await?.len(), 4, "what is due at this very moment is due");
    kept(&*store, Ticket { due_at: None, ..due[2].clone() }).await?;
    kept(&*store, Ticket { due_at: Some(minutes(9)), ..due[0].clone() }).await?;
    assert_eq!(store.due_tickets(now(), 10).await?, [due[4].id]);
    Ok(())
}

pub async fn what_a_ticket_doesnt_know_is_found(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let (known, unknown, without) =
        (conversation(&*store).await?, conversation(&*store).await?, conversation(&*store).await?);
    say(&*store, without, "a").await?;
    let mut tickets = Vec::new();
    for id in [known, unknown] {
        say(&*store, id, "a").await?;
        tickets.push(kept(&*store, Ticket { known_seq: 1, ..ticket(id) }).await?);
        // What others write isn't the customer's.
        let messages = vec![support(id, None, "Hello!")];
        store.change_desk(DeskChange { owners: taken(id), messages, ..DeskChange::default() }).await?;
    }
    assert_eq!(store.unknown_messages().await?, []);
    say(&*store, unknown, "b").await?;
    say(&*store, unknown, "c").await?;
    assert_eq!(store.unknown_messages().await?, [unknown]);
    let ticket_now = kept(&*store, Ticket { known_seq: 3, state: TicketState::Solved, ..tickets[1].clone() }).await?;
    assert_eq!(store.unknown_messages().await?, [unknown]);
    let ticket_now = kept(&*store, Ticket { known_seq: 4, ..ticket_now }).await?;
    assert_eq!(store.unknown_messages().await?, []);

    // A closed ticket has nothing to learn; the one after it does.
    let closed = kept(&*store, Ticket { known_seq: 0, state: TicketState::Closed, ..ticket_now }).await?;
    assert_eq!(store.unknown_messages().await?, []);
    store.set_owner(unknown, Owner::Assistant).await?;
    kept(&*store, Ticket { known_seq: 4, follows: Some(closed.id), ..ticket(unknown) }).await?;
    assert_eq!(store.unknown_messages().await?, []);
    say(&*store, unknown, "d").await?;
    drop(store);
    let store = engine.open().await?;
    assert_eq!(store.unknown_messages().await?, [unknown]);
    let latest = there(store.tickets_of(unknown).await?.pop(), "the ticket")?;
    kept(&*store, Ticket { state: TicketState::Closed, ..latest }).await?;
    kept(&*store, Ticket { state: TicketState::Open, ..closed }).await?;
    assert_eq!(store.unknown_messages().await?, [], "the latest ticket is closed");
    Ok(())
}

pub async fn first_waits_are_of_the_latest_answers(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let place = Place::Connector { connector: "zendesk".parse()?, remote: None, url: None, cursor: None };
    for (opened, replied, place) in [
        (-90, Some(-80), Place::BuiltIn),
        (-70, Some(-10), Place::BuiltIn),
        (-30, Some(-27), Place::BuiltIn),
        (-20, None, Place::BuiltIn),
        (-25, Some(-24), place),
    ] {
        let ticket = ticket(conversation(&*store).await?);
        let opened_at = minutes(opened);
        let first_reply_at = replied.map(|replied| opened_at + SignedDuration::from_mins(replied - opened));
        kept(&*store, Ticket { opened_at, first_reply_at, place, ..ticket }).await?;
    }
    let [sixty, three, ten] = [60, 3, 10].map(SignedDuration::from_mins);
    assert_eq!(store.first_waits(minutes(-1000), 10).await?, [sixty, three, ten]);
    assert_eq!(store.first_waits(minutes(-1000), 2).await?, [sixty, three]);
    assert_eq!(store.first_waits(minutes(-60), 10).await?, [sixty, three]);
    assert_eq!(store.first_waits(now(), 10).await?, []);
    Ok(())
}
