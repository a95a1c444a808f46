//! `usher:tools/coupons`: the shop's codes, asked of the shop each time: a code may run out at any moment.
//!
//! Codes for one customer are asked for, and checked, in that customer's name, and only where they are authenticated. To
//! anyone else such a code doesn't exist: what a connector should tell of it all the same is left out here too.

use async_trait::async_trait;
use std::sync::{Arc, OnceLock};
use usher_host::{Customer, Host, RuntimeCall, RuntimeTool, ToolError, Value, WeakHost};
use usher_manifest::FunctionName;

const PUBLIC: &str = "usher:tools/discount-feed.public-codes";
const PERSONAL: &str = "usher:tools/discount-feed.personal-codes";
const CHECK: &str = "usher:tools/discount-feed.check";

pub(super) struct CouponsTool(pub(super) Arc<OnceLock<WeakHost>>);

#[async_trait]
impl RuntimeTool for CouponsTool {
    async fn call(&self, call: RuntimeCall<'_>) -> Result<Value, ToolError> {
        let host = self
            .0
            .get()
            .and_then(WeakHost::upgrade)
            .ok_or_else(|| ToolError::Unavailable("the runtime is starting".into()))?;
        match call.function {
            "available" => available(&host, call.customer).await,
            "check" => {
                let answer = ask(&host, call.customer, CHECK, call.arguments).await?;
                if is_told(&answer, call.customer.is_some()) { Ok(answer) } else { Err(ToolError::NotFound) }
            }
            other => Err(ToolError::Invalid(format!("coupons have no `{other}`"))),
        }
    }
}

/// The codes for everyone, and behind them the customer's own. Where only the latter can't be told just now, the former
/// are the answer, unless there are none: "no codes" would be a guess.
pub(crate) async fn available(host: &Host, customer: Option<&Customer>) -> Result<Value, ToolError> {
    let personal = async {
        match customer {
            Some(_) => ask(host, customer, PERSONAL, &[]).await,
            None => Ok(Value::List(Vec::new())),
        }
    };
    let (public, personal) = futures_util::future::join(ask(host, None, PUBLIC, &[]), personal).await;
    let mut coupons = list(public?);
    coupons.retain(|coupon| !is_personal(coupon));
    match personal {
        Ok(own) => {
            let own = list(own);
            coupons.retain(|coupon| !own.iter().any(|other| code(other) == code(coupon)));
            coupons.extend(own);
        }
        Err(error) if coupons.is_empty() => return Err(error),
        Err(error) => tracing::warn!(?error, "a customer's own codes could not be read"),
    }
    Ok(Value::List(coupons))
}

async fn ask(
    host: &Host,
    customer: Option<&Customer>,
    function: &str,
    arguments: &[Value],
) -> Result<Value, ToolError> {
    let function: FunctionName =
        function.parse().map_err(|_| ToolError::Unavailable("the runtime's own name for this is wrong".into()))?;
    match customer {
        Some(customer) => host.ask_for(customer, &function, arguments).await,
        None => host.ask(&function, arguments).await,
    }
}

/// Whether the answer to a check may be told: to a visitor nothing of a personal code, and to a customer nothing of
/// another one's.
fn is_told(answer: &Value, authenticated: bool) -> bool {
    let Value::Tuple(parts) = answer else { return false };
    let [coupon, state] = &parts[..] else { return false };
    let not_theirs = matches!(state, Value::Enum(state) if state == "not-for-this-customer");
    if is_personal(coupon) { authenticated && !not_theirs } else { authenticated || !not_theirs }
}

fn list(value: Value) -> Vec<Value> {
    match value {
        Value::List(items) => items,
        _ => Vec::new(),
    }
}

fn field<'a>(coupon: &'a Value, name: &str) -> Option<&'a Value> {
    match coupon {
        Value::Record(fields) => fields.iter().find(|(field, _)| field == name).map(|(_, value)| value),
        _ => None,
    }
}

fn code(coupon: &Value) -> Option<&Value> {
    field(coupon, "code")
}

/// One that can't be read is taken for personal: it is told to nobody.
fn is_personal(coupon: &Value) -> bool {
    !matches!(field(coupon, "personal"), Some(Value::Bool(false)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use usher_host::value::{option, record};

    fn coupon(code: &str, personal: bool) -> Value {
        record([
            ("code", Value::String(code.into())),
            ("title", Value::String("10 % off".into())),
            ("terms", option(None)),
            ("expires-at", option(None)),
            ("minimum-spend", option(None)),
            ("personal", Value::Bool(personal)),
        ])
    }

    #[test]
    fn a_personal_code_is_told_to_its_customer_alone() {
        let answer = |personal, state: &str| Value::Tuple(vec![coupon("X", personal), Value::Enum(state.into())]);
        for state in ["usable", "expired", "used-up", "not-started"] {
            assert!(is_told(&answer(true, state), true), "{state}");
            assert!(!is_told(&answer(true, state), false), "{state}");
            assert!(is_told(&answer(false, state), false), "{state}");
        }
        for authenticated in [true, false] {
            assert!(!is_told(&answer(true, "not-for-this-customer"), authenticated));
            assert!(!is_told(&Value::Tuple(vec![]), authenticated));
        }
        // A code for first orders, say: those who are signed in may know why they can't use it.
        assert!(is_told(&answer(false, "not-for-this-customer"), true));
        assert!(!is_told(&answer(false, "not-for-this-customer"), false));
        assert!(is_personal(&Value::Bool(true)));
    }
}
