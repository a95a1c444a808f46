//! `usher:tools/coupons`: the shop's codes, asked of the shop each time: a code may run out at any moment.

use async_trait::async_trait;
use std::sync::{Arc, OnceLock};
use usher_host::{RuntimeCall, RuntimeTool, ToolError, Value, WeakHost};
use usher_manifest::FunctionName;

pub(super) struct CouponsTool(pub(super) Arc<OnceLock<WeakHost>>);

#[async_trait]
impl RuntimeTool for CouponsTool {
    async fn call(&self, call: RuntimeCall<'_>) -> Result<Value, ToolError> {
        let host = self
            .0
            .get()
            .and_then(WeakHost::upgrade)
            .ok_or_else(|| ToolError::Unavailable("the runtime is starting".into()))?;
        let function = match call.function {
            "available" => "usher:tools/discount-feed.public-codes",
            "check" => "usher:tools/discount-feed.check",
            other => return Err(ToolError::Invalid(format!("coupons have no `{other}`"))),
        };
        let function: FunctionName =
            function.parse().map_err(|_| ToolError::Unavailable("the runtime's own name for this is wrong".into()))?;
        host.ask(&function, call.arguments).await
    }
}
