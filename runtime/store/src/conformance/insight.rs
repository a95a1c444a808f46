//! Figures that follow what happens, and what people say about handoffs and gaps.

use crate::conformance::scene::{
    answer, begin, conversation, entry, event, holds, keep, kept, lines, minutes, now, reply, say, skill, support,
    taken, ticket,
};
use crate::conformance::{Engine, Outcome};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use usher_agent::HandedOff;
use usher_agent::conversation::Owner;
use usher_agent::desk::{DeskChange, Rating, TicketChange, TicketState};
use usher_agent::ids::ConversationId;
use usher_agent::insight::{
    Asked, Dismissal, Figure, GapFilter, HandoffFilter, HandoffOutcome, QuestionFilter, QuestionOutcome, Review, Sums,
};
use usher_agent::resolution::{Resolution, ResolutionState};
use usher_agent::store::{FinishedTurn, Store, StoreError};
use usher_host::Action;

/// Follows all that happened.
async fn follow(store: &dyn Store) -> Outcome {
    while store.insight().follow(minutes(-60)).await?.behind {}
    let progress = store.insight().progress().await?;
    assert!(progress.complete && progress.until.is_none(), "{progress:?}");
    Ok(())
}

/// Everything around now.
fn around() -> (Timestamp, Timestamp) {
    (minutes(-3 * 60), minutes(3 * 60))
}

async fn sums(store: &dyn Store) -> Outcome<Sums> {
    follow(store).await?;
    let (from, to) = around();
    let asked = Asked { figures: Figure::ALL.to_vec(), cuts: vec![from, to], channel: None };
    Ok(Sums::new(store.insight().sums(asked).await?))
}

async fn status(store: &dyn Store) -> Outcome<Vec<(String, u64)>> {
    let sums = sums(store).await?;
    Ok(sums.by_subject(Figure::Status, 0).into_iter().map(|(word, count)| (word.to_owned(), count)).collect())
}

fn told(word: &str) -> Vec<(String, u64)> {
    vec![(word.to_owned(), 1)]
}

/// A customer's message is answered like this.
async fn turn(
    store: &dyn Store,
    id: ConversationId,
    text: &str,
    record: Value,
    state: Option<ResolutionState>,
) -> Outcome<FinishedTurn> {
    say(store, id, text).await?;
    let claimed = begin(store, id).await?;
    let resolution = state.map(|state| Resolution { state, since: now(), skill: None, reopened: 0 });
    let turn = FinishedTurn {
        record,
        resolution,
        replies: vec![reply(Some(skill("returns")?), "so it is")],
        ..answer(&claimed.message)
    };
    store.finish_turn(turn.clone()).await?;
    Ok(turn)
}

fn by(skill: &str, resolution: &str) -> Value {
    json!({
        "language": "en", "route": {}, "skills": [{ "skill": skill, "outcome": "reply" }], "resolution": resolution,
    })
}

pub async fn whatever_changes_a_conversation_changes_the_figures(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let store: &dyn Store = &*store;
    assert_eq!(status(store).await?, []);
    let id = conversation(store).await?;
    turn(store, id, "hello", json!({ "language": "en", "route": {} }), None).await?;
    assert_eq!((status(store).await?, sums(store).await?.total(Figure::SmallTalk, 0)), (vec![], 1));

    turn(store, id, "can I return this", by("returns", "answered"), Some(ResolutionState::Answered)).await?;
    assert_eq!((status(store).await?, sums(store).await?.total(Figure::SmallTalk, 0)), (told("open"), 0));
    store.assume_resolved(minutes(1), minutes(1)).await?;
    assert_eq!(status(store).await?, told("resolved_assumed"));
    assert_eq!(sums(store).await?.subject(Figure::SkillOutcome, 0, "returns/assumed"), 1);

    // Opened again.
    turn(store, id, "and this one", by("returns", "open"), Some(ResolutionState::Open)).await?;
    assert_eq!(status(store).await?, told("open"));
    assert_eq!(
        (sums(store).await?.total(Figure::Reopened, 0), sums(store).await?.total(Figure::SkillTurns, 0)),
        (1, 2)
    );
    // Silence makes it unresolved, and a longer patience open again.
    while store.insight().follow(minutes(1)).await?.behind {}
    let (from, to) = around();
    let asked = Asked { figures: vec![Figure::Status], cuts: vec![from, to], channel: None };
    let unresolved = Sums::new(store.insight().sums(asked).await?);
    assert_eq!(unresolved.subject(Figure::Status, 0, "unresolved"), 1);
    assert_eq!(status(store).await?, told("open"));

    // A person takes over, answers, and is rated.
    let at = event(ticket(id).id, TicketChange::TakenOver);
    let mut case = ticket(id);
    case.id = at.ticket;
    case.reason = HandedOff::OtherParticipant;
    let change = DeskChange { owners: taken(id), events: vec![at], ..keep([case]) };
    let mut case = store.change_desk(change).await?.tickets.remove(0);
    assert_eq!(status(store).await?, told("routed_to_team"));
    say(store, id, "are you there").await?;
    store.change_desk(DeskChange { messages: vec![support(id, None, "I am")], ..DeskChange::default() }).await?;
    assert_eq!((sums(store).await?.total(Figure::Routed, 0), sums(store).await?.total(Figure::Wait, 0)), (1, 1));
    case.rating = Some(Rating { asked_at: now(), score: Some(4), comment: None, given_at: Some(now()) });
    let mut case = kept(store, case).await?;
    assert_eq!(sums(store).await?.subject(Figure::Rating, 0, "4"), 1);
    case.rating = Some(Rating { asked_at: now(), score: Some(5), comment: None, given_at: Some(now()) });
    kept(store, case).await?;
    let rated = sums(store).await?;
    assert_eq!((rated.subject(Figure::Rating, 0, "4"), rated.subject(Figure::Rating, 0, "5")), (0, 1));

    // Given back, and answered by the assistant.
    store.set_owner(id, Owner::Assistant).await?;
    turn(store, id, "thanks", by("returns", "confirmed"), Some(ResolutionState::Confirmed)).await?;
    assert_eq!(status(store).await?, told("resolved_confirmed"));
    assert_eq!(sums(store).await?.total(Figure::Routed, 0), 1);

    // Counted anew it is the same.
    store.insight().recount().await?;
    assert!(!store.insight().progress().await?.complete);
    assert_eq!(status(store).await?, told("resolved_confirmed"));
    Ok(())
}

pub async fn questions_of_a_skill_are_listed_with_what_came_of_them(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let store: &dyn Store = &*store;
    let id = conversation(store).await?;
    for (text, state) in [("first", "answered"), ("second", "open")] {
        let now = if state == "open" { ResolutionState::Open } else { ResolutionState::Answered };
        turn(store, id, text, by("returns", state), Some(now)).await?;
    }
    follow(store).await?;
    let (from, to) = around();
    let all = QuestionFilter { skill: "returns".to_owned(), from, to, channel: None, outcome: None };
    let listed = store.insight().questions(all.clone(), None, 10).await?;
    let told: Vec<_> = listed.iter().map(|question| (question.text.as_str(), question.outcome)).collect();
    assert_eq!(told, [("second", QuestionOutcome::Open), ("first", QuestionOutcome::Answered)]);
    let open = QuestionFilter { outcome: Some(QuestionOutcome::Open), ..all.clone() };
    assert_eq!(store.insight().questions(open, None, 10).await?.len(), 1);
    let other = QuestionFilter { skill: "loyalty".to_owned(), ..all };
    assert_eq!(store.insight().questions(other, None, 10).await?, []);
    assert_eq!(store.insight().last_used().await?.into_keys().collect::<Vec<_>>(), ["returns"]);
    // Nobody can read what is erased.
    store.insight().erase(vec![id]).await?;
    Ok(())
}

pub async fn a_review_is_kept_with_its_line(engine: &dyn Engine) -> Outcome {
    let review = Review { should_have_answered: true, note: Some("an article".into()), by: "ada".into(), at: now() };
    let handoff = {
        let store = engine.open().await?;
        let store: &dyn Store = &*store;
        let id = conversation(store).await?;
        let record = json!({
            "language": "en", "route": {}, "handed_off": "missing_knowledge", "resolution": "handed_off",
            "handing_over": { "mode": "told", "reason": "missing_knowledge", "detail": "" },
        });
        turn(store, id, "do you ship to the moon", record, Some(ResolutionState::HandedOff)).await?;
        follow(store).await?;
        let listed = store.insight().handoffs(HandoffFilter::default(), None, 10).await?;
        let [handoff] = &listed[..] else { return Err(format!("{listed:?}").into()) };
        assert_eq!((handoff.outcome, handoff.reason), (HandoffOutcome::Told, HandedOff::MissingKnowledge));
        assert_eq!(handoff.question.as_deref(), Some("do you ship to the moon"));
        let why = || entry("operator:ada", Action::HandoffReviewed, "a handoff");
        let nowhere = store.insight().review_handoff(id.0, Some(review.clone()), why()).await;
        assert!(matches!(nowhere, Err(StoreError::NotFound(_))));
        store.insight().review_handoff(handoff.id, Some(review.clone()), why()).await?;
        handoff.id
    };
    let store = engine.open().await?;
    let store: &dyn Store = &*store;
    // It outlives the counting.
    store.insight().recount().await?;
    follow(store).await?;
    let found = store.insight().handoff(handoff).await?.and_then(|handoff| handoff.review);
    assert_eq!(found, Some(review));
    let reviewed = |yes| HandoffFilter { reviewed: Some(yes), ..HandoffFilter::default() };
    assert_eq!(store.insight().count_handoffs(reviewed(true)).await?.values().sum::<u64>(), 1);
    assert!(store.insight().count_handoffs(reviewed(false)).await?.is_empty());
    store.insight().review_handoff(handoff, None, entry("operator:ada", Action::HandoffReviewed, "it")).await?;
    assert!(store.insight().count_handoffs(reviewed(true)).await?.is_empty());
    let noted: Vec<_> = lines(store).await?.into_iter().filter(|line| line.action == Action::HandoffReviewed).collect();
    assert_eq!(noted.len(), 2, "a review that was refused left a line");
    holds(store).await?;
    Ok(())
}

pub async fn questions_that_ask_for_the_same_are_one_gap(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let store: &dyn Store = &*store;
    let unanswered = |language: &str| {
        json!({
            "language": language, "route": {}, "resolution": "open",
            "handing_over": { "mode": "offered", "reason": "missing_knowledge", "detail": "" },
        })
    };
    for (text, language) in [
        ("Do you ship to Norway?", "en"),
        ("can you deliver to norway please", "en"),
        ("is the blue lamp dimmable", "en"),
    ] {
        let id = conversation(store).await?;
        turn(store, id, text, unanswered(language), Some(ResolutionState::Open)).await?;
    }
    follow(store).await?;
    let (from, to) = around();
    let all = GapFilter { from, to, channel: None, dismissed: None, id: None };
    let gaps = store.insight().gaps(all.clone(), 10, 5).await?;
    let told: Vec<_> = gaps.iter().map(|gap| (gap.group.title.as_str(), gap.group.count, gap.examples.len())).collect();
    assert_eq!(told, [("Do you ship to Norway?", 2, 2), ("is the blue lamp dimmable", 1, 1)]);
    // What was dismissed stays so, whatever is asked and counted later.
    let why = || entry("operator:ada", Action::GapDismissed, "a gap");
    let dismissal = Dismissal { by: "ada".to_owned(), at: now() };
    let id = gaps[0].group.id;
    store.insight().dismiss_gap(id, Some(dismissal.clone()), why()).await?;
    assert!(matches!(store.insight().dismiss_gap(999, None, why()).await, Err(StoreError::NotFound(_))));
    let again = conversation(store).await?;
    turn(store, again, "Delivering to Norway?", unanswered("en"), Some(ResolutionState::Open)).await?;
    store.insight().recount().await?;
    follow(store).await?;
    let dismissed = GapFilter { dismissed: Some(true), ..all.clone() };
    let counts = store.insight().gap_counts(dismissed, 10).await?;
    assert_eq!(counts.iter().map(|group| (group.id, group.count)).collect::<Vec<_>>(), [(id, 3)]);
    assert_eq!(counts[0].dismissed, Some(dismissal));
    store.insight().dismiss_gap(id, None, why()).await?;
    assert_eq!(store.insight().gap_counts(GapFilter { dismissed: Some(false), ..all }, 10).await?.len(), 2);
    Ok(())
}

/// A ticket's state and what the log says of it.
pub async fn the_log_says_how_it_stands_with_what_was_handed_over(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let store: &dyn Store = &*store;
    let id = conversation(store).await?;
    say(store, id, "help").await?;
    let claimed = begin(store, id).await?;
    let case = ticket(id);
    let record = json!({
        "language": "en", "route": {}, "handed_off": "explicit_request", "resolution": "handed_off",
        "handing_over": { "mode": "made", "reason": "explicit_request", "detail": "", "ticket": case.id },
    });
    let resolution = Resolution { state: ResolutionState::HandedOff, since: now(), skill: None, reopened: 0 };
    let desk = DeskChange { owners: taken(id), ..keep([case]) };
    let turn =
        FinishedTurn { record, resolution: Some(resolution), desk: Some(Box::new(desk)), ..answer(&claimed.message) };
    store.finish_turn(turn).await?;
    let outcome = async || {
        follow(store).await?;
        let listed = store.insight().handoffs(HandoffFilter::default(), None, 10).await?;
        Outcome::Ok(listed.first().map(|handoff| (handoff.outcome, handoff.person.clone())))
    };
    assert_eq!(outcome().await?, Some((HandoffOutcome::Waiting, None)));
    let waiting = sums(store).await?.total(Figure::Waiting, 0);
    let mut case = store.tickets_of(id).await?.remove(0);
    case.assignee = Some("ada".to_owned());
    case.first_reply_at = case.opened_at.checked_add(SignedDuration::from_secs(90)).ok();
    let mut case = kept(store, case).await?;
    assert_eq!(outcome().await?, Some((HandoffOutcome::WithPerson, Some("ada".to_owned()))));
    let answered = sums(store).await?;
    assert_eq!((waiting, answered.total(Figure::Waiting, 0)), (1, 0));
    assert_eq!(answered.total(Figure::FirstResponseSum, 0), 90_000);
    case.state = TicketState::Pending;
    kept(store, case).await?;
    assert_eq!(outcome().await?.map(|(outcome, _)| outcome), Some(HandoffOutcome::Pending));
    Ok(())
}
