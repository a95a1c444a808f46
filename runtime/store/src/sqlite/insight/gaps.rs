//! Unanswered questions, grouped by what they ask for. A question joins the group that it is most alike, or begins one.

use super::keep::Change;
use super::sums;
use crate::audit::Keys;
use crate::column::{At, Json, Word};
use crate::failure::Outcome;
use crate::readers::Readers;
use crate::sqlite::audit::noted;
use crate::writer::Writer;
use rusqlite::{Connection, OptionalExtension, ToSql, named_params, params};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use usher_agent::ids::ConversationId;
use usher_agent::insight::{
    ALIKE, Dismissal, Figure, Gap, GapCount, GapExample, GapFilter, GapReason, Key, Unanswered, features, quarter,
};
use usher_agent::store::{Result, StoreError};
use usher_host::Entry;
use usher_host::skill::Channel;

/// Groups that share the most with a question: so many are looked at.
const CANDIDATES: i64 = 16;
/// A feature of more groups than these tells nothing.
const COMMON: i64 = 400;

/// Stores an unanswered question, once.
pub(super) fn put(
    connection: &Connection,
    conversation: ConversationId,
    channel: Channel,
    unanswered: &Unanswered,
    change: &mut Change,
) -> Outcome<()> {
    let known = connection.prepare_cached("SELECT 1 FROM insight_gap WHERE turn = ?1")?.exists([unanswered.turn.0])?;
    let features = features(&unanswered.text, unanswered.language.as_deref());
    if known || features.is_empty() {
        return Ok(());
    }
    let group = match alike(connection, &features)? {
        Some(group) => group,
        None => begin(connection, unanswered, &features)?,
    };
    connection
        .prepare_cached(
            "INSERT INTO insight_gap (turn, gap_group, at, conversation, channel, language, reason, text)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![
            unanswered.turn.0,
            group,
            At(unanswered.at),
            conversation.0,
            Word(channel),
            unanswered.language,
            Word(unanswered.reason),
            unanswered.text
        ])?;
    let key = Key { figure: Figure::Gap, quarter: quarter(unanswered.at), subject: group.to_string() };
    change.add(channel, &key, 1);
    Ok(())
}

/// The group that is most alike; of several the first.
fn alike(connection: &Connection, wanted: &BTreeSet<String>) -> Outcome<Option<i64>> {
    let mut common = connection
        .prepare_cached("SELECT count(*) FROM (SELECT 1 FROM insight_gap_feature WHERE feature = ?1 LIMIT ?2)")?;
    let mut of_feature = connection.prepare_cached("SELECT gap_group FROM insight_gap_feature WHERE feature = ?1")?;
    let mut shared: BTreeMap<i64, u32> = BTreeMap::new();
    let mut left_out = 0;
    for feature in wanted {
        let groups: i64 = common.query_row(params![feature, COMMON], |row| row.get(0))?;
        if groups == COMMON && wanted.len() > 1 {
            left_out += 1;
            continue;
        }
        let mut found = of_feature.query([feature])?;
        while let Some(row) = found.next()? {
            *shared.entry(row.get(0)?).or_default() += 1;
        }
    }
    let mut candidates: Vec<(i64, u32)> = shared.into_iter().collect();
    candidates.sort_by_key(|&(group, shared)| (std::cmp::Reverse(shared), group));
    candidates.truncate(usize::try_from(CANDIDATES).unwrap_or(usize::MAX));
    let mut size = connection.prepare_cached("SELECT features FROM insight_gap_group WHERE id = ?1")?;
    let mut has =
        connection.prepare_cached("SELECT 1 FROM insight_gap_feature WHERE feature = ?1 AND gap_group = ?2")?;
    let mut best: Option<(f64, i64)> = None;
    for (group, mut shared) in candidates {
        if left_out > 0 {
            shared = 0;
            for feature in wanted {
                shared += u32::from(has.exists(params![feature, group])?);
            }
        }
        let size: i64 = size.query_row([group], |row| row.get(0))?;
        let cosine = f64::from(shared) / (wanted.len() as f64 * size as f64).sqrt();
        if cosine >= ALIKE && best.is_none_or(|(known, _)| cosine > known) {
            best = Some((cosine, group));
        }
    }
    Ok(best.map(|(_, group)| group))
}

fn begin(connection: &Connection, unanswered: &Unanswered, features: &BTreeSet<String>) -> Outcome<i64> {
    let group: i64 = connection
        .prepare_cached("INSERT INTO insight_gap_group (title, language, features) VALUES (?1, ?2, ?3) RETURNING id")?
        .query_row(
            params![unanswered.text, unanswered.language, i64::try_from(features.len()).unwrap_or(i64::MAX)],
            |row| row.get(0),
        )?;
    let mut statement =
        connection.prepare_cached("INSERT INTO insight_gap_feature (feature, gap_group) VALUES (?1, ?2)")?;
    for feature in features {
        statement.execute(params![feature, group])?;
    }
    Ok(group)
}

/// Adds all questions that are known already to the sums, which are empty.
pub(super) fn count_all(connection: &Connection) -> Outcome<()> {
    let mut change = Change::default();
    let mut statement = connection.prepare_cached("SELECT gap_group, at, channel FROM insight_gap")?;
    let mut found = statement.query([])?;
    while let Some(row) = found.next()? {
        let group: i64 = row.get(0)?;
        let at: At = row.get(1)?;
        let key = Key { figure: Figure::Gap, quarter: quarter(at.0), subject: group.to_string() };
        change.add(row.get::<_, Word<Channel>>(2)?.0, &key, 1);
    }
    change.store(connection)
}

/// Forgets what a conversation's questions say; they still count. A group that was called by one of them is called by its
/// latest question that is left.
pub(super) fn erase(connection: &Connection, conversation: ConversationId) -> Outcome<()> {
    let mut statement =
        connection.prepare_cached("UPDATE insight_gap SET text = '' WHERE conversation = ?1 RETURNING gap_group")?;
    let groups = statement.query_map([conversation.0], |row| row.get::<_, i64>(0))?;
    for group in groups.collect::<rusqlite::Result<BTreeSet<i64>>>()? {
        connection
            .prepare_cached(
                "UPDATE insight_gap_group SET title = coalesce(
                     (SELECT text FROM insight_gap WHERE gap_group = ?1 AND text <> '' ORDER BY at DESC LIMIT 1), '')
                 WHERE id = ?1",
            )?
            .execute([group])?;
    }
    // What a group is compared by may be words of nobody else's.
    connection
        .prepare_cached(
            "DELETE FROM insight_gap_feature WHERE gap_group IN
                 (SELECT id FROM insight_gap_group WHERE title = '' AND id IN
                     (SELECT gap_group FROM insight_gap WHERE conversation = ?1))",
        )?
        .execute([conversation.0])?;
    Ok(())
}

/// What a filter asks for, of the sums.
fn counted(connection: &Connection, filter: &GapFilter, limit: usize) -> Outcome<Vec<GapCount>> {
    let asked = usher_agent::insight::Asked {
        figures: vec![Figure::Gap],
        cuts: vec![filter.from, filter.to],
        channel: filter.channel,
    };
    let mut counts: BTreeMap<u64, i64> = BTreeMap::new();
    for cell in sums::read(connection, &asked)? {
        *counts.entry(cell.subject.parse().unwrap_or_default()).or_default() += cell.sum;
    }
    let mut counts: Vec<(u64, i64)> =
        counts.into_iter().filter(|(id, count)| *count > 0 && filter.id.is_none_or(|only| only == *id)).collect();
    counts.sort_by_key(|&(id, count)| (std::cmp::Reverse(count), std::cmp::Reverse(id)));
    let mut statement = connection.prepare_cached(
        "SELECT g.title, g.language, g.dismissed,
                (SELECT at FROM insight_gap q WHERE q.gap_group = g.id AND q.at < ?2 ORDER BY q.at DESC LIMIT 1)
         FROM insight_gap_group g WHERE g.id = ?1",
    )?;
    let mut found = Vec::new();
    // One all of whose questions were erased can't be answered.
    let named = |group: &GapCount| !group.title.is_empty();
    for (id, count) in counts {
        if found.len() >= limit {
            break;
        }
        let group = statement
            .query_row(params![i64::try_from(id).unwrap_or_default(), At(filter.to)], |row| {
                Ok(GapCount {
                    id,
                    title: row.get(0)?,
                    language: row.get(1)?,
                    count: count.unsigned_abs(),
                    dismissed: row.get::<_, Option<Json<Dismissal>>>(2)?.map(|dismissed| dismissed.0),
                    latest_at: row.get::<_, Option<At>>(3)?.map_or(filter.from, |at| at.0),
                })
            })
            .optional()?;
        let fits = |group: &GapCount| filter.dismissed.is_none_or(|dismissed| dismissed == group.dismissed.is_some());
        found.extend(group.filter(named).filter(fits));
    }
    Ok(found)
}

pub(super) async fn counts(readers: &Readers, filter: GapFilter, limit: usize) -> Result<Vec<GapCount>> {
    Ok(readers.read(move |connection| counted(connection, &filter, limit)).await?)
}

pub(super) async fn gaps(readers: &Readers, filter: GapFilter, limit: usize, examples: usize) -> Result<Vec<Gap>> {
    let gaps = readers.read(move |connection| {
        let groups = counted(connection, &filter, limit)?;
        groups.into_iter().map(|group| particulars(connection, &filter, group, examples)).collect::<Outcome<Vec<_>>>()
    });
    Ok(gaps.await?)
}

/// As many questions of one group as are counted by language and reason.
const MOST: i64 = 2_000;

fn particulars(connection: &Connection, filter: &GapFilter, group: GapCount, examples: usize) -> Outcome<Gap> {
    let only: Option<&str> = filter.channel.map(sums::word);
    let given: &[(&str, &dyn ToSql)] = named_params! {
        ":group": i64::try_from(group.id).unwrap_or_default(),
        ":from": At(filter.from),
        ":to": At(filter.to),
        ":channel": only,
        ":limit": MOST,
    };
    let mut statement = connection.prepare_cached(
        "SELECT text, at, conversation, channel, language, reason FROM insight_gap
         WHERE gap_group = :group AND at >= :from AND at < :to AND (:channel IS NULL OR channel = :channel)
         ORDER BY at DESC LIMIT :limit",
    )?;
    let mut gap = Gap {
        conversations: 0,
        first_at: group.latest_at,
        languages: BTreeMap::new(),
        reasons: BTreeMap::new(),
        examples: Vec::new(),
        group,
    };
    let mut conversations = BTreeSet::new();
    let mut found = statement.query(given)?;
    while let Some(row) = found.next()? {
        let example = GapExample {
            text: row.get(0)?,
            at: row.get::<_, At>(1)?.0,
            conversation: ConversationId(row.get(2)?),
            channel: row.get::<_, Word<_>>(3)?.0,
            language: row.get(4)?,
            reason: row.get::<_, Word<GapReason>>(5)?.0,
        };
        if conversations.is_empty() {
            gap.group.latest_at = example.at;
        }
        conversations.insert(example.conversation);
        gap.first_at = example.at;
        *gap.languages.entry(example.language.clone().unwrap_or_default()).or_default() += 1;
        *gap.reasons.entry(example.reason).or_default() += 1;
        let new = !example.text.is_empty() && gap.examples.iter().all(|known| known.text != example.text);
        if gap.examples.len() < examples && new {
            gap.examples.push(example);
        }
    }
    gap.conversations = conversations.len() as u64;
    Ok(gap)
}

pub(super) async fn dismiss(
    writer: &Writer,
    keys: &Arc<Keys>,
    id: u64,
    dismissal: Option<Dismissal>,
    entry: Entry,
) -> Result<()> {
    let content = dismissal.as_ref().map(serde_json::to_string).transpose().map_err(crate::sqlite::unwritable)?;
    let id = i64::try_from(id).unwrap_or_default();
    let changed = noted(writer, keys, entry, move |connection| {
        let changed = connection
            .prepare_cached("UPDATE insight_gap_group SET dismissed = ?2 WHERE id = ?1")?
            .execute(params![id, content])?;
        Ok(changed > 0)
    });
    if changed.await? { Ok(()) } else { Err(StoreError::NotFound("group of questions")) }
}
