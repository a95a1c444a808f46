//! One upload: read, and put in the place of what it replaces.

use super::Library;
use crate::config::is_language_tag;
use jiff::Timestamp;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use usher_agent::knowledge::{Article, ArticleState, ArticleStatus, Format, KnowledgeChange, Origin, garbled, outline};
use usher_agent::store::Result;
use usher_documents::{Kind, Part, Reading};
use usher_host::{Action, Entry};

/// The longest title, characters.
const TITLE: usize = 200;

/// A file, and what the operator says about it.
pub(crate) struct Upload {
    pub(crate) id: String,
    pub(crate) file: String,
    pub(crate) media_type: Option<String>,
    pub(crate) content: Vec<u8>,
    pub(crate) title: Option<String>,
    pub(crate) topic: Option<String>,
    pub(crate) url: Option<String>,
    pub(crate) language: Option<String>,
    /// Who uploads it.
    pub(crate) actor: String,
}

impl Upload {
    /// The audit's line. What the file says isn't in it, only by which digest it is known.
    fn entry(&self, change: &KnowledgeChange, state: &ArticleState) -> Entry {
        let status = if matches!(state.status, ArticleStatus::Indexed) { "indexed" } else { "failed" };
        let file = format!("sha256:{}", hex::encode(Sha256::digest(&self.content)));
        let detail = json!({
            "how": "uploaded", "file": file, "bytes": self.content.len(), "status": status,
            "articles": change.articles.len(), "removed": change.removed.len(),
        });
        Entry::new(&self.actor, Action::ArticleChanged, &self.id, detail)
    }
}

impl Library {
    /// Reads an upload. When this returns, answers rest on it, or its state says why not; what it should have replaced
    /// stays then.
    pub(crate) async fn upload(&self, upload: Upload) -> Result<ArticleState> {
        let origin = Origin::Upload { file: upload.file.clone() };
        let mut state = ArticleState {
            id: upload.id.clone(),
            part_of: None,
            origin,
            status: ArticleStatus::Pending,
            garbled: Vec::new(),
            notes: Vec::new(),
            at: Timestamp::now(),
        };
        self.change(KnowledgeChange { states: vec![state.clone()], ..KnowledgeChange::default() }).await?;
        let read = self.0.reader.read(&upload.file, upload.media_type.as_deref(), &upload.content).await;
        state.at = Timestamp::now();
        let change = match read {
            Ok(reading) => {
                let _uploading = self.0.uploading.lock().await;
                state.status = ArticleStatus::Indexed;
                state.notes.clone_from(&reading.notes);
                let change = self.replacing(&upload, reading, state.clone()).await?;
                if let Some(own) = change.states.iter().find(|changed| changed.id == upload.id) {
                    state = own.clone();
                }
                change
            }
            Err(refusal) => {
                state.status = ArticleStatus::Failed { reason: refusal.to_string() };
                KnowledgeChange { states: vec![state.clone()], ..KnowledgeChange::default() }
            }
        };
        let entry = Some(upload.entry(&change, &state));
        self.change(KnowledgeChange { entry, ..change }).await?;
        Ok(state)
    }

    async fn replacing(&self, upload: &Upload, reading: Reading, state: ArticleState) -> Result<KnowledgeChange> {
        let store = self.0.agent.store();
        let former: BTreeMap<String, Article> =
            store.articles().await?.into_iter().map(|article| (article.id.clone(), article)).collect();
        let pairs = Kind::of(&upload.file, upload.media_type.as_deref(), &upload.content) == Ok(Kind::Csv);
        let mut change = KnowledgeChange::default();
        for part in reading.parts {
            let id = if pairs { part_id(&upload.id, &part) } else { upload.id.clone() };
            let article = article(upload, id.clone(), part.clone(), former.get(&id), state.at);
            let mut of_part = ArticleState { id: id.clone(), ..state.clone() };
            of_part.garbled = garbled(&part.sections, article.language.as_deref());
            if pairs {
                of_part.part_of = Some(upload.id.clone());
                of_part.notes.clear();
            }
            // The same question twice: the later answer counts.
            change.articles.retain(|known| known.id != id);
            change.states.retain(|known| known.id != id);
            change.articles.push(article);
            change.states.push(of_part);
        }
        let new: BTreeSet<&String> = change.articles.iter().map(|article| &article.id).collect();
        let states = store.article_states().await?;
        let gone = states.into_iter().filter(|old| old.part_of.as_ref() == Some(&upload.id) && !new.contains(&old.id));
        change.removed = gone.map(|old| old.id).collect();
        if pairs {
            // The upload as a whole has no text of its own; what it replaces may have had.
            if former.contains_key(&upload.id) {
                change.removed.push(upload.id.clone());
            }
            change.states.push(state);
        }
        Ok(change)
    }
}

/// The same for the same question, wherever it stands in the file.
fn part_id(upload: &str, part: &Part) -> String {
    let digest = Sha256::digest(part.title.to_lowercase().as_bytes());
    format!("{upload}.{}", hex::encode(&digest[..6]))
}

/// What somebody assigned to the former article by hand stays, unless the upload says otherwise.
fn article(upload: &Upload, id: String, part: Part, former: Option<&Article>, at: Timestamp) -> Article {
    let stem = upload.file.rsplit_once('.').map_or(upload.file.as_str(), |(stem, _)| stem);
    let heading = part.sections.iter().find_map(|section| section.heading.clone());
    let title = upload.title.clone().filter(|_| id == upload.id);
    let title = title.into_iter().chain([part.title]).chain(heading).find(|title| !title.is_empty());
    let title = title.unwrap_or_else(|| stem.replace(['-', '_'], " "));
    let questions = if part.questions.is_empty() {
        former.map(|former| former.questions.clone()).unwrap_or_default()
    } else {
        part.questions
    };
    let url = upload.url.clone().or(part.url.filter(|url| url.starts_with("https://")));
    Article {
        id,
        title: title.chars().take(TITLE).collect(),
        body: outline(&part.sections),
        format: Format::Outline,
        topic: upload.topic.clone().or(part.topic).or_else(|| former?.topic.clone()),
        url: url.or_else(|| former?.url.clone()),
        language: upload
            .language
            .clone()
            .or(part.language.filter(|tag| is_language_tag(tag)))
            .or_else(|| former?.language.clone()),
        questions,
        updated_at: at,
        valid_until: former.and_then(|former| former.valid_until),
    }
}
