//! `usher:tools/catalog`: the shop's products, synchronised from the shop connector's feed and searched here.
//!
//! `keep` fetches (`feed`) and puts a new `shelf`, kept in the store, in the place of the old one; a call reads the
//! shelf's `index`, and what it is about to tell is looked at once more in the shop. `product` is the
//! record, `words` what a text's words are, `state` what is told of all this.

mod feed;
mod index;
mod keep;
mod product;
mod shelf;
mod state;
mod words;

pub use state::{CatalogFailure, CatalogFetch, CatalogProgress, CatalogState};

use crate::store::Store;
use arc_swap::ArcSwap;
use async_trait::async_trait;
use dashmap::DashMap;
use jiff::Timestamp;
use product::Product;
use shelf::Shelf;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use std::time::Duration;
use tokio::sync::{Notify, watch};
use usher_host::{RuntimeCall, RuntimeTool, ToolError, Value, WeakHost};
use usher_manifest::PluginId;

/// How long the shop is waited for then.
const PATIENCE: Duration = Duration::from_secs(3);
/// Of so many best matches of a search the sold-out ones are told too.
const NAMED: usize = 5;
/// Most products of one answer.
const LIMIT: usize = 20;
/// Most candidates that are looked at for one answer.
const CANDIDATES: usize = 100;
/// A longer query is cut: nobody asks that much at once.
const QUERY_CHARS: usize = 1_000;

/// The catalogue.
#[derive(Default)]
pub(crate) struct Catalog {
    shelf: ArcSwap<Shelf>,
    /// Readings since the shelf's.
    readings: DashMap<String, Reading>,
    state: watch::Sender<CatalogState>,
    wish: Arc<Wish>,
}

/// One product as it was when a customer was about to be told of it.
#[derive(Clone)]
struct Reading {
    at: Timestamp,
    /// None: it isn't sold any more.
    product: Option<Arc<Product>>,
}

/// A fetch that somebody asked for.
#[derive(Default)]
struct Wish {
    kind: Mutex<Option<CatalogFetch>>,
    made: Notify,
}

impl Wish {
    fn make(&self, kind: CatalogFetch) {
        let mut wished = self.kind.lock().unwrap_or_else(PoisonError::into_inner);
        // Everything holds changes too.
        if *wished != Some(CatalogFetch::Whole) {
            *wished = Some(kind);
        }
        drop(wished);
        self.made.notify_one();
    }

    fn take(&self) -> Option<CatalogFetch> {
        self.kind.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    async fn made(&self) {
        self.made.notified().await;
    }
}

impl Catalog {
    /// Keeps it up to date from now on.
    pub(super) fn keep(self: &Arc<Self>, host: WeakHost, store: Weak<dyn Store>) {
        tokio::spawn(keep::keep(Arc::downgrade(self), host, store));
    }

    /// What it holds and how its synchronising goes.
    pub(crate) fn state(&self) -> watch::Receiver<CatalogState> {
        self.state.subscribe()
    }

    /// Asks for a fetch at once; where one is under way, for another one after it. False where nothing feeds it.
    pub(crate) fn sync(&self, kind: CatalogFetch) -> bool {
        let fed = self.state.borrow().source.is_some();
        if fed {
            self.wish.make(kind);
        }
        fed
    }

    /// Puts a shelf in the place of the one that is there. Readings that began no later than it are forgotten; all of
    /// them where it has none.
    fn put(&self, shelf: Shelf, read_at: Option<Timestamp>, note: impl FnOnce(&mut CatalogState)) {
        let (products, in_stock) =
            (shelf.products().len(), shelf.products().iter().filter(|product| product.in_stock).count());
        self.shelf.store(Arc::new(shelf));
        self.readings.retain(|_, reading| read_at.is_some_and(|read_at| reading.at > read_at));
        self.state.send_modify(|state| {
            state.products = products;
            state.in_stock = in_stock;
            note(state);
        });
    }

    /// Notes who feeds it, and whether what is on the shelf is that shop's.
    fn note_shop(&self, source: Option<&PluginId>, filled: bool) {
        self.state.send_if_modified(|state| {
            let changed = state.source.as_ref() != source || state.filled != filled;
            state.source = source.cloned();
            state.filled = filled;
            changed
        });
    }

    /// The latest reading of a product; none where it isn't sold any more.
    fn latest(&self, product: &Arc<Product>) -> Reading {
        let own = || Reading { at: product.as_of, product: Some(product.clone()) };
        self.readings.get(&product.id).filter(|reading| reading.at > product.as_of).map_or_else(own, |r| r.clone())
    }

    /// These products as they are now, without those that aren't sold any more. Where the shop can't be asked, as they
    /// were read last. `ask` asks it for some products by their ids.
    async fn fresh<F>(&self, products: &[Arc<Product>], ask: impl FnOnce(Vec<String>) -> F) -> Vec<Arc<Product>>
    where
        F: Future<Output = Result<Vec<Product>, String>>,
    {
        let now = Timestamp::now();
        let latest: Vec<Reading> = products.iter().map(|product| self.latest(product)).collect();
        let old: Vec<String> = products.iter().map(|product| product.id.clone()).take(feed::ASKED).collect();
        let mut read = HashMap::new();
        if !old.is_empty() {
            match tokio::time::timeout(PATIENCE, ask(old.clone())).await {
                Ok(Ok(found)) => {
                    let mut found: HashMap<String, Product> =
                        found.into_iter().map(|product| (product.id.clone(), product)).collect();
                    read.extend(old.into_iter().map(|id| {
                        let product = found.remove(&id).map(Arc::new);
                        let at = product.as_ref().map_or(now, |product| product.as_of);
                        (id, Reading { at, product })
                    }));
                }
                Ok(Err(why)) => tracing::warn!(why, "stock and prices could not be read again"),
                Err(_) => tracing::warn!(seconds = PATIENCE.as_secs(), "the shop didn't tell stock and prices in time"),
            }
        }
        for (id, reading) in &read {
            self.readings.insert(id.clone(), reading.clone());
        }
        let newest = products.iter().zip(latest).map(|(product, known)| read.remove(&product.id).unwrap_or(known));
        newest.filter_map(|reading| reading.product).collect()
    }

    /// Those of some candidates that can be recommended: at most `limit` in their order, none that is sold out. Behind them
    /// come those of the `named` best ones that are sold out, for the customer may have asked for that very product.
    async fn recommended<F>(
        &self,
        candidates: Vec<Arc<Product>>,
        limit: usize,
        named: usize,
        price: PriceRange,
        ask: impl FnOnce(Vec<String>) -> F,
    ) -> Value
    where
        F: Future<Output = Result<Vec<Product>, String>>,
    {
        // A few more than are wanted, for some may have been sold out since. What was in stock comes first.
        let is_there = |product: &Arc<Product>| self.latest(product).product.is_some_and(|product| product.in_stock);
        let best: Vec<String> = candidates.iter().take(named).map(|product| product.id.clone()).collect();
        let is_best = |product: &Arc<Product>| best.contains(&product.id);
        let (mut asked, others): (Vec<_>, Vec<_>) = candidates.into_iter().partition(is_there);
        let (named, others): (Vec<_>, Vec<_>) = others.into_iter().partition(is_best);
        let most = (2 * limit + 2).min(feed::ASKED);
        asked.truncate(most - named.len().min(most));
        asked.extend(named);
        asked.extend(others);
        asked.truncate(most);
        // The price may have changed too.
        let fresh = self.fresh(&asked, ask).await;
        let fitting = fresh.into_iter().filter(|product| price.holds(product.amount_minor));
        let (there, sold_out): (Vec<_>, Vec<_>) = fitting.partition(|product| product.in_stock);
        let told = there.into_iter().take(limit).chain(sold_out.into_iter().filter(is_best));
        Value::List(told.map(|product| product.to_value()).collect())
    }
}

/// What something may cost, both ends included, in the catalogue's minor unit.
#[derive(Clone, Copy, Debug, Default)]
struct PriceRange {
    least: Option<i64>,
    most: Option<i64>,
}

impl PriceRange {
    /// Of the contract's `option<price-range>`.
    fn of(value: &Value) -> Self {
        let Value::Option(Some(range)) = value else { return Self::default() };
        let end = |name: &str| match product::field(range, name) {
            Some(Value::Option(Some(end))) => match **end {
                Value::S64(end) => Some(end),
                _ => None,
            },
            _ => None,
        };
        Self { least: end("least"), most: end("most") }
    }

    fn holds(self, amount_minor: i64) -> bool {
        self.least.is_none_or(|least| amount_minor >= least) && self.most.is_none_or(|most| amount_minor <= most)
    }
}

pub(super) struct CatalogTool {
    pub(super) catalog: Arc<Catalog>,
    pub(super) host: Arc<OnceLock<WeakHost>>,
}

#[async_trait]
impl RuntimeTool for CatalogTool {
    async fn call(&self, call: RuntimeCall<'_>) -> Result<Value, ToolError> {
        let catalog = &self.catalog;
        let (filled, source) = {
            let state = catalog.state.borrow();
            (state.filled, state.source.is_some())
        };
        let host = self.host.get().filter(|_| filled).ok_or_else(|| {
            ToolError::Unavailable(match source {
                true => "the catalogue has not been fetched yet".into(),
                false => "no connected integration feeds the catalogue".into(),
            })
        })?;
        let ask = |ids: Vec<String>| async move {
            let host = host.upgrade().ok_or_else(|| "the runtime ends".to_owned())?;
            feed::now(&host, &ids).await
        };
        let shelf = catalog.shelf.load_full();
        match (call.function, call.arguments) {
            ("search", [Value::String(query), price, Value::U32(limit)]) => {
                let query = query.chars().take(QUERY_CHARS).collect::<String>();
                let price = PriceRange::of(price);
                let costs = move |product: &&Arc<Product>| price.holds(product.amount_minor);
                let search = move || shelf.search(&query).filter(costs).take(CANDIDATES).cloned().collect::<Vec<_>>();
                let found = tokio::task::spawn_blocking(search)
                    .await
                    .map_err(|_| ToolError::Unavailable("the search failed".into()))?;
                Ok(catalog.recommended(found, (*limit as usize).min(LIMIT), NAMED, price, ask).await)
            }
            ("by-url", [Value::String(url)]) => {
                let product = shelf.by_url(url).cloned().ok_or(ToolError::NotFound)?;
                let found = catalog.fresh(&[product], ask).await;
                found.first().map(|product| product.to_value()).ok_or(ToolError::NotFound)
            }
            ("related", [Value::String(id), Value::U32(limit)]) => {
                let product = shelf.get(id).ok_or(ToolError::NotFound)?;
                let found = shelf.like(product).take(CANDIDATES).cloned().collect();
                Ok(catalog.recommended(found, (*limit as usize).min(LIMIT), 0, PriceRange::default(), ask).await)
            }
            _ => Err(ToolError::Invalid("the catalogue has no such call".into())),
        }
    }
}

#[cfg(test)]
mod tests;
