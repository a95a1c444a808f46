//! Quality and cost of the router on intent and dialogue data.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use anyhow::Context;
use serde::Deserialize;
use usher_agent::router::{Decision, Example, Outcome, RouteQuery, Router, SkillExamples};
use usher_bench::held::{self, Halves};
use usher_bench::{Draw, figure, figure_below, json_lines, labelled, timed};
use usher_host::skill::Expectation;
use usher_manifest::PluginId;

const USAGE: &str = "usage: bench-router [--held-only | DIR]

Measures the shipped skills on the messages in tests/bench/held, with --held-only on their held half and nothing else,
and the router on the sets in DIR, all optional:
  SET.train.tsv, SET.val.tsv or SET.test.tsv
      label<TAB>utterance, for SET one of clinc150, banking77, hwu64, bitext, insurance, nlpjs.en, nlpjs.es;
      the label `oos` is out of scope.
  xsid.LANGUAGE.valid.tsv, xsid.LANGUAGE.test.tsv
      the same, one language to train and test in.
  clinc150.oos_train.tsv
      more utterances out of scope.
  clinc_skill_draws.json
      {\"N20_k20_s0\": [labels of clinc150, ...], ...}: agents of N skills with k examples each; the other labels of
      clinc150 are then near out of scope.
  multidogo.train.jsonl, multidogo.test.jsonl
      one conversation a line: {\"domain\": ..., \"turns\": [{\"text\": ..., \"intent\": ...}, ...]}.";

const SEEDS: u64 = 3;

fn main() -> anyhow::Result<()> {
    let argument = std::env::args_os().nth(1);
    if argument.as_deref() == Some(OsStr::new("--held-only")) {
        return held::measure(Halves::Held);
    }
    held::measure(Halves::Both)?;
    let Some(dir) = argument.map(PathBuf::from) else {
        eprintln!("{USAGE}");
        return Ok(());
    };
    sets(&dir)?;
    languages(&dir)?;
    agents(&dir)?;
    dialogues(&dir)?;
    Ok(())
}

/// A router over labels, and the label of each of its skills.
struct Agent {
    router: Router,
    labels: HashMap<PluginId, String>,
    train_ms: f64,
}

impl Agent {
    fn of(examples: &BTreeMap<String, Vec<String>>, with_names: bool) -> anyhow::Result<Self> {
        let mut labels = HashMap::new();
        let mut skills = Vec::new();
        for (number, (label, texts)) in examples.iter().enumerate() {
            let id: PluginId = format!("skill-{number}").parse().map_err(|error| anyhow::anyhow!("{error}"))?;
            labels.insert(id.clone(), label.clone());
            let name = if with_names { label.replace(['_', '.', '/'], " ") } else { String::new() };
            skills.push(SkillExamples {
                id,
                name,
                overview: String::new(),
                when_to_use: Vec::new(),
                examples: texts.iter().map(|text| Example::new("en", text)).collect(),
            });
        }
        let (router, train_ms) = timed(|| Router::train(&skills))?;
        Ok(Self { router, labels, train_ms })
    }

    fn first(&self, text: &str) -> Decision {
        self.router.route(&RouteQuery::new(text))
    }

    /// The label that the classifier puts first, whatever the policy makes of it.
    fn best(&self, text: &str) -> Option<&str> {
        self.router.rank(text).first().map(|candidate| self.labels[&candidate.skill].as_str())
    }

    fn id_of(&self, label: &str) -> Option<&PluginId> {
        self.labels.iter().find(|(_, known)| *known == label).map(|(id, _)| id)
    }
}

fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}

fn accuracy(agent: &Agent, tests: &[(String, String)]) -> f64 {
    let known: BTreeSet<&String> = agent.labels.values().collect();
    let tests: Vec<_> = tests.iter().filter(|(label, _)| known.contains(label)).collect();
    let right = tests.iter().filter(|(label, text)| agent.best(text) == Some(label)).count();
    share(right, tests.len())
}

fn sets(dir: &Path) -> anyhow::Result<()> {
    // What scikit-learn's LinearSVC reaches over TF-IDF of words (1-2) and characters in words (2-5) on the same draws.
    let rows = [
        ("clinc150", 10, 0.810),
        ("clinc150", 20, 0.861),
        ("clinc150", usize::MAX, 0.920),
        ("banking77", 10, 0.696),
        ("banking77", 20, 0.787),
        ("hwu64", 10, 0.715),
        ("hwu64", 20, 0.798),
        ("bitext", 10, 0.896),
        ("bitext", 20, 0.961),
        ("insurance", 10, 0.950),
        ("nlpjs.en", 5, 0.940),
        ("nlpjs.es", 5, 0.892),
    ];
    println!("Accuracy in scope, mean of {SEEDS} draws of k examples a skill");
    for (set, k, gate) in rows {
        let Some(train) = labelled(dir, &format!("{set}.train.tsv"))? else { continue };
        let test = match labelled(dir, &format!("{set}.val.tsv"))? {
            Some(test) => Some(test),
            None => labelled(dir, &format!("{set}.test.tsv"))?,
        };
        let Some(test) = test else { continue };
        let (mut plain, mut named, mut ms) = (0.0, 0.0, 0.0);
        let seeds = if k == usize::MAX { 1 } else { SEEDS };
        for seed in 1..=seeds {
            let examples = Draw(seed).sample(&train, k, |label| !label.starts_with("oos"));
            let agent = Agent::of(&examples, false)?;
            plain += accuracy(&agent, &test) / seeds as f64;
            ms += agent.train_ms / seeds as f64;
            named += accuracy(&Agent::of(&examples, true)?, &test) / seeds as f64;
        }
        let k = if k == usize::MAX { "all".to_owned() } else { k.to_string() };
        figure(&format!("{set}, k={k}"), plain, Some(gate));
        println!("      with the label as the skill's name {named:.3}; training {ms:.0} ms of CPU");
    }
    Ok(())
}

fn languages(dir: &Path) -> anyhow::Result<()> {
    println!("Accuracy by language, xSID");
    for (language, gate) in [("en", Some(0.918)), ("de", None), ("it", None), ("nl", None), ("da", None)] {
        let (Some(train), Some(test)) = (
            labelled(dir, &format!("xsid.{language}.valid.tsv"))?,
            labelled(dir, &format!("xsid.{language}.test.tsv"))?,
        ) else {
            continue;
        };
        let agent = Agent::of(&Draw(1).sample(&train, usize::MAX, |_| true), false)?;
        let right = test.iter().filter(|(label, text)| agent.best(text) == Some(label)).count();
        figure(language, share(right, test.len()), gate);
    }
    Ok(())
}

#[derive(Default)]
struct Zones {
    in_scope: usize,
    right: usize,
    accepted_and_right: usize,
    asked: usize,
    asked_with_right: usize,
    routed: usize,
    routed_right: usize,
    also: usize,
    person: usize,
    near: usize,
    near_rejected: usize,
    far: usize,
    far_rejected: usize,
    two: usize,
    two_found: usize,
    in_scores: Vec<f32>,
    far_scores: Vec<f32>,
}

fn agents(dir: &Path) -> anyhow::Result<()> {
    let path = dir.join("clinc_skill_draws.json");
    let (Some(train), Some(test)) = (labelled(dir, "clinc150.train.tsv")?, labelled(dir, "clinc150.val.tsv")?) else {
        return Ok(());
    };
    if !path.exists() {
        return Ok(());
    }
    let draws: BTreeMap<String, Vec<String>> =
        serde_json::from_str(&std::fs::read_to_string(&path)?).with_context(|| path.display().to_string())?;
    let far = labelled(dir, "clinc150.oos_train.tsv")?.unwrap_or_default();
    for (n, k, gates) in [
        (10, 10, [Some(0.949), Some(0.651)]),
        (20, 10, [Some(0.927), Some(0.484)]),
        (20, 20, [Some(0.955), Some(0.764)]),
        (20, 50, [Some(0.973), Some(0.911)]),
        (40, 20, [Some(0.932), Some(0.784)]),
    ] {
        let mut zones = Zones::default();
        let (mut train_ms, mut route_ms, mut draws_seen, mut estimate) = (0.0, 0.0, 0, 0.0);
        for seed in 0..5_u64 {
            let Some(labels) = draws.get(&format!("N{n}_k{k}_s{seed}")) else { continue };
            let examples = Draw(seed + 1).sample(&train, k, |label| labels.iter().any(|known| known == label));
            let agent = Agent::of(&examples, false)?;
            train_ms += agent.train_ms;
            draws_seen += 1;
            estimate += f64::from(agent.router.report().out_of_scope_recall.unwrap_or_default());
            let before = usher_bench::cpu_ms()?;
            for (label, text) in test.iter().chain(&far) {
                zones.count(&agent, label, text);
            }
            route_ms += (usher_bench::cpu_ms()? - before) / (test.len() + far.len()) as f64;
            zones.count_pairs(&agent, &test, seed);
        }
        if draws_seen == 0 {
            continue;
        }
        println!("{n} skills x {k} examples, mean of {draws_seen} draws");
        zones.print(gates);
        figure("out-of-scope estimate from the examples alone", estimate / f64::from(draws_seen), None);
        figure_below("training, ms of CPU", train_ms / f64::from(draws_seen), 200.0);
        figure_below("route, ms of CPU", route_ms / f64::from(draws_seen), 0.2);
    }
    println!("50 skills x 100 examples");
    let labels: BTreeSet<&String> =
        train.iter().map(|(label, _)| label).collect::<BTreeSet<_>>().into_iter().take(50).collect();
    let agent = Agent::of(&Draw(1).sample(&train, 100, |label| labels.iter().any(|known| *known == label)), true)?;
    figure_below("training, ms of CPU", agent.train_ms, 400.0);
    let (_, ms) = timed(|| test.iter().for_each(|(_, text)| drop(agent.first(text))))?;
    figure_below("route, ms of CPU", ms / test.len() as f64, 0.2);
    Ok(())
}

impl Zones {
    fn count(&mut self, agent: &Agent, label: &str, text: &str) {
        let decision = agent.first(text);
        let rejected = matches!(decision.outcome, Outcome::OutOfScope { .. } | Outcome::SmallTalk { .. });
        let score = decision.scores.best.first().map_or(-2.0, |best| best.score);
        let in_scope = agent.labels.values().any(|known| known == label);
        if label == "oos" {
            self.far += 1;
            self.far_rejected += usize::from(rejected);
            self.far_scores.push(score);
        }
        if !in_scope {
            if label != "oos" {
                self.near += 1;
                self.near_rejected += usize::from(rejected);
            }
            return;
        }
        self.in_scope += 1;
        self.in_scores.push(score);
        let right = agent.best(text) == Some(label);
        self.right += usize::from(right);
        self.also += usize::from(decision.also.is_some());
        match &decision.outcome {
            Outcome::Route { .. } => {
                self.accepted_and_right += usize::from(right);
                self.routed += 1;
                self.routed_right += usize::from(right);
            }
            Outcome::AskWhich { a, b } => {
                self.asked += 1;
                self.accepted_and_right += usize::from(right);
                self.asked_with_right += usize::from([a, b].iter().any(|id| agent.labels[*id] == label));
            }
            Outcome::Person => self.person += 1,
            Outcome::OutOfScope { .. } | Outcome::SmallTalk { .. } => {}
        }
    }

    /// Two requests for two skills in one message, made by joining two test utterances.
    fn count_pairs(&mut self, agent: &Agent, test: &[(String, String)], seed: u64) {
        let mine: Vec<_> = test.iter().filter(|(label, _)| agent.labels.values().any(|known| known == label)).collect();
        let mut draw = Draw(seed + 77);
        for joint in [" and ", ". ", ", also ", "? "].into_iter().cycle().take(200) {
            let (a, b) = (mine[draw.below(mine.len())], mine[draw.below(mine.len())]);
            if a.0 == b.0 {
                continue;
            }
            let decision = agent.first(&format!("{}{joint}{}", a.1, b.1));
            let found = decision.skill().zip(decision.also.as_ref());
            self.two += 1;
            self.two_found += usize::from(
                found.is_some_and(|(first, second)| agent.labels[first] == a.0 && agent.labels[second] == b.0),
            );
        }
    }

    fn print(&self, [accuracy, far]: [Option<f64>; 2]) {
        figure("accuracy in scope", share(self.right, self.in_scope), accuracy);
        figure("AUROC against far out of scope", auroc(&self.in_scores, &self.far_scores), None);
        figure("accepted and right", share(self.accepted_and_right, self.in_scope), None);
        figure("far out of scope rejected", share(self.far_rejected, self.far), far);
        figure("near out of scope rejected", share(self.near_rejected, self.near), None);
        figure("asked \"A or B?\"", share(self.asked, self.in_scope), None);
        figure("right skill among the two", share(self.asked_with_right, self.asked), None);
        figure("right where routed without asking", share(self.routed_right, self.routed), None);
        figure("a second request seen where there is none", share(self.also, self.in_scope), None);
        figure("two requests both found, in order", share(self.two_found, self.two), None);
        figure("taken for the wish for a person", share(self.person, self.in_scope), None);
    }
}

/// The chance that a message in scope scores above one out of scope.
fn auroc(inside: &[f32], outside: &[f32]) -> f64 {
    let mut all: Vec<(f32, bool)> =
        inside.iter().map(|&score| (score, true)).chain(outside.iter().map(|&score| (score, false))).collect();
    all.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    let (mut below, mut sum) = (0.0, 0.0);
    for (_, inside) in all {
        if inside {
            sum += below;
        } else {
            below += 1.0;
        }
    }
    sum / (inside.len() as f64 * outside.len() as f64)
}

#[derive(Deserialize)]
struct Conversation {
    domain: String,
    turns: Vec<Turn>,
}

#[derive(Deserialize)]
struct Turn {
    text: String,
    intent: String,
}

/// Intents that are no request for a skill.
const ANSWERS: [&str; 4] = ["contentonly", "confirmation", "rejection", "thankyou"];
const GREETINGS: [&str; 2] = ["openinggreeting", "closinggreeting"];
const OUTSIDE: &str = "outofdomain";

fn dialogues(dir: &Path) -> anyhow::Result<()> {
    let (Some(train), Some(test)) = (
        json_lines::<Conversation>(dir, "multidogo.train.jsonl")?,
        json_lines::<Conversation>(dir, "multidogo.test.jsonl")?,
    ) else {
        return Ok(());
    };
    let request = |intent: &str| {
        !ANSWERS.contains(&intent) && !GREETINGS.contains(&intent) && intent != OUTSIDE && !intent.contains([' ', '<'])
    };
    println!("Topic switches, MultiDoGO, 20 examples a skill, the conversation's true skill active, nothing expected");
    let mut switches = Switches::default();
    for seed in 1..=SEEDS {
        let domains: BTreeSet<&String> = train.iter().map(|conversation| &conversation.domain).collect();
        for domain in domains {
            let texts: Vec<(String, String)> = train
                .iter()
                .filter(|conversation| conversation.domain == *domain)
                .flat_map(|conversation| &conversation.turns)
                .map(|turn| (turn.intent.clone(), turn.text.clone()))
                .collect();
            let agent = Agent::of(&Draw(seed).sample(&texts, 20, request), true)?;
            for conversation in test.iter().filter(|conversation| conversation.domain == *domain) {
                switches.count(&agent, conversation, &request);
            }
        }
    }
    let [first, caught, kept, moved, greeted, hijacked] = switches.rows;
    let of = |(part, whole): (usize, usize)| share(part, whole);
    figure("first request right", of(first), None);
    figure("switches caught", of(caught), Some(0.75));
    figure("request for the active skill kept", of(kept), None);
    figure_below("moved by an answer, yes, no or thanks", of(moved), 0.06);
    figure("greeting routed to a skill", of(greeted), None);
    figure("moved by a message outside the domain", of(hijacked), None);
    Ok(())
}

/// `(counted, of)` for: first request, switch, restated request, answer, greeting, outside.
#[derive(Default)]
struct Switches {
    rows: [(usize, usize); 6],
}

impl Switches {
    fn count(&mut self, agent: &Agent, conversation: &Conversation, request: &impl Fn(&str) -> bool) {
        let mut add = |row: usize, counted: bool| {
            self.rows[row].1 += 1;
            self.rows[row].0 += usize::from(counted);
        };
        let mut active: Option<&PluginId> = None;
        for turn in &conversation.turns {
            let query = RouteQuery { active, expects: Expectation::Nothing, ..RouteQuery::new(&turn.text) };
            let decision = agent.router.route(&query);
            let to = decision.skill();
            let left = matches!(decision.outcome, Outcome::AskWhich { .. }) || (to.is_some() && to != active);
            let intent = turn.intent.as_str();
            if let Some(gold) = agent.id_of(intent).filter(|_| request(intent)) {
                let row = match active {
                    None => 0,
                    Some(active) if active != gold => 1,
                    Some(_) => 2,
                };
                add(row, to == Some(gold));
                active = Some(gold);
            } else if GREETINGS.contains(&intent) {
                add(4, left);
            } else if active.is_some() && ANSWERS.contains(&intent) {
                add(3, left);
            } else if active.is_some() && intent == OUTSIDE {
                add(5, left);
            }
        }
    }
}
