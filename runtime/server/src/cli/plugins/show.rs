//! A release for the person who decides about it.

use super::answers::{Change, Detail, Difference, Flag, Release};
use super::{short, shown};
use crate::cli::terminal::plain_line;
use jiff::Timestamp;

/// All about a release, with the other releases of its plugin.
pub(super) fn text(detail: &Detail, history: &[&Release]) -> String {
    let mut out = whole(detail, history);
    let release = &detail.release;
    if release.state == "pending" {
        let named = short(&release.digest);
        let lacking = shown(detail.missing.as_deref().unwrap_or(&release.reason));
        out.push_str(&format!(
            "\nIt waits: {lacking}.\n  usher plugins approve {named} --reason \"…\"    lets it serve\n  \
             usher plugins refuse {named} --reason \"…\"\n"
        ));
    }
    out
}

fn whole(detail: &Detail, history: &[&Release]) -> String {
    let mut out = String::new();
    let mut line = |text: &str| out.extend([text, "\n"]);
    let release = &detail.release;
    head(release, &mut line);
    line(&match detail.approvals_needed {
        1 => "  needs        one person's approval".to_owned(),
        people => format!("  needs        {people} persons' approvals"),
    });
    flags("\nLook at this first:", &detail.sheet.flags, &mut line);
    line("\nWhat it can do:");
    for sentence in &detail.sheet.sentences {
        line(&format!("  {}", plain_line(&sentence.name)));
        line(&format!("      {}", plain_line(&sentence.text)));
        if let Some(reason) = &sentence.reason {
            line(&format!("      why: {}", plain_line(reason)));
        }
    }
    if detail.sheet.sentences.is_empty() {
        line("  nothing but to be asked and to answer");
    }
    if let Some(difference) = &detail.difference {
        changes(difference, &mut line);
    }
    if !detail.approvals.is_empty() {
        line("\nApproved:");
    }
    for approval in &detail.approvals {
        line(&format!("  {}  {}: {}", when(&approval.at), shown(&approval.by), shown(&approval.reason)));
    }
    if history.len() > 1 {
        line("\nIts releases, newest first:");
        for other in history {
            line(&format!(
                "  {}  {:10}  {}  {}  {}",
                short(&other.digest),
                other.state,
                when(&other.changed_at),
                shown(&other.version),
                shown(&other.reason)
            ));
        }
    }
    out
}

/// What is asked about before a yes: who it is, what changes, and what to look at.
pub(super) fn to_decide(detail: &Detail) -> String {
    let Some(difference) = &detail.difference else {
        return whole(detail, &[]);
    };
    let mut out = String::new();
    let mut line = |text: &str| out.extend([text, "\n"]);
    head(&detail.release, &mut line);
    changes(difference, &mut line);
    out
}

fn head(release: &Release, line: &mut impl FnMut(&str)) {
    line(&format!(
        "{} {} {} – {}",
        shown(&release.kind),
        shown(&release.plugin),
        shown(&release.version),
        shown(&release.name)
    ));
    line(&format!("  state        {}: {}", release.state, shown(&release.reason)));
    line(&format!("  digest       {}", shown(&release.digest)));
    line(&format!("  fingerprint  {}", shown(&release.fingerprint)));
    line(&match (&release.publisher, release.sequence) {
        (Some(publisher), sequence) => format!(
            "  signed by    {} (key {}), number {}",
            shown(publisher),
            shown(&release.key_ids.join(", ")),
            sequence.map_or_else(|| "-".to_owned(), |sequence| sequence.to_string())
        ),
        (None, _) => "  signed by    nobody whose signature counts here".to_owned(),
    });
    line(&format!("  proposed     {} by {}", when(&release.proposed_at), shown(&release.proposed_by)));
    if let Some(since) = &release.live_since {
        line(&format!("  served from  {}", when(since)));
    }
}

fn changes(difference: &Difference, line: &mut impl FnMut(&str)) {
    let verdict = match difference.asks.as_str() {
        "more" => "asks for MORE than",
        "less" => "asks for less than",
        _ => "asks for the same as",
    };
    line(&format!("\nIt {verdict} {} ({}), which is live:", shown(&difference.version), short(&difference.against)));
    let is_text = |change: &&Change| change.what == "text";
    for change in difference.changes.iter().filter(|change| !is_text(change)) {
        let sign = match change.mark.as_str() {
            "added" => "+",
            "removed" => "-",
            _ => "~",
        };
        let more = if change.widens { "  [more]" } else { "" };
        line(&format!("  {sign} {}{more}", plain_line(&change.sentence)));
    }
    if difference.changes.is_empty() {
        line("  nothing of what it can do changed");
    }
    flags("\nLook at this first, it is new:", &difference.new_flags, line);
    let texts: Vec<_> = difference.changes.iter().filter(is_text).collect();
    if !texts.is_empty() {
        line("\nWhat its author says changed (it means nothing for what it can do):");
    }
    for change in texts {
        change.removed.iter().for_each(|text| line(&format!("  - {}", plain_line(text))));
        change.added.iter().for_each(|text| line(&format!("  + {}", plain_line(text))));
    }
}

fn flags(heading: &str, flags: &[Flag], line: &mut impl FnMut(&str)) {
    if !flags.is_empty() {
        line(heading);
    }
    for flag in flags {
        let severity = if flag.severity == "danger" { "DANGER" } else { flag.severity.as_str() };
        line(&format!("  {} [{}]", shown(severity), shown(&flag.name)));
        line(&format!("      {}", plain_line(&flag.sentence)));
    }
}

/// A time to the second.
fn when(time: &str) -> String {
    time.parse::<Timestamp>().map_or_else(|_| shown(time), |time| time.strftime("%Y-%m-%d %H:%M:%SZ").to_string())
}
