//! What the terminal shows of articles, sources and contradictions.

use super::super::terminal::plain_line;
use serde_json::Value;

fn text(value: &Value) -> String {
    plain_line(value.as_str().unwrap_or_default())
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

pub(super) fn listing(articles: &Value, sources: &Value) -> String {
    let mut articles: Vec<&Value> = list(&articles["articles"]).iter().collect();
    if articles.is_empty() && list(&sources["sources"]).is_empty() {
        return "There is nothing to answer from. `usher knowledge add FILE` uploads an article.\n".to_owned();
    }
    articles.sort_by_key(|article| article["status"] == "indexed");
    let mut out: String = articles.into_iter().map(article).collect();
    for source in list(&sources["sources"]) {
        out.push_str(&format!("\nsource {}  {}\n", text(&source["id"]), text(&source["url"])));
        match source.get("progress") {
            _ if source["live"].is_object() => out.push_str(&live(source)),
            Some(progress) => out.push_str(&format!("  being read: {}\n", so_far(progress))),
            None => out.push_str(&report(&source["last"])),
        }
        if let Some(stand_ins) = source["stand_ins"].as_object().filter(|stand_ins| !stand_ins.is_empty()) {
            for (host, address) in stand_ins {
                out.push_str(&format!("  {} is stood in for by {}\n", plain_line(host), text(address)));
            }
        }
    }
    out
}

/// How a live article stands.
pub(super) fn live(source: &Value) -> String {
    let live = &source["live"];
    let stands = match live["status"].as_str() {
        Some("current") => "says what the address said last",
        Some("failing") => "still says what was read before",
        Some("unknown") => "says that it isn't known just now",
        _ => "isn't there yet",
    };
    let every = live["every"].as_u64().unwrap_or_default();
    let mut out = format!("  live: {} {stands}; read every {every} seconds", text(&live["article"]));
    if let Some(at) = live["read_at"].as_str() {
        out.push_str(&format!(", last at {}", plain_line(at)));
    }
    out.push('\n');
    if let Some(error) = live["error"].as_str() {
        out.push_str(&format!("  ! {}\n", plain_line(error)));
    }
    out
}

/// An article in a line, with what is to be done about it below.
pub(super) fn article(article: &Value) -> String {
    let topic = match (article["topic"].as_str(), article["suggested_topic"].as_str()) {
        (Some(topic), _) => plain_line(topic),
        (None, Some(suggested)) => format!("{}?", plain_line(suggested)),
        (None, None) => "-".to_owned(),
    };
    let language = article["language"].as_str().map_or("-".to_owned(), plain_line);
    let used = article["last_used"]
        .as_str()
        .map_or(String::new(), |at| format!("  used {}", plain_line(&at.chars().take(10).collect::<String>())));
    let (id, title) = (text(&article["id"]), text(&article["title"]));
    let mut out = format!("{:8} {id:30} {topic:16} {language:5} {title}{used}\n", text(&article["status"]));
    if let Some(reason) = article["reason"].as_str() {
        out.push_str(&format!("         {}\n", plain_line(reason)));
    }
    if article["status"] == "expired" {
        out.push_str(&format!("         its last day was {}\n", text(&article["valid_until"])));
    }
    for warning in list(&article["warnings"]) {
        out.push_str(&format!("         ! {}", text(&warning["meaning"])));
        if let Some(passage) = warning["passage"].as_str() {
            out.push_str(&format!(": \"{}\"", plain_line(passage)));
        }
        out.push('\n');
    }
    if article["topic"].is_null() && article["suggested_topic"].is_string() {
        out.push_str(&format!(
            "         `usher knowledge topic {id} {}` accepts the topic\n",
            text(&article["suggested_topic"])
        ));
    }
    out
}

pub(super) fn so_far(progress: &Value) -> String {
    let number = |name: &str| progress[name].as_u64().unwrap_or_default();
    format!("{} pages done, {} waiting, {} failed", number("done"), number("queued"), number("failed"))
}

pub(super) fn report(last: &Value) -> String {
    if last.is_null() {
        return "  not read yet\n".to_owned();
    }
    let number = |name: &str| last[name].as_u64().unwrap_or_default();
    let mut out = format!(
        "  {} pages read ({} unchanged), {} left out, {} removed, {} failed\n",
        number("read"),
        number("unchanged"),
        number("skipped"),
        number("removed"),
        list(&last["failed"]).len()
    );
    if let Some(reason) = last["ended_early"].as_str() {
        out.push_str(&format!("  ended early: {}\n", plain_line(reason)));
    }
    for page in list(&last["failed"]) {
        out.push_str(&format!("  {}: {}\n", text(&page["url"]), text(&page["reason"])));
    }
    out
}

pub(super) fn conflicts(answer: &Value) -> String {
    let all: Vec<&Value> = list(&answer["conflicts"]).iter().filter(|conflict| conflict["dismissed"] != true).collect();
    if all.is_empty() {
        return "No contradictions were found.\n".to_owned();
    }
    let mut out = String::new();
    for conflict in all {
        out.push_str(&format!("{}\n", text(&conflict["id"])));
        for side in ["first", "second"] {
            let claim = &conflict[side];
            out.push_str(&format!("  {:30} {}\n", text(&claim["article"]), text(&claim["sentence"])));
        }
    }
    out.push_str("Correct one of the articles, or `usher knowledge conflicts --dismiss ID`.\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_needs_attention_stands_first_and_says_what_to_do() {
        let articles = json!({ "articles": [
            { "id": "shipping", "title": "Shipping\u{1b}[31m", "status": "indexed", "suggested_topic": "shipping",
              "warnings": [{ "fault": "mojibake", "meaning": "wrong encoding", "passage": "cafÃ©" }] },
            { "id": "returns", "title": "returns.pdf", "status": "failed", "reason": "it is protected by a password" },
        ]});
        let shown = listing(&articles, &json!({ "sources": [] }));
        assert!(shown.starts_with("failed   returns"), "{shown}");
        assert!(shown.contains("protected by a password") && shown.contains("wrong encoding: \"cafÃ©\""), "{shown}");
        assert!(shown.contains("usher knowledge topic shipping shipping"), "{shown}");
        assert!(!shown.contains('\u{1b}'), "{shown}");
        assert!(listing(&json!({ "articles": [] }), &json!({ "sources": [] })).contains("usher knowledge add"));
    }

    #[test]
    fn a_live_article_says_how_it_stands() {
        let sources = json!({ "sources": [{ "id": "status", "url": "https://status.example/", "stand_ins": {},
            "live": { "article": "status.live", "status": "unknown", "every": 60, "error": "HTTP 500",
                      "read_at": "2026-03-02T12:00:00Z" },
            "last": { "read": 0, "failed": [{ "url": "https://status.example/", "reason": "HTTP 500" }] } }] });
        let shown = listing(&json!({ "articles": [] }), &sources);
        let expected = "  live: status.live says that it isn't known just now; read every 60 seconds, last at \
                        2026-03-02T12:00:00Z\n  ! HTTP 500\n";
        assert!(shown.contains(expected), "{shown}");
    }

    #[test]
    fn a_source_says_how_it_went_and_what_stands_in() {
        let sources = json!({ "sources": [{ "id": "help", "url": "https://shop.example/", "stand_ins": { "shop.example": "http://127.0.0.1:1" },
            "last": { "read": 3, "unchanged": 1, "skipped": 2, "removed": 0, "ended_early": "it was stopped",
                      "failed": [{ "url": "https://shop.example/x", "reason": "HTTP 500" }] } }] });
        let shown = listing(&json!({ "articles": [] }), &sources);
        for part in [
            "3 pages read (1 unchanged)",
            "ended early: it was stopped",
            "HTTP 500",
            "stood in for by http://127.0.0.1:1",
        ] {
            assert!(shown.contains(part), "{part}: {shown}");
        }
    }
}
