//! Figures that are kept up to date equal those that are counted from the raw rows, whatever happens in whatever order.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking, in its helpers too")]

mod play;
mod recount;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};
use play::{Play, Random};
use proptest::prelude::*;
use std::collections::BTreeMap;
use usher_agent::insight::{Asked, Figure, Period, QuestionFilter, Sums};
use usher_agent::store::Store;
use usher_host::skill::Channel;

const ZONES: [&str; 8] = [
    "UTC",
    "Europe/Stockholm",
    "America/New_York",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "America/St_Johns",
];

/// Sums of a figure by subject, stretch and channel.
type Told = BTreeMap<(Figure, usize, &'static str, String), i64>;

fn word(channel: Channel) -> &'static str {
    match channel {
        Channel::Webchat => "webchat",
        Channel::Sms => "sms",
        Channel::Whatsapp => "whatsapp",
        Channel::Email => "email",
    }
}

/// What the store tells of a period.
async fn told(play: &Play, period: &Period, channel: Option<Channel>) -> Told {
    let asked = Asked { figures: Figure::ALL.to_vec(), cuts: period.cuts.clone(), channel };
    let mut told = Told::new();
    for cell in play.store.insight().sums(asked).await.expect("sums") {
        // Which group a question joins is another test's; how many there are is this one's.
        let subject = if cell.figure == Figure::Gap { String::new() } else { cell.subject };
        *told.entry((cell.figure, cell.stretch, word(cell.channel), subject)).or_default() += cell.sum;
    }
    told
}

/// The same, counted.
fn counted(events: &[recount::Event], period: &Period, channel: Option<Channel>) -> Told {
    let mut counted = Told::new();
    for event in events {
        if channel.is_some_and(|channel| word(channel) != event.channel) {
            continue;
        }
        let stretch = period.cuts.windows(2).position(|cut| cut[0] <= event.at && event.at < cut[1]);
        if let Some(stretch) = stretch {
            let channel = ["webchat", "sms", "whatsapp", "email"].into_iter().find(|known| *known == event.channel);
            let key = (event.figure, stretch, channel.expect("a channel"), event.subject.clone());
            *counted.entry(key).or_default() += event.many;
        }
    }
    counted.retain(|_, sum| *sum != 0);
    counted
}

async fn compare(play: &Play, random: &mut Random, abandoned: Timestamp) {
    let events = recount::all(&play.raw, abandoned);
    for _ in 0..6 {
        let zone = ZONES[random.below(ZONES.len())];
        let length = [1, 1, 2, 7, 30, 90][random.below(6)];
        let day: Date = play.clock().to_zoned(jiff::tz::TimeZone::UTC).date();
        let to = day.checked_sub((random.below(40) as i64 - 2).days()).unwrap();
        let from = to.checked_sub((length - 1).days()).unwrap();
        let period = Period::of_days(from, to, zone).unwrap();
        let channel = [None, Some(Channel::Webchat), Some(Channel::Sms)][random.below(3)];
        let (told, counted) = (told(play, &period, channel).await, counted(&events, &period, channel));
        assert_eq!(told, counted, "{from} to {to} in {zone}, {channel:?}");
    }
}

async fn catch_up(play: &Play) -> Timestamp {
    let abandoned = play.clock() - SignedDuration::from_hours(12);
    while play.store.insight().follow(abandoned).await.expect("followed").behind {}
    let progress = play.store.insight().progress().await.expect("progress");
    assert!(progress.complete && progress.until.is_none());
    abandoned
}

async fn a_history(seed: u64) {
    let mut random = Random::new(seed);
    let mut play = Play::new(random.next()).await;
    for _ in 0..4 {
        for _ in 0..40 {
            play.step().await;
            if random.below(5) == 0 {
                let abandoned = play.clock() - SignedDuration::from_hours(12);
                play.store.insight().follow(abandoned).await.expect("followed");
            }
        }
        let abandoned = catch_up(&play).await;
        compare(&play, &mut random, abandoned).await;
    }
    lists_agree(&play).await;
    let before = everything(&play).await;
    play.store.insight().recount().await.expect("begun anew");
    assert!(!play.store.insight().progress().await.expect("progress").complete);
    let abandoned = catch_up(&play).await;
    assert_eq!(everything(&play).await, before, "counted anew, figures are others");
    compare(&play, &mut random, abandoned).await;
}

async fn everything(play: &Play) -> Told {
    let day = |text: &str| text.parse::<Date>().unwrap();
    let period = Period::of_days(day("2024-01-01"), day("2024-12-31"), "UTC").unwrap();
    told(play, &period, None).await
}

/// Lists have as many entries as the figures say.
async fn lists_agree(play: &Play) {
    let (from, to) = (Timestamp::UNIX_EPOCH, Timestamp::MAX);
    let day = |text: &str| text.parse::<Date>().unwrap();
    let period = Period::of_days(day("2024-01-01"), day("2024-12-31"), "UTC").unwrap();
    let asked = Asked {
        figures: vec![Figure::SkillTurns, Figure::Handoff],
        cuts: vec![period.starts_at(), period.ends_at()],
        channel: None,
    };
    let insight = play.store.insight();
    let sums = Sums::new(insight.sums(asked).await.unwrap());
    for (skill, count) in sums.by_subject(Figure::SkillTurns, 0) {
        let filter = QuestionFilter { skill: skill.to_owned(), from, to, channel: None, outcome: None };
        let mut listed = 0;
        let mut after = None;
        loop {
            let page = insight.questions(filter.clone(), after, 7).await.unwrap();
            assert!(page.windows(2).all(|pair| pair[0].at >= pair[1].at), "newest first");
            listed += page.len() as u64;
            after = page.last().map(|last| usher_agent::insight::Place { at: last.at, id: last.turn.0 });
            if page.len() < 7 {
                break;
            }
        }
        assert_eq!(listed, count, "questions of {skill}");
    }
    let handoffs = insight.count_handoffs(Default::default()).await.unwrap();
    assert_eq!(handoffs.values().sum::<u64>(), sums.total(Figure::Handoff, 0));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, max_shrink_iters: 0, ..ProptestConfig::default() })]

    #[test]
    fn figures_equal_a_recount(seed in any::<u64>()) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(a_history(seed));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erased_conversation_still_counts_and_says_nothing() {
    let mut play = Play::new(7).await;
    for _ in 0..120 {
        play.step().await;
    }
    catch_up(&play).await;
    let before = everything(&play).await;
    let conversation = play.with_questions();
    play.raw
        .execute(
            "UPDATE message SET body = '{\"kind\":\"erased\",\"button\":false}' WHERE conversation = ?1
                  AND NOT (body ->> '$.kind' = 'choice' AND body ->> '$.skill' IS NULL)",
            [conversation.0],
        )
        .unwrap();
    play.store.insight().erase(vec![conversation]).await.unwrap();
    for list in ["insight_question", "insight_gap"] {
        let says: i64 = play
            .raw
            .query_row(
                &format!("SELECT count(*) FROM {list} WHERE conversation = ?1 AND text <> ''"),
                [conversation.0],
                |row| row.get(0),
            )
            .unwrap();
        assert_eq!(says, 0, "{list} still says something");
    }
    catch_up(&play).await;
    assert_eq!(everything(&play).await, before);
    let handoffs: i64 = play
        .raw
        .query_row(
            "SELECT count(*) FROM insight_handoff WHERE conversation = ?1 AND content ->> '$.question' <> ''",
            [conversation.0],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(handoffs, 0);
    let _ = play.store.ping().await;
}
