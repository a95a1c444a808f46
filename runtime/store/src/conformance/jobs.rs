//! What helpdesks are to be asked.

use crate::conformance::scene::{event, keep, minutes, now, ticketed};
use crate::conformance::{Engine, Outcome};
use jiff::Timestamp;
use usher_agent::desk::{DeskChange, Ticket, TicketChange};
use usher_agent::helpdesk::{HelpdeskJob, HelpdeskRequest};
use usher_agent::ids::HelpdeskJobId;
use usher_agent::store::StoreError;

fn job(ticket: &Ticket, seq: u64, due_at: Timestamp) -> HelpdeskJob {
    HelpdeskJob {
        id: HelpdeskJobId::new(),
        ticket: ticket.id,
        request: HelpdeskRequest::Comment { seq },
        attempts: 0,
        due_at,
        given_up_at: None,
        error: None,
    }
}

fn of(jobs: &[HelpdeskJob]) -> DeskChange {
    DeskChange { jobs: jobs.to_vec(), ..DeskChange::default() }
}

pub async fn jobs_of_a_ticket_are_made_in_their_order(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let (one, two) = (ticketed(&*store).await?, ticketed(&*store).await?);
    let create = HelpdeskJob { request: HelpdeskRequest::Create { through_seq: 3 }, ..job(&one, 0, minutes(-1)) };
    let comment = job(&one, 4, minutes(-9));
    let other = job(&two, 1, minutes(-5));
    let later = job(&two, 2, minutes(5));
    store.change_desk(of(&[later.clone(), comment.clone(), other.clone(), create.clone()])).await?;
    drop(store);
    let store = engine.open().await?;
    assert_eq!(store.jobs(10).await?, [create.clone(), comment.clone(), other.clone(), later.clone()]);
    assert_eq!(store.jobs(2).await?.len(), 2);
    assert_eq!(store.due_jobs(now(), 10).await?, [create.clone(), other.clone()]);
    assert_eq!(store.due_jobs(now(), 1).await?, std::slice::from_ref(&create));
    assert_eq!(store.due_jobs(minutes(-30), 10).await?, []);
    assert_eq!(store.due_jobs(create.due_at, 10).await?.len(), 2, "what is due at this very moment is due");

    store.job_done(create.id, DeskChange::default()).await?;
    assert_eq!(store.due_jobs(now(), 10).await?, [comment.clone(), other.clone()]);
    store.job_done(other.id, DeskChange::default()).await?;
    assert_eq!(store.due_jobs(now(), 10).await?, std::slice::from_ref(&comment));
    assert_eq!(store.due_jobs(later.due_at, 10).await?, [comment, later]);
    Ok(())
}

pub async fn a_job_that_failed_is_due_again_later(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let ticket = ticketed(&*store).await?;
    let (first, second) = (job(&ticket, 1, minutes(-2)), job(&ticket, 2, minutes(-1)));
    store.change_desk(of(&[first.clone(), second.clone()])).await?;
    let failed = HelpdeskJob { attempts: 1, due_at: minutes(10), error: Some("no answer".to_owned()), ..first.clone() };
    store.put_job(failed.clone()).await?;
    assert_eq!(store.due_jobs(now(), 10).await?, [], "a later one overtakes it");
    assert_eq!(store.due_jobs(minutes(11), 10).await?, std::slice::from_ref(&failed));
    assert_eq!(store.jobs(10).await?, [failed, second]);

    store.job_done(first.id, DeskChange::default()).await?;
    let late = store.put_job(first).await;
    assert!(matches!(late, Err(StoreError::NotFound(_))), "a job that is done comes back: {late:?}");
    assert_eq!(store.jobs(10).await?.len(), 1);
    Ok(())
}

pub async fn a_job_that_was_given_up_holds_the_later_ones_of_its_ticket(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let (one, two) = (ticketed(&*store).await?, ticketed(&*store).await?);
    let (first, second, other) = (job(&one, 1, minutes(-3)), job(&one, 2, minutes(-2)), job(&two, 1, minutes(-1)));
    store.change_desk(of(&[first.clone(), second.clone(), other.clone()])).await?;
    let given_up = HelpdeskJob { attempts: 20, given_up_at: Some(now()), error: Some("422".to_owned()), ..first };
    store.put_job(given_up.clone()).await?;
    assert_eq!(store.due_jobs(minutes(60 * 24 * 365), 10).await?, std::slice::from_ref(&other));
    assert_eq!(store.jobs(10).await?, [given_up.clone(), second, other.clone()]);
    let again = HelpdeskJob { given_up_at: None, ..given_up };
    store.put_job(again.clone()).await?;
    assert_eq!(store.due_jobs(now(), 10).await?, [again, other]);
    Ok(())
}

pub async fn a_job_ends_with_what_came_of_it_or_not_at_all(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let ticket = ticketed(&*store).await?;
    let (done, next) = (job(&ticket, 1, minutes(-2)), job(&ticket, 2, minutes(-1)));
    store.change_desk(of(std::slice::from_ref(&done))).await?;
    let filed = TicketChange::Filed { remote: "35436".to_owned() };
    let came = |ticket: Ticket| DeskChange {
        events: vec![event(ticket.id, filed.clone())],
        jobs: vec![next.clone()],
        ..keep([ticket])
    };
    let refused = store.job_done(done.id, came(Ticket { version: 7, ..ticket.clone() })).await;
    assert!(matches!(refused, Err(StoreError::Changed)), "{refused:?}");
    assert_eq!(store.jobs(10).await?, std::slice::from_ref(&done));

    let changed = store.job_done(done.id, came(ticket.clone())).await?;
    assert_eq!(changed.tickets, [Ticket { version: 2, ..ticket.clone() }]);
    assert_eq!(store.jobs(10).await?, std::slice::from_ref(&next));
    assert_eq!(store.ticket_events(ticket.id).await?.len(), 1);
    let twice = store.job_done(done.id, came(Ticket { version: 2, ..ticket.clone() })).await;
    assert!(matches!(twice, Err(StoreError::NotFound(_))), "{twice:?}");
    assert_eq!(store.ticket(ticket.id).await?, changed.tickets.into_iter().next());
    Ok(())
}
