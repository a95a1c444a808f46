//! Quality and cost of the knowledge search on retrieval data.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use usher_agent::knowledge::{Article, Format, Knowledge, KnowledgeIndex};
use usher_bench::{Draw, figure, figure_below, json_lines, labelled, timed};

const USAGE: &str = "usage: bench-knowledge DIR

Looks in DIR for any of these, all optional:
  stackfaq.kb.jsonl, dstc11_t5.kb.jsonl
      one article a line: {\"id\": ..., \"question\": ..., \"answers\": [...]}.
  stackfaq.queries.jsonl, dstc11_t5.queries.jsonl
      {\"q\": ..., \"rel\": [ids of the right articles]}.
  tau_banking.kb.jsonl
      {\"id\": ..., \"title\": ..., \"content\": Markdown}: each article is looked for by its title, which is not indexed.
  clinc150.val.tsv
      label<TAB>utterance: questions that no article answers.";

const DEPTH: usize = 10;

fn main() -> anyhow::Result<()> {
    let Some(dir) = std::env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("{USAGE}");
        std::process::exit(2);
    };
    let foreign: Vec<String> =
        labelled(&dir, "clinc150.val.tsv")?.unwrap_or_default().into_iter().map(|(_, text)| text).step_by(5).collect();
    questions(&dir, "stackfaq", &foreign, Some(0.80))?;
    questions(&dir, "dstc11_t5", &foreign, Some(0.549))?;
    sample_questions(&dir, &foreign)?;
    titles(&dir)?;
    cost()?;
    Ok(())
}

#[derive(Deserialize)]
struct Faq {
    id: u64,
    question: String,
    answers: Vec<String>,
}

#[derive(Deserialize)]
struct Asked {
    q: String,
    rel: Vec<u64>,
}

fn article(id: &str, title: &str, body: &str, format: Format) -> Article {
    Article {
        id: id.to_owned(),
        title: title.to_owned(),
        body: body.to_owned(),
        format,
        topic: None,
        url: None,
        language: Some("en".to_owned()),
        questions: Vec::new(),
        updated_at: jiff::Timestamp::UNIX_EPOCH,
        valid_until: None,
    }
}

/// Running sums of nDCG, recall and hits.
#[derive(Default)]
struct Ranks {
    queries: usize,
    gain: f64,
    recall_at_5: f64,
    first: usize,
    first_confident: usize,
    confident: usize,
}

impl Ranks {
    fn search(&mut self, index: &KnowledgeIndex, query: &str, right: &BTreeSet<String>) -> anyhow::Result<()> {
        let found = index.search(query, None, DEPTH, Some("en"));
        let hit = |rank: usize| found.get(rank).is_some_and(|passage| right.contains(&passage.article));
        let discount = |rank: usize| 1.0 / (rank as f64 + 2.0).log2();
        let ideal: f64 = (0..right.len().min(DEPTH)).map(discount).sum();
        self.queries += 1;
        self.gain += (0..DEPTH).filter(|&rank| hit(rank)).map(discount).sum::<f64>() / ideal;
        self.recall_at_5 += (0..5).filter(|&rank| hit(rank)).count() as f64 / right.len() as f64;
        let confident = found.first().is_some_and(|passage| passage.confident);
        self.first += usize::from(hit(0));
        self.confident += usize::from(confident);
        self.first_confident += usize::from(confident && hit(0));
        Ok(())
    }

    fn print(&self, gate: Option<f64>) {
        let mean = |sum: f64| sum / self.queries.max(1) as f64;
        figure("nDCG@10", mean(self.gain), gate);
        figure("recall@5", mean(self.recall_at_5), None);
        figure("hit@1", mean(self.first as f64), None);
        figure("held to be answered", mean(self.confident as f64), None);
        figure("right where held to be answered", self.first_confident as f64 / self.confident.max(1) as f64, None);
    }
}

fn print_foreign(index: &KnowledgeIndex, foreign: &[String]) -> anyhow::Result<()> {
    if foreign.is_empty() {
        return Ok(());
    }
    let mut answered = 0;
    for text in foreign {
        answered += usize::from(index.search(text, None, 1, Some("en")).first().is_some_and(|found| found.confident));
    }
    figure("threshold of confidence", f64::from(index.threshold()), None);
    figure("foreign questions held to be answered", answered as f64 / foreign.len() as f64, None);
    Ok(())
}

/// Question and answers as one article.
fn questions(dir: &Path, set: &str, foreign: &[String], gate: Option<f64>) -> anyhow::Result<()> {
    let (Some(faq), Some(asked)) = (
        json_lines::<Faq>(dir, &format!("{set}.kb.jsonl"))?,
        json_lines::<Asked>(dir, &format!("{set}.queries.jsonl"))?,
    ) else {
        return Ok(());
    };
    let articles: Vec<Article> = faq
        .iter()
        .map(|faq| article(&faq.id.to_string(), &faq.question, &faq.answers.join("\n\n"), Format::Text))
        .collect();
    let index = KnowledgeIndex::build(&articles);
    println!("{set}: {} articles, {} passages, {} queries", index.articles(), index.passages(), asked.len());
    let mut ranks = Ranks::default();
    for asked in &asked {
        ranks.search(&index, &asked.q, &asked.rel.iter().map(u64::to_string).collect())?;
    }
    ranks.print(gate);
    print_foreign(&index, foreign)
}

/// StackFAQ with some of each article's questions given as sample questions; the others are asked.
fn sample_questions(dir: &Path, foreign: &[String]) -> anyhow::Result<()> {
    let (Some(faq), Some(asked)) =
        (json_lines::<Faq>(dir, "stackfaq.kb.jsonl")?, json_lines::<Asked>(dir, "stackfaq.queries.jsonl")?)
    else {
        return Ok(());
    };
    let mut by_article: BTreeMap<u64, Vec<&str>> = BTreeMap::new();
    for asked in &asked {
        if let Some(&id) = asked.rel.first() {
            by_article.entry(id).or_default().push(&asked.q);
        }
    }
    for questions in by_article.values_mut() {
        Draw(7).shuffle(questions);
    }
    for (samples, gate) in [(0, 0.90), (1, 0.92), (3, 0.93), (5, 0.96)] {
        let articles: Vec<Article> = faq
            .iter()
            .map(|faq| {
                let known = by_article.get(&faq.id).map_or(&[][..], Vec::as_slice);
                Article {
                    questions: known.iter().take(samples).map(|&question| question.to_owned()).collect(),
                    ..article(&faq.id.to_string(), &faq.question, &faq.answers.join("\n\n"), Format::Text)
                }
            })
            .collect();
        let index = KnowledgeIndex::build(&articles);
        let mut ranks = Ranks::default();
        for (id, questions) in &by_article {
            for question in questions.iter().skip(5) {
                ranks.search(&index, question, &BTreeSet::from([id.to_string()]))?;
            }
        }
        println!("stackfaq with {samples} sample questions an article, {} unseen paraphrases", ranks.queries);
        ranks.print(Some(gate));
        print_foreign(&index, foreign)?;
    }
    Ok(())
}

#[derive(Deserialize)]
struct Policy {
    id: String,
    title: String,
    content: String,
}

fn titles(dir: &Path) -> anyhow::Result<()> {
    let Some(policies) = json_lines::<Policy>(dir, "tau_banking.kb.jsonl")? else { return Ok(()) };
    let articles: Vec<Article> =
        policies.iter().map(|policy| article(&policy.id, "-", &policy.content, Format::Markdown)).collect();
    let (index, ms) = timed(|| KnowledgeIndex::build(&articles))?;
    println!("tau_banking: {} articles, {} passages, built in {ms:.0} ms of CPU", index.articles(), index.passages());
    let mut ranks = Ranks::default();
    for policy in &policies {
        ranks.search(&index, &policy.title, &BTreeSet::from([policy.id.clone()]))?;
    }
    ranks.print(None);
    Ok(())
}

/// Made-up articles in numbers, for the cost alone.
fn cost() -> anyhow::Result<()> {
    for (count, most_ms) in [(200, 100.0), (2_000, 1_000.0)] {
        let mut draw = Draw(3);
        let mut words = |n: usize| {
            let word = |draw: &mut Draw| format!("w{}", draw.below(60) * draw.below(60));
            (0..n).map(|i| word(&mut draw) + if i % 12 == 11 { "." } else { "" }).collect::<Vec<_>>().join(" ")
        };
        let articles: Vec<Article> = (0..count)
            .map(|n| Article {
                questions: vec![words(8), words(8)],
                ..article(&n.to_string(), &words(6), &words(400), Format::Markdown)
            })
            .collect();
        let started = std::time::Instant::now();
        let knowledge = Knowledge::new(&articles);
        println!("{count} articles, {} passages (wall time)", knowledge.index().passages());
        figure("built, ms", started.elapsed().as_secs_f64() * 1e3, None);
        let started = std::time::Instant::now();
        for article in articles.iter().take(5) {
            knowledge.replace(article.clone());
        }
        figure_below("one article changed, ms", started.elapsed().as_secs_f64() * 1e3 / 5.0, most_ms);
        let queries: Vec<String> = (0..200).map(|_| words(8)).collect();
        let search = |query: &String| drop(knowledge.search(query, None, 5, Some("en")));
        let ((), ms) = timed(|| queries.iter().for_each(search))?;
        figure_below("search, ms of CPU", ms / queries.len() as f64, 5.0);
    }
    Ok(())
}
