//! Buttons. Each is named by its message and its place in it, so that a browser can press only what was offered.

use super::Look;
use crate::channels::render::links::LinkPolicy;
use serde::Serialize;
use usher_agent::conversation::Body;
use usher_agent::hygiene::clean_line;
use usher_host::skill::{Action, Button};
use utoipa::ToSchema;

/// A button.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ButtonView {
    /// The message's number and the button's place in it: what `choose` sends back.
    #[serde(rename = "ref")]
    pub(crate) place: String,
    /// What it says.
    pub(crate) label: String,
    /// What it does.
    pub(crate) kind: ButtonKind,
    /// Where an `open` leads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) href: Option<String>,
}

/// What a button does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ButtonKind {
    /// Opens a page.
    Open,
    /// Is sent back as the customer's answer.
    Choose,
}

impl Look<'_> {
    /// Buttons that lead nowhere aren't shown; they keep their places.
    pub(super) fn buttons(&self, buttons: &[Button], links: &LinkPolicy<'_>, places: &mut Places) -> Vec<ButtonView> {
        let shown = buttons.iter().map(|button| {
            let place = places.take();
            let label = clean_line(&button.label);
            let (kind, href) = match &button.action {
                Action::Choose(_) => (ButtonKind::Choose, None),
                Action::Open(url) => (ButtonKind::Open, Some(links.admit(url)?)),
                Action::Hub(section) => (ButtonKind::Open, Some(self.hub.link(*section)?)),
            };
            (!label.is_empty()).then_some(ButtonView { place, label, kind, href })
        });
        shown.collect::<Vec<_>>().into_iter().flatten().collect()
    }
}

/// Numbers a message's buttons: those of its cards in order, then the quick replies.
pub(super) struct Places {
    seq: u64,
    next: usize,
}

impl Places {
    pub(super) fn of(message: u64) -> Self {
        Self { seq: message, next: 0 }
    }

    pub(super) fn take(&mut self) -> String {
        let place = format!("{}.{}", self.seq, self.next);
        self.next += 1;
        place
    }
}

/// A button's name, as a browser sends it back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ButtonPlace {
    /// The message's number.
    pub(crate) seq: u64,
    /// The button's place in it.
    pub(crate) index: usize,
}

impl ButtonPlace {
    /// Reads `SEQ.INDEX`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let digits = |part: &str| !part.is_empty() && part.len() <= 12 && part.bytes().all(|b| b.is_ascii_digit());
        let (seq, index) = text.split_once('.')?;
        if !digits(seq) || !digits(index) {
            return None;
        }
        Some(Self { seq: seq.parse().ok()?, index: index.parse().ok()? })
    }

    /// What the customer says by pressing the button that stands there in a message; none where there is no such button,
    /// or none that says anything.
    pub(crate) fn pressed(self, body: &Body) -> Option<Body> {
        match (body, self.index) {
            (Body::Reply { skill, reply, .. }, index) => {
                let on_cards = reply.cards.iter().flat_map(|card| &card.buttons);
                let mut buttons = on_cards.chain(&reply.quick_replies);
                // Behind its own buttons stand those of the question whether it helped.
                let Some(button) = buttons.nth(index) else {
                    let own =
                        reply.cards.iter().map(|card| card.buttons.len()).sum::<usize>() + reply.quick_replies.len();
                    return match index - own {
                        0 => body.answered(true),
                        1 => body.answered(false),
                        _ => None,
                    };
                };
                let Action::Choose(value) = &button.action else { return None };
                Some(Body::Choice { label: clean_line(&button.label), skill: skill.clone(), value: value.clone() })
            }
            (Body::Consent { .. } | Body::Offer { .. }, 0) => body.answered(true),
            (Body::Consent { .. } | Body::Offer { .. }, 1) => body.answered(false),
            (_, index) => body.pressed(index),
        }
    }
}
