//! Messages that no webhook brought.
//!
//! Twilio tries a webhook for 15 seconds at most, and not again later: what customers write while nobody listens stands in
//! the account's list alone. It is read from there, and its ids are those of the webhooks.
//! Source: Twilio, "Webhooks: connection overrides".

use super::{
    Twilio,
    inbound::{Text, news},
    list::{Listed, Pages},
};
use crate::{News, SendFailure};
use jiff::Timestamp;
use reqwest::Client;

/// So many pages are read.
const MOST_PAGES: usize = 50;

impl Twilio {
    /// What customers wrote to one of the account's numbers since then, oldest first: at most the newest 5,000 messages.
    /// Many of them will be known; their ids tell.
    ///
    /// # Errors
    /// Twilio can't be asked now.
    pub async fn missed(&self, client: &Client, number: &str, since: Timestamp) -> Result<Vec<News>, SendFailure> {
        let day = since.strftime("%Y-%m-%d").to_string();
        // A message that was received always has this date.
        let mut pages = Pages::new(self, client, &[("To", number), ("DateSent>", day.as_str())]);
        let mut all = Vec::new();
        for _ in 0..MOST_PAGES {
            let Some(page) = pages.next().await? else { break };
            let past = page.messages.iter().all(|listed| listed.created_at().is_some_and(|at| at < since));
            all.extend(
                page.messages
                    .into_iter()
                    .filter(|listed| listed.direction == "inbound" && listed.created_at().is_none_or(|at| at >= since)),
            );
            if past {
                break;
            }
        }
        all.reverse();
        // What can't be read now could not be read as a webhook either.
        Ok(all.iter().filter_map(|listed| read(listed).ok()).collect())
    }
}

fn read(listed: &Listed) -> Result<News, crate::Refused> {
    let files = listed.num_media.as_deref().and_then(|number| number.trim().parse::<usize>().ok()).unwrap_or(0);
    news(Text {
        sid: listed.sid.clone(),
        from: listed.from.as_deref().unwrap_or_default(),
        to: listed.to.as_deref().unwrap_or_default(),
        body: listed.body.as_deref().unwrap_or_default(),
        opt_out_type: None,
        files: vec![""; files.min(10)],
    })
}
