//! Shopify's Admin API over the shop.
//!
//! `POST /admin/oauth/access_token` gives tokens (`auth`); `POST /admin/api/{version}/graphql.json` checks the token, prices the
//! query and takes its cost from the bucket, and runs it. `query` and `mutation` are the two roots; `orders`, `customers`,
//! `products` and `discounts` turn the shop into the provider's objects, and `search` reads its search syntax.
//!
//! Facts are from the provider's public documents and schema of 2026-01; an old version in the path is served by the oldest
//! supported one, as the provider does, and `X-Shopify-API-Version` tells which.

mod auth;
mod bucket;
mod customers;
mod discounts;
mod graphql_endpoint;
mod mutation;
mod orders;
mod products;
mod query;
mod search;
mod values;

use std::{
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::Duration,
};

use axum::{Router, routing::post};

use crate::{Clock, Error, graphql::Schema, shop::Shop};

/// The versions that are served, oldest first.
const VERSIONS: [&str; 4] = ["2026-01", "2026-04", "2026-07", "2026-10"];

const SCHEMA: &str = include_str!("schema.graphql");

/// How the Shopify stand-in is set up.
#[derive(Clone, Debug)]
pub struct ShopifyConfig {
    /// Permanent token of a legacy custom app.
    pub token: String,
    /// Client credentials, for tokens that expire.
    pub client_id: String,
    pub client_secret: String,
    /// How long such a token lives.
    pub token_lifetime: Duration,
    /// What the tokens may do. `read_all_orders` shows orders older than 60 days.
    pub scopes: Vec<String>,
    /// Points that the bucket holds.
    pub bucket: f64,
    /// Points a second that flow back.
    pub restore_rate: f64,
    /// How long a cancelling job takes.
    pub job_time: Duration,
}

impl Default for ShopifyConfig {
    fn default() -> Self {
        let scopes =
            ["read_customers", "read_discounts", "read_fulfillments", "read_orders", "read_products", "write_orders"];
        Self {
            token: "shpat_demo_0123456789abcdef0123456789abcdef".to_owned(),
            client_id: "demo-client".to_owned(),
            client_secret: "demo-client-secret".to_owned(),
            token_lifetime: Duration::from_secs(86_399),
            scopes: scopes.map(str::to_owned).to_vec(),
            bucket: 2000.0,
            restore_rate: 100.0,
            job_time: Duration::from_millis(300),
        }
    }
}

struct App {
    config: ShopifyConfig,
    schema: Schema,
    clock: Clock,
    shop: Arc<RwLock<Shop>>,
    issued: Mutex<auth::Issued>,
    bucket: Mutex<bucket::Bucket>,
    jobs: Mutex<mutation::Jobs>,
}

impl App {
    fn may(&self, scope: &str) -> bool {
        self.config.scopes.iter().any(|s| s == scope)
    }

    /// Carries out the jobs that are due. Whoever needs both locks takes the shop's first.
    fn settle(&self) {
        let now = self.clock.now();
        if !self.jobs.lock().unwrap_or_else(PoisonError::into_inner).due(now) {
            return;
        }
        let mut shop = self.shop.write().unwrap_or_else(PoisonError::into_inner);
        let mut jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        jobs.settle(&mut shop, now);
    }
}

pub(crate) fn routes(config: ShopifyConfig, shop: Arc<RwLock<Shop>>, clock: Clock) -> Result<Router, Error> {
    let bucket = bucket::Bucket::new(config.bucket, config.restore_rate, clock.now());
    let app = Arc::new(App {
        schema: Schema::read(SCHEMA)?,
        config,
        clock,
        shop,
        issued: Mutex::default(),
        bucket: Mutex::new(bucket),
        jobs: Mutex::default(),
    });
    Ok(Router::new()
        .route("/admin/oauth/access_token", post(auth::grant))
        .route("/admin/api/{version}/graphql.json", post(graphql_endpoint::answer))
        .with_state(app))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::graphql::{Operation, Schema, parse, validate};

    /// All fields of a type, objects to a certain depth.
    fn everything(schema: &Schema, ty: &str, depth: usize) -> String {
        let members = schema.possible(ty);
        if members != [ty] {
            let parts = members.iter().map(|m| format!("... on {m} {}", everything(schema, m, depth)));
            return format!("{{ __typename {} }}", parts.collect::<Vec<_>>().join(" "));
        }
        let Some((_, fields)) = schema.objects().find(|(name, _)| *name == ty) else { return String::new() };
        let mut text = String::from("{ __typename");
        for (name, field) in fields {
            let inner = field.ty.to_string().replace(['[', ']', '!'], "");
            let args = if field.arguments.contains_key("first") { "(first: 2)" } else { "" };
            if !schema.is_composite(&inner) {
                text += &format!(" {name}");
            } else if depth > 0 {
                text += &format!(" {name}{args} {}", everything(schema, &inner, depth - 1));
            }
        }
        text + " }"
    }

    #[test]
    fn every_field_of_the_schema_is_served() {
        let clock = Clock::starting_at("2026-09-10T09:30:00Z".parse().unwrap());
        let shop = Arc::new(RwLock::new(Shop::generate(7, clock.clone(), "http://shop.example")));
        let order = shop.read().unwrap().orders_of("farid@example.net")[0].id;
        let app = App {
            config: ShopifyConfig::default(),
            schema: Schema::read(SCHEMA).unwrap(),
            bucket: Mutex::new(bucket::Bucket::new(2000.0, 100.0, clock.now())),
            clock,
            shop,
            issued: Mutex::default(),
            jobs: Mutex::default(),
        };
        let all = |ty: &str, depth: usize| everything(&app.schema, ty, depth);
        let queries = [
            format!("{{ order(id: \"gid://shopify/Order/{order}\") {} }}", all("Order", 5)),
            format!("{{ customers(first: 2) {} }}", all("CustomerConnection", 4)),
            format!("{{ products(first: 2) {} }}", all("ProductConnection", 6)),
            format!("{{ discountNodes(first: 20) {} }}", all("DiscountNodeConnection", 5)),
            format!("{{ codeDiscountNodeByCode(code: \"WELCOME10\") {} }}", all("DiscountCodeNode", 3)),
            format!(
                "{{ nodes(ids: [\"gid://shopify/Product/3001\", \"gid://shopify/Product/1\"]) {{ id ... on Product {} }} }}",
                all("Product", 3)
            ),
            format!(
                "{{ customerSegmentMembership(customerId: \"gid://shopify/Customer/7001\", segmentIds: []) {} }}",
                all("SegmentMembershipResponse", 2)
            ),
            format!("{{ shop {} publicApiVersions {} }}", all("Shop", 3), all("ApiVersion", 1)),
            format!("{{ currentAppInstallation {} }}", all("AppInstallation", 2)),
        ];
        for text in queries {
            let document = parse(&text).unwrap();
            let operation = Operation::select(&app.schema, &document, None, Default::default()).unwrap();
            let refused: Vec<Value> = validate(&operation).iter().map(|e| e.to_json()).collect();
            assert_eq!(json!(refused), json!([]));
            let (execution, _) = query::run(&app, &operation);
            let errors: Vec<Value> = execution.errors.iter().map(|e| e.to_json()).collect();
            assert_eq!(json!(errors), json!([]));
        }
    }
}
