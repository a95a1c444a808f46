//! Erases what customers said once its time is over, a few conversations at a time, so that no turn waits long for it.

use crate::api::Server;
use std::time::Duration;
use usher_agent::store::Result;

/// Conversations that are erased in one transaction.
const AT_ONCE: usize = 10;
/// Others write meanwhile.
const PAUSE: Duration = Duration::from_millis(20);
/// Webhook deliveries that ended are kept so long, days.
const DELIVERIES: i64 = 30;

/// Applies the operator's setting, until nothing is left or the server goes down.
pub(crate) async fn apply(server: &Server) {
    match expire(server).await {
        Ok(0) => {}
        Ok(erased) => tracing::info!(erased, "conversations were erased, since their time was over"),
        Err(error) => tracing::warn!(%error, "what is too old could not be erased; it is tried again"),
    }
    let before = server.now().checked_sub(jiff::SignedDuration::from_hours(24 * DELIVERIES));
    if let Ok(before) = before
        && let Err(error) = server.store().webhooks().forget_deliveries(before).await
    {
        tracing::warn!(%error, "old webhook deliveries could not be forgotten");
    }
}

async fn expire(server: &Server) -> Result<u64> {
    let closing = server.closing();
    let mut erased = 0;
    while let Some(until) = server.agent().settings().retention().conversations_until(server.now()) {
        let some = server.store().privacy().expire_content(until, AT_ONCE).await?;
        erased += some;
        if some == 0 || *closing.borrow() {
            break;
        }
        tokio::time::sleep(PAUSE).await;
    }
    if erased > 0 {
        server.store().privacy().purge().await?;
    }
    Ok(erased)
}
