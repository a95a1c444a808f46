//! What changed between two permission sheets, and whether the second asks for more.
//!
//! Each part of a sheet is compared in an order of its own ("can do no more than"): hosts by what their patterns admit,
//! limits by their size, rules by the gate's checks. A change widens where the part of the second isn't below the first's
//! in that order, so that steps which don't widen add up to one that doesn't.

mod changes;
mod hosts;
mod words;

use crate::reach::Reach;
use crate::sheet::{PermissionSheet, SheetInterface, SheetSecret, SheetTool, SheetWebhook};
use crate::visible::visible;
use serde::Serialize;
use usher_manifest::{FunctionName, Kind, PluginId};

/// What changed from one sheet to another, and nothing else.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Difference {
    asks: Asks,
    changes: Vec<Change>,
}

/// What the second asks for, beside the first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Asks {
    /// Neither can do what the other can't.
    #[default]
    Same,
    /// It can do nothing that the first can't, and the first can do something that it can't.
    Less,
    /// It can do something that the first can't.
    More,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Whether something came, went or became another.
    pub mark: Mark,
    /// It lets the plugin do something that it couldn't.
    pub widens: bool,
    /// What changed.
    #[serde(flatten)]
    pub what: What,
    /// For people. It can be shown as it is, see [`crate::Sentence`].
    pub sentence: String,
    /// Why the author says that what came is needed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Change {
    fn new(mark: Mark, widens: bool, what: What, sentence: String) -> Self {
        Self { mark, widens, what, sentence, reason: None }
    }

    /// With the author's reason, spelled out; without where there is none.
    fn because(self, reason: Option<&str>) -> Self {
        Self { reason: reason.filter(|reason| !reason.is_empty()).map(visible), ..self }
    }
}

/// Whether something came, went or became another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the names say all")]
pub enum Mark {
    Added,
    Removed,
    Changed,
}

/// What changed. Where one side is missing, it isn't in that sheet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
#[non_exhaustive]
#[allow(missing_docs, reason = "`before` and `after` are the same everywhere")]
pub enum What {
    /// It is another plugin: nothing that was approved for the one holds for the other.
    Plugin { before: PluginId, after: PluginId },
    /// A skill became a connector, or the other way round.
    Kind { before: Kind, after: Kind },
    /// A function, or the registry's rule for it.
    Tool { before: Option<SheetTool>, after: Option<SheetTool> },
    /// A function that is declared and not imported. Nobody gets it.
    OverAsked { function: FunctionName },
    /// An interface of the runtime beside tools.
    Baseline { interface: String },
    /// An interface that a connector answers.
    Interface { before: Option<SheetInterface>, after: Option<SheetInterface> },
    /// Where requests may go. Several before where one pattern took the place of them all.
    Host { before: Vec<Reach>, after: Option<Reach> },
    /// A secret, or the way that it is sent.
    Secret { before: Option<SheetSecret>, after: Option<SheetSecret> },
    /// A webhook, or how it is checked.
    Webhook { before: Option<SheetWebhook>, after: Option<SheetWebhook> },
    /// A setting.
    Setting { name: String },
    /// A limit of one call.
    Limit { name: String, before: Option<u64>, after: Option<u64> },
    /// What the author says: the lines that went and came, with hidden characters spelled out.
    Text { place: String, removed: Vec<String>, added: Vec<String> },
}

impl Difference {
    /// What changed from `before` to `after`. The order of lists in either is no change.
    #[must_use]
    pub fn between(before: &PermissionSheet, after: &PermissionSheet) -> Self {
        let changes = changes::all(before, after);
        let asks = if changes.iter().any(|change| change.widens) {
            Asks::More
        } else if changes::all(after, before).iter().any(|change| change.widens) {
            Asks::Less
        } else {
            Asks::Same
        };
        Self { asks, changes }
    }

    /// Whether the second can do anything that the first can't.
    #[must_use]
    pub fn widens(&self) -> bool {
        self.asks == Asks::More
    }

    /// What the second asks for, beside the first.
    #[must_use]
    pub fn asks(&self) -> Asks {
        self.asks
    }

    /// Whether nothing changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// The changes: first what widens.
    #[must_use]
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }
}

#[cfg(test)]
mod tests;
