//! Live articles: one each of a source, kept as its address says from minute to minute.
//!
//! A reading fetches the address by the rules that pages are fetched by, finds the values in what it answers, and puts
//! them into the operator's words; the article is replaced where that changed. Where readings have failed for more than
//! three intervals, the article says that nobody knows just now: an old "all is well" would be a wrong answer.

mod words;

pub(crate) use words::check;

use super::{Library, listen};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::sync::{MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use url::Url;
use usher_agent::hygiene::clean_line;
use usher_agent::knowledge::{
    Article, ArticleState, CrawlReport, FailedPage, Format, KnowledgeChange, KnowledgeSource, Live, Origin,
};
use usher_documents::Kind;
use usher_host::WebStandIns;
use words::{PAGE, in_words, nobody_knows, values_of};

/// How often it is looked which sources are due.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Most bytes of an answer.
const MOST_BYTES: usize = 256 << 10;
/// An answer has so long to arrive.
const TIME: Duration = Duration::from_secs(10);
/// The longest text of a page, characters.
const TEXT: usize = 4_000;
/// So many intervals without a reading are borne.
const BORNE: i64 = 3;

/// A source as it is followed.
pub(super) struct Followed {
    source: KnowledgeSource,
    /// A reading is under way.
    reading: bool,
    /// Not to wait for its time.
    at_once: bool,
    /// It is being removed: no reading begins any more.
    leaving: bool,
}

type All<'a> = MutexGuard<'a, BTreeMap<String, Followed>>;

/// How a live source stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It wasn't read yet.
    New,
    /// The article says what the address said last.
    Current,
    /// The last reading failed; the article still says what was read before.
    Failing,
    /// The article says that it isn't known.
    Unknown,
}

/// How a live source stands at a moment.
pub(crate) fn standing(source: &KnowledgeSource, live: &Live, now: Timestamp) -> Standing {
    let failed = source.last.as_ref().is_some_and(|last| !last.failed.is_empty());
    match (failed, live.read_at) {
        (true, _) if too_long(source, live, now) => Standing::Unknown,
        (true, Some(_)) => Standing::Failing,
        (true, None) | (false, None) => Standing::New,
        (false, Some(_)) => Standing::Current,
    }
}

fn too_long(source: &KnowledgeSource, live: &Live, now: Timestamp) -> bool {
    let since = live.read_at.unwrap_or(source.added_at);
    now.duration_since(since) > SignedDuration::from_secs(i64::from(live.every) * BORNE)
}

/// The id of a live source's article.
pub(crate) fn article_id(source: &str) -> String {
    format!("{source}.live")
}

impl Library {
    /// Follows live sources until the server goes down.
    pub(crate) async fn keep_live(self, mut closing: watch::Receiver<bool>) {
        let mut look = tokio::time::interval(LOOK_EVERY);
        let mut known = false;
        loop {
            tokio::select! {
                _ = look.tick() => {}
                () = listen::closed(&mut closing) => return,
            }
            if !known {
                match self.0.agent.store().knowledge_sources().await {
                    Ok(sources) => sources.into_iter().for_each(|source| self.follow(source)),
                    Err(error) => {
                        tracing::warn!(%error, "the live sources could not be read");
                        continue;
                    }
                }
                known = true;
            }
            for source in self.begin_due() {
                let library = self.clone();
                tokio::spawn(async move {
                    let _reading = Reading { library: library.clone(), id: source.id.clone() };
                    library.read_live(source).await;
                });
            }
        }
    }

    /// Follows a source where it is a live one that isn't followed yet.
    pub(crate) fn follow(&self, source: KnowledgeSource) {
        if source.live.is_some() {
            let followed = Followed { source, reading: false, at_once: true, leaving: false };
            self.live().entry(followed.source.id.clone()).or_insert(followed);
        }
    }

    /// Has a live source read at once; false where it isn't followed.
    pub(crate) fn read_at_once(&self, id: &str) -> bool {
        self.live().get_mut(id).map(|followed| followed.at_once = true).is_some()
    }

    /// Stops following a source. Nothing of it comes in any more when this returns.
    pub(super) async fn unfollow(&self, id: &str) {
        loop {
            {
                let mut all = self.live();
                match all.get_mut(id) {
                    None => return,
                    Some(followed) if !followed.reading => {
                        all.remove(id);
                        return;
                    }
                    Some(followed) => followed.leaving = true,
                }
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    fn live(&self) -> All<'_> {
        self.0.live.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The sources that are due; they count as being read from now on.
    fn begin_due(&self) -> Vec<KnowledgeSource> {
        let now = self.now();
        let mut all = self.live();
        let due = all.values_mut().filter(|followed| !followed.reading && !followed.leaving).filter(|followed| {
            let every = followed.source.live.as_ref().map_or(0, |live| i64::from(live.every));
            let last = followed.source.last.as_ref().map(|last| last.started_at);
            followed.at_once || last.is_none_or(|last| now.duration_since(last) >= SignedDuration::from_secs(every))
        });
        due.map(|followed| {
            (followed.reading, followed.at_once) = (true, false);
            followed.source.clone()
        })
        .collect()
    }

    fn now(&self) -> Timestamp {
        (self.0.agent.config().clock)()
    }

    /// One reading: what came of it is stored, in the article and with the source.
    async fn read_live(&self, mut source: KnowledgeSource) {
        let Some(mut live) = source.live.clone() else { return };
        let started_at = self.now();
        let fetched = self.fetch_live(&source, &live).await;
        let now = self.now();
        let mut report = CrawlReport { started_at, finished_at: now, ..CrawlReport::default() };
        let text = match fetched {
            Ok(text) => {
                live.read_at = Some(now);
                report.read = 1;
                Some(text)
            }
            Err(reason) => {
                tracing::warn!(source = source.id, reason, "a live source could not be read");
                report.failed.push(FailedPage { url: source.url.clone(), reason });
                too_long(&source, &live, now).then(|| nobody_knows(&self.tag_of(&live)).to_owned())
            }
        };
        if let Some(text) = text {
            match self.keep(&source, &live, text).await {
                Ok(changed) => report.unchanged = u32::from(!changed),
                Err(error) => {
                    tracing::error!(source = source.id, %error, "a live article could not be stored");
                    report.ended_early = Some(format!("it could not be stored: {error}"));
                }
            }
        }
        source.live = Some(live);
        source.last = Some(report);
        if let Err(error) = self.0.agent.store().put_knowledge_source(source.clone(), None).await {
            tracing::error!(source = source.id, %error, "how a live source was read could not be stored");
        }
        if let Some(followed) = self.live().get_mut(&source.id) {
            followed.source = source;
        }
    }

    /// What the address says, in the operator's words; or why it doesn't.
    async fn fetch_live(&self, source: &KnowledgeSource, live: &Live) -> Result<String, String> {
        let url: Url = source.url.parse().map_err(|_| "its address can't be read".to_owned())?;
        let stand_ins = WebStandIns::parse(&source.stand_ins)?;
        let answer = self.0.web.get(&url, &stand_ins, MOST_BYTES, TIME).await.map_err(|error| error.to_string())?;
        match (answer.status, &answer.location) {
            (200, _) => {}
            (300..400, Some(to)) => {
                let to: String = to.chars().take(200).collect();
                return Err(format!("it leads to {}; name that address if it is yours", clean_line(&to)));
            }
            (status, _) => return Err(format!("HTTP {status}")),
        }
        if !live.values.is_empty() {
            let values = values_of(&answer.body, &live.values)?;
            return Ok(in_words(&live.body, &values));
        }
        let kind = answer.content_type.as_deref().and_then(Kind::by_media_type).ok_or_else(|| {
            "it answers no text that can be read; where it answers JSON, name the values to take from it".to_owned()
        })?;
        let reading = self.0.reader.read_as(kind, &answer.body).await.map_err(|refusal| refusal.to_string())?;
        let sections = reading.parts.into_iter().flat_map(|part| part.sections);
        let lines: Vec<String> = sections
            .flat_map(|section| section.heading.into_iter().chain([section.text]))
            .flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>())
            .collect();
        let text: String = lines.join("\n\n").chars().take(TEXT).collect();
        Ok(in_words(&live.body, &BTreeMap::from([(PAGE.to_owned(), text)])))
    }

    /// Puts the article in its place; false where it says the same already.
    async fn keep(&self, source: &KnowledgeSource, live: &Live, body: String) -> usher_agent::store::Result<bool> {
        let (now, id) = (self.now(), article_id(&source.id));
        let former = self.0.agent.store().articles().await?.into_iter().find(|former| former.id == id);
        let article = Article {
            id,
            title: live.title.clone(),
            body,
            format: Format::Text,
            topic: source.topic.clone(),
            url: None,
            language: Some(self.tag_of(live)),
            questions: live.questions.clone(),
            updated_at: now,
            valid_until: former.as_ref().and_then(|former| former.valid_until),
        };
        if former.is_some_and(|former| Article { updated_at: now, ..former } == article) {
            return Ok(false);
        }
        let mut state = ArticleState::indexed(&article, Origin::Page { url: source.url.clone() }, now);
        state.part_of = Some(source.id.clone());
        let change = KnowledgeChange { articles: vec![article], states: vec![state], ..KnowledgeChange::default() };
        self.change(change).await?;
        Ok(true)
    }

    fn tag_of(&self, live: &Live) -> String {
        live.language.clone().unwrap_or_else(|| self.0.agent.config().shop.locale.clone())
    }
}

/// Held by a reading; the source may be read again, or removed, when it ends, however that is.
struct Reading {
    library: Library,
    id: String,
}

impl Drop for Reading {
    fn drop(&mut self) {
        if let Some(followed) = self.library.live().get_mut(&self.id) {
            followed.reading = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_word_is_not_believed_for_long() {
        let now: Timestamp = "2026-03-02T12:00:00Z".parse().unwrap();
        let at = |seconds: i64| now - SignedDuration::from_secs(seconds);
        let source = |failed: bool, read: Option<i64>| KnowledgeSource {
            id: "status".to_owned(),
            url: "https://status.example/".to_owned(),
            crawl: false,
            rules: Default::default(),
            topic: None,
            stand_ins: Default::default(),
            daily: false,
            live: Some(Live {
                title: "Status".to_owned(),
                body: "It is {status}.".to_owned(),
                values: BTreeMap::from([("status".to_owned(), "/status".to_owned())]),
                questions: Vec::new(),
                language: None,
                every: 60,
                read_at: read.map(at),
            }),
            added_at: at(10_000),
            last: Some(CrawlReport {
                failed: failed.then(|| FailedPage { url: String::new(), reason: String::new() }).into_iter().collect(),
                ..CrawlReport::default()
            }),
        };
        let standing = |source: KnowledgeSource| {
            let live = source.live.clone().unwrap();
            super::standing(&source, &live, now)
        };
        assert_eq!(standing(source(false, Some(1000))), Standing::Current);
        assert_eq!(standing(source(true, Some(180))), Standing::Failing);
        assert_eq!(standing(source(true, Some(181))), Standing::Unknown);
        assert_eq!(standing(source(true, None)), Standing::Unknown);
        assert_eq!(standing(KnowledgeSource { last: None, ..source(false, None) }), Standing::New);
    }
}
