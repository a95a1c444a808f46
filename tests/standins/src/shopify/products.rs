//! Products and their variants.

use serde_json::{Value, json};

use super::{
    query::View,
    search,
    values::{gid, money, time},
};
use crate::{
    graphql::{Call, FieldError, Node, Page, Resolve, Sorted},
    shop::{Kind, Money, Product, ProductStatus, Shop, Variant},
};

#[derive(Clone, Copy)]
pub(super) struct ProductObject<'s> {
    pub(super) view: &'s View<'s>,
    pub(super) product: &'s Product,
}

impl Resolve for ProductObject<'_> {
    fn type_name(&self) -> &str {
        "Product"
    }

    fn field(&self, call: &Call<'_>) -> Result<Node<'_>, FieldError> {
        let (view, product) = (self.view, self.product);
        let prices = || product.variants.iter().map(|v| v.price);
        Ok(Node::Json(match call.name {
            "id" => json!(gid("Product", product.id)),
            "legacyResourceId" => json!(product.id.to_string()),
            "title" => json!(product.title),
            "handle" => json!(product.handle),
            "status" => json!(status(product.status)),
            "vendor" => json!(product.vendor),
            "productType" => json!(product.kind.label()),
            "tags" => json!(product.tags),
            "description" => match call.args.get("truncateAt").and_then(Value::as_u64) {
                Some(most) => {
                    json!(product.description.chars().take(usize::try_from(most).unwrap_or(0)).collect::<String>())
                }
                None => json!(product.description),
            },
            "descriptionHtml" => json!(format!("<p>{}</p>", product.description)),
            "onlineStoreUrl" => json!(product.visible().then(|| view.shop.product_url(product))),
            "onlineStorePreviewUrl" => json!(view.shop.product_url(product)),
            "createdAt" => time(product.created_at),
            "updatedAt" => time(product.updated_at),
            "publishedAt" => {
                if product.published {
                    time(product.created_at)
                } else {
                    Value::Null
                }
            }
            "isGiftCard" => json!(product.kind == Kind::Digital && product.title.starts_with("Gift card")),
            "tracksInventory" => json!(product.tracked()),
            "totalInventory" => json!(product.total_stock()),
            "hasOutOfStockVariants" => json!(product.tracked() && product.variants.iter().any(|v| v.stock <= 0)),
            "hasOnlyDefaultVariant" => json!(product.variants.len() == 1),
            "featuredImage" => image(view.shop, product),
            "featuredMedia" => {
                let image = image(view.shop, product);
                json!({ "id": gid("MediaImage", product.id), "alt": product.title, "preview": { "image": image }, "image": image })
            }
            "options" => options(product),
            "priceRangeV2" => {
                let (least, most) = (prices().min(), prices().max());
                json!({ "minVariantPrice": money(least.unwrap_or(Money(0))), "maxVariantPrice": money(most.unwrap_or(Money(0))) })
            }
            "variants" => {
                let variants: Vec<&Variant> = product.variants.iter().collect();
                let page = Sorted::by(variants, call.flag("reverse"), |v| (String::new(), v.id))
                    .page(call.args, |variant| Node::of(VariantObject { view, product, variant }))?;
                return Ok(Node::Page(page));
            }
            other => return Err(FieldError::unserved("Product", other)),
        }))
    }
}

#[derive(Clone, Copy)]
pub(super) struct VariantObject<'s> {
    pub(super) view: &'s View<'s>,
    pub(super) product: &'s Product,
    pub(super) variant: &'s Variant,
}

impl Resolve for VariantObject<'_> {
    fn type_name(&self) -> &str {
        "ProductVariant"
    }

    fn field(&self, call: &Call<'_>) -> Result<Node<'_>, FieldError> {
        let (view, product, variant) = (self.view, self.product, self.variant);
        let position = product.variants.iter().position(|v| v.id == variant.id).map_or(1, |i| i + 1);
        let options = variant.options.iter().map(|(name, value)| json!({ "name": name, "value": value }));
        Ok(Node::Json(match call.name {
            "id" => json!(gid("ProductVariant", variant.id)),
            "legacyResourceId" => json!(variant.id.to_string()),
            "title" => json!(variant.title),
            "displayName" => json!(format!("{} - {}", product.title, variant.title)),
            "sku" => json!(variant.sku),
            "barcode" => Value::Null,
            "price" => json!(variant.price.to_string()),
            "compareAtPrice" => json!(variant.compare_at.map(|p| p.to_string())),
            "position" => json!(position),
            "availableForSale" => json!(variant.buyable(product.tracked())),
            "inventoryQuantity" | "sellableOnlineQuantity" => json!(variant.stock),
            "inventoryPolicy" => json!(if variant.oversell { "CONTINUE" } else { "DENY" }),
            "selectedOptions" => options.collect(),
            "image" => image(view.shop, product),
            "createdAt" => time(product.created_at),
            "updatedAt" => time(product.updated_at),
            "product" => return Ok(Node::of(ProductObject { view, product })),
            other => return Err(FieldError::unserved("ProductVariant", other)),
        }))
    }
}

pub(super) fn image(shop: &Shop, product: &Product) -> Value {
    json!({ "url": shop.image_url(product), "altText": product.title, "width": 800, "height": 800 })
}

fn options(product: &Product) -> Value {
    let Some((name, _)) = product.variants.first().and_then(|v| v.options.first()) else { return json!([]) };
    let values: Vec<&String> = product.variants.iter().flat_map(|v| &v.options).map(|(_, value)| value).collect();
    json!([{ "id": gid("ProductOption", product.id), "name": name, "position": 1, "values": values }])
}

pub(super) fn connection<'s>(view: &'s View<'s>, call: &Call<'_>) -> Result<Page<'s>, FieldError> {
    let query = search::read(call.text("query"));
    view.warn(call.key, call.text("query"), &query, FILTERS);
    let key = call.text("sortKey").unwrap_or("ID");
    let found = view.shop.products().iter().filter(|p| query.matches(&|term| matches(p, term)));
    let sorted = Sorted::by(found, call.flag("reverse"), |p| (sort_text(key, p), p.id));
    sorted.page(call.args, |product| Node::of(ProductObject { view, product }))
}

fn sort_text(key: &str, product: &Product) -> String {
    match key {
        "CREATED_AT" | "PUBLISHED_AT" => product.created_at.to_string(),
        "UPDATED_AT" => product.updated_at.to_string(),
        "INVENTORY_TOTAL" => format!("{:010}", product.total_stock().max(0)),
        "PRODUCT_TYPE" => product.kind.label().to_owned(),
        "TITLE" | "RELEVANCE" => product.title.clone(),
        "VENDOR" => product.vendor.clone(),
        _ => String::new(),
    }
}

const FILTERS: &[&str] = &[
    "title",
    "tag",
    "product_type",
    "vendor",
    "handle",
    "sku",
    "price",
    "status",
    "published_status",
    "is_price_reduced",
    "inventory_total",
    "created_at",
    "updated_at",
    "published_at",
    "id",
    "out_of_stock_somewhere",
];

fn matches(product: &Product, term: &search::Term) -> bool {
    match term.field.as_deref() {
        None => {
            term.has_words(&product.title)
                || term.has_words(product.kind.label())
                || term.has_words(&product.vendor)
                || product.tags.iter().any(|t| term.is_text(t))
                || product.variants.iter().any(|v| term.is_text(&v.sku))
        }
        Some("title") => term.is_text(&product.title) || term.has_words(&product.title),
        Some("tag") => product.tags.iter().any(|t| term.is_text(t)),
        Some("product_type") => term.is_text(product.kind.label()),
        Some("vendor") => term.is_text(&product.vendor),
        Some("handle") => term.is_text(&product.handle),
        Some("sku") => product.variants.iter().any(|v| term.is_text(&v.sku)),
        Some("price") => product.variants.iter().any(|v| {
            #[expect(clippy::cast_precision_loss)]
            let euros = v.price.0 as f64 / 100.0;
            term.is_amount(euros)
        }),
        // More than one may be given, separated by commas.
        Some("status") => term.value.split(',').any(|s| s.trim().eq_ignore_ascii_case(status(product.status))),
        Some("published_status") => match term.value.to_lowercase().as_str() {
            "published" | "visible" | "online_store:visible" => product.published,
            "unpublished" | "hidden" | "online_store:hidden" => !product.published,
            _ => true,
        },
        Some("is_price_reduced") => term.is_text(&product.variants.iter().any(|v| v.compare_at.is_some()).to_string()),
        Some("inventory_total") => u64::try_from(product.total_stock()).is_ok_and(|n| term.is_number(n)),
        Some("created_at" | "published_at") => term.is_time(product.created_at),
        Some("updated_at") => term.is_time(product.updated_at),
        Some("id") => term.is_number(product.id),
        Some("out_of_stock_somewhere") => term.is_text(&product.variants.iter().any(|v| v.stock <= 0).to_string()),
        Some(_) => true,
    }
}

fn status(status: ProductStatus) -> &'static str {
    match status {
        ProductStatus::Active => "ACTIVE",
        ProductStatus::Draft => "DRAFT",
        ProductStatus::Archived => "ARCHIVED",
    }
}
