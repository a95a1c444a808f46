//! How it is kept.

use crate::conversation::Message;
use crate::ids::ConversationId;
use crate::insight::{Followed, Progress, Status};
use crate::store::Result;
use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use usher_host::skill::Channel;

/// Which conversations. What isn't given fits all.
#[derive(Clone, Debug, Default)]
pub struct SearchFilter {
    /// Each of these words is in one and the same message; the last may be the beginning of one. Words are what they are: no
    /// character has a meaning.
    pub words: Option<String>,
    /// Held there.
    pub channel: Option<Channel>,
    /// That stand so; `Some(None)`: nothing was asked in them.
    pub status: Option<Option<Status>>,
    /// In which this skill took a question.
    pub skill: Option<String>,
    /// That people got at some time (true), or never (false).
    pub handed_off: Option<bool>,
    /// Whose latest message was stored at or after this.
    pub from: Option<Timestamp>,
    /// Whose latest message was stored before this.
    pub to: Option<Timestamp>,
    /// Whose: a pseudonym as the audit shows it, an address, a number, or the shop's id of a customer.
    pub customer: Option<String>,
}

/// Where a page ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchPlace {
    /// The latest message of its last conversation; none where words are looked for.
    pub at: Option<Timestamp>,
    /// The number of that.
    pub number: i64,
}

/// A conversation that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// Which.
    pub conversation: ConversationId,
    /// When its latest message was stored.
    pub latest_at: Timestamp,
    /// How it stands; none where nothing was asked in it, or it isn't counted yet.
    pub status: Option<Status>,
    /// When its first question was asked, or its first message came.
    pub began_at: Option<Timestamp>,
    /// The first question that a skill took, shortened.
    pub question: Option<String>,
    /// The skills that took questions.
    pub skills: Vec<String>,
    /// People got it at some time.
    pub handed_off: bool,
    /// The message in which the words are.
    pub found: Option<Message>,
}

/// One page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SearchPage {
    /// With words: the conversation that began last comes first. Without: the one with the latest message.
    pub conversations: Vec<Found>,
    /// Where the next page begins; none where this is the last.
    pub next: Option<SearchPlace>,
    /// There were so many messages with these words that not all were looked at for this page: the next page goes on.
    pub cut_short: bool,
    /// The last word begins so many others that it was looked for as a whole.
    pub whole_word: bool,
}

/// How far messages were taken in.
pub type TakenIn = Progress;

/// Finding conversations by what was said in them.
#[async_trait]
pub trait SearchStore: Send + Sync {
    /// Takes in some of what was said since. One call at a time does it; a second one meanwhile does nothing.
    async fn follow(&self) -> Result<Followed>;
    /// How far that is.
    async fn taken_in(&self) -> Result<TakenIn>;
    /// Conversations, one page after `after`.
    async fn find(&self, filter: SearchFilter, after: Option<SearchPlace>, limit: usize) -> Result<SearchPage>;
    /// One conversation, as a search finds it; none where there is none, or it wasn't taken in yet.
    async fn one(&self, conversation: ConversationId) -> Result<Option<Found>>;
    /// Takes the words of these conversations out of the search, and whose they are: they were erased.
    async fn erase(&self, conversations: Vec<ConversationId>) -> Result<()>;
}
