//! Why an answer is what it is, as the preview shows it beside the chat: drawn by the template that the pages of
//! conversations use.

use super::page;
use crate::api::{Body, Operator, Server};
use crate::problem::{Answer, ProblemBody};
use axum::extract::State;
use axum::response::Response;
use serde_json::{Map, Value};

/// The explanation of a previewed answer as a part of a page.
#[utoipa::path(post, path = "/console/preview/trace", tag = "console", security(("operator" = []), ("console" = [])),
    request_body(content = Object, content_type = "application/json",
        description = "What `POST /api/v1/preview` answered (`record`, `recordings`, `skills`, `left_out`, `took_ms`), and `id`, \
                       which makes the ids in it unique in the page"),
    responses(
        (status = 200, description = "HTML", content_type = "text/html", body = String),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "That isn't what a preview answered", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn part(
    State(server): State<Server>,
    operator: Operator,
    Body(it): Body<Map<String, Value>>,
) -> Answer<Response> {
    page::part(&server, operator, "trace-part.html", &Value::Object(it))
}

#[cfg(test)]
mod tests {
    use crate::console::Templates;
    use minijinja::{Value, context};
    use serde_json::json;

    /// A turn in which everything happened that the explanation knows of.
    fn answered() -> serde_json::Value {
        let candidate = json!({ "skill": "order-tracking", "score": 1.25, "probability": 0.931 });
        let call = |result| {
            json!({ "function": "usher:tools/knowledge.search", "provider": "shopify", "result": result,
                "note": "<the provider said so>", "started_at": "2026-05-04T10:00:05Z", "took_us": 12_000 })
        };
        json!({
            "id": "turn-3", "took_ms": 51.4,
            "record": {
                "generation": 7, "language": "en", "resolution": "answered", "failure": null,
                "route": { "outcome": { "kind": "route", "ranked": [candidate] }, "reason": "best-fit",
                    "scores": { "best": [candidate], "person": -0.5, "threshold": 0.1, "ask_below": 0.2 } },
                "skills": [{ "skill": "general-qa", "digest": format!("sha256:{}", "ab".repeat(32)), "outcome": "reply",
                    "failure": null, "calls": [call(json!("ok")), call(json!({ "denied": "not-granted" }))],
                    "log": [{ "level": "info", "text": "<b>looked</b>" }], "fuel": 1_234_567, "took_us": 48_000 }],
                "wanted": { "skill": "loyalty", "state": "unavailable",
                    "missing": [{ "kind": "integration", "interface": "usher:tools/loyalty", "connectors": [] }] },
                "handed_off": "missing-knowledge", "handed_off_detail": "no skill took the question",
                "consent": { "function": "usher:tools/order-actions.cancel" },
            },
            "recordings": [{ "skill": "general-qa", "calls": [{ "function": "usher:tools/knowledge.search",
                "arguments": ["how long?"], "answer": { "ok": [{ "id": "returns#2", "title": "Returns <i>", "heading": null,
                    "text": "Thirty days.", "score": 0.81, "confident": true }] } }] }],
            "skills": [{ "id": "returns", "name": "Returns", "state": "paused", "missing": [] }],
            "left_out": ["the button «Win» to https://evil.example/"],
        })
    }

    fn drawn(it: &serde_json::Value) -> String {
        let scene =
            context! { it => Value::from_serialize(it), zone => "Europe/Stockholm", now => "2026-05-04T10:00:06Z" };
        Templates::new().render("trace-part.html", scene).unwrap()
    }

    #[test]
    fn everything_that_a_turn_did_is_told() {
        let page = drawn(&answered());
        for part in [
            "51 ms",
            "To a skill",
            "the best skill is clear of the others and of the threshold",
            "1.25",
            "93.1 %",
            "<strong>loyalty</strong> was meant and wasn’t asked",
            "<strong>Returns</strong> answers customers only once it is live",
            "answered</span>",
            "1,234,567 units of fuel",
            ">abababababab<",
            "Denied: Not granted",
            "at 12:00:05",
            "&lt;b&gt;looked",
            "/console/knowledge/articles/returns\"",
            "held for an answer",
            "&lt;i&gt;",
            "usher:tools&#x2f;order-actions.cancel",
            "https:&#x2f;&#x2f;evil.example",
        ] {
            assert!(page.contains(part), "{part} isn't in\n{page}");
        }
        assert!(!page.contains("<b>") && !page.contains("<i>"), "{page}");
    }

    #[test]
    fn a_record_alone_is_enough_and_so_is_nothing() {
        let mut turn = answered();
        turn["recordings"] = json!([]);
        let page = drawn(&turn);
        assert!(page.contains("Skills asked") && !page.contains("Passages"), "{page}");
        for nothing in [json!({}), json!({ "record": { "route": null, "skills": [] } }), json!({ "record": "hello" })] {
            assert!(drawn(&nothing).contains("no skill was asked"), "{nothing}");
        }
    }
}
