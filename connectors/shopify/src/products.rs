//! The catalogue, page by page.

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

const PRODUCTS: &str = include_str!("../graphql/products.graphql");
const MORE_VARIANTS: &str = include_str!("../graphql/more_variants.graphql");

/// Products of one page: with 20 variants each, some 700 of the 1000 points that a query may cost.
const PAGE: u32 = 25;
/// Requests for the variants of products that have more than a page shows, in one call.
const FURTHER_VARIANTS: usize = 4;

#[derive(Debug, Deserialize)]
struct Products {
    products: Connection<ProductNode>,
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
/// no page.
pub(crate) fn page(cursor: Option<&str>, updated_since: Option<&str>) -> Result<FeedPage, Error> {
    let query = updated_since.map(updated_term).transpose()?;
    let admin = Admin::open()?;
    let as_of = Timestamp::now().to_string();
    let answer = read_page(&admin, cursor, query.as_deref())?;

    let mut page = FeedPage { products: Vec::new(), withdrawn: Vec::new(), next: answer.page_info.next() };
    let mut further = FURTHER_VARIANTS;
    for node in answer.nodes {
        let Some(url) = node.web_address() else {
            page.withdrawn.push(gid::shown(&node.id));
            continue;
        };
        page.products.push(Product {
            in_stock: in_stock(&admin, &node.id, node.variants, &mut further)?,
            id: gid::shown(&node.id),
            title: node.title,
            description: node.description,
            // The lowest: a product with variants is shown "from".
            price: node.price_range_v2.min_variant_price.read()?,
            url,
            image_url: node.featured_media.and_then(|media| media.preview?.image).map(|image| image.url),
            tags: node.tags,
            as_of: as_of.clone(),
        });
    }
    Ok(page)
}

/// Where long descriptions make a page larger than the runtime takes, a smaller one.
fn read_page(admin: &Admin, cursor: Option<&str>, query: Option<&str>) -> Result<Connection<ProductNode>, Error> {
    let mut count = PAGE;
    loop {
        match admin.read::<Products>(PRODUCTS, json!({ "count": count, "after": cursor, "query": query })) {
            Ok(answer) => return Ok(answer.products),
            Err(Error::TooLarge) if count > 1 => count /= 4,
            Err(error) => return Err(error),
        }
    }
}

/// Whether any variant can be bought, those beyond the page included.
fn in_stock(admin: &Admin, id: &str, variants: Connection<Variant>, further: &mut usize) -> Result<bool, Error> {
    let mut variants = variants;
    loop {
        if variants.nodes.iter().any(|variant| variant.available_for_sale) {
            return Ok(true);
        }
        let Some(after) = variants.page_info.next() else { return Ok(false) };
        if *further == 0 {
            return Ok(false);
        }
        *further -= 1;
        let answer: One = admin.read(MORE_VARIANTS, json!({ "id": id, "after": after }))?;
        let Some(product) = answer.product else { return Ok(false) };
        variants = product.variants;
    }
}

fn updated_term(since: &str) -> Result<String, Error> {
    let since = Timestamp::parse(since)
        .ok_or_else(|| Error::Invalid("`updated-since` isn't an instant in RFC 3339".to_owned()))?;
    Ok(search::quoted("updated_at", &since.to_string()).replacen(":\"", ":>=\"", 1))
}

#[cfg(test)]
mod tests;
