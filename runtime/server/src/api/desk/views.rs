//! The views of tickets: which tickets each shows.

use crate::problem::{Answer, Kind, Problem};
use std::str::FromStr;
use usher_agent::desk::{DeskSettings, SavedView, TicketFilter, TicketState};

/// A view, by its name in the API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum View {
    /// Those of the person who asks.
    Mine,
    /// Nobody's.
    Unassigned,
    /// All that the team has to act on.
    Active,
    /// The customer wrote again on a ticket that was quiet.
    ActiveAgain,
    /// A group's.
    Group(String),
    /// Put aside.
    Snoozed,
    /// Done.
    Solved,
    /// Every one.
    All,
    /// One that was saved.
    Saved(String),
}

impl FromStr for View {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Problem> {
        Ok(match text {
            "mine" => Self::Mine,
            "unassigned" => Self::Unassigned,
            "active" => Self::Active,
            "active_again" => Self::ActiveAgain,
            "snoozed" => Self::Snoozed,
            "solved" => Self::Solved,
            "all" => Self::All,
            _ => match text.split_once(':') {
                Some(("group", name)) if !name.is_empty() => Self::Group(name.to_owned()),
                Some(("saved", name)) if !name.is_empty() => Self::Saved(name.to_owned()),
                _ => {
                    return Err(Problem::new(Kind::Invalid).detail("`view`: there is no such view").fix(
                        "name one of mine, unassigned, active, active_again, snoozed, solved, all, group:NAME, saved:NAME",
                    ));
                }
            },
        })
    }
}

impl View {
    /// What it shows a person.
    pub(super) fn filter(&self, person: &str, settings: &DeskSettings) -> Answer<TicketFilter> {
        // What people work on here: in the built-in helpdesk, not done, not put aside.
        let at_work = TicketFilter {
            states: vec![TicketState::Open, TicketState::Pending],
            snoozed: Some(false),
            built_in: Some(true),
            ..TicketFilter::default()
        };
        Ok(match self {
            Self::Mine => TicketFilter { assignee: Some(person.to_owned()), ..at_work },
            Self::Unassigned => TicketFilter { unassigned: true, ..at_work },
            Self::Active => TicketFilter { states: vec![TicketState::Open], ..at_work },
            Self::ActiveAgain => TicketFilter { active_again: true, ..at_work },
            Self::Group(group) => TicketFilter { group: Some(group.clone()), ..at_work },
            Self::Snoozed => TicketFilter { snoozed: Some(true), ..at_work },
            Self::Solved => TicketFilter { states: vec![TicketState::Solved], ..TicketFilter::default() },
            Self::All => TicketFilter::default(),
            Self::Saved(name) => {
                let view = seen_by(settings, person).find(|view| view.name == *name);
                let none = || Problem::new(Kind::NotFound).detail("there is no saved view of this name");
                view.ok_or_else(none)?.filter.clone()
            }
        })
    }
}

/// The saved views of a person: their own, and everybody's. An own one hides everybody's of the same name.
pub(super) fn seen_by<'a>(settings: &'a DeskSettings, person: &'a str) -> impl Iterator<Item = &'a SavedView> {
    let own = move |view: &&SavedView| view.person.as_deref() == Some(person);
    let hidden = move |name: &str| settings.views.iter().any(|view| own(&view) && view.name == name);
    let of_all = settings.views.iter().filter(move |view| view.person.is_none() && !hidden(&view.name));
    settings.views.iter().filter(own).chain(of_all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_is_read_from_its_name_and_from_no_other() {
        let good = [
            ("mine", View::Mine),
            ("active_again", View::ActiveAgain),
            ("group:Returns & more", View::Group("Returns & more".into())),
            ("saved:a:b", View::Saved("a:b".into())),
        ];
        for (text, view) in good {
            assert_eq!(text.parse::<View>().expect("a view"), view);
        }
        for bad in ["", "Mine", "group", "group:", "saved:", "other:x", "mine "] {
            assert!(bad.parse::<View>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn saved_views_are_shown_to_those_whose_they_are() {
        let view = |name: &str, person: Option<&str>, tag: &str| SavedView {
            name: name.into(),
            person: person.map(str::to_owned),
            filter: TicketFilter { tag: Some(tag.into()), ..TicketFilter::default() },
        };
        let views =
            vec![view("urgent", None, "all"), view("urgent", Some("a"), "own"), view("private", Some("b"), "b")];
        let settings = DeskSettings { views, ..DeskSettings::default() };
        let tag =
            |person: &str, name: &str| View::Saved(name.into()).filter(person, &settings).map(|filter| filter.tag);
        assert_eq!(tag("a", "urgent").expect("own"), Some("own".to_owned()));
        assert_eq!(tag("b", "urgent").expect("everybody's"), Some("all".to_owned()));
        assert!(tag("a", "private").is_err(), "another's");
        assert_eq!(seen_by(&settings, "a").count(), 1);
        assert_eq!(seen_by(&settings, "b").count(), 2);
    }
}
