//! Reading a source: its page, or its pages.

use super::Library;
use super::addresses::{Addresses, article_id, normalized, target};
use super::fetch::{Fetched, Fetcher};
use super::robots::Robots;
use super::sitemap;
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;
use url::Url;
use usher_agent::knowledge::{
    Article, ArticleState, ArticleStatus, CrawlReport, FailedPage, Format, KnowledgeChange, KnowledgeSource, Origin,
    garbled, outline,
};
use usher_documents::{Kind, PageFacts, Reading, Refusal};
use usher_host::{WebAnswer, WebStandIns};

/// Pages that become articles together.
const TOGETHER: usize = 20;
/// Failures that are listed.
const LISTED: usize = 100;
/// So many failures one after another: the site is down, or doesn't want to be read.
const IN_A_ROW: u32 = 15;

/// How far reading a source is.
#[derive(Clone, Debug, Default)]
pub(crate) struct Progress {
    /// Pages that were fetched.
    pub(crate) done: u32,
    /// Pages that are known and wait.
    pub(crate) queued: u32,
    /// Pages that couldn't be read.
    pub(crate) failed: u32,
    /// The page that is being read.
    pub(crate) current: Option<String>,
}

/// Reads a source to its end, and stores how it went.
pub(super) async fn run(
    library: &Library,
    mut source: KnowledgeSource,
    tell: &watch::Sender<Progress>,
    mut stopped: watch::Receiver<bool>,
) {
    let started_at = Timestamp::now();
    let report = CrawlReport { started_at, ..CrawlReport::default() };
    let mut crawl = match Crawl::new(library, &source, report, tell).await {
        Ok(crawl) => crawl,
        Err(error) => {
            tracing::error!(source = source.id, %error, "a source can't be read");
            return;
        }
    };
    tokio::select! {
        () = crawl.pages() => {}
        _ = stopped.wait_for(|stopped| *stopped) => crawl.report.ended_early = Some("it was stopped".to_owned()),
    }
    let report = crawl.end().await;
    tracing::info!(
        source = source.id,
        read = report.read,
        failed = report.failed.len(),
        removed = report.removed,
        ended_early = report.ended_early,
        "a source was read"
    );
    source.last = Some(report);
    if let Err(error) = library.0.agent.store().put_knowledge_source(source, None).await {
        tracing::error!(%error, "how a source was read could not be stored");
    }
}

struct Crawl<'a> {
    library: &'a Library,
    source: &'a KnowledgeSource,
    fetcher: Fetcher<'a>,
    tell: &'a watch::Sender<Progress>,
    report: CrawlReport,
    /// Articles of the source as they were.
    former: BTreeMap<String, Article>,
    /// Articles whose pages are there, or may be.
    there: HashSet<String>,
    /// Articles whose pages are certainly gone.
    gone: HashSet<String>,
    /// Digest of a text that was read, and of which page.
    texts: HashMap<[u8; 32], Url>,
    ready: KnowledgeChange,
    failures: u32,
}

impl<'a> Crawl<'a> {
    async fn new(
        library: &'a Library,
        source: &'a KnowledgeSource,
        report: CrawlReport,
        tell: &'a watch::Sender<Progress>,
    ) -> usher_agent::store::Result<Self> {
        let store = library.0.agent.store();
        let states = store.article_states().await?;
        let own: HashSet<String> = states
            .into_iter()
            .filter(|state| state.part_of.as_ref() == Some(&source.id))
            .map(|state| state.id)
            .collect();
        let articles = store.articles().await?.into_iter().filter(|article| own.contains(&article.id));
        Ok(Self {
            library,
            source,
            fetcher: Fetcher { web: &library.0.web, stand_ins: WebStandIns::parse(&source.stand_ins) },
            tell,
            report,
            former: articles.map(|article| (article.id.clone(), article)).collect(),
            there: HashSet::new(),
            gone: HashSet::new(),
            texts: HashMap::new(),
            ready: KnowledgeChange::default(),
            failures: 0,
        })
    }

    /// Visits pages until there are no more, or a limit is reached.
    async fn pages(&mut self) {
        let Ok(first) = self.source.url.parse::<Url>() else {
            self.report.ended_early = Some("its address can't be read".to_owned());
            return;
        };
        let robots = if self.source.crawl { self.fetcher.robots(&first).await } else { Ok(Robots::default()) };
        let robots = match robots {
            Ok(robots) => robots,
            Err(reason) => {
                self.report.ended_early = Some(reason);
                return;
            }
        };
        let wish = robots.delay.map_or(0, |seconds| (seconds * 1000.0) as u64);
        let delay = Duration::from_millis(self.source.rules.delay_ms.max(wish));
        let most = if self.source.crawl { self.source.rules.pages } else { 1 };
        let listed = if self.source.crawl && sitemap::is_one(&first) {
            self.listed(&first).await
        } else {
            Ok(Addresses::new(&first))
        };
        let mut addresses = match listed {
            Ok(addresses) => addresses,
            Err(reason) => {
                self.report.ended_early = Some(reason);
                return;
            }
        };
        let mut next_at = Instant::now();
        let mut done = 0;
        while let Some((url, depth)) = addresses.next() {
            if done >= most {
                if self.source.crawl {
                    self.report.ended_early =
                        Some(format!("the limit of {most} pages is reached; {} are left", addresses.waiting() + 1));
                }
                break;
            }
            if self.failures >= IN_A_ROW {
                self.report.ended_early = Some(format!("{IN_A_ROW} pages in a row could not be read"));
                break;
            }
            if !robots.allows(&url[url::Position::BeforePath..url::Position::AfterQuery]) {
                if depth == 0 {
                    self.fail(&url, "the site's robots.txt forbids reading it".to_owned());
                }
                self.report.skipped += 1;
                continue;
            }
            self.tell.send_modify(|progress| {
                progress.done = done;
                progress.queued = u32::try_from(addresses.waiting() + 1).unwrap_or(u32::MAX);
                progress.current = Some(url.to_string());
            });
            tokio::time::sleep_until(next_at).await;
            let fetched = self.fetcher.fetch(&url).await;
            next_at = Instant::now() + delay;
            done += 1;
            match fetched {
                Fetched::Page(url, answer) => {
                    self.failures = 0;
                    if let Some(facts) = self.take(&url, answer, &mut addresses, depth).await
                        && self.source.crawl
                        && depth < self.source.rules.depth
                        && !facts.nofollow
                    {
                        let base =
                            facts.base.as_ref().and_then(|base| url.join(base).ok()).unwrap_or_else(|| url.clone());
                        let links = facts.links.iter().filter_map(|link| target(&base, link, &first));
                        links.for_each(|link| addresses.add(link, depth + 1));
                    }
                }
                Fetched::Elsewhere(other) => {
                    // What stood here stands there now.
                    self.gone.insert(article_id(&self.source.id, &url));
                    self.report.skipped += 1;
                    // A redirect costs no page of the limit.
                    done -= 1;
                    addresses.add(other, depth);
                }
                Fetched::Skipped => self.report.skipped += 1,
                Fetched::Gone(reason) => {
                    self.gone.insert(article_id(&self.source.id, &url));
                    self.fail(&url, reason);
                }
                Fetched::Failed(reason) => {
                    self.failures += 1;
                    self.there.insert(article_id(&self.source.id, &url));
                    self.fail(&url, reason);
                }
            }
            if self.ready.articles.len() >= TOGETHER {
                self.store_ready().await;
            }
        }
    }

    /// The pages of the same host that a sitemap lists, itself or in the sitemaps that it lists. Where they lead to is
    /// not followed: the sitemap says what there is.
    async fn listed(&self, first: &Url) -> Result<Addresses, String> {
        let mut addresses = Addresses::default();
        let mut files = vec![first.clone()];
        let mut read = 0;
        while let Some(file) = files.get(read).cloned() {
            read += 1;
            for location in self.fetcher.sitemap(&file).await? {
                let same = location.host() == first.host() && location.scheme() == first.scheme();
                if sitemap::is_one(&location) {
                    if same && files.len() < sitemap::FILES && !files.contains(&location) {
                        files.push(location);
                    }
                } else if let Some(page) = target(first, location.as_str(), first) {
                    addresses.add(page, self.source.rules.depth);
                }
            }
        }
        if addresses.waiting() == 0 {
            return Err("the sitemap lists no page of its host".to_owned());
        }
        Ok(addresses)
    }

    fn fail(&mut self, url: &Url, reason: String) {
        if self.report.failed.len() < LISTED {
            self.report.failed.push(FailedPage { url: url.to_string(), reason });
        }
        self.tell.send_modify(|progress| progress.failed += 1);
    }

    /// Makes an article of a page. Comes back with what the page says about itself.
    async fn take(&mut self, url: &Url, answer: WebAnswer, addresses: &mut Addresses, depth: u32) -> Option<PageFacts> {
        let id = article_id(&self.source.id, url);
        let kind = answer.content_type.as_deref().and_then(Kind::by_media_type).unwrap_or(Kind::Html);
        let reading = match self.library.0.reader.read_as(kind, &answer.body).await {
            Ok(reading) => reading,
            Err(refusal) => {
                // A page that says nothing any more is gone; one that can't be read for the moment isn't.
                let out = if matches!(refusal, Refusal::NoText { .. }) { &mut self.gone } else { &mut self.there };
                out.insert(id);
                self.fail(url, refusal.to_string());
                return None;
            }
        };
        let facts = reading.page.clone();
        if let Some(facts) = &facts {
            if facts.noindex {
                self.gone.insert(id);
                self.report.skipped += 1;
                return Some(facts.clone());
            }
            let canonical = facts.canonical.as_ref().and_then(|to| target(url, to, url));
            if let Some(canonical) = canonical.filter(|canonical| *canonical != normalized(url)) {
                self.gone.insert(id);
                self.report.skipped += 1;
                addresses.add(canonical, depth);
                return Some(facts.clone());
            }
        }
        let article = self.article(id.clone(), url, &reading);
        let digest: [u8; 32] = Sha256::digest(format!("{}\n{}", article.title, article.body).as_bytes()).into();
        if let Some(first) = self.texts.get(&digest) {
            tracing::debug!(page = %url, same_as = %first, "two pages say the same");
            self.gone.insert(id);
            self.report.skipped += 1;
            return facts;
        }
        self.texts.insert(digest, url.clone());
        self.report.read += 1;
        self.there.insert(id.clone());
        let same = |former: &&Article| former.title == article.title && former.body == article.body;
        if self.former.get(&id).filter(same).is_some() {
            self.report.unchanged += 1;
            return facts;
        }
        let sections = reading.parts.into_iter().flat_map(|part| part.sections).collect::<Vec<_>>();
        self.ready.states.push(ArticleState {
            id,
            part_of: Some(self.source.id.clone()),
            origin: Origin::Page { url: url.to_string() },
            status: ArticleStatus::Indexed,
            garbled: garbled(&sections, article.language.as_deref()),
            notes: reading.notes,
            at: article.updated_at,
        });
        self.ready.articles.push(article);
        facts
    }

    fn article(&self, id: String, url: &Url, reading: &Reading) -> Article {
        let part = reading.parts.first().cloned().unwrap_or_default();
        let former = self.former.get(&id);
        let title = if part.title.is_empty() { url.path().to_owned() } else { part.title };
        Article {
            title: title.chars().take(200).collect(),
            body: outline(&part.sections),
            format: Format::Outline,
            topic: former.map_or_else(|| self.source.topic.clone(), |former| former.topic.clone()),
            url: Some(url.to_string()),
            language: part.language.filter(|tag| crate::config::is_language_tag(tag)),
            questions: former.map(|former| former.questions.clone()).unwrap_or_default(),
            updated_at: Timestamp::now(),
            valid_until: former.and_then(|former| former.valid_until),
            id,
        }
    }

    async fn store_ready(&mut self) {
        let change = std::mem::take(&mut self.ready);
        let (ids, count) =
            (change.articles.iter().map(|article| article.id.clone()).collect::<Vec<_>>(), change.articles.len());
        if let Err(error) = self.library.change(change).await {
            tracing::error!(%error, "pages of a source could not be stored");
            self.report.ended_early.get_or_insert_with(|| format!("{count} pages could not be stored: {error}"));
            self.there.extend(ids);
        }
    }

    /// Removes what is gone, and says how it went.
    async fn end(mut self) -> CrawlReport {
        self.tell.send_modify(|progress| progress.current = None);
        let whole = self.report.ended_early.is_none();
        let gone = |id: &&String| !self.there.contains(*id) && (self.gone.contains(*id) || whole);
        self.ready.removed = self.former.keys().filter(gone).cloned().collect();
        self.report.removed = u32::try_from(self.ready.removed.len()).unwrap_or(u32::MAX);
        if !self.ready.removed.is_empty() || !self.ready.articles.is_empty() {
            self.store_ready().await;
        }
        self.report.finished_at = Timestamp::now();
        self.report
    }
}
