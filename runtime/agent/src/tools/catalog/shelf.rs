//! The products as a fetch left them, with the index over them. A shelf is never changed: another one takes its place.

use super::index::Index;
use super::product::Product;
use std::collections::HashMap;
use std::sync::Arc;

/// All products of one shop.
#[derive(Default)]
pub(super) struct Shelf {
    /// In the order of their ids.
    products: Vec<Arc<Product>>,
    places: HashMap<String, usize>,
    /// By the part of their address that names their page.
    pages: HashMap<String, usize>,
    index: Index,
}

impl Shelf {
    /// Builds the index too, which takes about a second for a hundred thousand products.
    pub(super) fn of(mut products: Vec<Arc<Product>>) -> Self {
        products.sort_by(|a, b| a.id.cmp(&b.id));
        let places = products.iter().enumerate().map(|(place, product)| (product.id.clone(), place)).collect();
        let pages = products.iter().enumerate().map(|(place, product)| (page_of(&product.url), place)).collect();
        let index = Index::build(&products);
        Self { products, places, pages, index }
    }

    pub(super) fn products(&self) -> &[Arc<Product>] {
        &self.products
    }

    pub(super) fn get(&self, id: &str) -> Option<&Arc<Product>> {
        self.products.get(*self.places.get(id)?)
    }

    /// Products that a question finds, best first.
    pub(super) fn search(&self, query: &str) -> impl Iterator<Item = &Arc<Product>> {
        self.index.search(query).into_iter().filter_map(|place| self.products.get(place))
    }

    /// The product that a page of the storefront shows.
    pub(super) fn by_url(&self, url: &str) -> Option<&Arc<Product>> {
        self.products.get(*self.pages.get(&page_of(url))?)
    }

    /// Other products, most alike first.
    pub(super) fn like(&self, product: &Product) -> impl Iterator<Item = &Arc<Product>> {
        let found = self.index.like(product).into_iter().filter_map(|place| self.products.get(place));
        found.filter(|other| other.id != product.id)
    }
}

/// The part of an address that names a product's page: its handle, without query, collection and language; where it has
/// none, the whole path.
fn page_of(url: &str) -> String {
    let path = url.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    let handle = path.rsplit_once("/products/").map(|(_, handle)| handle).filter(|handle| !handle.is_empty());
    handle.unwrap_or(path).to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::product::tests::product;
    use super::*;

    #[test]
    fn a_page_is_known_by_its_handle() {
        let shelf = Shelf::of(vec![Arc::new(product("1", "Mug", "", &[])), Arc::new(product("2", "Lamp", "", &[]))]);
        let found = |url: &str| shelf.by_url(url).map(|product| product.id.as_str());
        for url in [
            "https://shop.example/products/p-2",
            "https://shop.example/products/p-2/?variant=1#reviews",
            "https://shop.example/fr/collections/light/products/p-2",
        ] {
            assert_eq!(found(url), Some("2"), "{url}");
        }
        for url in ["https://shop.example/products/", "https://shop.example/products/p-3", "https://shop.example/", ""]
        {
            assert_eq!(found(url), None, "{url}");
        }
        assert_eq!(shelf.like(shelf.get("1").unwrap()).count(), 0);
    }
}
