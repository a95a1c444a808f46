//! Consent to an acting tool call.

/// Says in the customer's words what the next acting tool call will do: "Cancel order #1001 and refund €49.00".
/// The runtime stops the turn at that call, asks the customer, and on a yes runs the turn again with exactly
/// that call allowed.
pub fn describe(summary: &str) {
    #[cfg(target_arch = "wasm32")]
    super::bindings::usher::skill::consent::describe(summary);
    #[cfg(not(target_arch = "wasm32"))]
    let _ = summary;
}
