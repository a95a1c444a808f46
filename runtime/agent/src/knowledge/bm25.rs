//! BM25 over passages: tantivy in memory, with terms that [`super::language`] made.

use tantivy::collector::TopDocs;
use tantivy::columnar::Column;
use tantivy::indexer::NoMergePolicy;
use tantivy::query::{BooleanQuery, ConstScoreQuery, Occur, Query, TermQuery};
use tantivy::schema::{FAST, Field, IndexRecordOption, STRING, Schema, TextFieldIndexing, TextOptions};
use tantivy::tokenizer::{PreTokenizedString, Token};
use tantivy::{Index, IndexReader, IndexWriter, ReloadPolicy, Searcher, TantivyDocument, Term};

/// The least that tantivy takes for one thread.
const WRITER_BYTES: usize = 15_000_000;

/// A passage to index.
pub(super) struct Entry<'a> {
    /// What a search answers with.
    pub(super) number: u64,
    pub(super) terms: &'a [String],
    pub(super) topic: Option<&'a str>,
}

pub(super) struct Bm25 {
    searcher: Searcher,
    /// By segment: the passage numbers.
    numbers: Vec<Column<u64>>,
    text: Field,
    topic: Field,
}

impl Bm25 {
    pub(super) fn of<'a>(entries: impl IntoIterator<Item = Entry<'a>>) -> tantivy::Result<Self> {
        let mut schema = Schema::builder();
        let indexing = TextFieldIndexing::default().set_tokenizer("raw").set_index_option(IndexRecordOption::WithFreqs);
        let text = schema.add_text_field("text", TextOptions::default().set_indexing_options(indexing));
        let topic = schema.add_text_field("topic", STRING);
        let number = schema.add_u64_field("number", FAST);

        let index = Index::create_in_ram(schema.build());
        let mut writer: IndexWriter = index.writer_with_num_threads(1, WRITER_BYTES)?;
        writer.set_merge_policy(Box::new(NoMergePolicy));
        for entry in entries {
            let mut document = TantivyDocument::default();
            let tokens = (0..).zip(entry.terms).map(|(position, term)| Token {
                position,
                text: term.clone(),
                ..Token::default()
            });
            document.add_pre_tokenized_text(text, PreTokenizedString { text: String::new(), tokens: tokens.collect() });
            if let Some(name) = entry.topic {
                document.add_text(topic, name);
            }
            document.add_u64(number, entry.number);
            writer.add_document(document)?;
        }
        writer.commit()?;
        let reader: IndexReader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        let searcher = reader.searcher();
        let numbers = searcher
            .segment_readers()
            .iter()
            .map(|segment| segment.fast_fields().u64("number"))
            .collect::<tantivy::Result<_>>()?;
        Ok(Self { searcher, numbers, text, topic })
    }

    /// How rare a term is: the share of BM25 that doesn't depend on the passage.
    pub(super) fn rarity(&self, term: &str) -> f32 {
        let with = self.searcher.doc_freq(&Term::from_field_text(self.text, term)).unwrap_or_default() as f32;
        let all = self.searcher.num_docs() as f32;
        (1.0 + (all - with + 0.5) / (with + 0.5)).ln()
    }

    /// Whether any passage has the term.
    pub(super) fn has(&self, term: &str) -> bool {
        self.searcher.doc_freq(&Term::from_field_text(self.text, term)).is_ok_and(|passages| passages > 0)
    }

    /// `(passage number, score)` of the best `limit` passages with any of the terms, best first.
    pub(super) fn search(
        &self,
        terms: &[String],
        topic: Option<&str>,
        limit: usize,
    ) -> tantivy::Result<Vec<(u64, f32)>> {
        if terms.is_empty() {
            return Ok(Vec::new());
        }
        let term = |field, text: &str, record| -> Box<dyn Query> {
            Box::new(TermQuery::new(Term::from_field_text(field, text), record))
        };
        let any = terms.iter().map(|text| term(self.text, text, IndexRecordOption::WithFreqs)).collect();
        let mut query: Box<dyn Query> = Box::new(BooleanQuery::union(any));
        if let Some(name) = topic {
            let of_topic = ConstScoreQuery::new(term(self.topic, name, IndexRecordOption::Basic), 0.0);
            query = Box::new(BooleanQuery::new(vec![(Occur::Must, query), (Occur::Must, Box::new(of_topic))]));
        }
        let hits = self.searcher.search(&query, &TopDocs::with_limit(limit.max(1)).order_by_score())?;
        let number = |segment: u32, document| self.numbers.get(segment as usize)?.first(document);
        Ok(hits
            .into_iter()
            .filter_map(|(score, address)| Some((number(address.segment_ord, address.doc_id)?, score)))
            .collect())
    }
}
