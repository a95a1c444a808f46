//! What belongs to the way from the assistant to a person, and back.

use super::button::{ButtonKind, ButtonView, Places};
use serde::Serialize;
use usher_agent::conversation::{Asks, Notice};
use usher_agent::hygiene::clean_line;
use utoipa::ToSchema;

/// The visitor is asked whether they want a person; `blocks` holds the question. It is answered by sending one `ref` as
/// `choose`, or by typing a plain yes or no.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct OfferView {
    /// Wants one.
    pub(crate) yes: ButtonView,
    /// Doesn't.
    pub(crate) no: ButtonView,
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AsksView {
    /// The address to answer to.
    Email,
    /// A telephone number.
    Phone,
    /// A field of the operator's form.
    Field,
}

/// The visitor is asked for something that a person will need; `blocks` holds the question. It is answered by typing, or by
/// sending one `ref` as `choose`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct QuestionView {
    /// What is asked for.
    pub(crate) asks: AsksView,
    /// The field of the form that the answer is for; none for the address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) field: Option<String>,
    /// The answer is one of these; empty: it is typed.
    pub(crate) choices: Vec<ButtonView>,
    /// Gives no answer; not there where one is needed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) skip: Option<ButtonView>,
}

/// The person of the team who wrote a message.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PersonView {
    /// What customers call them; none where the helpdesk didn't say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
}

/// What became of the conversation; `blocks` says it in the customer's language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum NoticeView {
    /// A person is there now.
    Joined,
    /// Another person goes on.
    Reassigned,
    /// The assistant has it again.
    HandedBack,
    /// Is help still needed?
    StillThere,
    /// It waits for the customer.
    Pending,
    /// It is solved.
    Solved,
    /// It is closed.
    Closed,
    /// It is open again.
    Reopened,
    /// It goes on by e-mail.
    MovedToEmail,
    /// The helpdesk can't be reached; what was said is kept, and will be passed on.
    NotFiledYet,
    /// The customer will be told when somebody is there.
    WillTell,
    /// Somebody is there now, as the customer wanted to know.
    SomebodyIsThere,
    /// Thanks for the rating.
    Rated,
}

/// The visitor is asked how the team's help was; `blocks` holds the question. It is answered with
/// `POST /api/v1/conversations/{id}/rating`, which takes words too, or by sending one `ref` as `choose`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RatingView {
    /// The scores 1 (bad) to 5 (good), in this order.
    pub(crate) labels: Vec<ButtonView>,
    /// What stands above the field for words.
    pub(crate) comment: String,
}

impl From<Notice> for NoticeView {
    fn from(notice: Notice) -> Self {
        match notice {
            Notice::Joined => Self::Joined,
            Notice::Reassigned => Self::Reassigned,
            Notice::HandedBack => Self::HandedBack,
            Notice::StillThere => Self::StillThere,
            Notice::Pending => Self::Pending,
            Notice::Solved => Self::Solved,
            Notice::Closed => Self::Closed,
            Notice::Reopened => Self::Reopened,
            Notice::MovedToEmail => Self::MovedToEmail,
            Notice::NotFiledYet => Self::NotFiledYet,
            Notice::WillTell => Self::WillTell,
            Notice::SomebodyIsThere => Self::SomebodyIsThere,
            Notice::Rated => Self::Rated,
        }
    }
}

impl QuestionView {
    pub(super) fn of(asks: &Asks, choices: &[String], skip: Option<&str>, places: &mut Places) -> Self {
        let (asks, field) = match asks {
            Asks::Email => (AsksView::Email, None),
            Asks::Phone { field } => (AsksView::Phone, Some(field.clone())),
            Asks::Field { field } => (AsksView::Field, Some(field.clone())),
        };
        let choices = choices.iter().map(|choice| ButtonView::answer(choice, places)).collect();
        Self { asks, field, choices, skip: skip.map(|label| ButtonView::answer(label, places)) }
    }
}

impl ButtonView {
    /// A button that is sent back as the customer's answer, at the next place.
    pub(super) fn answer(label: &str, places: &mut Places) -> Self {
        Self { place: places.take(), label: clean_line(label), kind: ButtonKind::Choose, href: None }
    }
}
