//! The client of the Admin API: one document with its variables a request, throttling waited out.
//!
//! [`Admin::read`] repeats what failed; [`Admin::act`] sends a change once, and says where nobody knows what became of it.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use usher_sdk::connector::{Error, Request, Response, Retry, Timestamp, log, one_line, settings};

use crate::answer::{self, Bucket, Envelope, GraphqlError};

/// The most that a document may ask for, in points: Shopify rejects a query above 1000 whatever the plan, and the
/// estimate here (each object one point, lists in full) needn't be Shopify's to the point.
pub(crate) const QUERY_COST: u32 = 900;

/// Costs one point, and tells how many are left.
const BUCKET: &str = include_str!("../graphql/bucket.graphql");
/// The share of the bucket that is left for customers' questions by what can wait: at Shopify's smallest plan that is a
/// thousand points, more than the dearest question asks for ([`QUERY_COST`]).
const RESERVE: f64 = 0.5;

/// One tool call's access to the shop.
#[derive(Debug)]
pub(crate) struct Admin {
    url: String,
    version: String,
    retry: Retry,
    until: Timestamp,
    served: RefCell<Option<String>>,
    /// As the last answer told it.
    bucket: Cell<Option<Bucket>>,
    /// What Shopify reckoned for the last request, in points.
    cost: Cell<Option<f64>>,
}

/// Why a change isn't known to be made.
#[derive(Debug, PartialEq)]
pub(crate) enum NotMade {
    /// Shopify ran nothing of it.
    Certainly(Error),
    /// It may have been made: the answer is lost, or says nothing of it.
    Perhaps(Error),
}

impl Admin {
    /// # Errors
    /// [`Error::Setting`].
    pub(crate) fn open() -> Result<Self, Error> {
        let shop = shop()?;
        let version = settings::get("api-version").unwrap_or_else(|| "2026-07".to_owned());
        let known = version.len() == 7 && version.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        if !known && version != "unstable" {
            let problem = "it isn't a version; write a year and a month, like 2026-07".to_owned();
            return Err(Error::Setting { name: "api-version".to_owned(), problem });
        }
        let base = settings::base_url("base-url", &format!("https://{shop}"))?;
        let url = format!("{base}/admin/api/{version}/graphql.json");
        let until = Timestamp::now().plus(Retry::TIME);
        Ok(Admin {
            url,
            version,
            retry: Retry::new(),
            until,
            served: RefCell::new(None),
            bucket: Cell::new(None),
            cost: Cell::new(None),
        })
    }

    /// Sends a document that reads, and waits where Shopify throttles it.
    ///
    /// # Errors
    /// Any error in the answer; also where only some of its fields were denied, for what is missing then can't be
    /// told from what isn't there.
    pub(crate) fn read<T: DeserializeOwned>(&self, document: &str, variables: Value) -> Result<T, Error> {
        self.ask(document, variables)?.map_err(|error| answer::failure(&error))
    }

    /// The same, for what the answer can do without: none where Shopify denies the app access to a field of it.
    ///
    /// # Errors
    /// As for [`Admin::read`], but for that.
    pub(crate) fn read_if_allowed<T: DeserializeOwned>(
        &self,
        document: &str,
        variables: Value,
    ) -> Result<Option<T>, Error> {
        match self.ask(document, variables)? {
            Ok(data) => Ok(Some(data)),
            Err(error) if error.has_code("ACCESS_DENIED") => {
                log::warn(&answer::failure(&error).to_string());
                Ok(None)
            }
            Err(error) => Err(answer::failure(&error)),
        }
    }

    /// The answer's data, or the first of its errors.
    fn ask<T: DeserializeOwned>(&self, document: &str, variables: Value) -> Result<Result<T, GraphqlError>, Error> {
        let body = json!({ "query": document, "variables": variables });
        loop {
            let response = Request::post(&self.url).json(&body).reading().within(&self.retry).send()?;
            if !response.is_success() {
                return Err(answer::status_failure(&response));
            }
            self.note_version(&response);
            let envelope: Envelope = response.json()?;
            self.bucket.set(envelope.bucket());
            self.cost.set(envelope.cost());
            let errors = envelope.errors();
            if errors.iter().any(|error| error.has_code("THROTTLED")) {
                let wait = envelope.throttled_for()?;
                if self.retry.wait(wait) {
                    continue;
                }
                return Err(Error::Throttled { wait });
            }
            if errors.iter().any(|error| error.has_code("INTERNAL_SERVER_ERROR")) && self.retry.wait(None) {
                continue;
            }
            if let Some(error) = errors.into_iter().next() {
                return Ok(Err(error));
            }
            let data = envelope.data.ok_or_else(|| Error::Unexpected("Shopify answers without data".to_owned()))?;
            return serde_json::from_value(data)
                .map(Ok)
                .map_err(|_| Error::Unexpected("Shopify's answer has another shape".to_owned()));
        }
    }

    /// Waits until so many points can be spent and [`RESERVE`] is still there for others, before a request that no
    /// customer waits for. Where Shopify tells nothing of its bucket, it goes ahead.
    ///
    /// # Errors
    /// [`Error::Throttled`] where that takes longer than the call has, and what the question after the bucket meets.
    pub(crate) fn leave_reserve(&self, points: f64) -> Result<(), Error> {
        loop {
            if self.bucket.get().is_none() {
                self.read::<serde::de::IgnoredAny>(BUCKET, json!({}))?;
            }
            let Some(bucket) = self.bucket.get() else { return Ok(()) };
            let wait = bucket.until(bucket.maximum * RESERVE + points);
            if wait == Some(Duration::ZERO) {
                return Ok(());
            }
            if wait.is_none() || !self.retry.wait(wait) {
                return Err(Error::Throttled { wait });
            }
            // Others took from it meanwhile.
            self.bucket.set(None);
        }
    }

    /// What Shopify reckoned for the last request that read, in points; none where it doesn't say.
    pub(crate) fn last_cost(&self) -> Option<f64> {
        self.cost.get()
    }

    /// Sends a document that changes something: again only where Shopify throttled it, for then it ran nothing.
    ///
    /// # Errors
    /// [`NotMade`]. What Shopify refuses in the answer itself, as `userErrors`, is the caller's to read.
    pub(crate) fn act<T: DeserializeOwned>(&self, document: &str, variables: Value) -> Result<T, NotMade> {
        let body = json!({ "query": document, "variables": variables });
        loop {
            let response = match Request::post(&self.url).json(&body).within(&self.retry).send() {
                Ok(response) => response,
                // These never left the runtime.
                Err(error @ (Error::Denied(_) | Error::Invalid(_))) => return Err(NotMade::Certainly(error)),
                Err(error) => return Err(NotMade::Perhaps(error)),
            };
            if !response.is_success() {
                let error = answer::status_failure(&response);
                // What answers with 5xx may stand in front of what has done it.
                let certain = response.status() < 500;
                return Err(if certain { NotMade::Certainly(error) } else { NotMade::Perhaps(error) });
            }
            self.note_version(&response);
            let envelope: Envelope = response.json().map_err(NotMade::Perhaps)?;
            let errors = envelope.errors();
            if errors.iter().any(|error| error.has_code("THROTTLED")) {
                let wait = envelope.throttled_for().map_err(NotMade::Certainly)?;
                if self.retry.wait(wait) {
                    continue;
                }
                return Err(NotMade::Certainly(Error::Throttled { wait }));
            }
            if let Some(error) = errors.first() {
                let untouched = envelope.is_empty() && errors.iter().all(GraphqlError::is_before_running);
                return Err(match untouched {
                    true if error.has_code("INVALID_VARIABLE") => NotMade::Certainly(Error::Invalid(format!(
                        "Shopify can't read it: {}",
                        one_line(&error.message)
                    ))),
                    true => NotMade::Certainly(answer::failure(error)),
                    false => NotMade::Perhaps(answer::failure(error)),
                });
            }
            let unexpected = |text: &str| NotMade::Perhaps(Error::Unexpected(text.to_owned()));
            let data = envelope.data.ok_or_else(|| unexpected("Shopify answers without data"))?;
            return serde_json::from_value(data).map_err(|_| unexpected("Shopify's answer has another shape"));
        }
    }

    /// Waits for looking at something again: `times` at most, first so long and then doubling, within the call's time.
    pub(crate) fn looks(&self, times: u32, first: Duration) -> Retry {
        Retry::with(self.until.since(Timestamp::now()), times, first)
    }

    fn note_version(&self, response: &Response) {
        if let Some(served) = response.header("X-Shopify-API-Version") {
            self.served.replace(Some(served.to_owned()));
        }
        if let Some(reason) = response.header("X-Shopify-API-Deprecated-Reason") {
            log::warn(&format!("Shopify will stop to answer this request: {reason}"));
        }
    }

    /// The version of the settings, and the one that Shopify answered with where it says so: an older version than
    /// Shopify still serves is answered with its oldest.
    pub(crate) fn versions(&self) -> (&str, Option<String>) {
        (&self.version, self.served.borrow().clone())
    }
}

fn shop() -> Result<String, Error> {
    let shop = settings::required("shop")?.to_ascii_lowercase();
    let labels = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
    if !shop.chars().all(labels) || !shop.contains('.') {
        let problem = "it isn't a host; write it like example.myshopify.com, without https://".to_owned();
        return Err(Error::Setting { name: "shop".to_owned(), problem });
    }
    Ok(shop)
}

#[cfg(test)]
mod tests;
