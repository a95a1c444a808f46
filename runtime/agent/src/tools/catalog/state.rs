//! What the catalogue holds and how its synchronising goes, for those who show it or depend on it.

use jiff::Timestamp;
use serde::Serialize;
use usher_manifest::PluginId;

/// The catalogue's state. What is told of the last fetches outlives a restart; what is under way doesn't.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct CatalogState {
    /// Whether it holds a whole catalogue of the connected shop: only then is it searched.
    pub filled: bool,
    /// The connector that feeds it; none where no connected integration provides a feed.
    pub source: Option<PluginId>,
    /// Products that are sold on the web.
    pub products: usize,
    /// Of these, products that were in stock when they were read.
    pub in_stock: usize,
    /// When the last fetch began that ended well, of changes or of everything.
    pub synced_at: Option<Timestamp>,
    /// When the last whole fetch began that ended well.
    pub whole_at: Option<Timestamp>,
    /// The fetch that is under way.
    pub running: Option<CatalogProgress>,
    /// Why the last fetch failed; none where it ended well.
    pub error: Option<CatalogFailure>,
}

/// A fetch that is under way.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CatalogProgress {
    /// Everything, or what changed since the last one.
    pub kind: CatalogFetch,
    /// When it began.
    pub started_at: Timestamp,
    /// Pages that were read.
    pub pages: usize,
    /// Products on them, withdrawn ones included.
    pub products: usize,
}

/// What a fetch reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CatalogFetch {
    /// All products: what is missing is withdrawn.
    Whole,
    /// Products that changed since the last fetch began.
    Changes,
}

/// Why a fetch failed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CatalogFailure {
    /// When.
    pub at: Timestamp,
    /// In the connector's words.
    pub message: String,
}
