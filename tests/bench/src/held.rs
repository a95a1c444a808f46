//! The router with the skills as they are shipped, on customers' messages that were written for this and for nothing else.
//!
//! `held/LANGUAGE.tsv` of this crate has a label and a message a line: a skill's id, `person` or `out-of-scope`. Of each
//! label's messages every second one, in the file's order, belongs to the held half, and the others to the final half. The
//! held half may be looked at while the router and the manifests are worked on, and its mistakes are printed; the final
//! half is there for the figure only, and its mistakes are not.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use anyhow::Context;
use usher_agent::router::{Outcome, RouteQuery, Router, SkillExamples};
use usher_manifest::{Kind, Manifest};

use crate::{figure, figure_below, labelled, timed};

const PERSON: &str = "person";
const OUTSIDE: &str = "out-of-scope";
/// Language, and which accuracy and out-of-scope recall to reach.
const LANGUAGES: [(&str, f64, Option<f64>); 4] =
    [("en", 0.95, Some(0.85)), ("fr", 0.90, None), ("nl", 0.90, None), ("sv", 0.90, None)];

/// A message with the label that people gave it.
type Message = (String, String);

/// Which figures are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Halves {
    /// Those of the held half alone: for work on the router and the manifests.
    Held,
    /// Those of the final half too.
    Both,
}

/// Trains on the shipped manifests and prints the figures and the mistakes of the held half, and the figures of the final
/// half where they are asked for.
///
/// # Errors
/// A manifest or a message file can't be read, or a message is labelled with something that there isn't.
pub fn measure(wanted: Halves) -> anyhow::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let skills = shipped(&root.join("../../skills"))?;
    let (router, train_ms) = timed(|| Router::train(&skills))?;
    println!("Customers' messages, the {} shipped skills", skills.len());
    figure_below("training, ms of CPU", train_ms, 300.0);
    let mut seen: BTreeMap<&str, [Count; 2]> = BTreeMap::new();
    for (language, ..) in LANGUAGES {
        let name = format!("{language}.tsv");
        let messages = labelled(&root.join("held"), &name)?.with_context(|| format!("there is no held/{name}"))?;
        let known: BTreeSet<&str> = skills.iter().map(|skill| skill.id.as_str()).chain([PERSON, OUTSIDE]).collect();
        if let Some((label, text)) = messages.iter().find(|(label, _)| !known.contains(label.as_str())) {
            anyhow::bail!("held/{name}: «{text}» is labelled `{label}`; known are {known:?}");
        }
        let halves = halves(messages);
        seen.insert(language, halves.map(|half| Count::of(&router, half)));
    }
    let headings: &[&str] = match wanted {
        Halves::Held => &["Held half"],
        Halves::Both => &["Held half", "Final half"],
    };
    for (half, heading) in headings.iter().enumerate() {
        println!("{heading}");
        for (language, accuracy, recall) in LANGUAGES {
            seen[language][half].print(language, accuracy, recall);
        }
    }
    println!("Mistakes in the held half");
    for (language, ..) in LANGUAGES {
        for (label, got, text) in &seen[language][0].mistakes {
            println!("  {language}  {label} -> {got}: {text}");
        }
    }
    Ok(())
}

/// What the router learns of the skills in this folder.
fn shipped(folder: &Path) -> anyhow::Result<Vec<SkillExamples>> {
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .with_context(|| format!("can't read {}", folder.display()))?
        .flatten()
        .map(|entry| entry.path().join(Kind::Skill.file_name()))
        .filter(|path| path.exists())
        .collect();
    paths.sort();
    let mut skills = Vec::new();
    for path in paths {
        let text = std::fs::read_to_string(&path).with_context(|| format!("can't read {}", path.display()))?;
        let manifest = Manifest::from_toml(Kind::Skill, &text).with_context(|| path.display().to_string())?;
        if let Manifest::Skill(skill) = &manifest {
            skills.push(SkillExamples::from(skill));
        }
    }
    Ok(skills)
}

fn halves(messages: Vec<Message>) -> [Vec<Message>; 2] {
    let mut halves = [Vec::new(), Vec::new()];
    let mut next: HashMap<String, usize> = HashMap::new();
    for message in messages {
        let turn = next.entry(message.0.clone()).or_default();
        halves[*turn % 2].push(message);
        *turn += 1;
    }
    halves
}

/// What the router made of some messages.
#[derive(Default)]
struct Count {
    inside: usize,
    /// The message goes where people would send it; of "A or B?" the first counts.
    right: usize,
    /// The best skill is the right one, whatever the thresholds make of it.
    best: usize,
    of_skills: usize,
    asked: usize,
    outside: usize,
    rejected: usize,
    /// Label, what the router said, and the message.
    mistakes: Vec<(String, String, String)>,
}

impl Count {
    fn of(router: &Router, messages: Vec<Message>) -> Self {
        let mut count = Self::default();
        for (label, text) in messages {
            count.add(router, label, text);
        }
        count
    }

    fn add(&mut self, router: &Router, label: String, text: String) {
        let got = match router.route(&RouteQuery::new(&text)).outcome {
            Outcome::Route { ranked } => {
                ranked.first().map(|candidate| candidate.skill.to_string()).unwrap_or_default()
            }
            Outcome::AskWhich { a, .. } => {
                self.asked += usize::from(label != OUTSIDE);
                a.to_string()
            }
            Outcome::OutOfScope { .. } | Outcome::SmallTalk { .. } => OUTSIDE.to_owned(),
            Outcome::Person => PERSON.to_owned(),
        };
        let right = got == label;
        if label == OUTSIDE {
            self.outside += 1;
            self.rejected += usize::from(right);
        } else {
            self.inside += 1;
            self.right += usize::from(right);
            if label != PERSON {
                self.of_skills += 1;
                let best = router.rank(&text);
                self.best += usize::from(best.first().is_some_and(|best| best.skill.as_str() == label));
            }
        }
        if !right {
            self.mistakes.push((label, got, text));
        }
    }

    fn print(&self, language: &str, accuracy: f64, recall: Option<f64>) {
        let share = |part: usize, whole: usize| part as f64 / whole.max(1) as f64;
        let named = |what: &str, of: usize| format!("{language}: {what}, of {of}");
        figure(&named("top-1 accuracy", self.inside), share(self.right, self.inside), Some(accuracy));
        figure(&named("best skill right, thresholds aside", self.of_skills), share(self.best, self.of_skills), None);
        figure(&named("asked \"A or B?\"", self.inside), share(self.asked, self.inside), None);
        figure(&named("out of scope recognised", self.outside), share(self.rejected, self.outside), recall);
    }
}
