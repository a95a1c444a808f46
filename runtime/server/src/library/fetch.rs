//! Fetching one page of a site: what came of it, in terms of the site and not of HTTP.

use super::addresses::target;
use super::robots::{self, Robots};
use super::sitemap;
use std::time::Duration;
use url::Url;
use usher_documents::Kind;
use usher_host::{Web, WebAnswer, WebError, WebStandIns};

/// Most bytes of a page.
const PAGE_BYTES: usize = 4 << 20;
/// A page has so long to arrive.
const PAGE_TIME: Duration = Duration::from_secs(20);
/// The longest pause that a site may ask for before it is left for another time, seconds.
const LONGEST_PAUSE: u64 = 60;

/// What became of one fetch.
pub(super) enum Fetched {
    Page(Url, WebAnswer),
    /// It leads to another page of the host.
    Elsewhere(Url),
    /// It isn't one that is read.
    Skipped,
    Gone(String),
    Failed(String),
}

/// Fetches pages of one source.
pub(super) struct Fetcher<'a> {
    pub(super) web: &'a Web,
    pub(super) stand_ins: Result<WebStandIns, String>,
}

impl Fetcher<'_> {
    /// What the site allows. Without the file all is; where it can't be read, nothing is (RFC 9309 §2.3.1).
    pub(super) async fn robots(&self, first: &Url) -> Result<Robots, String> {
        let mut url = first.join("/robots.txt").map_err(|error| error.to_string())?;
        for _ in 0..5 {
            let answer = self.get(&url, robots::MOST_BYTES).await;
            match answer {
                Ok(answer) if answer.status == 200 => return Ok(Robots::parse(&String::from_utf8_lossy(&answer.body))),
                Ok(answer) if (300..400).contains(&answer.status) => {
                    match answer.location.and_then(|to| target(&url, &to, first)) {
                        Some(to) => url = to,
                        None => return Ok(Robots::default()),
                    }
                }
                Ok(answer) if (400..500).contains(&answer.status) && answer.status != 429 => {
                    return Ok(Robots::default());
                }
                Ok(answer) => {
                    return Err(format!("the site's robots.txt can't be read (HTTP {}); try later", answer.status));
                }
                Err(error) => return Err(format!("the site's robots.txt can't be read: {error}")),
            }
        }
        Ok(Robots::default())
    }

    /// What a sitemap lists.
    pub(super) async fn sitemap(&self, url: &Url) -> Result<Vec<Url>, String> {
        match self.get(url, sitemap::MOST_BYTES).await {
            Ok(answer) if answer.status == 200 => Ok(sitemap::locations(&String::from_utf8_lossy(&answer.body))),
            Ok(answer) => Err(format!("the sitemap can't be read (HTTP {})", answer.status)),
            Err(error) => Err(format!("the sitemap can't be read: {error}")),
        }
    }

    async fn get(&self, url: &Url, most: usize) -> Result<WebAnswer, WebError> {
        let stand_ins = self.stand_ins.as_ref().map_err(|problem| WebError::Denied(problem.clone()))?;
        self.web.get(url, stand_ins, most, PAGE_TIME).await
    }

    pub(super) async fn fetch(&self, url: &Url) -> Fetched {
        let mut again = true;
        loop {
            let answer = match self.get(url, PAGE_BYTES).await {
                Ok(answer) => answer,
                Err(error) => return Fetched::Failed(error.to_string()),
            };
            let status = answer.status;
            return match status {
                200 => match answer.content_type.as_deref().map(Kind::by_media_type) {
                    Some(None) => Fetched::Skipped,
                    _ => Fetched::Page(url.clone(), answer),
                },
                300..=399 => {
                    let Some(location) = answer.location else { return Fetched::Failed(format!("HTTP {status}")) };
                    match target(url, &location, url) {
                        Some(to) if to != *url => Fetched::Elsewhere(to),
                        _ => {
                            let to: String = location.chars().take(200).collect();
                            Fetched::Gone(format!("it leads away, to {to}; add that address if it is yours"))
                        }
                    }
                }
                404 | 410 => Fetched::Gone(format!("HTTP {status}: there is no such page")),
                429 | 503 if again => {
                    let pause = answer.retry_after.unwrap_or(5);
                    if pause > LONGEST_PAUSE {
                        return Fetched::Failed(format!(
                            "HTTP {status}: the site asks to come back in {pause} seconds"
                        ));
                    }
                    tokio::time::sleep(Duration::from_secs(pause)).await;
                    again = false;
                    continue;
                }
                _ => Fetched::Failed(format!("HTTP {status}")),
            };
        }
    }
}
