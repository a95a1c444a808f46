//! The words of a change.

use crate::registry::{Effect, ToolRule};
use crate::sentences::{assurance, effect, provider};
use crate::sheet::SheetTool;
use crate::visible::visible;
use std::collections::BTreeMap;

/// What the registry now says of a function, or its type; nothing where both say the same.
pub(super) fn tool(before: &SheetTool, after: &SheetTool) -> Vec<String> {
    let mut facts = Vec::new();
    match (before.rule.effect, after.rule.effect) {
        (before, after) if before == after => {}
        (Effect::Reading, Effect::Acting) => facts.push("counted as reading, and is acting".to_owned()),
        (Effect::Acting, Effect::Reading) => {
            facts.push("counted as acting, and goes without the customer's yes now".to_owned());
        }
        (before, after) => facts.push(format!("is {} now, and was {}", effect(after), effect(before))),
    }
    if before.rule.assurance != after.rule.assurance {
        let (before, after) = (assurance(before.rule.assurance), assurance(after.rule.assurance));
        facts.push(format!("now {after}, before {before}"));
    }
    if before.rule.personal != after.rule.personal {
        facts.push(
            if after.rule.personal { "its answer holds personal data now" } else { "no personal data now" }.into(),
        );
    }
    match (before.rule.order, after.rule.order) {
        (None, None) => {}
        (Some(before), Some(after)) if before == after => {}
        (None, Some(_)) => facts.push("the runtime makes sure now that the order is the customer's".to_owned()),
        (Some(_), None) => facts.push("the runtime no longer makes sure that the order is the customer's".to_owned()),
        (Some(_), Some(_)) => facts.push("the runtime looks for the order in another argument".to_owned()),
    }
    if before.rule.owned != after.rule.owned {
        facts.push(
            match after.rule.owned {
                true => "the runtime makes sure now that what is answered is the customer's",
                false => "the runtime no longer makes sure that what is answered is the customer's",
            }
            .into(),
        );
    }
    if !same_but_for_what_is_known(&before.rule, &after.rule) {
        facts.push("its rule in the registry of tools is another".into());
    }
    if before.provided_by != after.provided_by {
        let (before, after) = (provider(before.provided_by), provider(after.provided_by));
        facts.push(format!("answered by {after} now, before by {before}"));
    }
    if before.takes_text != after.takes_text {
        facts.push(if after.takes_text { "takes text of its choice now" } else { "takes no text now" }.into());
    }
    if before.listed != after.listed {
        facts.push(if after.listed { "is in the registry of tools now" } else { "nobody lists it now" }.into());
    }
    facts
}

/// Whether two rules are the same in all parts that have words of their own here.
pub(super) fn same_but_for_what_is_known(before: &ToolRule, after: &ToolRule) -> bool {
    let mut known = before.clone();
    known.title.clone_from(&after.title);
    known.effect = after.effect;
    known.assurance = after.assurance;
    known.personal = after.personal;
    known.order = after.order;
    known.owned = after.owned;
    known == *after
}

/// The lines that stand more often in one text than in the other, spelled out.
pub(super) fn missing(text: Option<&str>, other: Option<&str>) -> Vec<String> {
    let mut left: BTreeMap<&str, usize> = BTreeMap::new();
    for line in other.unwrap_or_default().split('\n') {
        *left.entry(line).or_default() += 1;
    }
    let mut missing = Vec::new();
    for line in text.unwrap_or_default().split('\n') {
        match left.get_mut(line) {
            Some(count) if *count > 0 => *count -= 1,
            _ if line.is_empty() => {}
            _ => missing.push(visible(line)),
        }
    }
    missing
}
