//! Consent to an acting tool call.

/// Says in the customer's words what the next acting tool call will do: "Cancel order #1001 and refund €49.00".
/// The runtime stops the turn at that call, asks the customer, and on a yes runs the turn again with exactly
/// that call allowed. Where it is described in other words then (a price has changed), the customer is asked anew: so
/// say the same of the same, and no time of day.
pub fn describe(summary: &str) {
    #[cfg(target_arch = "wasm32")]
    super::bindings::usher::skill::consent::describe(summary);
    #[cfg(not(target_arch = "wasm32"))]
    let _ = summary;
}
