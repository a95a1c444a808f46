//! Random turns.

use crate::dice::Dice;
use std::collections::BTreeMap;
use std::sync::Arc;
use usher_host::TurnContext;
use usher_host::skill::{Assurance, Author, Channel, Customer, Focus, Input, Message, Turn};

/// What a skill is told.
#[must_use]
pub(crate) fn turn(dice: &mut Dice) -> Turn {
    let assurance = assurance(dice);
    let history = match dice.below(20) {
        0 => 200,
        _ => dice.below(4),
    };
    Turn {
        input: if dice.chance(70) { Input::Text(text(dice)) } else { Input::Choice(text(dice)) },
        history: (0..history)
            .map(|_| Message {
                author: *dice.pick(&[Author::Customer, Author::Assistant, Author::Human]),
                text: text(dice),
                sent_at: "2026-11-21T10:00:00Z".into(),
            })
            .collect(),
        channel: *dice.pick(&[Channel::Webchat, Channel::Sms, Channel::Whatsapp, Channel::Email]),
        customer: Customer { assurance, first_name: maybe(dice) },
        focus: Focus { order_name: maybe(dice), product_id: maybe(dice) },
        locale: (*dice.pick(&["en", "de", "pt-BR", "zh-Hant-TW", ""])).into(),
        time_zone: "Europe/Berlin".into(),
        now: "2026-11-21T10:00:05Z".into(),
        page_url: maybe(dice),
    }
}

/// What the runtime knows beside that. Nobody ever agrees to an acting call.
#[must_use]
pub(crate) fn context(turn: &Turn, conversation: String, dice: &mut Dice) -> TurnContext {
    let memory: BTreeMap<_, _> = (0..dice.below(3)).map(|_| (dice.text(), dice.text())).collect();
    let settings: BTreeMap<_, _> = (0..dice.below(3)).map(|_| (dice.text(), dice.text())).collect();
    let mut context = TurnContext { conversation, ..usher_hostile::context(turn.customer.assurance) };
    context.memory = memory;
    context.settings = Arc::new(settings);
    context
}

fn assurance(dice: &mut Dice) -> Assurance {
    *dice.pick(&[Assurance::Anonymous, Assurance::Identified, Assurance::Authenticated, Assurance::Authenticated])
}

fn text(dice: &mut Dice) -> String {
    match dice.below(200) {
        0 => "x".repeat(dice.below(400_000)),
        _ => dice.text(),
    }
}

fn maybe(dice: &mut Dice) -> Option<String> {
    dice.chance(40).then(|| dice.text())
}
