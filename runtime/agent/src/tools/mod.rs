//! The tools that the runtime itself provides: `profile`, `knowledge`, `catalog` and `coupons`. They are called through
//! the host's gate, like those of connectors.

mod catalog;
pub(crate) mod coupons;
mod knowledge;
mod profile;

use crate::knowledge::Knowledge;
use crate::store::Store;
pub(crate) use catalog::Catalog;
pub use catalog::{CatalogFailure, CatalogFetch, CatalogProgress, CatalogState};
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};
use tokio::sync::watch;
use usher_host::value::{option, record, text};
use usher_host::{Customer, Host, RuntimeTool, ToolError, Value, WeakHost};
use usher_manifest::{FunctionName, InterfaceName};

/// The runtime's tools and what they look into.
pub struct Tools {
    knowledge: Arc<Knowledge>,
    catalog: Arc<Catalog>,
    /// The host holds the tools, so they don't hold it.
    host: Arc<OnceLock<WeakHost>>,
}

impl Tools {
    /// Tools over an empty knowledge base.
    #[must_use]
    pub fn new() -> Self {
        Self { knowledge: Arc::default(), catalog: Arc::default(), host: Arc::default() }
    }

    /// By interface, as the host wants them.
    #[must_use]
    pub fn by_interface(&self) -> HashMap<InterfaceName, Arc<dyn RuntimeTool>> {
        let tools: [(&str, Arc<dyn RuntimeTool>); 4] = [
            ("usher:tools/knowledge", Arc::new(knowledge::KnowledgeTool(self.knowledge.clone()))),
            ("usher:tools/catalog", Arc::new(self.catalog_tool())),
            ("usher:tools/coupons", Arc::new(coupons::CouponsTool(self.host.clone()))),
            ("usher:tools/profile", Arc::new(profile::ProfileTool(self.host.clone()))),
        ];
        tools.into_iter().filter_map(|(name, tool)| Some((name.parse().ok()?, tool))).collect()
    }

    /// What the catalogue holds and how its synchronising goes: as it is now, and whenever it changes.
    #[must_use]
    pub fn catalog_state(&self) -> watch::Receiver<CatalogState> {
        self.catalog.state()
    }

    fn catalog_tool(&self) -> catalog::CatalogTool {
        catalog::CatalogTool { catalog: self.catalog.clone(), host: self.host.clone() }
    }

    pub(crate) fn attach(&self, host: &Host, store: &Arc<dyn Store>) {
        // A second agent over the same tools would have the same host.
        if self.host.set(host.downgrade()).is_ok() {
            self.catalog.keep(host.downgrade(), Arc::downgrade(store));
        }
    }

    pub(crate) fn catalog(&self) -> Arc<Catalog> {
        self.catalog.clone()
    }

    pub(crate) fn knowledge(&self) -> Arc<Knowledge> {
        self.knowledge.clone()
    }
}

impl Default for Tools {
    fn default() -> Self {
        Self::new()
    }
}

/// How a customer is looked up.
#[derive(Clone, Copy, Debug)]
pub(crate) enum CustomerKey<'a> {
    Id(&'a str),
    Email(&'a str),
}

/// The shop's customer, by whichever connector provides `usher:tools/customers`.
pub(crate) async fn lookup_profile(host: &Host, key: CustomerKey<'_>) -> Result<Value, ToolError> {
    let (case, key) = match key {
        CustomerKey::Id(id) => ("id", id),
        CustomerKey::Email(email) => ("email", email),
    };
    let function: FunctionName = "usher:tools/customers.lookup"
        .parse()
        .map_err(|_| ToolError::Unavailable("the runtime's own name for the lookup is wrong".into()))?;
    let key = Value::Variant(case.into(), Some(Box::new(Value::String(key.to_owned()))));
    host.ask(&function, &[key]).await
}

/// The same, as the runtime uses it.
pub(crate) async fn lookup(host: &Host, key: CustomerKey<'_>) -> Option<Customer> {
    let Ok(Value::Record(fields)) = lookup_profile(host, key).await else { return None };
    let field = |name: &str| {
        fields.iter().find(|(field, _)| field == name).and_then(|(_, value)| match value {
            Value::Option(Some(value)) => match &**value {
                Value::String(text) => Some(text.clone()),
                _ => None,
            },
            Value::String(text) => Some(text.clone()),
            _ => None,
        })
    };
    Some(Customer { id: field("id"), email: field("email"), phone: field("phone"), first_name: field("first-name") })
}

/// A profile of what the runtime knows itself.
fn own_profile(customer: &Customer) -> Value {
    record([
        ("id", text(customer.id.clone())),
        ("first-name", text(customer.first_name.clone())),
        ("last-name", option(None)),
        ("email", text(customer.email.clone())),
        ("phone", text(customer.phone.clone())),
        ("locale", option(None)),
    ])
}
