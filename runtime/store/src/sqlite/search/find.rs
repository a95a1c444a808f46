//! Finding conversations.

use super::{SEQ_BITS, SEQ_MASK};
use crate::audit::Keys;
use crate::column::{At, Word};
use crate::failure::Outcome;
use crate::readers::Readers;
use crate::sqlite::conversations::{message_columns, message_from_row};
use rusqlite::{CachedStatement, Connection, OptionalExtension, ToSql, params, params_from_iter};
use std::sync::Arc;
use usher_agent::conversation::Message;
use usher_agent::ids::ConversationId;
use usher_agent::insight::Status;
use usher_agent::search::{Found, SearchFilter, SearchPage, SearchPlace, folded};
use usher_agent::store::Result;
use usher_host::Subject;

/// So many messages with the words are looked at for one page, at most.
const LOOKED_AT: usize = 3_000;
/// So many conversations are, where no words are looked for.
const CONVERSATIONS: usize = 20_000;
/// So many letters of a word's beginning find it; of a shorter one all are needed.
const BEGINNING: usize = 3;
/// So many words that begin so are looked for, at most.
const WORDS: usize = 200;

pub(super) async fn find(
    readers: &Readers,
    keys: &Arc<Keys>,
    filter: SearchFilter,
    after: Option<SearchPlace>,
    limit: usize,
) -> Result<SearchPage> {
    let keys = Arc::clone(keys);
    let found = readers.read(move |connection| {
        let customer = filter.customer.as_deref().map(|customer| pseudonyms(&keys, customer));
        let fits = Fits { filter: &filter, customer };
        let Some(words) = filter.words.as_deref() else { return latest_first(connection, &fits, after, limit) };
        match sought(connection, words)? {
            Some(sought) => by_words(connection, &fits, &sought, after, limit),
            None => Ok(SearchPage::default()),
        }
    });
    Ok(found.await?)
}

/// What is looked for, as the index of words takes it.
struct Sought {
    expression: String,
    /// The last word begins too many others.
    whole_word: bool,
}

/// None where no letter is in the words.
fn sought(connection: &Connection, words: &str) -> Outcome<Option<Sought>> {
    let mut tokens = folded(words);
    let Some(last) = tokens.pop() else { return Ok(None) };
    let quoted = |word: &String| format!("\"{word}\"");
    // White space after it: the word is complete.
    let complete = words.ends_with(char::is_whitespace) || last.chars().count() < BEGINNING;
    let beginning = if complete { Some(Vec::new()) } else { begins(connection, &last)? };
    let whole_word = beginning.is_none();
    let mut any: Vec<String> = beginning.unwrap_or_default().iter().map(quoted).collect();
    if any.is_empty() {
        any.push(quoted(&last));
    }
    let all = tokens.iter().map(quoted).chain([format!("({})", any.join(" OR "))]);
    Ok(Some(Sought { expression: all.collect::<Vec<_>>().join(" AND "), whole_word }))
}

/// The words that begin so; none where there are too many to look for each.
fn begins(connection: &Connection, beginning: &str) -> Outcome<Option<Vec<String>>> {
    let end: String = beginning.chars().chain([char::MAX]).collect();
    let mut statement = connection
        .prepare_cached("SELECT term FROM search_vocabulary WHERE term >= ?1 AND term <= ?2 ORDER BY term LIMIT ?3")?;
    let limit = i64::try_from(WORDS + 1).unwrap_or(i64::MAX);
    let rows = statement.query_map(params![beginning, end, limit], |row| row.get(0))?;
    let terms = rows.collect::<rusqlite::Result<Vec<String>>>()?;
    Ok((terms.len() <= WORDS).then_some(terms))
}

/// What somebody may mean by a customer: the pseudonym itself, or that of an address, a number, or an id.
fn pseudonyms(keys: &Keys, customer: &str) -> Vec<String> {
    let customer = customer.trim();
    let lower = customer.to_lowercase();
    let digits: String = customer.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
    let known = [format!("email:{lower}"), format!("phone:{digits}"), format!("id:{customer}")];
    let known = known.into_iter().map(|known| keys.pseudonym(&Subject::Customer(known)));
    std::iter::once(customer.to_owned()).chain(known).collect()
}

/// What conversations must fit, beside words.
struct Fits<'a> {
    filter: &'a SearchFilter,
    customer: Option<Vec<String>>,
}

impl Fits<'_> {
    /// As SQL over a conversation `s` of the search, with its values in order.
    fn conditions(&self) -> (String, Vec<Box<dyn ToSql>>) {
        let filter = self.filter;
        let (mut sql, mut values): (Vec<String>, Vec<Box<dyn ToSql>>) = (vec!["TRUE".to_owned()], Vec::new());
        let mut add = |condition: &str, value: Box<dyn ToSql>| {
            sql.push(condition.to_owned());
            values.push(value);
        };
        if let Some(channel) = filter.channel {
            add("s.channel = ?", Box::new(Word(channel)));
        }
        if let Some(from) = filter.from {
            add("s.latest_at >= ?", Box::new(At(from)));
        }
        if let Some(to) = filter.to {
            add("s.latest_at < ?", Box::new(At(to)));
        }
        if let Some(status) = filter.status {
            add(
                "EXISTS (SELECT 1 FROM insight_conversation i WHERE i.conversation = s.conversation AND i.status = ?)",
                Box::new(status.map_or("small_talk", Status::name)),
            );
        }
        if let Some(skill) = &filter.skill {
            add(
                "EXISTS (SELECT 1 FROM insight_question q WHERE q.conversation = s.conversation AND q.skill = ?)",
                Box::new(skill.clone()),
            );
        }
        if let Some(handed_off) = filter.handed_off {
            add(
                "EXISTS (SELECT 1 FROM insight_handoff h WHERE h.conversation = s.conversation) = ?",
                Box::new(handed_off),
            );
        }
        if let Some(pseudonyms) = &self.customer {
            let places = vec!["?"; pseudonyms.len()].join(", ");
            sql.push(format!("s.number IN (SELECT number FROM search_customer WHERE pseudonym IN ({places}))"));
            values.extend(pseudonyms.iter().map(|known| Box::new(known.clone()) as Box<dyn ToSql>));
        }
        (sql.join(" AND "), values)
    }
}

/// The conversations of messages with these words, the one that began last first.
fn by_words(
    connection: &Connection,
    fits: &Fits<'_>,
    sought: &Sought,
    after: Option<SearchPlace>,
    limit: usize,
) -> Outcome<SearchPage> {
    let before = after.map_or(i64::MAX, |place| place.number << SEQ_BITS);
    let (conditions, values) = fits.conditions();
    let sql = format!("SELECT s.conversation FROM search_conversation s WHERE s.number = ? AND {conditions}");
    let mut fitting = connection.prepare_cached(&sql)?;
    let mut matching = connection.prepare_cached(
        "SELECT rowid FROM search_words WHERE search_words MATCH ?1 AND rowid < ?2 ORDER BY rowid DESC LIMIT ?3",
    )?;
    let looked_at = i64::try_from(LOOKED_AT).unwrap_or(i64::MAX);
    let mut rows = matching.query(params![sought.expression, before, looked_at])?;
    let mut page = SearchPage { whole_word: sought.whole_word, ..SearchPage::default() };
    let (mut latest, mut seen) = (None, 0_usize);
    while let Some(row) = rows.next()? {
        let rowid: i64 = row.get(0)?;
        seen += 1;
        let (number, seq) = (rowid >> SEQ_BITS, rowid & SEQ_MASK);
        if latest == Some(number) {
            continue;
        }
        if page.conversations.len() == limit {
            page.next = latest.map(|number| SearchPlace { at: None, number });
            return Ok(page);
        }
        latest = Some(number);
        if let Some(conversation) = fitting_one(&mut fitting, number, &values)?
            && let Some(mut found) = read(connection, conversation)?
        {
            found.found = message(connection, conversation, seq)?;
            page.conversations.push(found);
        }
    }
    if seen == LOOKED_AT {
        page.cut_short = true;
        // Its other messages may come next, and are passed over.
        page.next = latest.map(|number| SearchPlace { at: None, number });
    }
    Ok(page)
}

fn fitting_one(
    statement: &mut CachedStatement<'_>,
    number: i64,
    values: &[Box<dyn ToSql>],
) -> Outcome<Option<ConversationId>> {
    let number: Box<dyn ToSql> = Box::new(number);
    let given = std::iter::once(&number).chain(values);
    Ok(statement.query_row(params_from_iter(given), |row| row.get(0).map(ConversationId)).optional()?)
}

/// All conversations that fit, the one with the latest message first.
fn latest_first(
    connection: &Connection,
    fits: &Fits<'_>,
    after: Option<SearchPlace>,
    limit: usize,
) -> Outcome<SearchPage> {
    let (conditions, values) = fits.conditions();
    let end: [Box<dyn ToSql>; 2] = match after {
        Some(SearchPlace { at: Some(at), number }) => [Box::new(At(at)), Box::new(number)],
        Some(SearchPlace { at: None, .. }) | None => [Box::new(i64::MAX), Box::new(i64::MAX)],
    };
    let looked_at: Box<dyn ToSql> = Box::new(i64::try_from(CONVERSATIONS).unwrap_or(i64::MAX));
    let more: Box<dyn ToSql> = Box::new(i64::try_from(limit + 1).unwrap_or(i64::MAX));
    // A customer has few conversations; of all others a bounded number is looked at.
    let bounded = fits.customer.is_none();
    let sql = if bounded {
        format!(
            "SELECT s.conversation, s.latest_at, s.number FROM (
                 SELECT conversation, channel, latest_at, number FROM search_conversation
                 WHERE (latest_at, number) < (?, ?) ORDER BY latest_at DESC, number DESC LIMIT ?) s
             WHERE {conditions} ORDER BY s.latest_at DESC, s.number DESC LIMIT ?"
        )
    } else {
        format!(
            "SELECT s.conversation, s.latest_at, s.number FROM search_conversation s
             WHERE (s.latest_at, s.number) < (?, ?) AND {conditions}
             ORDER BY s.latest_at DESC, s.number DESC LIMIT ?"
        )
    };
    let mut given: Vec<&dyn ToSql> = end.iter().map(|value| &**value).collect();
    if bounded {
        given.push(&*looked_at);
    }
    given.extend(values.iter().map(|value| &**value));
    given.push(&*more);
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map(params_from_iter(given), |row| {
        Ok((ConversationId(row.get(0)?), row.get::<_, At>(1)?.0, row.get::<_, i64>(2)?))
    })?;
    let mut rows = rows.collect::<rusqlite::Result<Vec<_>>>()?;
    let mut page = SearchPage::default();
    if rows.len() > limit {
        rows.truncate(limit);
        page.next = rows.last().map(|&(_, at, number)| SearchPlace { at: Some(at), number });
    } else if bounded && let Some(last) = last_looked_at(connection, after)? {
        page.cut_short = true;
        page.next = Some(last);
    }
    for (conversation, ..) in rows {
        page.conversations.extend(read(connection, conversation)?);
    }
    Ok(page)
}

/// Where looking stopped; none where it went to the end.
fn last_looked_at(connection: &Connection, after: Option<SearchPlace>) -> Outcome<Option<SearchPlace>> {
    let (at, number) = match after {
        Some(SearchPlace { at: Some(at), number }) => (at.as_microsecond(), number),
        _ => (i64::MAX, i64::MAX),
    };
    let skipped = i64::try_from(CONVERSATIONS - 1).unwrap_or(i64::MAX);
    let last = connection
        .prepare_cached(
            "SELECT latest_at, number FROM search_conversation WHERE (latest_at, number) < (?1, ?2)
             ORDER BY latest_at DESC, number DESC LIMIT 1 OFFSET ?3",
        )?
        .query_row(params![at, number, skipped], |row| {
            Ok(SearchPlace { at: Some(row.get::<_, At>(0)?.0), number: row.get(1)? })
        })
        .optional()?;
    Ok(last)
}

pub(super) async fn one(readers: &Readers, conversation: ConversationId) -> Result<Option<Found>> {
    Ok(readers.read(move |connection| read(connection, conversation)).await?)
}

fn message(connection: &Connection, conversation: ConversationId, seq: i64) -> Outcome<Option<Message>> {
    let mut statement = connection.prepare_cached(concat!(
        "SELECT ",
        message_columns!(),
        " FROM message m WHERE m.conversation = ?1 AND m.seq = ?2"
    ))?;
    Ok(statement.query_row(params![conversation.0, seq], |row| message_from_row(row, 0)).optional()?)
}

fn read(connection: &Connection, conversation: ConversationId) -> Outcome<Option<Found>> {
    let found = connection
        .prepare_cached(
            "SELECT s.latest_at, i.status, i.began_at,
                    EXISTS (SELECT 1 FROM insight_handoff h WHERE h.conversation = s.conversation)
             FROM search_conversation s LEFT JOIN insight_conversation i ON i.conversation = s.conversation
             WHERE s.conversation = ?1",
        )?
        .query_row([conversation.0], |row| {
            Ok(Found {
                conversation,
                latest_at: row.get::<_, At>(0)?.0,
                status: row.get::<_, Option<String>>(1)?.as_deref().and_then(Status::of_name),
                began_at: row.get::<_, Option<At>>(2)?.map(|at| at.0),
                question: None,
                skills: Vec::new(),
                handed_off: row.get(3)?,
                found: None,
            })
        })
        .optional()?;
    let Some(mut found) = found else { return Ok(None) };
    let mut statement =
        connection.prepare_cached("SELECT skill, text FROM insight_question WHERE conversation = ?1 ORDER BY at")?;
    let mut rows = statement.query([conversation.0])?;
    while let Some(row) = rows.next()? {
        let (skill, text): (String, String) = (row.get(0)?, row.get(1)?);
        if found.question.is_none() && !text.is_empty() {
            found.question = Some(text);
        }
        if !found.skills.contains(&skill) {
            found.skills.push(skill);
        }
    }
    Ok(Some(found))
}
