//! One call of a connector: a fresh instance that knows who the call is for, and has the runtime's HTTP client.

use crate::call::{self, LimitReached, Limited};
use crate::connector::{caller, clock, http, log, settings};
use crate::error::CallFailure;
use crate::host::Shared;
use crate::integration::Access;
use crate::limits::{Budget, LimitHit, Limiter};
use crate::plugin::Connector;
use jiff::Timestamp;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use usher_manifest::FunctionName;
use wasmtime::component::{ComponentExportIndex, HasSelf, Linker, Val};

/// Who tool calls are for. The runtime alone decides it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Customer {
    /// The shop's own id.
    pub id: Option<String>,
    /// A verified address.
    pub email: Option<String>,
    /// A verified number.
    pub phone: Option<String>,
    /// What to call the customer.
    pub first_name: Option<String>,
}

/// What a connector's instance lives on.
pub(crate) struct ConnectorCall {
    limiter: Limiter,
    budget: Budget,
    shared: Arc<Shared>,
    access: Arc<Access>,
    customer: Option<Arc<Customer>>,
    idempotency_key: Option<String>,
    earlier_attempt: bool,
    requests_left: u32,
    deadline: Instant,
}

impl Limited for ConnectorCall {
    fn limiter(&mut self) -> &mut Limiter {
        &mut self.limiter
    }
}

/// In whose name a connector is called.
#[derive(Clone, Debug)]
pub(crate) struct Errand {
    /// None where the runtime asks on its own behalf.
    pub(crate) customer: Option<Arc<Customer>>,
    /// The same at every retry of an acting call.
    pub(crate) idempotency_key: Option<String>,
    /// An attempt of before may have reached the provider.
    pub(crate) earlier_attempt: bool,
    /// What the caller has left of its own time.
    pub(crate) time: Duration,
}

/// Calls one function of a connector. `arguments` and the answer are the function's own types.
pub(crate) async fn call(
    shared: &Arc<Shared>,
    connector: &Connector,
    access: &Arc<Access>,
    function: ComponentExportIndex,
    arguments: &[Val],
    errand: Errand,
) -> Result<Val, CallFailure> {
    let limits = &shared.limits;
    let deadline = Instant::now() + errand.time.min(limits.tool());
    let data = ConnectorCall {
        limiter: Limiter::new(limits),
        budget: Budget::new(limits),
        shared: shared.clone(),
        access: access.clone(),
        customer: errand.customer,
        idempotency_key: errand.idempotency_key,
        earlier_attempt: errand.earlier_attempt,
        requests_left: limits.http_requests,
        deadline,
    };
    let mut store = call::store(&shared.engine, data, limits)?;
    let work = async {
        let instance = connector.pre.instantiate_async(&mut store).await?;
        let function = instance
            .get_func(&mut store, function)
            .ok_or_else(|| wasmtime::Error::msg("the connector's function is gone"))?;
        let mut answer = [Val::Bool(false)];
        function.call_async(&mut store, arguments, &mut answer).await?;
        let [answer] = answer;
        Ok::<_, wasmtime::Error>(answer)
    };
    let mut killed = connector.killed.subscribe();
    let answer = tokio::select! {
        answer = tokio::time::timeout_at(deadline, work) => answer,
        _ = killed.wait_for(|killed| *killed) => return Err(CallFailure::Revoked),
    };
    let answer = match answer {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(error)) => Err(call::failure(&error, &store.data().limiter)),
        Err(_) => Err(CallFailure::Limit(LimitHit::Time)),
    };
    // A provider that is slow is no fault of the component's.
    let trapped = matches!(&answer, Err(CallFailure::Trap(_)))
        || matches!(&answer, Err(CallFailure::Limit(hit)) if *hit != LimitHit::Time);
    shared.breaker_note(&connector.sheet.plugin, &connector.sheet.digest, trapped);
    answer
}

/// Makes an instance, as a call would, and drops it.
pub(crate) async fn probe(shared: &Arc<Shared>, connector: &Connector, access: Arc<Access>) -> Result<(), CallFailure> {
    let limits = &shared.limits;
    let deadline = Instant::now() + limits.tool();
    let data = ConnectorCall {
        limiter: Limiter::new(limits),
        budget: Budget::new(limits),
        shared: shared.clone(),
        access,
        customer: None,
        idempotency_key: None,
        earlier_attempt: false,
        requests_left: 0,
        deadline,
    };
    let mut store = call::store(&shared.engine, data, limits)?;
    match tokio::time::timeout_at(deadline, connector.pre.instantiate_async(&mut store)).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(call::failure(&error, &store.data().limiter)),
        Err(_) => Err(CallFailure::Limit(LimitHit::Time)),
    }
}

/// Everything that a connector may import, and nothing else.
pub(crate) fn link(linker: &mut Linker<ConnectorCall>) -> wasmtime::Result<()> {
    caller::add_to_linker::<_, HasSelf<_>>(linker, |call| call)?;
    settings::add_to_linker::<_, HasSelf<_>>(linker, |call| call)?;
    http::add_to_linker::<_, HasSelf<_>>(linker, |call| call)?;
    clock::add_to_linker::<_, HasSelf<_>>(linker, |call| call)?;
    log::add_to_linker::<_, HasSelf<_>>(linker, |call| call)
}

impl ConnectorCall {
    fn count(&mut self, bytes: usize) -> wasmtime::Result<()> {
        self.budget.host_call(bytes).map_err(|hit| wasmtime::Error::new(LimitReached(hit)))
    }
}

impl caller::Host for ConnectorCall {
    fn customer(&mut self) -> wasmtime::Result<Option<caller::CallerIdentity>> {
        self.count(0)?;
        Ok(self.customer.as_ref().map(|customer| caller::CallerIdentity {
            id: customer.id.clone(),
            email: customer.email.clone(),
            phone: customer.phone.clone(),
        }))
    }

    fn idempotency_key(&mut self) -> wasmtime::Result<Option<String>> {
        self.count(0)?;
        Ok(self.idempotency_key.clone())
    }

    fn earlier_attempt(&mut self) -> wasmtime::Result<bool> {
        self.count(0)?;
        Ok(self.earlier_attempt)
    }
}

impl settings::Host for ConnectorCall {
    fn get(&mut self, name: String) -> wasmtime::Result<Option<String>> {
        self.count(name.len())?;
        Ok(self.access.settings.get(&name).cloned())
    }
}

impl http::Host for ConnectorCall {
    async fn send(&mut self, request: http::Request) -> wasmtime::Result<Result<http::Response, http::HttpError>> {
        let headers: usize = request.headers.iter().map(|header| header.name.len() + header.value.len()).sum();
        self.count(request.url.len() + headers + request.body.as_ref().map_or(0, String::len))?;
        let Some(left) = self.requests_left.checked_sub(1) else {
            return Ok(Err(http::HttpError::Denied(format!(
                "one call may send {} requests",
                self.shared.limits.http_requests
            ))));
        };
        self.requests_left = left;
        let time = self.deadline.saturating_duration_since(Instant::now());
        let (shared, access) = (self.shared.clone(), self.access.clone());
        let send = async move { shared.egress.send(&access, request, &shared.limits, time).await };
        self.shared
            .slow_lane
            .aside(send)
            .await
            .map_err(|_| wasmtime::Error::msg("the request failed inside the runtime"))
    }
}

impl clock::Host for ConnectorCall {
    fn now(&mut self) -> wasmtime::Result<String> {
        self.count(0)?;
        Ok(format!("{:.3}", Timestamp::now()))
    }

    async fn sleep(&mut self, milliseconds: u32) -> wasmtime::Result<()> {
        self.count(0)?;
        let end = Instant::now() + Duration::from_millis(milliseconds.into());
        tokio::time::sleep_until(end.min(self.deadline)).await;
        Ok(())
    }
}

impl log::Host for ConnectorCall {
    fn write(&mut self, level: log::Level, text: String) -> wasmtime::Result<()> {
        self.count(text.len())?;
        let Some(last) = self.budget.log_line() else { return Ok(()) };
        let text = if last { "(the rest was left out)" } else { cut(&text, self.shared.limits.log_line_bytes) };
        let connector = self.access.connector.as_str();
        match level {
            log::Level::Debug => tracing::debug!(connector, "{}", text.escape_debug()),
            log::Level::Info => tracing::info!(connector, "{}", text.escape_debug()),
            log::Level::Warn => tracing::warn!(connector, "{}", text.escape_debug()),
        }
        Ok(())
    }
}

/// At most `most` bytes of a text, whole characters only.
pub(crate) fn cut(text: &str, most: usize) -> &str {
    &text[..text.floor_char_boundary(most)]
}

/// A function that a connector exports.
#[derive(Clone)]
pub(crate) struct Export {
    pub(crate) index: ComponentExportIndex,
    pub(crate) ty: wasmtime::component::types::ComponentFunc,
}

impl std::fmt::Debug for Export {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Export")
    }
}

/// The health check of every connector.
pub(crate) fn health(exports: &std::collections::HashMap<FunctionName, Export>) -> Option<&Export> {
    exports.iter().find(|(name, _)| name.to_string() == "usher:connector/health.check").map(|(_, export)| export)
}
