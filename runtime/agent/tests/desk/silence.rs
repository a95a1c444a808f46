//! Customers who fall silent, on every channel, and what happens where they write after all.

use crate::shop::{ADA, PERSON, Shop};
use jiff::SignedDuration;
use usher_agent::conversation::{Notice, Owner};
use usher_agent::desk::{Silence, SolvedBy, TicketChange, TicketState};
use usher_agent::store::Store as _;
use usher_host::skill::Channel;

/// All of what time does, at the default times.
async fn falls_silent(channel: Channel) -> (Vec<Notice>, Vec<TicketState>) {
    let shop = Shop::open().await;
    let customer = shop.customer_on(channel).await;
    let id = customer.hand_over().await.id;
    shop.minutes(60).await;
    assert_eq!(customer.notices().await, [], "nobody is reminded whom nobody has answered");
    shop.reply(id, ADA, "What colour?").await;
    let mut states = Vec::new();
    for minutes in [9, 2, 11, 24 * 60 + 1, 4 * 24 * 60 + 1] {
        shop.minutes(minutes).await;
        // Looking twice does nothing twice.
        shop.tick().await;
        states.push(shop.ticket(id).await.state);
    }
    let ticket = shop.ticket(id).await;
    assert_eq!((ticket.solved.unwrap().by, ticket.due_at), (SolvedBy::Silence, None));
    assert_eq!((customer.owner().await, customer.asked_to_rate().await), (Owner::Assistant, 0));
    (customer.notices().await, states)
}

const STATES: [TicketState; 5] =
    [TicketState::Open, TicketState::Open, TicketState::Pending, TicketState::Solved, TicketState::Closed];

#[tokio::test]
async fn a_silent_customer_is_reminded_waited_for_and_let_go() {
    let (notices, states) = falls_silent(Channel::Webchat).await;
    assert_eq!(states, STATES);
    let steps = [Notice::Joined, Notice::StillThere, Notice::Pending, Notice::Solved, Notice::Closed];
    assert_eq!(notices, steps);
}

#[tokio::test]
async fn on_text_channels_the_closing_is_not_worth_a_message() {
    for channel in [Channel::Sms, Channel::Whatsapp] {
        let (notices, states) = falls_silent(channel).await;
        assert_eq!(states, STATES);
        assert_eq!(notices, [Notice::Joined, Notice::StillThere, Notice::Pending, Notice::Solved], "{channel:?}");
    }
}

#[tokio::test]
async fn nobody_is_reminded_by_e_mail_after_minutes() {
    let (notices, states) = falls_silent(Channel::Email).await;
    assert_eq!(states, STATES);
    assert_eq!(notices, [Notice::Joined, Notice::Solved]);
}

#[tokio::test]
async fn times_are_the_operator_s_and_steps_can_be_left_out() {
    let shop = Shop::open().await;
    shop.set(|settings| {
        settings.timers.remind_after = 60;
        settings.timers.pending_after = None;
    })
    .await;
    let (customer, id) = shop.handed_over().await;
    shop.reply(id, ADA, "What colour?").await;
    shop.minutes(59).await;
    assert_eq!(shop.ticket(id).await.silence, Silence::None);
    shop.minutes(2).await;
    assert_eq!(shop.ticket(id).await.silence, Silence::Reminded);
    shop.minutes(100_000).await;
    assert_eq!((shop.ticket(id).await.state, customer.owner().await), (TicketState::Open, Owner::Human));
    // What a person sets to wait is solved by silence, too, and closed after that.
    shop.desk().set_state(id, TicketState::Pending, ADA).await.unwrap();
    shop.set(|settings| settings.timers.solve_after = None).await;
    shop.minutes(100_000).await;
    assert_eq!(shop.ticket(id).await.state, TicketState::Pending);
}

#[tokio::test]
async fn a_person_who_writes_again_gives_the_customer_time_again() {
    let shop = Shop::open().await;
    let (_customer, id) = shop.handed_over().await;
    shop.reply(id, ADA, "What colour?").await;
    shop.minutes(11).await;
    shop.minutes(11).await;
    shop.minutes(23 * 60).await;
    let ticket = shop.reply(id, ADA, "The blue one is sold out, by the way").await;
    assert_eq!(ticket.state, TicketState::Pending);
    shop.minutes(23 * 60).await;
    assert_eq!(shop.ticket(id).await.state, TicketState::Pending);
    shop.minutes(61).await;
    assert_eq!(shop.ticket(id).await.state, TicketState::Solved);
}

#[tokio::test]
async fn the_customer_is_not_rushed_where_the_server_was_down() {
    let shop = Shop::open().await;
    let (customer, id) = shop.handed_over().await;
    shop.reply(id, ADA, "What colour?").await;
    shop.pass(SignedDuration::from_hours(40));
    shop.restart().await;
    for _ in 0..3 {
        shop.tick().await;
    }
    // One step, not all that would have been due by now.
    assert_eq!(customer.notices().await, [Notice::Joined, Notice::StillThere]);
    assert_eq!(shop.ticket(id).await.state, TicketState::Open);
}

#[tokio::test]
async fn who_writes_again_begins_a_new_silence() {
    let shop = Shop::open().await;
    let (customer, id) = shop.handed_over().await;
    shop.reply(id, ADA, "What colour?").await;
    shop.minutes(11).await;
    customer.write("Blue").await;
    let ticket = shop.ticket(id).await;
    assert_eq!((ticket.silence, ticket.active_again), (Silence::None, true));
    // It is the team's turn: the customer isn't reminded however long that takes.
    shop.minutes(24 * 60).await;
    assert_eq!(shop.ticket(id).await.silence, Silence::None);
    shop.reply(id, ADA, "Thanks").await;
    assert!(!shop.ticket(id).await.active_again);
    shop.minutes(11).await;
    shop.minutes(11).await;
    assert_eq!(shop.ticket(id).await.state, TicketState::Pending);
    customer.write("And one in red").await;
    let ticket = shop.ticket(id).await;
    assert_eq!((ticket.state, ticket.active_again, ticket.reopened), (TicketState::Open, true, 0));
    assert_eq!(ticket.assignee.as_deref(), Some(ADA));
}

/// A customer who writes at the very moment at which a timer would act: their message is stored, and nobody knows of it yet.
#[tokio::test]
async fn a_timer_does_not_act_over_what_was_written_just_now() {
    let shop = Shop::open().await;
    for until in [TicketState::Open, TicketState::Pending, TicketState::Solved] {
        let (customer, id) = shop.handed_over().await;
        shop.reply(id, ADA, "What colour?").await;
        if until == TicketState::Pending {
            shop.minutes(11).await;
        }
        if until == TicketState::Solved {
            shop.solve(id, ADA).await;
        }
        let before = customer.notices().await;
        let due = shop.ticket(id).await.due_at.unwrap();
        shop.pass(due.duration_since(shop.now()) + SignedDuration::from_secs(100_000));
        let seq = customer.leave("Blue!").await.seq;
        shop.tick().await;
        let ticket = shop.ticket(id).await;
        assert_eq!((ticket.state, ticket.known_seq), (TicketState::Open, seq), "{until:?}");
        assert_eq!(customer.owner().await, Owner::Human);
        let after = customer.notices().await;
        let reopened = if until == TicketState::Solved { vec![Notice::Reopened] } else { vec![] };
        assert_eq!(after[before.len()..], reopened);
    }
}

#[tokio::test]
async fn a_customer_and_the_closing_of_a_ticket_race_without_a_loss() {
    let shop = Shop::open().await;
    let (mut reopened, mut anew) = (0, 0);
    for round in 0..12 {
        let (customer, id) = shop.handed_over().await;
        shop.reply(id, ADA, "Done").await;
        shop.solve(id, ADA).await;
        shop.pass(SignedDuration::from_hours(24 * 4 + 1));
        let (desk, now) = (shop.desk(), shop.now());
        let ticking = tokio::spawn(async move {
            if round % 3 > 0 {
                tokio::task::yield_now().await;
            }
            desk.tick(now).await
        });
        if round % 2 > 0 {
            tokio::task::yield_now().await;
        }
        let written = customer.write(PERSON).await;
        ticking.await.unwrap().unwrap();
        match shop.ticket(id).await.state {
            // The message was first.
            TicketState::Open => {
                reopened += 1;
                assert_eq!(shop.ticket(id).await.known_seq, written.seq);
            }
            // The closing was: the assistant answers, and hands over to a new ticket.
            TicketState::Closed => {
                anew += 1;
                customer.answered(&written).await;
                let ticket = customer.ticket().await;
                assert_eq!((ticket.follows, ticket.known_seq), (Some(id), written.seq));
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(shop.store().unknown_messages().await.unwrap(), []);
    }
    assert_eq!(reopened + anew, 12);
}

#[tokio::test]
async fn histories_say_what_time_did() {
    let shop = Shop::open().await;
    let (_customer, id) = shop.handed_over().await;
    shop.reply(id, ADA, "What colour?").await;
    shop.minutes(11).await;
    shop.minutes(11).await;
    let events = shop.store().ticket_events(id).await.unwrap();
    let timed: Vec<_> = events.iter().filter(|event| event.actor == "runtime").map(|event| &event.what).collect();
    let pending = TicketChange::State { from: TicketState::Open, to: TicketState::Pending };
    assert!(
        matches!(timed[..], [TicketChange::Mailed { .. }, TicketChange::Reminded, last] if *last == pending),
        "{timed:?}"
    );
}
