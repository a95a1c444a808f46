//! A message as the browser gets it, and what may stand below its text.

use super::button::ButtonView;
use super::card::CardView;
use super::handover::{NoticeView, OfferView, PersonView, QuestionView, RatingView};
use crate::channels::render::markdown::Block;
use serde::Serialize;
use usher_host::skill::Author;
use utoipa::ToSchema;

/// Who wrote a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AuthorView {
    /// The visitor.
    Customer,
    /// A skill, or the server itself.
    Assistant,
    /// A person of the team.
    Human,
}

/// A skill by its name.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SkillView {
    /// Its id.
    pub(crate) id: String,
    /// What people call it.
    pub(crate) name: String,
}

/// One message of a conversation.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Message)]
pub(crate) struct MessageView {
    /// Its number in the conversation: 1, 2, 3 … without a gap.
    pub(crate) seq: u64,
    /// Its name.
    pub(crate) id: uuid::Uuid,
    /// Who wrote it.
    pub(crate) author: AuthorView,
    /// The skill that answered; none where the server itself did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) skill: Option<SkillView>,
    /// When it was stored (RFC 3339).
    #[schema(format = DateTime)]
    pub(crate) sent_at: String,
    /// The name that the sender gave it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) client_id: Option<String>,
    /// The text.
    pub(crate) blocks: Vec<Block>,
    /// Names of files that came with it, by another channel than this one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub(crate) files: Vec<String>,
    /// Below the text.
    pub(crate) cards: Vec<CardView>,
    /// Below everything; only those of the latest message still make sense.
    pub(crate) quick_replies: Vec<ButtonView>,
    /// Articles that the answer rests on.
    pub(crate) sources: Vec<SourceView>,
    /// Below a complete answer: whether it helped. It is answered by sending one `ref` as `choose`, or by typing a plain
    /// yes or no; only that of the latest message still makes sense.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) resolved: Option<ResolvedView>,
    /// The visitor is asked to sign in; the question is answered afterwards without being asked again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sign_in: Option<SignInView>,
    /// The visitor is asked to agree before something is changed; `blocks` holds the question. Only the server itself
    /// asks so: no skill's answer can look like it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) consent: Option<ConsentView>,
    /// The conversation goes to the team.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    pub(crate) handoff: bool,
    /// Below a handoff: has the visitor told when somebody of the team is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tell_me: Option<ButtonView>,
    /// The visitor is asked whether they want a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) offer: Option<OfferView>,
    /// The visitor is asked for something that a person will need.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) question: Option<QuestionView>,
    /// The person of the team who wrote it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) person: Option<PersonView>,
    /// What became of the conversation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) notice: Option<NoticeView>,
    /// The visitor is asked how the team's help was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) rating: Option<RatingView>,
}

/// Whether an answer helped.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ResolvedView {
    /// The question.
    pub(crate) question: String,
    /// It did.
    pub(crate) yes: ButtonView,
    /// It didn't: the next best answer follows, or a person.
    pub(crate) no: ButtonView,
}

/// What a visitor is asked to agree to. It is answered by sending the `ref` of one of the two buttons as `choose`, or by
/// typing a plain yes or no; any other message leaves it unanswered, and nothing is changed. Only the latest question of a
/// conversation can be answered, and each only once.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ConsentView {
    /// What kind of change it is, in the server's words (English).
    pub(crate) title: String,
    /// What will be done, in the words of the skill that asks for it. Plain text.
    pub(crate) summary: String,
    /// What the change is really about, as it will be passed on: the order's name, the new address. Plain text.
    pub(crate) details: Vec<String>,
    /// Agrees to exactly this.
    pub(crate) yes: ButtonView,
    /// Doesn't.
    pub(crate) no: ButtonView,
    /// After this moment a yes leads to the question being asked again (RFC 3339).
    #[schema(format = DateTime)]
    pub(crate) expires_at: String,
}

/// How a visitor can sign in.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SignInView {
    /// In the order in which to offer them.
    pub(crate) methods: Vec<SignInMethod>,
    /// The shop's own page to sign in on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) url: Option<String>,
}

/// One way to sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SignInMethod {
    /// On the shop's page, which then hands over a signed token.
    Shop,
    /// By a code sent to an e-mail address.
    Code,
}

/// An article that an answer rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct SourceView {
    /// Its title.
    pub(crate) title: String,
    /// Its page, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) url: Option<String>,
}

impl From<Author> for AuthorView {
    fn from(author: Author) -> Self {
        match author {
            Author::Customer => Self::Customer,
            Author::Assistant => Self::Assistant,
            Author::Human => Self::Human,
        }
    }
}
