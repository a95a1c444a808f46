//! The searchable form of all articles.
//!
//! Each article is prepared once ([`Prepared`]: parsed, cut, analysed) and an index is built from all prepared ones. An
//! index never changes: scores depend on the articles alone, not on the order in which they came.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::article::Article;
use super::bm25::{Bm25, Entry};
use super::chunk::{Chunk, chunks};
use super::confidence;
use super::document::Document;
use super::language::{Analyzer, Stemmed, by_tag, detect, detect_among};
use super::similarity::Similarity;
use crate::router::text::Grams;

/// How often the title counts as text of each passage.
const TITLE_TIMES: usize = 3;
/// What the likeness to titles and sample questions weighs beside BM25. Measured on five retrieval sets: the gain on
/// short questions is large, the loss on long ones small.
const SIMILARITY_WEIGHT: f32 = 0.5;
/// Passages that BM25 puts forward.
const CANDIDATES: usize = 400;
/// What an article in another language than the customer's keeps of its score.
const OTHER_LANGUAGE: f32 = 0.8;
/// No search answers with more.
const MOST_PASSAGES: usize = 20;
/// Longer queries are cut: a customer's message is at most a few hundred words.
const LONGEST_QUERY: usize = 4_000;

/// A passage that a search found: `passage` of `usher:tools/knowledge`, with what the record of a turn needs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Passage {
    /// What a reply names in `sources`.
    pub id: String,
    /// The article's id.
    pub article: String,
    /// The article's title.
    pub title: String,
    /// The heading that the passage stands under.
    pub heading: Option<String>,
    /// Plain text.
    pub text: String,
    /// Where customers can read the article.
    pub url: Option<String>,
    /// BCP 47, as declared or detected.
    pub language: Option<String>,
    /// When the article was changed last.
    pub updated_at: Timestamp,
    /// From 0 to 1; comparable within one search only.
    pub score: f32,
    /// From 0 to 1: how sure it is that this answers the query. Comparable between searches.
    pub confidence: f32,
    /// Whether `confidence` reaches the threshold.
    pub confident: bool,
}

/// An article in the form that indexes are built from.
pub(super) struct Prepared {
    article: Article,
    title: String,
    language: Option<String>,
    stemmed: Stemmed,
    chunks: Vec<(Chunk, Vec<String>)>,
    /// Title and sample questions.
    units: Vec<Grams>,
}

impl Prepared {
    pub(super) fn of(article: &Article) -> Self {
        let document = Document::of(article);
        let language = article.language.clone().or_else(|| {
            let text = document.sections.iter().map(|section| section.text.as_str()).collect::<Vec<_>>().join("\n");
            detect(&format!("{}\n{text}", document.title)).map(str::to_owned)
        });
        let stemmed = language.as_deref().and_then(by_tag);
        let mut analyzer = Analyzer::of(stemmed);
        let title_terms = analyzer.terms(&document.title);
        let chunks = chunks(&document)
            .into_iter()
            .map(|chunk| {
                let mut terms = [title_terms.as_slice(); TITLE_TIMES].concat();
                terms.extend(analyzer.terms(chunk.heading.as_deref().unwrap_or_default()));
                terms.extend(analyzer.terms(&chunk.text));
                (chunk, terms)
            })
            .collect();
        let texts = [&document.title].into_iter().chain(&article.questions);
        let units = texts.map(|text| Grams::of(text)).filter(|grams| !grams.is_empty()).collect();
        Self { article: article.clone(), title: document.title, language, stemmed, chunks, units }
    }
}

/// All articles, searchable. Immutable.
pub struct KnowledgeIndex {
    articles: Vec<Arc<Prepared>>,
    /// Number of each article's first passage, and one past the last.
    starts: Vec<u64>,
    /// `None` where there are no passages, or where tantivy failed: then similarity alone finds.
    bm25: Option<Bm25>,
    similarity: Similarity,
    /// Of the articles, the most frequent first.
    languages: Vec<Stemmed>,
    threshold: f32,
}

impl KnowledgeIndex {
    /// Builds the index of these articles. Where an id occurs twice, the later article counts.
    ///
    /// Should tantivy fail, the log says so and the index finds by titles and sample questions alone: better than
    /// keeping an index of former articles.
    #[must_use]
    pub fn build(articles: &[Article]) -> Self {
        let by_id: BTreeMap<&str, &Article> = articles.iter().map(|article| (article.id.as_str(), article)).collect();
        Self::of(by_id.into_values().map(|article| Arc::new(Prepared::of(article))).collect())
    }

    /// The articles must be in a fixed order, for equal scores are ranked by it.
    pub(super) fn of(articles: Vec<Arc<Prepared>>) -> Self {
        let mut starts = vec![0];
        let mut entries = Vec::new();
        let mut units = Vec::new();
        let mut languages: Vec<(Stemmed, usize)> = Vec::new();
        for (number, article) in (0..).zip(&articles) {
            for (_, terms) in &article.chunks {
                entries.push(Entry { number: entries.len() as u64, terms, topic: article.article.topic.as_deref() });
            }
            starts.push(entries.len() as u64);
            units.extend(article.units.iter().map(|grams| (number, grams)));
            match languages.iter_mut().find(|(language, _)| *language == article.stemmed) {
                Some((_, count)) => *count += 1,
                None => languages.push((article.stemmed, 1)),
            }
        }
        languages.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
        let passages = entries.len() as u64;
        let bm25 = match (passages > 0).then(|| Bm25::of(entries)).transpose() {
            Ok(bm25) => bm25,
            Err(error) => {
                tracing::error!(%error, "the passages of the knowledge could not be indexed; titles and questions are");
                None
            }
        };
        let similarity = Similarity::of(&units);
        let mut index = Self {
            starts,
            bm25,
            similarity,
            languages: languages.into_iter().map(|(language, _)| language).collect(),
            threshold: confidence::SHIPPED_THRESHOLD,
            articles,
        };
        index.threshold = confidence::threshold(&index);
        index
    }

    /// How many passages there are.
    pub fn passages(&self) -> u64 {
        self.starts.last().copied().unwrap_or_default()
    }

    /// How many articles there are.
    pub fn articles(&self) -> usize {
        self.articles.len()
    }

    /// The confidence from which a passage is held to be an answer.
    pub fn threshold(&self) -> f32 {
        self.threshold
    }

    /// Whether an article has this topic: prerequisites of skills ask.
    pub fn has_topic(&self, topic: &str) -> bool {
        self.articles
            .iter()
            .any(|article| article.article.topic.as_deref() == Some(topic) && !article.chunks.is_empty())
    }

    /// The best passage of each of the best `limit` articles, best first. The query is text and nothing else: no
    /// character in it has a meaning. `language` is the customer's, BCP 47: its articles come before equally good ones
    /// in other languages.
    #[must_use]
    pub fn search(&self, query: &str, topic: Option<&str>, limit: usize, language: Option<&str>) -> Vec<Passage> {
        let query = Query::of(self, query, language);
        self.rank(&query, topic)
            .into_iter()
            .take(limit.min(MOST_PASSAGES))
            .map(|hit| {
                let article = &self.articles[hit.article];
                let (chunk, _) = &article.chunks[hit.chunk];
                let confidence = self.confidence(&hit);
                Passage {
                    id: format!("{}#{}", article.article.id, hit.chunk + 1),
                    article: article.article.id.clone(),
                    title: article.title.clone(),
                    heading: chunk.heading.clone(),
                    text: chunk.text.clone(),
                    url: article.article.url.clone(),
                    language: article.language.clone(),
                    updated_at: article.article.updated_at,
                    score: hit.score,
                    confidence,
                    confident: confidence >= self.threshold,
                }
            })
            .collect()
    }

    fn rank(&self, query: &Query, topic: Option<&str>) -> Vec<Hit> {
        let mut hits: Vec<Hit> = self
            .similarity
            .of_articles(&query.grams, self.articles.len())
            .into_iter()
            .enumerate()
            .map(|(article, similarity)| Hit { article, chunk: 0, bm25: 0.0, similarity, score: 0.0 })
            .collect();
        for (passage, score) in self.by_bm25(query, topic) {
            let article = self.starts.partition_point(|&start| start <= passage) - 1;
            let hit = &mut hits[article];
            if score > hit.bm25 {
                hit.bm25 = score;
                hit.chunk = (passage - self.starts[article]) as usize;
            }
        }
        hits.retain(|hit| {
            let article = &self.articles[hit.article];
            !article.chunks.is_empty()
                && (hit.bm25 > 0.0 || hit.similarity > 0.0)
                && topic.is_none_or(|topic| article.article.topic.as_deref() == Some(topic))
        });
        // Both scaled to their best: an article that matches nothing has 0 in each, so that 0 is the least.
        let most = |value: fn(&Hit) -> f32| hits.iter().map(value).fold(f32::MIN_POSITIVE, f32::max);
        let (most_bm25, most_similar) = (most(|hit| hit.bm25), most(|hit| hit.similarity));
        for hit in &mut hits {
            let sum = hit.bm25 / most_bm25 + SIMILARITY_WEIGHT * hit.similarity / most_similar;
            let foreign = query.language.is_some_and(|language| language != self.articles[hit.article].stemmed);
            hit.score = sum / (1.0 + SIMILARITY_WEIGHT) * if foreign { OTHER_LANGUAGE } else { 1.0 };
        }
        hits.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.article.cmp(&b.article)));
        hits
    }

    fn by_bm25(&self, query: &Query, topic: Option<&str>) -> Vec<(u64, f32)> {
        let Some(bm25) = &self.bm25 else { return Vec::new() };
        bm25.search(&query.terms, topic, CANDIDATES).unwrap_or_else(|error| {
            tracing::error!(%error, "a search of the knowledge's passages failed; titles and questions are searched");
            Vec::new()
        })
    }

    fn confidence(&self, hit: &Hit) -> f32 {
        confidence::of(hit.bm25, self.passages(), hit.similarity)
    }

    /// The confidence of the best passage for a text that nobody asked.
    pub(super) fn best_confidence(&self, text: &str) -> Option<f32> {
        self.rank(&Query::of(self, text, None), None).first().map(|hit| self.confidence(hit))
    }

    /// For one sample question of each of `most` articles: the confidence that its own article would get for it if it
    /// didn't list that question.
    pub(super) fn held_out_confidences(&self, most: usize) -> Vec<f32> {
        let mut confidences = Vec::new();
        let mut last_unit = 0;
        for (number, article) in self.articles.iter().enumerate() {
            last_unit += article.units.len();
            // Title and one more question must remain to compare it with.
            let Some(question) = article.article.questions.last().filter(|_| article.units.len() > 2) else { continue };
            if article.chunks.is_empty() {
                continue;
            }
            let query = Query::of(self, question, article.language.as_deref());
            let Some(similarity) = self.similarity.with_siblings(last_unit - 1, &query.grams) else { continue };
            let own = self.starts[number]..self.starts[number + 1];
            let passages = self.by_bm25(&query, None);
            let bm25 = passages.into_iter().find(|(passage, _)| own.contains(passage)).map_or(0.0, |(_, score)| score);
            confidences.push(confidence::of(bm25, self.passages(), similarity));
            if confidences.len() >= most {
                break;
            }
        }
        confidences
    }
}

struct Hit {
    article: usize,
    chunk: usize,
    bm25: f32,
    similarity: f32,
    score: f32,
}

struct Query {
    terms: Vec<String>,
    grams: Grams,
    /// The customer's, where it is known and some article has it.
    language: Option<Stemmed>,
}

impl Query {
    fn of(index: &KnowledgeIndex, text: &str, language: Option<&str>) -> Self {
        let text: String = text.chars().take(LONGEST_QUERY).collect();
        let known = |language: &Stemmed| index.languages.contains(language);
        let language = language.map(by_tag).filter(known).or_else(|| detect_among(&text, &index.languages));
        // A short query in an unknown language is analysed in each that articles have.
        let analysed_in = match language {
            Some(language) => vec![language],
            None => index.languages.clone(),
        };
        let mut terms: Vec<String> =
            analysed_in.into_iter().flat_map(|language| Analyzer::of(language).terms(&text)).collect();
        terms.sort_unstable();
        terms.dedup();
        Self { terms, grams: Grams::of(&text), language }
    }
}
