//! `usher:tools/profile`: the customer's own profile, from the shop where a connector knows it.

use super::{CustomerKey, lookup_profile, own_profile};
use async_trait::async_trait;
use std::sync::{Arc, OnceLock};
use usher_host::{RuntimeCall, RuntimeTool, ToolError, Value, WeakHost};

pub(super) struct ProfileTool(pub(super) Arc<OnceLock<WeakHost>>);

#[async_trait]
impl RuntimeTool for ProfileTool {
    async fn call(&self, call: RuntimeCall<'_>) -> Result<Value, ToolError> {
        let customer = call.customer.ok_or(ToolError::NotFound)?;
        let key = match (&customer.id, &customer.email) {
            (Some(id), _) => Some(CustomerKey::Id(id)),
            (None, Some(email)) => Some(CustomerKey::Email(email)),
            (None, None) => None,
        };
        match (self.0.get().and_then(WeakHost::upgrade), key) {
            (Some(host), Some(key)) => match lookup_profile(&host, key).await {
                Ok(profile) => Ok(profile),
                // Without a shop's word there is still what the sign-in said.
                Err(ToolError::NotFound | ToolError::Unavailable(_)) => Ok(own_profile(customer)),
                Err(error) => Err(error),
            },
            _ => Ok(own_profile(customer)),
        }
    }
}
