//! Articles by upload and from sites, their topics, their warnings and their contradictions, over HTTP.

mod editing;
mod sites;

use crate::support::Site;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

async fn upload(site: &Site, query: &str, content: impl Into<Vec<u8>>) -> Value {
    let url = format!("{}/api/v1/articles/upload?{query}", site.url);
    let response = site.http.post(url).bearer_auth(&site.operator).body(content.into()).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    response.json().await.unwrap()
}

fn answers(site: &Site, question: &str) -> Vec<String> {
    let found = site.agent().knowledge().search(question, None, 5, Some("en"));
    found.into_iter().map(|passage| passage.text).collect()
}

fn topics(site: &Site) -> Vec<String> {
    site.agent().knowledge().topics().borrow().iter().cloned().collect()
}

#[tokio::test]
async fn an_upload_is_answered_from_when_it_returns() {
    let mut site = Site::start().await;
    let kept = upload(&site, "name=Return%20Policy.md&topic=returns", "# Returns\n\nWithin 30 days of delivery.").await;
    assert_eq!(
        (&kept["id"], &kept["status"], &kept["title"]),
        (&json!("return-policy"), &json!("indexed"), &json!("Returns"))
    );
    assert_eq!(
        (&kept["origin"], &kept["from"], &kept["language"]),
        (&json!("upload"), &json!("Return Policy.md"), &json!("en"))
    );
    assert!(answers(&site, "how many days for returns")[0].contains("30 days"));
    assert_eq!(topics(&site), ["returns"]);
    // Replaced at once; what was assigned by hand stays.
    upload(&site, "name=Return%20Policy.md", "# Returns\n\nWithin 14 days of delivery.").await;
    let answered = answers(&site, "how many days for returns");
    assert!(answered[0].contains("14 days") && answered.iter().all(|text| !text.contains("30 days")), "{answered:?}");
    assert_eq!(topics(&site), ["returns"]);
    site.restart().await;
    let read = site.operate(Method::GET, "/api/v1/articles/return-policy", None).await.expect(StatusCode::OK);
    assert_eq!((&read["topic"], &read["body"]), (&json!("returns"), &json!("Within 14 days of delivery.\n")));
    site.operate(Method::DELETE, "/api/v1/articles/return-policy", None).await.expect(StatusCode::NO_CONTENT);
    assert!(answers(&site, "how many days for returns").is_empty() && topics(&site).is_empty());
}

#[tokio::test]
async fn what_cant_be_read_is_failed_with_the_reason_and_replaces_nothing() {
    let site = Site::start().await;
    upload(&site, "name=a.txt", "Parcels are sent every day.").await;
    let failed = upload(&site, "name=a.pdf", "%PDF-1.7 broken").await;
    assert_eq!(failed["status"], "failed");
    assert!(failed["reason"].as_str().unwrap().contains("damaged or not really PDF"), "{failed}");
    assert!(answers(&site, "parcels sent")[0].contains("every day"), "the former text is still answered from");
    for (query, content, reason) in [
        ("name=b.pdf", b"<html>".as_slice(), "called PDF"),
        ("name=b.exe", b"MZ", "can't be read"),
        ("name=b.docx", b"\xd0\xcf\x11\xe0", "password"),
        ("name=b.csv", b"only one column", "two columns"),
        ("name=b.md", b"   ", "no text"),
    ] {
        let failed = upload(&site, query, content).await;
        assert_eq!(failed["status"], "failed", "{query}");
        assert!(failed["reason"].as_str().unwrap().contains(reason), "{failed}");
    }
    let listed = site.operate(Method::GET, "/api/v1/articles?status=failed", None).await.expect(StatusCode::OK);
    let ids: Vec<_> =
        listed["articles"].as_array().unwrap().iter().map(|article| article["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["a", "b"]);
    let url = format!("{}/api/v1/articles/upload?name=c.txt", site.url);
    let large = site.http.post(&url).bearer_auth(&site.operator).body(vec![b'a'; 11 << 20]).send().await.unwrap();
    assert_eq!(large.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(site.http.post(&url).body("x").send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
    for query in ["name=", "name=a.txt&id=NO", "name=a.txt&language=!", "name=a.txt&url=nowhere"] {
        let url = format!("{}/api/v1/articles/upload?{query}", site.url);
        let refused = site.http.post(url).bearer_auth(&site.operator).body("x").send().await.unwrap();
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY, "{query}");
    }
}

#[tokio::test]
async fn each_question_of_a_csv_is_an_article_and_all_go_together() {
    let site = Site::start().await;
    let faq =
        "question,answer,topic\nDo you gift wrap?,Yes for 3 euros.,gifts\nIs parking free?,Yes behind the shop.,\n";
    let kept = upload(&site, "name=faq.csv", faq).await;
    assert_eq!((&kept["id"], &kept["status"]), (&json!("faq"), &json!("indexed")));
    assert!(answers(&site, "is parking free")[0].contains("behind the shop"));
    assert_eq!(topics(&site), ["gifts"]);
    let parts = site.operate(Method::GET, "/api/v1/articles?part_of=faq", None).await.expect(StatusCode::OK);
    assert_eq!(parts["articles"].as_array().unwrap().len(), 2);
    // All of it gets a topic; a question that isn't in the next file is gone.
    site.operate(Method::PATCH, "/api/v1/articles/faq", Some(json!({ "topic": "help" }))).await.expect(StatusCode::OK);
    assert_eq!(topics(&site), ["help"]);
    upload(&site, "name=faq.csv", "question,answer\nDo you gift wrap?,No more.\n").await;
    assert!(answers(&site, "is parking free").iter().all(|text| !text.contains("behind")));
    assert!(answers(&site, "do you gift wrap")[0].contains("No more"));
    assert_eq!(topics(&site), ["help"], "assigned by hand");
    site.operate(Method::DELETE, "/api/v1/articles/faq", None).await.expect(StatusCode::NO_CONTENT);
    let listed = site.operate(Method::GET, "/api/v1/articles", None).await.expect(StatusCode::OK);
    assert_eq!(listed["articles"], json!([]));
    assert!(answers(&site, "do you gift wrap").is_empty());
}

#[tokio::test]
async fn garbled_passages_are_warned_of() {
    let site = Site::start().await;
    let text = "The shop is open every day.\n\nItâ€™s closed on Sunday.\n\nMot de Customer Agent";
    let kept = upload(&site, "name=hours.txt&language=en", text).await;
    let faults: Vec<_> = kept["warnings"].as_array().unwrap().iter().map(|warning| warning["fault"].clone()).collect();
    assert_eq!(faults, ["mojibake", "mixed_languages"]);
    assert_eq!(kept["status"], "indexed");
    let article = json!({ "title": "Hours", "body": "Opening hours \u{fffd}\u{fffd}", "format": "text" });
    let kept = site.operate(Method::PUT, "/api/v1/articles/written", Some(article)).await.expect(StatusCode::OK);
    assert_eq!(kept["warnings"][0]["fault"], "lost_characters");
}

#[tokio::test]
async fn a_suggested_topic_counts_only_when_it_is_accepted() {
    let site = Site::start().await;
    for (name, text) in [
        ("r1", "# Sending back\n\nReturn items within 30 days; the refund comes back to your card after the return."),
        ("r2", "# Refunds\n\nA refund for a return takes five days from the return of the items."),
    ] {
        upload(&site, &format!("name={name}.md&topic=returns"), text).await;
    }
    upload(&site, "name=s.md&topic=shipping", "# Parcels\n\nParcels are shipped by courier to Belgium and France.")
        .await;
    let kept = upload(&site, "name=new.md", "# How a refund works\n\nReturn the items and the refund follows.").await;
    assert_eq!((&kept["suggested_topic"], &kept["topic"]), (&json!("returns"), &Value::Null));
    let other = upload(&site, "name=other.md", "# Careers\n\nWe hire bakers in Ghent.").await;
    assert_eq!(other["suggested_topic"], Value::Null);
    for id in ["r1", "r2"] {
        site.operate(Method::DELETE, &format!("/api/v1/articles/{id}"), None).await.expect(StatusCode::NO_CONTENT);
    }
    assert_eq!(topics(&site), ["shipping"], "suggested isn't assigned");
    let accepted = site.operate(Method::PATCH, "/api/v1/articles/new", Some(json!({ "topic": "returns" }))).await;
    assert_eq!(accepted.expect(StatusCode::OK)["topic"], "returns");
    assert_eq!(topics(&site), ["returns", "shipping"]);
    let listed = site.operate(Method::GET, "/api/v1/knowledge/topics", None).await.expect(StatusCode::OK);
    assert_eq!(listed["topics"][0], json!({ "topic": "returns", "articles": 1, "needed_by": [] }));
    site.operate(Method::PATCH, "/api/v1/articles/new", Some(json!({ "topic": null }))).await.expect(StatusCode::OK);
    assert_eq!(topics(&site), ["shipping"]);
    site.operate(Method::PATCH, "/api/v1/articles/none", Some(json!({ "topic": "x" }))).await.problem(404, "not-found");
}

#[tokio::test]
async fn contradictions_are_listed_until_they_are_dismissed_or_mended() {
    let site = Site::start().await;
    upload(&site, "name=returns.md", "# Returns\n\nYou can return items within 30 days of delivery.").await;
    upload(&site, "name=faq.md", "# Questions\n\nReturns are accepted within 14 days after delivery.").await;
    let conflicts = || async {
        site.operate(Method::GET, "/api/v1/knowledge/conflicts", None).await.expect(StatusCode::OK)["conflicts"].clone()
    };
    let found = conflicts().await;
    assert_eq!(found.as_array().unwrap().len(), 1, "{found}");
    assert_eq!((&found[0]["disagreement"], &found[0]["dismissed"]), (&json!("amount"), &json!(false)));
    let path = format!("/api/v1/knowledge/conflicts/{}/dismissal", found[0]["id"].as_str().unwrap());
    site.operate(Method::PUT, &path, None).await.expect(StatusCode::NO_CONTENT);
    assert_eq!(conflicts().await[0]["dismissed"], true);
    site.operate(Method::DELETE, &path, None).await.expect(StatusCode::NO_CONTENT);
    assert_eq!(conflicts().await[0]["dismissed"], false);
    site.operate(Method::PUT, "/api/v1/knowledge/conflicts/0123456789abcdef/dismissal", None)
        .await
        .problem(404, "not-found");
    upload(&site, "name=faq.md", "# Questions\n\nReturns are accepted within 30 days after delivery.").await;
    assert_eq!(conflicts().await, json!([]));
}
