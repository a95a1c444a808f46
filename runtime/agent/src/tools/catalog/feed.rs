//! The shop connector's feed: all pages of one fetch, and some products as they are now.

use super::product::{Product, field, string};
use super::state::CatalogFetch;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use usher_host::{Host, ToolError, Value, WeakHost};
use usher_manifest::FunctionName;

/// Most pages of one fetch: a feed that never ends is broken.
const PAGES: usize = 20_000;
/// How often a page is asked for that the shop can't give just now, and how long it is waited before the second time;
/// then twice as long each time.
const TRIES: u32 = 4;
const FIRST_WAIT: Duration = Duration::from_secs(2);
/// Most products that are asked for at once by their ids.
pub(super) const ASKED: usize = 20;

const PAGE: &str = "usher:tools/catalog-feed.page";
const NOW: &str = "usher:tools/catalog-feed.now";

/// What a fetch read, to its end.
#[derive(Debug, Default)]
pub(super) struct Fetched {
    pub(super) products: BTreeMap<String, Arc<Product>>,
    pub(super) withdrawn: BTreeSet<String>,
}

/// Reads the feed to its end; tells after each page how many there were, and how many products.
///
/// # Errors
/// Why it has no end, or none that can be trusted. What was read until then is of no use.
pub(super) async fn fetch(
    host: &WeakHost,
    kind: CatalogFetch,
    since: Option<Timestamp>,
    mut progress: impl FnMut(usize, usize),
) -> Result<Fetched, String> {
    let since = match kind {
        CatalogFetch::Whole => None,
        CatalogFetch::Changes => since,
    };
    let since = Value::Option(since.map(|since| Box::new(Value::String(since.to_string()))));
    let (mut fetched, mut cursor, mut seen) = (Fetched::default(), None::<String>, BTreeSet::new());
    for pages in 1..=PAGES {
        let page = page(host, cursor.as_ref(), &since).await?;
        cursor = fetched.take(&page)?;
        progress(pages, fetched.products.len() + fetched.withdrawn.len());
        match &cursor {
            None => return Ok(fetched),
            Some(cursor) if !seen.insert(cursor.clone()) => {
                return Err("the feed goes in a circle: it names the same next page twice".into());
            }
            Some(_) => {}
        }
    }
    Err(format!("the feed has more than {PAGES} pages"))
}

/// The host isn't held while it waits, so that a server that ends needn't.
async fn page(host: &WeakHost, cursor: Option<&String>, since: &Value) -> Result<Value, String> {
    let host = || host.upgrade().ok_or_else(|| "the runtime ends".to_owned());
    let function: FunctionName = PAGE.parse().map_err(|_| "the feed has no name".to_owned())?;
    let cursor = Value::Option(cursor.map(|cursor| Box::new(Value::String(cursor.clone()))));
    let arguments = [cursor, since.clone()];
    let mut wait = FIRST_WAIT;
    for _ in 1..TRIES {
        match host()?.ask(&function, &arguments).await {
            Err(ToolError::Unavailable(why)) => {
                tracing::debug!(%why, "a page of the catalogue is asked for again");
                tokio::time::sleep(wait).await;
                wait *= 2;
            }
            answer => return answer.map_err(in_words),
        }
    }
    host()?.ask(&function, &arguments).await.map_err(in_words)
}

impl Fetched {
    /// Takes a page in, and returns where the next begins. A product that changed while the feed was read stands on two
    /// pages: the later one holds.
    fn take(&mut self, page: &Value) -> Result<Option<String>, String> {
        let (Some(Value::List(products)), Some(Value::List(withdrawn))) =
            (field(page, "products"), field(page, "withdrawn"))
        else {
            return Err("the feed's page has no products".into());
        };
        for product in products {
            let product = Product::from_value(product)?;
            self.withdrawn.remove(&product.id);
            self.products.insert(product.id.clone(), Arc::new(product));
        }
        for id in withdrawn.iter().filter_map(string) {
            self.products.remove(&id);
            self.withdrawn.insert(id);
        }
        match field(page, "next") {
            Some(Value::Option(None)) => Ok(None),
            Some(Value::Option(Some(next))) => {
                string(next).map(Some).ok_or_else(|| "the feed's cursor is no text".into())
            }
            _ => Err("the feed's page doesn't say whether another one follows".into()),
        }
    }
}

/// Those of these products that are sold now; at most [`ASKED`].
///
/// # Errors
/// Why the shop can't tell.
pub(super) async fn now(host: &Host, ids: &[String]) -> Result<Vec<Product>, String> {
    let function: FunctionName = NOW.parse().map_err(|_| "the feed has no name".to_owned())?;
    let ids = Value::List(ids.iter().cloned().map(Value::String).collect());
    match host.ask(&function, &[ids]).await.map_err(in_words)? {
        Value::List(products) => products.iter().map(Product::from_value).collect(),
        _ => Err("the answer is no list of products".into()),
    }
}

fn in_words(error: ToolError) -> String {
    match error {
        ToolError::Unavailable(why) | ToolError::Invalid(why) | ToolError::Denied(_, why) => why,
        ToolError::NotFound => "the shop has no catalogue".into(),
        ToolError::TooLarge => "a page is larger than the runtime takes".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::product::tests::product;
    use super::*;
    use usher_host::value::{record, text};

    fn page(ids: &[&str], withdrawn: &[&str], next: Option<&str>) -> Value {
        record([
            ("products", Value::List(ids.iter().map(|id| product(id, "Mug", "", &[]).to_value()).collect())),
            ("withdrawn", Value::List(withdrawn.iter().map(|&id| Value::String(id.into())).collect())),
            ("next", text(next.map(str::to_owned))),
        ])
    }

    #[test]
    fn pages_are_taken_in_and_the_later_one_holds() {
        let mut fetched = Fetched::default();
        assert_eq!(fetched.take(&page(&["1", "2"], &["3"], Some("c1"))), Ok(Some("c1".into())));
        assert_eq!(fetched.take(&page(&["3"], &["1"], None)), Ok(None));
        assert_eq!(fetched.products.keys().collect::<Vec<_>>(), ["2", "3"]);
        assert_eq!(fetched.withdrawn.iter().collect::<Vec<_>>(), ["1"]);
    }

    #[test]
    fn what_is_no_page_ends_the_fetch() {
        for wrong in [
            Value::Bool(true),
            record([("products", Value::List(vec![])), ("withdrawn", Value::List(vec![]))]),
            record([
                ("products", Value::List(vec![Value::Bool(true)])),
                ("withdrawn", Value::List(vec![])),
                ("next", text(None)),
            ]),
        ] {
            assert!(Fetched::default().take(&wrong).is_err(), "{wrong:?}");
        }
    }
}
