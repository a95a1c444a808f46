//! Which topic an article may have: by what articles of a topic and the questions of skills that need it are about.
//!
//! A suggestion is no assignment. It isn't searched by, and no prerequisite is met by it, until somebody accepts it.

use super::index::KnowledgeIndex;
use super::language::{Analyzer, by_tag};
use std::collections::{BTreeMap, HashMap, HashSet};

/// What is known of a topic beside the articles that have it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TopicHints {
    /// Texts about it by language (BCP 47, primary part): sample questions of the skills that name it.
    pub texts: BTreeMap<String, Vec<String>>,
}

/// A topic that stands in the article's title counts as much as this share of likeness.
const IN_TITLE: f32 = 0.25;
/// Less likeness is chance.
const LEAST: f32 = 0.12;
/// The best must be this much better than the next.
const MARGIN: f32 = 1.25;

/// Term → weight, of length one.
type Weights = HashMap<String, f32>;

impl KnowledgeIndex {
    /// A topic for each article without one, where one stands out, by the article's id. `topics` are those that skills
    /// name; those that articles have are candidates as well.
    #[must_use]
    pub fn suggestions(&self, topics: &BTreeMap<String, TopicHints>) -> BTreeMap<String, String> {
        let documents: Vec<(&super::Article, HashSet<&str>)> = self.terms().collect();
        let mut spread: HashMap<&str, usize> = HashMap::new();
        for (_, terms) in &documents {
            terms.iter().for_each(|term| *spread.entry(term).or_default() += 1);
        }
        let count = documents.len() as f32;
        let rarity = |term: &str| (1.0 + count / (0.5 + spread.get(term).copied().unwrap_or(0) as f32)).ln();
        let mut of_topics: BTreeMap<&str, Weights> = BTreeMap::new();
        for (article, terms) in &documents {
            if let Some(topic) = article.topic.as_deref() {
                let weights = of_topics.entry(topic).or_default();
                terms.iter().for_each(|term| *weights.entry((*term).to_owned()).or_default() += rarity(term));
            }
        }
        for (topic, hints) in topics {
            let weights = of_topics.entry(topic).or_default();
            for (language, texts) in &hints.texts {
                let mut analyzer = Analyzer::of(by_tag(language));
                for term in texts.iter().flat_map(|text| analyzer.terms(text)) {
                    *weights.entry(term.clone()).or_default() += rarity(&term);
                }
            }
        }
        of_topics.values_mut().for_each(normalize);
        let named: Vec<(&str, HashSet<String>)> = of_topics
            .keys()
            .map(|topic| {
                (*topic, Analyzer::of(by_tag("en")).terms(&topic.replace(['-', '_'], " ")).into_iter().collect())
            })
            .collect();

        let mut suggested = BTreeMap::new();
        for (article, terms) in documents.iter().filter(|(article, _)| article.topic.is_none()) {
            let mut own: Weights = terms.iter().map(|term| ((*term).to_owned(), rarity(term))).collect();
            normalize(&mut own);
            let title: HashSet<String> = Analyzer::of(by_tag("en")).terms(&article.title).into_iter().collect();
            let mut scores: Vec<(f32, &str)> = named
                .iter()
                .map(|(topic, names)| {
                    let of_topic = &of_topics[topic];
                    let alike: f32 = own.iter().filter_map(|(term, weight)| Some(weight * of_topic.get(term)?)).sum();
                    let in_title = !names.is_empty() && names.is_subset(&title);
                    (alike + if in_title { IN_TITLE } else { 0.0 }, *topic)
                })
                .collect();
            scores.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
            let next = scores.get(1).map_or(0.0, |(score, _)| *score);
            if let Some((score, topic)) = scores.first().filter(|(score, _)| *score >= LEAST && *score >= MARGIN * next)
            {
                tracing::trace!(article = article.id, topic, score, "topic suggested");
                suggested.insert(article.id.clone(), (*topic).to_owned());
            }
        }
        suggested
    }
}

fn normalize(weights: &mut Weights) {
    let length = weights.values().map(|weight| weight * weight).sum::<f32>().sqrt();
    if length > 0.0 {
        weights.values_mut().for_each(|weight| *weight /= length);
    }
}
