//! The searchable form of all articles.
//!
//! Each article is prepared once ([`Prepared`]: parsed, cut, analysed) and an index is built from all prepared ones. An
//! index never changes: scores depend on the articles alone, not on the order in which they came.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::{Arc, OnceLock};

use super::article::Article;
use super::bm25::{Bm25, Entry};
use super::choice;
use super::chunk::{Chunk, chunks};
use super::confidence;
use super::conflict::Conflict;
use super::document::Document;
use super::glossary::{self, Subject};
use super::language::{Analyzer, Stemmed, by_tag, detect, is_unclear};
use super::passage::Passage;
use super::query::Query;
use super::similarity::Similarity;
use super::spelling::Spelling;
use crate::router::text::{Grams, normalise, words};

/// An article with its title, its language's tag, and its passages with their words.
type InPassages<'a> = (&'a Article, &'a str, Option<&'a str>, &'a [(Chunk, Vec<String>)]);

/// How often the title counts as text of each passage.
pub(super) const TITLE_TIMES: usize = 3;
/// What the likeness to titles and sample questions weighs beside BM25. Measured on five retrieval sets: the gain on
/// short questions is large, the loss on long ones small.
const SIMILARITY_WEIGHT: f32 = 0.5;
/// Passages that BM25 puts forward.
const CANDIDATES: usize = 400;
/// What an article in another language than the customer's keeps of its score.
const OTHER_LANGUAGE: f32 = 0.8;
/// What a match in the words of another language keeps of its score, where the customer's has articles too: their own
/// words come first.
const TRANSLATED: f32 = 0.4;
/// No search answers with more.
pub(super) const MOST_PASSAGES: usize = 20;
/// What an article loses of its score and its confidence that speaks of nothing that the query is about.
const OFF_SUBJECT: f32 = 0.4;

/// An article in the form that indexes are built from.
pub(super) struct Prepared {
    article: Article,
    pub(super) title: String,
    language: Option<String>,
    pub(super) stemmed: Stemmed,
    pub(super) chunks: Vec<(Chunk, Vec<String>)>,
    /// Title and sample questions.
    pub(super) units: Vec<Grams>,
    subjects: BTreeSet<Subject>,
    /// All words, in lower case.
    words: BTreeSet<String>,
}

impl Prepared {
    pub(super) fn article(&self) -> &Article {
        &self.article
    }

    /// `home` is the shop's own language (BCP 47): a text that is too short to tell is taken to be in it.
    pub(super) fn of(article: &Article, home: Option<&str>) -> Self {
        let document = Document::of(article);
        let language = article.language.clone().or_else(|| {
            let text = document.sections.iter().map(|section| section.text.as_str()).collect::<Vec<_>>().join("\n");
            let text = format!("{}\n{text}", document.title);
            detect(&text).or_else(|| home.filter(|_| is_unclear(&text))).map(str::to_owned)
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
        let chunks: Vec<(Chunk, Vec<String>)> = chunks;
        let short = || [&document.title].into_iter().chain(&article.questions);
        let units = short().map(|text| Grams::of(text)).filter(|grams| !grams.is_empty()).collect();
        let long = chunks.iter().flat_map(|(chunk, _)| chunk.heading.iter().chain([&chunk.text]));
        let (mut subjects, mut all_words) = (BTreeSet::new(), BTreeSet::new());
        for text in short().chain(long) {
            subjects.extend(glossary::subjects(text, stemmed));
            all_words.extend(words(&normalise(text)).map(str::to_owned));
        }
        let article = article.clone();
        Self { article, title: document.title, language, stemmed, chunks, units, subjects, words: all_words }
    }
}

/// All articles, searchable. Immutable.
pub struct KnowledgeIndex {
    pub(super) articles: Vec<Arc<Prepared>>,
    /// Number of each article's first passage, and one past the last.
    starts: Vec<u64>,
    /// `None` where there are no passages, or where tantivy failed: then similarity alone finds.
    bm25: Option<Bm25>,
    pub(super) similarity: Similarity,
    /// Of the articles, the most frequent first.
    pub(super) languages: Vec<Stemmed>,
    threshold: f32,
    spelling: OnceLock<Spelling>,
    pub(super) conflicts: OnceLock<Vec<Conflict>>,
}

impl KnowledgeIndex {
    /// Builds the index of these articles. Where an id occurs twice, the later article counts.
    ///
    /// Should tantivy fail, the log says so and the index finds by titles and sample questions alone: better than
    /// keeping an index of former articles.
    #[must_use]
    pub fn build(articles: &[Article]) -> Self {
        let by_id: BTreeMap<&str, &Article> = articles.iter().map(|article| (article.id.as_str(), article)).collect();
        Self::of(by_id.into_values().map(|article| Arc::new(Prepared::of(article, None))).collect())
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
            spelling: OnceLock::new(),
            conflicts: OnceLock::new(),
            articles,
        };
        index.threshold = confidence::threshold(&index);
        index
    }

    /// The words of all articles.
    pub(super) fn spelling(&self) -> &Spelling {
        self.spelling.get_or_init(|| Spelling::of(self.articles.iter().flat_map(|article| &article.words)))
    }

    /// Whether any passage has this term.
    pub(super) fn has(&self, term: &str) -> bool {
        self.bm25.as_ref().is_some_and(|bm25| bm25.has(term))
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

    /// Each article that has any text, with the terms in it.
    pub(super) fn terms(&self) -> impl Iterator<Item = (&Article, HashSet<&str>)> {
        let searchable = self.articles.iter().filter(|article| !article.chunks.is_empty());
        searchable.map(|article| {
            let terms = article.chunks.iter().flat_map(|(_, terms)| terms.iter().map(String::as_str));
            (&article.article, terms.collect())
        })
    }

    /// Each article with its title, its language's tag, and its passages.
    pub(super) fn passages_by_article(&self) -> impl Iterator<Item = InPassages<'_>> {
        self.articles.iter().map(|article| {
            (&article.article, article.title.as_str(), article.language.as_deref(), article.chunks.as_slice())
        })
    }

    /// The language of an article (BCP 47), as declared or detected.
    #[must_use]
    pub fn language_of(&self, article: &str) -> Option<&str> {
        let found = self.articles.iter().find(|known| known.article.id == article)?;
        found.language.as_deref()
    }

    /// The topics of all articles that have any text.
    pub fn topics(&self) -> BTreeSet<String> {
        let searchable = self.articles.iter().filter(|article| !article.chunks.is_empty());
        searchable.filter_map(|article| article.article.topic.clone()).collect()
    }

    /// The best passage of each of the best `limit` articles, best first. The query is text and nothing else: no
    /// character in it has a meaning. `language` is the customer's, BCP 47: its articles come before equally good ones
    /// in other languages.
    #[must_use]
    pub fn search(&self, query: &str, topic: Option<&str>, limit: usize, language: Option<&str>) -> Vec<Passage> {
        let query = Query::of(self, query, language);
        let hits = self.rank(&query, topic).into_iter().take(limit.min(MOST_PASSAGES));
        hits.map(|hit| self.passage(hit, &query)).collect()
    }

    pub(super) fn passage(&self, mut hit: Hit, query: &Query) -> Passage {
        let article = &self.articles[hit.article];
        if let Some(bm25) = &self.bm25 {
            hit.chunk = choice::of(article, hit.chunk, query, bm25);
        }
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
    }

    pub(super) fn rank(&self, query: &Query, topic: Option<&str>) -> Vec<Hit> {
        let mut hits: Vec<Hit> = self
            .similarity
            .of_articles(&query.grams, self.articles.len())
            .into_iter()
            .enumerate()
            .map(|(article, similarity)| Hit {
                article,
                chunk: 0,
                bm25: 0.0,
                similarity,
                on_subject: self.on_subject(query, article),
                score: 0.0,
            })
            .collect();
        for other in &query.others {
            let similarities = self.similarity.of_articles(&other.grams, self.articles.len());
            for (hit, similarity) in hits.iter_mut().zip(similarities) {
                if self.articles[hit.article].stemmed == other.language {
                    hit.similarity = hit.similarity.max(similarity);
                }
            }
        }
        let others = query.others.iter().map(|other| (&other.terms, Some(other.language)));
        for (terms, language) in [(&query.terms, None)].into_iter().chain(others) {
            for (passage, score) in self.by_bm25(terms, topic) {
                let article = self.starts.partition_point(|&start| start <= passage) - 1;
                let hit = &mut hits[article];
                if score > hit.bm25 && language.is_none_or(|language| self.articles[article].stemmed == language) {
                    hit.bm25 = score;
                    hit.chunk = (passage - self.starts[article]) as usize;
                }
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
            let second =
                query.others.iter().any(|other| other.second && other.language == self.articles[hit.article].stemmed);
            let translated = if second { TRANSLATED } else { 1.0 };
            hit.score = translated * hit.on_subject * sum / (1.0 + SIMILARITY_WEIGHT)
                * if foreign { OTHER_LANGUAGE } else { 1.0 };
        }
        hits.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.article.cmp(&b.article)));
        hits
    }

    /// What remains of an article's score and confidence: all where it speaks of everything that the query is about, or
    /// nothing is known of that.
    fn on_subject(&self, query: &Query, article: usize) -> f32 {
        let article = &self.articles[article];
        if query.subjects.is_empty() || !glossary::knows(article.stemmed) {
            return 1.0;
        }
        let missing = query.subjects.difference(&article.subjects).count();
        1.0 - OFF_SUBJECT * missing as f32 / query.subjects.len() as f32
    }

    fn by_bm25(&self, terms: &[String], topic: Option<&str>) -> Vec<(u64, f32)> {
        let Some(bm25) = &self.bm25 else { return Vec::new() };
        bm25.search(terms, topic, CANDIDATES).unwrap_or_else(|error| {
            tracing::error!(%error, "a search of the knowledge's passages failed; titles and questions are searched");
            Vec::new()
        })
    }

    fn confidence(&self, hit: &Hit) -> f32 {
        hit.on_subject * confidence::of(hit.bm25, self.passages(), hit.similarity)
    }

    /// The confidence of the best passage for a text that nobody asked.
    pub(super) fn best_confidence(&self, text: &str) -> Option<f32> {
        self.rank(&Query::plain(self, text, None), None).first().map(|hit| self.confidence(hit))
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
            let query = Query::plain(self, question, article.language.as_deref());
            let Some(similarity) = self.similarity.with_siblings(last_unit - 1, &query.grams) else { continue };
            let own = self.starts[number]..self.starts[number + 1];
            let passages = self.by_bm25(&query.terms, None);
            let bm25 = passages.into_iter().find(|(passage, _)| own.contains(passage)).map_or(0.0, |(_, score)| score);
            confidences.push(confidence::of(bm25, self.passages(), similarity));
            if confidences.len() >= most {
                break;
            }
        }
        confidences
    }
}

pub(super) struct Hit {
    /// Its place in the index.
    pub(super) article: usize,
    chunk: usize,
    bm25: f32,
    pub(super) similarity: f32,
    pub(super) on_subject: f32,
    score: f32,
}
