//! How conversations end.

use crate::conformance::scene::{answer, begin, conversation, say, skill};
use crate::conformance::{Engine, Keeps, Outcome};
use jiff::{SignedDuration, Timestamp};
use usher_agent::ids::ConversationId;
use usher_agent::resolution::{Resolution, ResolutionState};
use usher_agent::store::FinishedTurn;

/// One turn that comes to this.
async fn turn(store: &dyn Keeps, id: ConversationId, name: &str, state: Option<ResolutionState>) -> Outcome {
    say(store, id, name).await?;
    let claimed = begin(store, id).await?;
    let resolution = match state {
        Some(state) => {
            let skill = (state == ResolutionState::Answered).then(|| skill("order-tracking")).transpose()?;
            Some(Resolution { state, since: Timestamp::UNIX_EPOCH, skill, reopened: 0 })
        }
        None => None,
    };
    store.finish_turn(FinishedTurn { resolution, ..answer(&claimed.message) }).await?;
    Ok(())
}

async fn at(store: &dyn Keeps, id: ConversationId) -> Outcome<Option<(ResolutionState, u32)>> {
    Ok(store.resolution(id).await?.map(|resolution| (resolution.state, resolution.reopened)))
}

pub async fn a_questions_end_is_kept_with_its_turn(engine: &dyn Engine) -> Outcome {
    use ResolutionState::{Answered, Assumed, Confirmed, HandedOff, Open};
    let store = engine.open().await?;
    let id = conversation(&*store).await?;
    turn(&*store, id, "hello", None).await?;
    assert_eq!(at(&*store, id).await?, None);
    turn(&*store, id, "where is it", Some(Answered)).await?;
    assert_eq!(store.resolution(id).await?.and_then(|found| found.skill), Some(skill("order-tracking")?));
    turn(&*store, id, "yes", Some(Confirmed)).await?;
    assert_eq!(at(&*store, id).await?, Some((Confirmed, 0)));
    turn(&*store, id, "thanks", None).await?;
    turn(&*store, id, "yes indeed", Some(Confirmed)).await?;
    assert_eq!(at(&*store, id).await?, Some((Confirmed, 0)), "said twice it is still settled");
    turn(&*store, id, "and the other one", Some(Open)).await?;
    assert_eq!(at(&*store, id).await?, Some((Open, 1)));
    turn(&*store, id, "a person please", Some(HandedOff)).await?;
    assert_eq!(at(&*store, id).await?, Some((HandedOff, 1)));
    turn(&*store, id, "so?", Some(Answered)).await?;
    let now = Timestamp::now();
    assert_eq!(store.assume_resolved(now, now).await?, 1);
    assert_eq!(at(&*store, id).await?, Some((Assumed, 1)));
    drop(store);
    let store = engine.open().await?;
    assert_eq!(at(&*store, id).await?, Some((Assumed, 1)));
    turn(&*store, id, "it isn't there", Some(Answered)).await?;
    assert_eq!(at(&*store, id).await?, Some((Answered, 2)));
    Ok(())
}

pub async fn silence_settles_what_was_answered_and_nothing_else(engine: &dyn Engine) -> Outcome {
    use ResolutionState::{Answered, Assumed, Open};
    let store = engine.open().await?;
    let (answered, open, asked_again) =
        (conversation(&*store).await?, conversation(&*store).await?, conversation(&*store).await?);
    turn(&*store, answered, "one", Some(Answered)).await?;
    turn(&*store, open, "one", Some(Open)).await?;
    turn(&*store, asked_again, "one", Some(Answered)).await?;
    say(&*store, asked_again, "that is not what I meant").await?;
    let before = Timestamp::UNIX_EPOCH - SignedDuration::from_secs(1);
    assert_eq!(store.assume_resolved(before, Timestamp::now()).await?, 0, "it is too early");
    assert_eq!(store.assume_resolved(Timestamp::UNIX_EPOCH, Timestamp::now()).await?, 1);
    assert_eq!(at(&*store, answered).await?, Some((Assumed, 0)));
    assert_eq!(at(&*store, open).await?, Some((Open, 0)));
    assert_eq!(at(&*store, asked_again).await?, Some((Answered, 0)));
    Ok(())
}
