//! Every figure counted from the raw rows, plainly: each by a walk of its own over whole conversations, with nothing kept
//! from one to the next.

use jiff::Timestamp;
use rusqlite::Connection;
use serde_json::Value;
use usher_agent::insight::{Figure, bucket};
use uuid::Uuid;

/// Something that counts.
pub(crate) struct Event {
    pub(crate) figure: Figure,
    pub(crate) at: Timestamp,
    pub(crate) channel: String,
    pub(crate) subject: String,
    pub(crate) many: i64,
}

struct Turn {
    id: Uuid,
    message: Uuid,
    asked: i64,
    answered: i64,
    typed: bool,
    record: Value,
}

struct Raw {
    channel: String,
    human: bool,
    turns: Vec<Turn>,
    /// State, since, reopened.
    resolution: Option<(String, i64, i64)>,
    tickets: Vec<Value>,
    taken_over: Vec<i64>,
    handed_back: Vec<i64>,
    /// Author, when, turn, the message's body.
    messages: Vec<(String, i64, Option<Uuid>, Value)>,
}

fn time(value: &Value) -> Option<i64> {
    value.as_str().map(|text| text.parse::<Timestamp>().unwrap().as_microsecond())
}

fn conversations(raw: &Connection) -> Vec<Raw> {
    let mut statement = raw.prepare("SELECT id, channel, owner FROM conversation").unwrap();
    let rows = statement
        .query_map([], |row| Ok((row.get::<_, Uuid>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?)))
        .unwrap();
    rows.map(|row| {
        let (id, channel, owner) = row.unwrap();
        let json = |text: String| serde_json::from_str::<Value>(&text).unwrap();
        let mut statement = raw
            .prepare(
                "SELECT t.id, t.message, m.sent_at, t.finished_at, m.body ->> '$.kind' = 'text', t.record
                 FROM turn t JOIN message m ON m.id = t.message WHERE t.conversation = ?1 ORDER BY t.audit_seq",
            )
            .unwrap();
        let turns = statement.query_map([id], |row| {
            Ok(Turn {
                id: row.get(0)?,
                message: row.get(1)?,
                asked: row.get(2)?,
                answered: row.get(3)?,
                typed: row.get(4)?,
                record: json(row.get(5)?),
            })
        });
        let turns = turns.unwrap().map(Result::unwrap).collect();
        let resolution = raw
            .query_row("SELECT state, since, reopened FROM resolution WHERE conversation = ?1", [id], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })
            .ok();
        let texts = |sql: &str| -> Vec<Value> {
            let mut statement = raw.prepare(sql).unwrap();
            let rows = statement.query_map([id], |row| row.get::<_, String>(0)).unwrap();
            rows.map(|row| json(row.unwrap())).collect()
        };
        let events = |kind: &str| -> Vec<i64> {
            let all = texts(
                "SELECT e.content FROM ticket_event e JOIN ticket t ON t.id = e.ticket WHERE t.conversation = ?1",
            );
            let of_kind = all.iter().filter(|event| event["what"]["kind"] == kind);
            let mut times: Vec<i64> = of_kind.map(|event| time(&event["at"]).unwrap()).collect();
            times.sort_unstable();
            times
        };
        let mut statement = raw
            .prepare("SELECT author, sent_at, turn, body FROM message WHERE conversation = ?1 ORDER BY seq")
            .unwrap();
        let messages = statement
            .query_map([id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, json(row.get(3)?))))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        Raw {
            channel,
            human: owner == "human",
            turns,
            resolution,
            tickets: texts("SELECT content FROM ticket WHERE conversation = ?1 ORDER BY number"),
            taken_over: events("taken_over"),
            handed_back: events("handed_back"),
            messages,
        }
    })
    .collect()
}

/// Everything that counts, of all conversations.
pub(crate) fn all(raw: &Connection, abandoned: Timestamp) -> Vec<Event> {
    let mut events = Vec::new();
    for conversation in conversations(raw) {
        let mut add = |figure, at: i64, subject: &str, many: i64| {
            let (channel, subject) = (conversation.channel.clone(), subject.to_owned());
            events.push(Event { figure, at: Timestamp::from_microsecond(at).unwrap(), channel, subject, many });
        };
        of_conversation(&conversation, abandoned.as_microsecond(), &mut add);
        answers(&conversation, &mut add);
        skills(&conversation, abandoned.as_microsecond(), &mut add);
        handoffs(&conversation, &mut add);
        gaps(&conversation, &mut add);
        people(&conversation, &mut add);
    }
    events
}

type Add<'a> = dyn FnMut(Figure, i64, &str, i64) + 'a;

impl Raw {
    fn asked(&self) -> Vec<&Turn> {
        self.turns.iter().filter(|turn| !turn.record["resolution"].is_null()).collect()
    }

    /// When it counts, where it does.
    fn began(&self) -> Option<i64> {
        self.asked().first().map(|turn| turn.asked).or(self.taken_over.first().copied())
    }

    fn status(&self, abandoned: i64) -> &'static str {
        let latest = self.asked().last().map(|turn| turn.answered);
        let taken = self.taken_over.last().is_some_and(|taken| latest.is_none_or(|latest| *taken >= latest));
        if self.human || taken {
            return "routed_to_team";
        }
        match self.resolution.as_ref().map(|(state, since, _)| (state.as_str(), *since)) {
            Some(("confirmed", _)) => "resolved_confirmed",
            Some(("assumed", _)) => "resolved_assumed",
            Some(("open", since)) if since <= abandoned => "unresolved",
            Some(("open" | "answered", _)) => "open",
            _ => "routed_to_team",
        }
    }

    fn used(turn: &Turn) -> Vec<String> {
        let mut used: Vec<String> = Vec::new();
        for asked in turn.record["skills"].as_array().into_iter().flatten() {
            let (skill, outcome) = (asked["skill"].as_str().unwrap(), asked["outcome"].as_str().unwrap());
            if outcome != "decline" && !used.iter().any(|known| known == skill) {
                used.push(skill.to_owned());
            }
        }
        used
    }
}

fn of_conversation(raw: &Raw, abandoned: i64, add: &mut Add<'_>) {
    let Some(began) = raw.began() else {
        if let Some(first) = raw.turns.first() {
            add(Figure::SmallTalk, first.asked, "", 1);
        }
        return;
    };
    let status = raw.status(abandoned);
    add(Figure::Status, began, status, 1);
    let handed_off = raw.turns.iter().any(|turn| !turn.record["handed_off"].is_null());
    if handed_off || !raw.taken_over.is_empty() {
        add(Figure::Routed, began, "", 1);
    }
    if let Some((_, _, reopened)) = raw.resolution {
        add(Figure::Reopened, began, "", reopened);
    }
    let latest = raw.asked().last().map(|turn| turn.answered);
    let taken = raw.taken_over.last().is_some_and(|taken| latest.is_none_or(|latest| *taken >= latest));
    let solved = raw.tickets.last().is_some_and(|ticket| !ticket["solved"].is_null());
    if (raw.human || taken) && solved {
        add(Figure::SolvedByTeam, began, "", 1);
    }
}

fn answers(raw: &Raw, add: &mut Add<'_>) {
    for (place, turn) in raw.turns.iter().enumerate() {
        let again = raw.turns[..place].iter().any(|earlier| earlier.message == turn.message);
        let waited = raw.handed_back.iter().any(|back| turn.asked <= *back && *back <= turn.answered);
        if !again && !waited {
            let took = u64::try_from((turn.answered - turn.asked) / 1000).unwrap_or(0);
            add(Figure::AnswerTime, turn.asked, &bucket(took), 1);
            add(Figure::AnswerTimeSum, turn.asked, "", took as i64);
        }
        if raw.began().is_none() {
            continue;
        }
        if turn.record["resolution"] == "answered" && (raw.channel == "webchat" || raw.channel == "whatsapp") {
            add(Figure::HelpedAsked, turn.asked, "", 1);
        }
        if let Some(helped) = turn.record["helped"].as_bool() {
            add(Figure::Helped, turn.asked, if helped { "yes" } else { "no" }, 1);
        }
    }
}

/// What came of a skill's latest question: looked for from that question on.
fn skills(raw: &Raw, abandoned: i64, add: &mut Add<'_>) {
    if raw.began().is_none() {
        return;
    }
    let status = raw.status(abandoned);
    let mut known: Vec<String> = Vec::new();
    for turn in &raw.turns {
        for skill in Raw::used(turn) {
            add(Figure::SkillTurns, turn.asked, &skill, 1);
            if !known.contains(&skill) {
                known.push(skill);
            }
        }
        if let Some(wanted) = turn.record["wanted"]["skill"].as_str() {
            add(Figure::Demand, turn.asked, wanted, 1);
        }
    }
    for skill in known {
        let uses = |turn: &Turn| Raw::used(turn).contains(&skill);
        let first = raw.turns.iter().find(|turn| uses(turn)).unwrap();
        let place = raw.turns.iter().rposition(uses).unwrap();
        let mut state = raw.turns[place].record["resolution"].as_str().unwrap_or("open").to_owned();
        let mut latest = true;
        for (at, turn) in raw.turns.iter().enumerate().skip(place) {
            let record = &turn.record;
            let settled = record["resolution"].as_str();
            if settled.is_none() {
                continue;
            }
            let later = at > place;
            if later && latest && record["helped"] == false {
                state = "not_helped".to_owned();
            }
            let next = !Raw::used(turn).is_empty() || (settled == Some("open") && record["handing_over"].is_null());
            if later && next && latest {
                latest = false;
                if state == "answered" {
                    state = "assumed".to_owned();
                }
            } else if later && latest && settled == Some("confirmed") {
                state = "confirmed".to_owned();
            }
            if !record["handed_off"].is_null() {
                let word = record["handing_over"]["skill"].as_str();
                if word == Some(skill.as_str()) || (word.is_none() && latest) {
                    state = "handed_off".to_owned();
                }
            }
        }
        let outcome = match (state.as_str(), latest) {
            ("answered", true) => match status {
                "resolved_confirmed" => "confirmed",
                "resolved_assumed" => "assumed",
                "routed_to_team" => "handed_off",
                _ => "open",
            },
            ("open", true) => match status {
                "routed_to_team" => "handed_off",
                "unresolved" => "unresolved",
                _ => "open",
            },
            ("open" | "not_helped", _) => "unresolved",
            ("answered", false) => "assumed",
            (other, _) => other,
        };
        add(Figure::SkillOutcome, first.asked, &format!("{skill}/{outcome}"), 1);
    }
}

fn handoffs(raw: &Raw, add: &mut Add<'_>) {
    for turn in &raw.turns {
        if let Some(reason) = turn.record["handed_off"].as_str() {
            let skill = turn.record["handing_over"]["skill"].as_str().unwrap_or("-");
            add(Figure::Handoff, turn.asked, &format!("{skill}/{reason}"), 1);
        }
    }
    for taken in &raw.taken_over {
        let before = raw.turns.iter().take_while(|turn| turn.answered <= *taken);
        let skill = before.filter_map(|turn| Raw::used(turn).pop()).last();
        add(Figure::Handoff, *taken, &format!("{}/other_participant", skill.as_deref().unwrap_or("-")), 1);
    }
}

fn gaps(raw: &Raw, add: &mut Add<'_>) {
    if raw.began().is_none() {
        return;
    }
    let mut question = false;
    for turn in &raw.turns {
        let record = &turn.record;
        let routed = !record["route"].is_null();
        if record["helped"] == false {
            if question {
                add(Figure::Gap, turn.asked, "", 1);
            }
        } else {
            let reason = record["handing_over"]["reason"].as_str();
            let known = matches!(reason, Some("missing_knowledge" | "low_confidence" | "unsupported_request"));
            if known && routed && turn.typed {
                add(Figure::Gap, turn.asked, "", 1);
            }
        }
        question |= routed && turn.typed && record["helped"].is_null();
    }
}

fn people(raw: &Raw, add: &mut Add<'_>) {
    for ticket in &raw.tickets {
        let opened = time(&ticket["opened_at"]).unwrap();
        if ticket["reason"] != "other_participant" {
            match time(&ticket["first_reply_at"]) {
                Some(reply) => {
                    let took = u64::try_from((reply - opened) / 1000).unwrap_or(0);
                    add(Figure::FirstResponse, opened, &bucket(took), 1);
                    add(Figure::FirstResponseSum, opened, "", took as i64);
                }
                None if ticket["solved"].is_null() => add(Figure::Waiting, opened, "", 1),
                None => {}
            }
        }
        if let Some(asked) = time(&ticket["rating"]["asked_at"]) {
            add(Figure::RatingAsked, asked, "", 1);
        }
        if let (Some(score), Some(given)) = (ticket["rating"]["score"].as_u64(), time(&ticket["rating"]["given_at"])) {
            add(Figure::Rating, given, &score.to_string(), 1);
        }
    }
    if raw.tickets.is_empty() {
        return;
    }
    // A person's message ends the wait of the first customer's message before it to which nobody has answered.
    for (place, (author, at, _, _)) in raw.messages.iter().enumerate() {
        if author != "human" {
            continue;
        }
        let answered = raw.messages[..place].iter().rposition(|(author, _, turn, _)| {
            let hands_over = turn.is_some_and(|turn| {
                raw.turns.iter().any(|known| known.id == turn && !known.record["handed_off"].is_null())
            });
            author == "human" || (author == "assistant" && turn.is_some() && !hands_over)
        });
        let since = raw.messages[answered.map_or(0, |answered| answered + 1)..place].iter().find(|message| {
            let button = message.3["kind"] == "choice" && message.3["skill"].is_null();
            message.0 == "customer" && !button
        });
        if let Some((_, since, _, _)) = since {
            let took = u64::try_from((at - since) / 1000).unwrap_or(0);
            add(Figure::Wait, *since, &bucket(took), 1);
            add(Figure::WaitSum, *since, "", took as i64);
        }
    }
}
