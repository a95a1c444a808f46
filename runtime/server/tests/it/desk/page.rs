//! The workspace's page, and how often those who work in it may ask.

use crate::support::{Settings, Site};
use reqwest::{Method, StatusCode};

#[tokio::test]
async fn the_page_runs_nothing_but_its_own_files() {
    let site = Site::start().await;
    let page = site.send(Method::GET, "/desk", None, None).await;
    assert_eq!(page.status, StatusCode::OK);
    let policy = page.header("content-security-policy");
    for part in ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "trusted-types 'none'"] {
        assert!(policy.contains(part), "{part} isn't in {policy}");
    }
    let files: Vec<&str> =
        page.text.split("\"/desk/files/").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(files.contains(&"desk.js") && files.len() > 3, "{files:?}");
    for name in files {
        let path = format!("/desk/files/{name}");
        let file = site.send(Method::GET, &path, None, None).await;
        assert_eq!(file.status, StatusCode::OK, "{name}");
        let again = site.http.get(format!("{}{path}", site.url)).header("If-None-Match", file.header("etag"));
        assert_eq!(again.send().await.unwrap().status(), StatusCode::NOT_MODIFIED, "{name}");
    }
    site.send(Method::GET, "/desk/files/desk.html", None, None).await.problem(404, "not-found");
}

#[tokio::test]
async fn people_in_support_and_the_files_of_their_page_have_buckets_of_their_own() {
    let sections = "[limits]\nrequests-per-second = 1\nrequest-burst = 3\n";
    let site = Site::with(Settings { sections, ..Settings::default() }).await;
    let mut statuses = Vec::new();
    for _ in 0..10 {
        statuses.push(site.send(Method::GET, "/api/v1/session", None, None).await.status.as_u16());
    }
    assert!(statuses.contains(&429), "the address asks too often: {statuses:?}");
    for _ in 0..5 {
        site.operate(Method::GET, "/api/v1/people/me", None).await.expect(StatusCode::OK);
        assert_eq!(site.send(Method::GET, "/desk/files/desk.js", None, None).await.status, StatusCode::OK);
    }
    // A token that isn't an operator's opens no bucket.
    let mut statuses = Vec::new();
    for _ in 0..10 {
        statuses.push(site.send(Method::GET, "/api/v1/people/me", Some("nobody's"), None).await.status.as_u16());
    }
    assert!(statuses.contains(&429), "{statuses:?}");
}
