//! `usher:tools/catalog`: the shop's products, fetched from the shop connector's feed and searched here.
//!
//! The products are kept as the values that the connector gave, so that nothing is lost between it and a skill; the
//! index over them is derived, and both are fetched anew at every start.

use crate::knowledge::{Article, Format, KnowledgeIndex};
use arc_swap::ArcSwap;
use async_trait::async_trait;
use jiff::Timestamp;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Weak};
use std::time::Duration;
use usher_host::{Host, RuntimeCall, RuntimeTool, ToolError, Value, WeakHost};
use usher_manifest::{FunctionName, InterfaceName};

/// How often the whole catalogue is fetched.
const PERIOD: Duration = Duration::from_secs(600);
/// How soon it is tried again after a failure.
const RETRY: Duration = Duration::from_secs(30);
/// Most pages of one fetch: a feed that never ends is broken.
const PAGES: usize = 1_000;
/// Most products of one answer.
const LIMIT: usize = 20;

const FEED: &str = "usher:tools/catalog-feed.page";

/// The products as they were fetched last.
#[derive(Default)]
pub(super) struct Catalog {
    shelf: ArcSwap<Shelf>,
}

struct Shelf {
    products: HashMap<String, Product>,
    index: KnowledgeIndex,
    /// None before the first fetch.
    fetched_at: Option<Timestamp>,
}

struct Product {
    value: Value,
    url: String,
    tags: HashSet<String>,
}

impl Default for Shelf {
    fn default() -> Self {
        Self { products: HashMap::new(), index: KnowledgeIndex::build(&[]), fetched_at: None }
    }
}

impl Catalog {
    /// Keeps the catalogue up to date for as long as it and the host live.
    pub(super) async fn keep(catalog: Weak<Self>, host: WeakHost) {
        let Ok(interface) = "usher:tools/catalog-feed".parse::<InterfaceName>() else { return };
        let Some(mut changes) = host.upgrade().map(|host| host.changes()) else { return };
        let mut source = None;
        loop {
            let Some(strong) = host.upgrade() else { return };
            let now = strong.generation().source_of(&interface);
            let mut wait = PERIOD;
            if now.is_some() {
                match fetch(&strong).await {
                    Ok(shelf) => {
                        let Some(catalog) = catalog.upgrade() else { return };
                        tracing::info!(products = shelf.products.len(), "catalogue fetched");
                        catalog.shelf.store(Arc::new(shelf));
                    }
                    Err(error) => {
                        tracing::warn!(%error, "the catalogue could not be fetched");
                        wait = RETRY;
                    }
                }
            }
            drop(strong);
            source.clone_from(&now);
            let changed = async {
                while changes.changed().await.is_ok() {
                    let Some(host) = host.upgrade() else { return false };
                    if host.generation().source_of(&interface) != source {
                        return true;
                    }
                }
                false
            };
            // Time is up, or there is another source: fetch again. Otherwise the host is gone.
            if let Ok(false) = tokio::time::timeout(wait, changed).await {
                return;
            }
        }
    }
}

/// Reads the feed to its end. Half a catalogue is never put in the place of a whole one.
async fn fetch(host: &Host) -> Result<Shelf, String> {
    let function: FunctionName = FEED.parse().map_err(|_| "the feed has no name".to_owned())?;
    let mut products = HashMap::new();
    let mut articles = Vec::new();
    let mut cursor = Value::Option(None);
    for _ in 0..PAGES {
        let page = host.ask(&function, &[cursor, Value::Option(None)]).await.map_err(|error| format!("{error:?}"))?;
        let Some(Value::List(found)) = field(&page, "products").cloned() else {
            return Err("the feed's page has no products".into());
        };
        for value in found {
            let text = |name: &str| string(field(&value, name)).unwrap_or_default();
            let tags = match field(&value, "tags") {
                Some(Value::List(tags)) => tags.iter().filter_map(|tag| string(Some(tag))).collect(),
                _ => HashSet::new(),
            };
            let words = format!("{}\n\n{}", text("description"), tags.iter().cloned().collect::<Vec<_>>().join(", "));
            articles.push(Article {
                id: text("id"),
                title: text("title"),
                body: words,
                format: Format::Text,
                topic: None,
                url: None,
                language: None,
                questions: Vec::new(),
                updated_at: Timestamp::now(),
            });
            products.insert(text("id"), Product { url: text("url"), tags, value });
        }
        match field(&page, "next") {
            Some(next @ Value::Option(Some(_))) => cursor = next.clone(),
            _ => {
                let index = tokio::task::spawn_blocking(move || KnowledgeIndex::build(&articles))
                    .await
                    .map_err(|_| "the index could not be built".to_owned())?;
                return Ok(Shelf { products, index, fetched_at: Some(Timestamp::now()) });
            }
        }
    }
    Err(format!("the feed has more than {PAGES} pages"))
}

fn field<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    match value {
        Value::Record(fields) => fields.iter().find(|(field, _)| field == name).map(|(_, value)| value),
        _ => None,
    }
}

fn string(value: Option<&Value>) -> Option<String> {
    match value {
        Some(Value::String(text)) => Some(text.clone()),
        _ => None,
    }
}

/// The part of an address that names a product's page: its path, without query and language prefix.
fn page_of(url: &str) -> Option<&str> {
    let path = url.split(['?', '#']).next()?.trim_end_matches('/');
    path.rsplit_once("/products/").map(|(_, handle)| handle).filter(|handle| !handle.is_empty())
}

impl Shelf {
    fn search(&self, query: &str, limit: usize) -> Vec<Value> {
        self.index
            .search(query, None, limit, None)
            .into_iter()
            .filter_map(|passage| Some(self.products.get(&passage.article)?.value.clone()))
            .collect()
    }

    fn by_url(&self, url: &str) -> Option<Value> {
        let page = page_of(url);
        let same = |product: &&Product| product.url == url || (page.is_some() && page_of(&product.url) == page);
        self.products.values().find(same).map(|product| product.value.clone())
    }

    /// Products with the most tags in common; equal ones in the order of their ids.
    fn related(&self, id: &str, limit: usize) -> Option<Vec<Value>> {
        let tags = &self.products.get(id)?.tags;
        let mut others: Vec<_> = self
            .products
            .iter()
            .filter(|(other, _)| *other != id)
            .map(|(other, product)| (product.tags.intersection(tags).count(), other, product))
            .filter(|(common, _, _)| *common > 0)
            .collect();
        others.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(b.1)));
        Some(others.into_iter().take(limit).map(|(_, _, product)| product.value.clone()).collect())
    }
}

pub(super) struct CatalogTool(pub(super) Arc<Catalog>);

#[async_trait]
impl RuntimeTool for CatalogTool {
    async fn call(&self, call: RuntimeCall<'_>) -> Result<Value, ToolError> {
        let shelf = self.0.shelf.load_full();
        if shelf.fetched_at.is_none() {
            return Err(ToolError::Unavailable("the catalogue has not been fetched yet".into()));
        }
        match (call.function, call.arguments) {
            ("search", [Value::String(query), Value::U32(limit)]) => {
                let (query, limit) = (query.clone(), (*limit as usize).min(LIMIT));
                let search = move || Value::List(shelf.search(&query, limit));
                tokio::task::spawn_blocking(search)
                    .await
                    .map_err(|_| ToolError::Unavailable("the search failed".into()))
            }
            ("by-url", [Value::String(url)]) => shelf.by_url(url).ok_or(ToolError::NotFound),
            ("related", [Value::String(id), Value::U32(limit)]) => {
                shelf.related(id, (*limit as usize).min(LIMIT)).map(Value::List).ok_or(ToolError::NotFound)
            }
            _ => Err(ToolError::Invalid("the catalogue has no such call".into())),
        }
    }
}
