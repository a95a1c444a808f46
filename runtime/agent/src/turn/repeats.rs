//! A machine that answers the assistant's answers: the same words again and again, or mail after mail whatever it says.
//! People see to it before the two have written to each other all night.

use crate::consent::plain;
use crate::conversation::{Body, Message};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use usher_host::skill::{Author, Channel};

const HOUR: SignedDuration = SignedDuration::from_hours(1);
/// So many times of a message are kept: more than any limit.
const KEPT: usize = 8;

/// Words that come again and again in one conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repeats {
    /// SHA-256 of the words, hexadecimal: enough to know them again.
    words: String,
    /// When they came in the last hour, the oldest first.
    times: Vec<Timestamp>,
    /// The number of the last message that was counted.
    through: u64,
}

/// How often the same words were written within an hour, the present message counted; and what is kept of it. Digits and
/// signs don't count: a machine counts its answers. A message without letters is never a repetition, and one that was
/// counted before, since it waited for its customer to sign in, isn't counted again.
pub(super) fn again(before: Option<Repeats>, text: &str, seq: u64, now: Timestamp) -> (usize, Option<Repeats>) {
    let letters: String = plain(text).chars().filter(|c| c.is_alphabetic() || *c == ' ').collect();
    let letters = letters.split_whitespace().collect::<Vec<_>>().join(" ");
    if letters.is_empty() || before.as_ref().is_some_and(|before| before.through >= seq) {
        return (1, before);
    }
    let words = hex::encode(Sha256::digest(letters.as_bytes()));
    let mut times = before.filter(|before| before.words == words).map(|before| before.times).unwrap_or_default();
    times.retain(|at| now.duration_since(*at) < HOUR);
    times.push(now);
    if times.len() > KEPT {
        times.remove(0);
    }
    (times.len(), Some(Repeats { words, times, through: seq }))
}

/// Most messages that are written to a customer within an hour who writes the same words all the time, the last of which
/// says that people have it now. A mail that is answered by a machine costs more trust than a text that is: three there,
/// five elsewhere. None on web chat, where no machine writes and the server counts messages by visitor.
pub(super) fn most(channel: Channel) -> Option<usize> {
    match channel {
        Channel::Webchat => None,
        Channel::Sms | Channel::Whatsapp => Some(5),
        Channel::Email => Some(3),
    }
}

/// Most answers by e-mail in one conversation within an hour: nobody writes letters faster than that.
const MOST_MAILS: usize = 8;

/// Where so many answers went out by e-mail within an hour that the next message is people's, whatever it says: how many,
/// and whether the last of them said so.
pub(super) fn too_many(channel: Channel, history: &[Message], now: Timestamp) -> Option<(usize, bool)> {
    if channel != Channel::Email {
        return None;
    }
    // What people and the desk wrote belongs to no turn.
    let counts = |message: &&Message| {
        message.author == Author::Assistant && message.turn.is_some() && now.duration_since(message.sent_at) < HOUR
    };
    let answers: Vec<&Message> = history.iter().filter(counts).collect();
    let told = answers.last().is_some_and(|last| matches!(last.body, Body::Handoff { .. }));
    (answers.len() >= MOST_MAILS).then_some((answers.len(), told))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{ConversationId, MessageId, TurnId};

    #[test]
    fn the_same_words_are_counted_for_an_hour() {
        let begin = Timestamp::UNIX_EPOCH;
        let at = |minutes: i64| begin + SignedDuration::from_mins(minutes);
        let (mut kept, mut seq) = (None, 0);
        let mut count = |text: &str, minutes| {
            seq += 1;
            let (count, now) = again(kept.take(), text, seq, at(minutes));
            kept = now;
            count
        };
        assert_eq!(count("We are away. Ticket #1001", 0), 1);
        assert_eq!(count("we are away! ticket #1002", 20), 2, "a machine counts");
        assert_eq!(count("1", 30), 1, "a choice");
        assert_eq!(count("We are away. Ticket #1003", 59), 3);
        assert_eq!(count("We are away. Ticket #1004", 61), 3, "the first is an hour ago");
        assert_eq!(count("Where is my order?", 62), 1);
        assert_eq!(count("We are away. Ticket #1005", 63), 1);
    }

    #[test]
    fn a_message_is_counted_once() {
        let (_, kept) = again(None, "where is it", 3, Timestamp::UNIX_EPOCH);
        let (count, kept) = again(kept, "where is it", 5, Timestamp::UNIX_EPOCH);
        assert_eq!(count, 2);
        for (text, seq) in [("where is it", 3), ("where is it", 5), ("another thing", 4)] {
            assert_eq!(again(kept.clone(), text, seq, Timestamp::UNIX_EPOCH), (1, kept.clone()));
        }
    }

    fn answer(body: Body) -> Message {
        Message {
            id: MessageId::new(),
            conversation: ConversationId::new(),
            seq: 1,
            author: Author::Assistant,
            body,
            sent_at: Timestamp::UNIX_EPOCH,
            client_id: None,
            turn: Some(TurnId::new()),
            attachments: Vec::new(),
            unanswerable: false,
        }
    }

    #[test]
    fn mails_are_counted_whatever_they_say() {
        let at = |minutes: i64| Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes);
        let mut history = vec![answer(Body::SignIn { text: "?".into() }); MOST_MAILS - 1];
        history.push(Message { turn: None, ..answer(Body::SignIn { text: "?".into() }) });
        history.push(Message { author: Author::Customer, ..answer(Body::Text { text: "!".into() }) });
        assert_eq!(too_many(Channel::Email, &history, at(1)), None);
        history.push(answer(Body::SignIn { text: "?".into() }));
        assert_eq!(too_many(Channel::Email, &history, at(59)), Some((MOST_MAILS, false)));
        assert_eq!(too_many(Channel::Email, &history, at(60)), None);
        assert_eq!(too_many(Channel::Sms, &history, at(59)), None);
        history.push(answer(Body::Handoff { text: "People have it.".into(), tell_me: None }));
        assert_eq!(too_many(Channel::Email, &history, at(59)), Some((MOST_MAILS + 1, true)));
    }

    #[test]
    fn what_is_kept_is_no_text() {
        let (_, kept) = again(None, "my secret", 1, Timestamp::UNIX_EPOCH);
        assert!(!serde_json::to_string(&kept).unwrap_or_default().contains("secret"));
        let many = (0_i64..100).fold(None, |kept, second| {
            again(kept, "again", 1 + second.unsigned_abs(), Timestamp::UNIX_EPOCH + SignedDuration::from_secs(second)).1
        });
        assert_eq!(many.map(|kept| kept.times.len()), Some(KEPT));
    }
}
