//! The catalogue: page by page, and some products as they are now.
//!
//! Shopify's index of products knows when each was changed last, stock and publication included, and none that was
//! deleted: an incremental fetch names what was archived, unpublished or drafted since as withdrawn, and what was deleted
//! is seen only as missing from a full one.

use std::fmt::{self, Display, Formatter};

use serde::Deserialize;
use serde_json::json;
use usher_sdk::connector::{Error, Timestamp};

use crate::admin::Admin;
use crate::bindings::exports::usher::tools::catalog_feed::FeedPage;
use crate::bindings::usher::tools::catalog::Product;
use crate::gid;
use crate::money::MoneyV2;
use crate::order_record::Connection;
use crate::search;

const PRODUCTS: &str = concat!(include_str!("../graphql/products.graphql"), include_str!("../graphql/sold.graphql"));
const NOW: &str = concat!(include_str!("../graphql/products_now.graphql"), include_str!("../graphql/sold.graphql"));
const MORE_VARIANTS: &str = include_str!("../graphql/more_variants.graphql");

/// Products of one page.
const PAGE: u32 = 25;
/// Of the first one, which tells what a page costs.
const FIRST_PAGE: u32 = 5;
/// What a product may cost at most, in points: each object is one, and a product of 20 variants has 27, with its share
/// of the page 28. Shopify reckons less; how much is known from the page before.
const PRODUCT_COST: f64 = 28.0;
/// Most products that are asked for at once by their ids.
const ASKED: usize = 20;
/// Requests for the variants of products that have more than a page shows, in one call.
const FURTHER_VARIANTS: usize = 3;
/// What such a request may cost, in points.
const VARIANTS_COST: f64 = 100.0;

#[derive(Debug, Deserialize)]
struct Products {
    products: Connection<ProductNode>,
}

/// Null where there is no such product.
#[derive(Debug, Deserialize)]
struct Asked {
    nodes: Vec<Option<ProductNode>>,
}

#[derive(Debug, Deserialize)]
struct One {
    product: Option<Variants>,
}

#[derive(Debug, Deserialize)]
struct Variants {
    variants: Connection<Variant>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ProductNode {
    id: String,
    title: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    tags: Vec<String>,
    status: String,
    online_store_url: Option<String>,
    featured_media: Option<Media>,
    price_range_v2: PriceRange,
    variants: Connection<Variant>,
}

#[derive(Debug, Deserialize)]
struct Media {
    preview: Option<Preview>,
}

#[derive(Debug, Deserialize)]
struct Preview {
    image: Option<Image>,
}

#[derive(Debug, Deserialize)]
struct Image {
    url: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct PriceRange {
    min_variant_price: MoneyV2,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Variant {
    available_for_sale: bool,
}

impl ProductNode {
    /// Sold on the web now. The address is null where it isn't published there.
    fn web_address(&self) -> Option<String> {
        self.online_store_url.clone().filter(|url| !url.is_empty() && self.status == "ACTIVE")
    }
}

/// One page, with the products that aren't sold on the web (any more) as withdrawn. A product that was deleted is on
/// no page. Customers' questions go first: it waits while the bucket is low.
pub(crate) fn page(cursor: Option<&str>, updated_since: Option<&str>) -> Result<FeedPage, Error> {
    let query = updated_since.map(updated_term).transpose()?;
    let admin = Admin::open()?;
    let cursor = cursor.map(Cursor::read);
    let count = if cursor.is_some() { PAGE } else { FIRST_PAGE };
    let cost = cursor.as_ref().and_then(|cursor| cursor.cost).unwrap_or(PRODUCT_COST * f64::from(count));
    admin.leave_reserve(cost)?;
    let as_of = Timestamp::now().to_string();
    let (answer, count) = read_page(&admin, count, cursor.map(|cursor| cursor.after), query.as_deref())?;

    let cost = admin.last_cost().map(|cost| (cost * f64::from(PAGE) / f64::from(count)).ceil());
    let next = answer.page_info.next().map(|after| Cursor { cost, after: &after }.to_string());
    let mut page = FeedPage { products: Vec::new(), withdrawn: Vec::new(), next };
    let mut further = Further { admin: &admin, left: FURTHER_VARIANTS, reserve: true };
    for node in answer.nodes {
        match node.web_address() {
            Some(url) => page.products.push(product(node, url, &as_of, &mut further)?),
            None => page.withdrawn.push(gid::shown(&node.id)),
        }
    }
    Ok(page)
}

/// Where the next page begins, and what it will cost: `86~eyJsYXN0…`. Each page is a call of its own, which knows no more
/// of the one before.
#[derive(Debug, PartialEq)]
struct Cursor<'a> {
    cost: Option<f64>,
    /// Shopify's own.
    after: &'a str,
}

impl<'a> Cursor<'a> {
    fn read(text: &'a str) -> Self {
        let known = text.split_once('~').and_then(|(cost, after)| {
            let cost = cost.parse().ok().filter(|cost| (1.0..=PRODUCT_COST * f64::from(PAGE)).contains(cost))?;
            Some(Cursor { cost: Some(cost), after })
        });
        known.unwrap_or_else(|| Cursor { cost: None, after: text.strip_prefix('~').unwrap_or(text) })
    }
}

impl Display for Cursor<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if let Some(cost) = self.cost {
            write!(f, "{cost}")?;
        }
        write!(f, "~{}", self.after)
    }
}

/// Those of these products that are sold on the web now, as they are now. An id that can't be a product's is none.
pub(crate) fn now(ids: &[String]) -> Result<Vec<Product>, Error> {
    if ids.len() > ASKED {
        return Err(Error::Invalid(format!("{} products are asked for; ask for {ASKED} at most", ids.len())));
    }
    let ids: Vec<String> =
        ids.iter().filter_map(|id| Some(gid::from_number("Product", gid::number(id.trim())?))).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let admin = Admin::open()?;
    let as_of = Timestamp::now().to_string();
    let answer: Asked = admin.read(NOW, json!({ "ids": ids }))?;
    let mut further = Further { admin: &admin, left: FURTHER_VARIANTS, reserve: false };
    let sold = answer.nodes.into_iter().flatten().filter_map(|node| Some((node.web_address()?, node)));
    sold.map(|(url, node)| product(node, url, &as_of, &mut further)).collect()
}

fn product(node: ProductNode, url: String, as_of: &str, further: &mut Further<'_>) -> Result<Product, Error> {
    Ok(Product {
        in_stock: further.in_stock(&node.id, node.variants)?,
        id: gid::shown(&node.id),
        title: node.title,
        description: node.description,
        // The lowest: a product with variants is shown "from".
        price: node.price_range_v2.min_variant_price.read()?,
        url,
        image_url: node.featured_media.and_then(|media| media.preview?.image).map(|image| image.url),
        tags: node.tags,
        as_of: as_of.to_owned(),
    })
}

/// Where long descriptions make a page larger than the runtime takes, a smaller one. Returns how many were asked for.
fn read_page(
    admin: &Admin,
    mut count: u32,
    after: Option<&str>,
    query: Option<&str>,
) -> Result<(Connection<ProductNode>, u32), Error> {
    loop {
        match admin.read::<Products>(PRODUCTS, json!({ "count": count, "after": after, "query": query })) {
            Ok(answer) => return Ok((answer.products, count)),
            Err(Error::TooLarge) if count > 1 => count = (count / 4).max(1),
            Err(error) => return Err(error),
        }
    }
}

/// Asks for the variants that a page doesn't show.
struct Further<'a> {
    admin: &'a Admin,
    left: usize,
    /// Whether customers' questions go first.
    reserve: bool,
}

impl Further<'_> {
    /// Whether any variant can be bought, those beyond the page included.
    fn in_stock(&mut self, id: &str, variants: Connection<Variant>) -> Result<bool, Error> {
        let mut variants = variants;
        loop {
            if variants.nodes.iter().any(|variant| variant.available_for_sale) {
                return Ok(true);
            }
            let Some(after) = variants.page_info.next() else { return Ok(false) };
            if self.left == 0 {
                return Ok(false);
            }
            self.left -= 1;
            if self.reserve {
                self.admin.leave_reserve(VARIANTS_COST)?;
            }
            let answer: One = self.admin.read(MORE_VARIANTS, json!({ "id": id, "after": after }))?;
            let Some(product) = answer.product else { return Ok(false) };
            variants = product.variants;
        }
    }
}

fn updated_term(since: &str) -> Result<String, Error> {
    let since = Timestamp::parse(since)
        .ok_or_else(|| Error::Invalid("`updated-since` isn't an instant in RFC 3339".to_owned()))?;
    Ok(search::quoted("updated_at", &since.to_string()).replacen(":\"", ":>=\"", 1))
}

#[cfg(test)]
mod tests;
