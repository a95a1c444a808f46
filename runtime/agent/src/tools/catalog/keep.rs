//! Keeps the catalogue up to date: changes every few minutes, everything once a day and when the shop is another one.
//!
//! Only a feed that was read to its end changes anything, first in the store and then on the shelf. What a feed of changes
//! can't tell (a product that was deleted) is settled by the next whole one.

use super::Catalog;
use super::feed::{self, Fetched};
use super::product::Product;
use super::shelf::Shelf;
use super::state::{CatalogFailure, CatalogFetch, CatalogProgress};
use crate::store::{CatalogChange, Store, StoredCatalog};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::sync::{Arc, Weak};
use std::time::Duration;
use usher_host::{Host, Source, WeakHost};
use usher_manifest::InterfaceName;

/// How often it is asked what changed.
const CHANGES_EVERY: SignedDuration = SignedDuration::from_mins(3);
/// How often everything is fetched.
const WHOLE_EVERY: SignedDuration = SignedDuration::from_hours(24);
/// How far back beyond the last fetch is asked for changes: a shop's index lags behind the shop.
const OVERLAP: SignedDuration = SignedDuration::from_mins(10);
/// How soon it is tried again after a failure; then twice as long each time.
const RETRY: SignedDuration = SignedDuration::from_secs(30);
const LONGEST_RETRY: SignedDuration = SignedDuration::from_mins(15);

/// Which shop feeds the catalogue.
#[derive(Clone, Debug, PartialEq)]
struct Shop {
    /// Another one after any change of the connector or its integration.
    source: Source,
    /// The connector and its settings: another one where it may be another shop. It is the same after a restart.
    name: String,
}

impl Shop {
    fn of(host: &Host) -> Option<Self> {
        let interface: InterfaceName = "usher:tools/catalog-feed".parse().ok()?;
        let generation = host.generation();
        let source = generation.source_of(&interface)?;
        let settings = generation.integrations.get(&source.connector)?.summary().settings;
        let name = serde_json::json!({"connector": source.connector, "settings": settings}).to_string();
        Some(Self { source, name })
    }
}

/// What is known of the fetches of a shop.
#[derive(Clone, Debug, Default)]
struct Known {
    /// Its [`Shop::name`].
    shop: String,
    synced_at: Option<Timestamp>,
    whole_at: Option<Timestamp>,
    /// The source of the last fetch since the start.
    read_from: Option<Source>,
    failures: u32,
    failed_at: Option<Timestamp>,
}

impl Known {
    /// What is to be fetched next, and when.
    fn due(&self, shop: &Shop, now: Timestamp) -> (CatalogFetch, Timestamp) {
        let after = |at: Timestamp, wait: SignedDuration| at.checked_add(wait).unwrap_or(Timestamp::MAX);
        let (Some(synced_at), Some(whole_at), true) = (self.synced_at, self.whole_at, self.shop == shop.name) else {
            return (CatalogFetch::Whole, self.not_before(now));
        };
        // Another release of the connector may read the same products in another way.
        if self.read_from.as_ref().is_some_and(|source| *source != shop.source) {
            return (CatalogFetch::Whole, self.not_before(now));
        }
        let whole = after(whole_at, WHOLE_EVERY);
        let changes = after(synced_at, CHANGES_EVERY);
        let (kind, at) =
            if whole <= changes.max(now) { (CatalogFetch::Whole, whole) } else { (CatalogFetch::Changes, changes) };
        (kind, at.max(self.not_before(now)))
    }

    /// Now, unless the last fetch failed.
    fn not_before(&self, now: Timestamp) -> Timestamp {
        let Some(failed_at) = self.failed_at else { return now };
        let wait = RETRY.checked_mul(1 << self.failures.saturating_sub(1).min(10)).unwrap_or(LONGEST_RETRY);
        failed_at.checked_add(wait.min(LONGEST_RETRY)).unwrap_or(now)
    }
}

/// Runs for as long as the catalogue and the host live.
pub(super) async fn keep(catalog: Weak<Catalog>, host: WeakHost, store: Weak<dyn Store>) {
    let Some(mut changes) = host.upgrade().map(|host| host.changes()) else { return };
    let Some(wish) = catalog.upgrade().map(|catalog| catalog.wish.clone()) else { return };
    let mut known = match store.upgrade() {
        Some(store) => load(&catalog, &*store).await,
        None => return,
    };
    loop {
        // What comes from here on is seen by the wait below.
        changes.mark_unchanged();
        let shop = match (host.upgrade(), catalog.upgrade()) {
            (Some(host), Some(catalog)) => {
                let shop = Shop::of(&host);
                catalog.note_shop(
                    shop.as_ref().map(|shop| &shop.source.connector),
                    shop.as_ref().is_some_and(|shop| known.whole_at.is_some() && known.shop == shop.name),
                );
                shop
            }
            _ => return,
        };
        let now = Timestamp::now();
        let next = shop.as_ref().map(|shop| match wish.take() {
            Some(CatalogFetch::Changes) if known.whole_at.is_some() && known.shop == shop.name => {
                (CatalogFetch::Changes, now)
            }
            Some(_) => (CatalogFetch::Whole, now),
            None => known.due(shop, now),
        });
        if let (Some(shop), Some((kind, at))) = (&shop, next)
            && at <= now
        {
            match run(&catalog, &host, &store, shop, &mut known, kind).await {
                Some(()) => continue,
                None => return,
            }
        }
        // Without a shop only another one ends the wait.
        let wait = next.map_or(Duration::MAX, |(_, at)| at.duration_since(now).try_into().unwrap_or_default());
        tokio::select! {
            () = sleep(wait) => {}
            () = wish.made() => {}
            changed = changes.changed() => {
                if changed.is_err() {
                    return;
                }
            }
        }
    }
}

async fn sleep(wait: Duration) {
    if wait == Duration::MAX {
        std::future::pending::<()>().await;
    }
    tokio::time::sleep(wait).await;
}

/// What was kept before the start.
async fn load(catalog: &Weak<Catalog>, store: &dyn Store) -> Known {
    let stored = match store.catalog().await {
        Ok(Some(stored)) => stored,
        Ok(None) => return Known::default(),
        Err(error) => {
            tracing::warn!(%error, "the catalogue that was kept can't be read; it is fetched anew");
            return Known::default();
        }
    };
    let StoredCatalog { source, products, synced_at, whole_at, failure } = stored;
    let read: Result<Vec<_>, _> =
        products.into_iter().map(|product| Product::from_stored(product).map(Arc::new)).collect();
    let Ok(products) = read else {
        tracing::warn!("the catalogue that was kept has another shape; it is fetched anew");
        return Known::default();
    };
    let Some(shelf) = shelf(products).await else { return Known::default() };
    if let Some(catalog) = catalog.upgrade() {
        catalog.put(shelf, None, |state| {
            state.synced_at = synced_at;
            state.whole_at = whole_at;
            state.error = failure;
        });
    }
    Known { shop: source, synced_at, whole_at, ..Known::default() }
}

async fn shelf(products: Vec<Arc<Product>>) -> Option<Shelf> {
    tokio::task::spawn_blocking(move || Shelf::of(products)).await.ok()
}

/// Makes one fetch; none where the runtime ends.
async fn run(
    catalog: &Weak<Catalog>,
    host: &WeakHost,
    store: &Weak<dyn Store>,
    shop: &Shop,
    known: &mut Known,
    kind: CatalogFetch,
) -> Option<()> {
    let started_at = Timestamp::now();
    let progress = |pages: usize, products: usize| {
        if let Some(catalog) = catalog.upgrade() {
            let running = CatalogProgress { kind, started_at, pages, products };
            catalog.state.send_modify(|state| state.running = Some(running));
        }
    };
    progress(0, 0);
    let since = known.synced_at.and_then(|at| at.checked_sub(OVERLAP).ok());
    let fetched = feed::fetch(host, kind, since, progress).await;
    let (catalog, store) = (catalog.upgrade()?, store.upgrade()?);
    if Shop::of(&host.upgrade()?).as_ref() != Some(shop) {
        tracing::info!("the shop was changed while its catalogue was read; what was read is dropped");
        catalog.state.send_modify(|state| state.running = None);
        return Some(());
    }
    known.read_from = Some(shop.source.clone());
    let taken = match fetched {
        Ok(fetched) => take(&catalog, &*store, shop, known, kind, started_at, fetched).await,
        Err(message) => Err(message),
    };
    match taken {
        Ok(()) => (known.failures, known.failed_at) = (0, None),
        Err(message) => {
            tracing::warn!(connector = %shop.source.connector, %message, "the catalogue could not be fetched");
            let failure = CatalogFailure { at: Timestamp::now(), message };
            (known.failures, known.failed_at) = (known.failures.saturating_add(1), Some(failure.at));
            if let Err(error) = store.note_catalog_failure(&shop.name, failure.clone()).await {
                tracing::warn!(%error, "that could not be noted");
            }
            catalog.state.send_modify(|state| {
                state.running = None;
                state.error = Some(failure);
            });
        }
    }
    Some(())
}

/// Puts what was read into the store, and then on the shelf.
async fn take(
    catalog: &Catalog,
    store: &dyn Store,
    shop: &Shop,
    known: &mut Known,
    kind: CatalogFetch,
    started_at: Timestamp,
    fetched: Fetched,
) -> Result<(), String> {
    let before = catalog.shelf.load_full();
    let same_shop = known.shop == shop.name;
    let before: BTreeMap<&str, &Arc<Product>> = match same_shop {
        true => before.products().iter().map(|product| (product.id.as_str(), product)).collect(),
        false => BTreeMap::new(),
    };
    let Fetched { products: read, withdrawn } = fetched;
    let put: Result<Vec<_>, _> = read
        .values()
        .filter(|product| !before.get(product.id.as_str()).is_some_and(|known| known.is_as(product)))
        .map(|product| product.to_stored())
        .collect();
    let put = put.map_err(|error| format!("a product can't be kept: {error}"))?;
    let removed: Vec<String> = match kind {
        CatalogFetch::Whole => before.keys().filter(|id| !read.contains_key(**id)).map(|&id| id.to_owned()).collect(),
        CatalogFetch::Changes => withdrawn.into_iter().filter(|id| before.contains_key(id.as_str())).collect(),
    };
    let whole_at = (kind == CatalogFetch::Whole).then_some(started_at);
    let (changed, gone) = (put.len(), removed.len());
    let mut products: BTreeMap<String, Arc<Product>> = match kind {
        CatalogFetch::Whole => BTreeMap::new(),
        CatalogFetch::Changes => before.iter().map(|(id, product)| ((*id).to_owned(), (*product).clone())).collect(),
    };
    removed.iter().for_each(|id| drop(products.remove(id)));
    products.extend(read);
    let change = CatalogChange { source: shop.name.clone(), put, removed, synced_at: started_at, whole_at };
    store.change_catalog(change).await.map_err(|error| format!("the catalogue can't be kept: {error}"))?;

    let count = products.len();
    let shelf =
        shelf(products.into_values().collect()).await.ok_or_else(|| "the index could not be built".to_owned())?;
    known.shop.clone_from(&shop.name);
    known.synced_at = Some(started_at);
    known.whole_at = whole_at.or(known.whole_at);
    let (synced_at, whole_at) = (known.synced_at, known.whole_at);
    catalog.put(shelf, Some(started_at), |state| {
        state.filled = whole_at.is_some();
        state.source = Some(shop.source.connector.clone());
        state.synced_at = synced_at;
        state.whole_at = whole_at;
        state.running = None;
        state.error = None;
    });
    tracing::info!(?kind, products = count, changed, gone, "catalogue synchronised");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shop(revision: u64) -> Shop {
        let source = Source { connector: "shopify".parse().unwrap(), digest: usher_host::Digest([0; 32]), revision };
        Shop { source, name: "shop".into() }
    }

    fn minutes(minutes: i64) -> Timestamp {
        "2026-09-10T09:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_mins(minutes)
    }

    #[test]
    fn changes_come_often_and_everything_once_a_day() {
        let known =
            Known { shop: "shop".into(), synced_at: Some(minutes(60)), whole_at: Some(minutes(0)), ..Known::default() };
        assert_eq!(known.due(&shop(1), minutes(61)), (CatalogFetch::Changes, minutes(63)));
        assert_eq!(known.due(&shop(1), minutes(90)).0, CatalogFetch::Changes);
        assert!(known.due(&shop(1), minutes(90)).1 <= minutes(90));
        assert_eq!(known.due(&shop(1), minutes(24 * 60 + 1)).0, CatalogFetch::Whole);
        // Another shop, or nothing yet, or another release of the connector.
        assert_eq!(Known::default().due(&shop(1), minutes(5)), (CatalogFetch::Whole, minutes(5)));
        let other = Known { shop: "other".into(), ..known.clone() };
        assert_eq!(other.due(&shop(1), minutes(61)), (CatalogFetch::Whole, minutes(61)));
        let updated = Known { read_from: Some(shop(1).source), ..known };
        assert_eq!(updated.due(&shop(2), minutes(61)), (CatalogFetch::Whole, minutes(61)));
    }

    #[test]
    fn failures_are_tried_again_less_and_less_often() {
        let failed = |failures| Known { failures, failed_at: Some(minutes(10)), ..Known::default() };
        assert_eq!(failed(1).due(&shop(1), minutes(10)).1, minutes(10) + SignedDuration::from_secs(30));
        assert_eq!(failed(3).due(&shop(1), minutes(10)).1, minutes(12));
        for failures in [6, 40, u32::MAX] {
            assert_eq!(failed(failures).due(&shop(1), minutes(10)).1, minutes(25));
        }
    }
}
