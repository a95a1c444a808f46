//! The occasions on which the board is made anew, and integrations are asked whether they are well.

use super::Skills;
use crate::skills::board::Board;
use crate::skills::missing::Missing;
use std::sync::Weak;
use std::time::Duration;

/// How often it is looked whether an integration's health check is due.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Says in the log which skills changed their state.
pub(super) fn tell(before: &Board, now: &Board) {
    for (skill, standing) in &now.skills {
        let was = before.skills.get(skill);
        if was.is_none_or(|was| was.state != standing.state || was.missing != standing.missing) {
            let missing: Vec<String> = standing.missing.iter().map(Missing::what).collect();
            tracing::info!(%skill, state = standing.state.name(), missing = missing.join("; "), "a skill's state");
        }
    }
}

/// Makes the board anew with every change that is told of.
pub(super) async fn keep_making(skills: Weak<Skills>) {
    let Some(strong) = skills.upgrade() else { return };
    let mut generations = strong.host.changes();
    let mut topics = strong.surroundings.topics.clone();
    let mut catalog = strong.surroundings.catalog.clone();
    drop(strong);
    // Whoever keeps these may end before: then they stay as they were.
    let (mut topics_end, mut catalog_end) = (false, false);
    loop {
        tokio::select! {
            changed = generations.changed() => if changed.is_err() { return },
            changed = topics.changed(), if !topics_end => topics_end = changed.is_err(),
            changed = catalog.changed(), if !catalog_end => catalog_end = changed.is_err(),
        }
        let Some(skills) = skills.upgrade() else { return };
        skills.make();
        skills.note_deliveries().await;
    }
}

/// Asks integrations whether they are well when that is due.
pub(super) async fn keep_checking(skills: Weak<Skills>) {
    let Some(strong) = skills.upgrade() else { return };
    let mut generations = strong.host.changes();
    let due = strong.checks.due.clone();
    drop(strong);
    let mut look = tokio::time::interval(LOOK_EVERY);
    loop {
        tokio::select! {
            changed = generations.changed() => if changed.is_err() { return },
            () = due.notified() => {}
            _ = look.tick() => {}
        }
        let Some(strong) = skills.upgrade() else { return };
        strong.checks.take_up(&strong.host.generation());
        for connector in strong.checks.begin_due() {
            let skills = strong.clone();
            tokio::spawn(async move { skills.check(&connector).await });
        }
    }
}
