//! How often a visitor may ask: token buckets by network address and by session. Codes to one e-mail address are counted by
//! the agent, which sends some itself.

mod tries;

use crate::config::{IpNet, Limits};
use crate::problem::{Kind, Problem};
use axum::http::HeaderMap;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tries::Tries;
use usher_agent::ids::SessionId;

/// A table with more buckets than this is cleared of full ones at once: some ten megabytes.
const MANY: usize = 100_000;
/// How often the size is looked at, in takes.
const LOOK: u32 = 1024;

/// Token buckets, one a key. A bucket that is full again is forgotten, since a new one would be as full.
struct Buckets<K: Hash + Eq + Clone> {
    buckets: DefaultKeyedRateLimiter<K>,
    takes: AtomicU32,
}

impl<K: Hash + Eq + Clone> Buckets<K> {
    fn new(quota: Quota) -> Self {
        Self { buckets: RateLimiter::keyed(quota), takes: AtomicU32::new(0) }
    }

    fn per_second(rate: u32, burst: u32) -> Self {
        Self::new(Quota::per_second(positive(rate)).allow_burst(positive(burst)))
    }

    /// Five times what an address may ask for.
    fn five_fold(limits: &Limits) -> Self {
        Self::per_second(limits.requests_per_second.saturating_mul(5), limits.request_burst.saturating_mul(5))
    }

    fn per_hour(rate: u32) -> Self {
        Self::new(Quota::per_hour(positive(rate)))
    }

    fn take(&self, key: &K) -> Result<(), Problem> {
        if self.takes.fetch_add(1, Ordering::Relaxed) % LOOK == LOOK - 1 && self.buckets.len() > MANY {
            self.buckets.retain_recent();
        }
        self.buckets.check_key(key).map_err(|until| {
            let wait = until.wait_time_from(DefaultClock::default().now());
            too_many(wait)
        })
    }

    fn shrink(&self) {
        self.buckets.retain_recent();
        self.buckets.shrink_to_fit();
    }
}

/// It was asked for too often; how long to wait.
pub(crate) fn too_many(wait: Duration) -> Problem {
    Problem::new(Kind::TooManyRequests).retry_after(wait).fix("wait as long as `Retry-After` says")
}

fn positive(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN)
}

/// All buckets of the server.
pub(crate) struct Gate {
    requests: Buckets<IpAddr>,
    files: Buckets<IpAddr>,
    operators: Buckets<String>,
    messages: Buckets<SessionId>,
    typing: Buckets<SessionId>,
    codes_by_session: Buckets<SessionId>,
    codes_by_address: Buckets<IpAddr>,
    tries: Buckets<IpAddr>,
    operator_failures: Buckets<IpAddr>,
    webhooks: Buckets<IpAddr>,
    webhook_failures: Buckets<IpAddr>,
    passwords_by_address: Tries<IpAddr>,
    passwords_by_account: Tries<String>,
    passwords_by_both: Tries<(IpAddr, String)>,
}

/// Calls of providers' webhooks a second from one address, and how many at once: what all customers of a busy hour write.
const WEBHOOKS_PER_SECOND: u32 = 2000;
/// See above.
const WEBHOOK_BURST: u32 = 4000;

/// A try at the password of an account, which counts unless it is [`PasswordTry::right`].
pub(crate) struct PasswordTry<'a> {
    gate: &'a Gate,
    address: IpAddr,
    account: String,
}

impl PasswordTry<'_> {
    /// The password was right.
    pub(crate) fn right(self) {
        self.gate.passwords_by_address.give_back(&self.address);
        self.gate.passwords_by_account.give_back(&self.account);
        self.gate.passwords_by_both.give_back(&(self.address, self.account));
    }
}

impl Gate {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            requests: Buckets::per_second(limits.requests_per_second, limits.request_burst),
            files: Buckets::five_fold(limits),
            operators: Buckets::five_fold(limits),
            messages: Buckets::per_second(limits.messages_per_second, limits.message_burst),
            typing: Buckets::per_second(1, 5),
            codes_by_session: Buckets::per_hour(limits.codes_per_hour),
            // Many customers may share one address.
            codes_by_address: Buckets::per_hour(limits.codes_per_hour.saturating_mul(10)),
            tries: Buckets::per_hour(limits.codes_per_hour.saturating_mul(20)),
            operator_failures: Buckets::per_hour(30),
            // A provider repeats what was refused, for a while.
            webhooks: Buckets::per_second(WEBHOOKS_PER_SECOND, WEBHOOK_BURST),
            webhook_failures: Buckets::per_hour(600),
            // A team may share one address; an account is locked for all the world only by many failures, and for one
            // address after a few.
            passwords_by_address: Tries::new(40, Duration::from_secs(60)),
            passwords_by_account: Tries::new(60, Duration::from_secs(60)),
            passwords_by_both: Tries::new(10, Duration::from_secs(60)),
        }
    }

    /// One request from an address.
    pub(crate) fn request(&self, address: IpAddr) -> Result<(), Problem> {
        self.requests.take(&network(address))
    }

    /// One file of a page, which is built into the binary: a page is made of many of them.
    pub(crate) fn file(&self, address: IpAddr) -> Result<(), Problem> {
        self.files.take(&network(address))
    }

    /// One request with an operator's token: a whole team may share one address, and each has a bucket of their own.
    pub(crate) fn operator_request(&self, name: &str) -> Result<(), Problem> {
        self.operators.take(&name.to_owned())
    }

    /// One message in a session.
    pub(crate) fn message(&self, session: SessionId) -> Result<(), Problem> {
        self.messages.take(&session)
    }

    /// One sign of typing in a session.
    pub(crate) fn typing(&self, session: SessionId) -> Result<(), Problem> {
        self.typing.take(&session)
    }

    /// One code, asked for in a session from a network address.
    pub(crate) fn code(&self, session: SessionId, address: IpAddr) -> Result<(), Problem> {
        self.codes_by_session.take(&session)?;
        self.codes_by_address.take(&network(address))
    }

    /// One try to prove an identity.
    pub(crate) fn proof(&self, address: IpAddr) -> Result<(), Problem> {
        self.tries.take(&network(address))
    }

    /// One wrong operator token.
    pub(crate) fn operator_failure(&self, address: IpAddr) -> Result<(), Problem> {
        self.operator_failures.take(&network(address))
    }

    /// One call of a provider's webhook from an address.
    pub(crate) fn webhook(&self, address: IpAddr) -> Result<(), Problem> {
        self.webhooks.take(&network(address))
    }

    /// One call of a webhook that isn't signed as it should be.
    pub(crate) fn webhook_failure(&self, address: IpAddr) -> Result<(), Problem> {
        self.webhook_failures.take(&network(address))
    }

    /// One try at the password of whoever has this name or address.
    pub(crate) fn password(&self, address: IpAddr, account: &str) -> Result<PasswordTry<'_>, Problem> {
        let (address, account) = (network(address), account.to_owned());
        self.passwords_by_address.take(&address)?;
        self.passwords_by_both.take(&(address, account.clone()))?;
        self.passwords_by_account.take(&account)?;
        Ok(PasswordTry { gate: self, address, account })
    }

    /// Forgets the buckets that are full again. To be called every minute or so.
    pub(crate) fn shrink(&self) {
        self.requests.shrink();
        self.files.shrink();
        self.operators.shrink();
        self.messages.shrink();
        self.typing.shrink();
        self.codes_by_session.shrink();
        self.codes_by_address.shrink();
        self.tries.shrink();
        self.operator_failures.shrink();
        self.webhooks.shrink();
        self.webhook_failures.shrink();
        self.passwords_by_address.shrink();
        self.passwords_by_account.shrink();
        self.passwords_by_both.shrink();
    }
}

/// Who an address counts as: one IPv6 customer has a whole /64.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
    }
}

/// The address that a request comes from. `X-Forwarded-For` counts only where the connection comes from a
/// trusted proxy; then it is read from the right, and the first address that isn't a trusted proxy's is the visitor's.
pub(crate) fn client_address(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|net| net.contains(address));
    let mut address = peer.to_canonical();
    if !is_trusted(address) {
        return address;
    }
    let hops = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let hops: Vec<&str> = hops.flat_map(|value| value.split(',')).map(str::trim).collect();
    for hop in hops.into_iter().rev() {
        // What can't be read was written by nobody whom we trust: the last good address stands.
        let Ok(hop) = hop.parse::<IpAddr>() else { break };
        address = hop.to_canonical();
        if !is_trusted(address) {
            break;
        }
    }
    address
}

/// How often housekeeping runs.
pub(crate) const SHRINK_EVERY: Duration = Duration::from_secs(60);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn believes_only_trusted_proxies_and_reads_from_the_right() {
        let trusted: Vec<IpNet> =
            ["10.0.0.0/8", "fd00::/8"].iter().map(|net| net.parse().expect("a network")).collect();
        let cases = [
            ("203.0.113.5", &["1.2.3.4"][..], "203.0.113.5"),
            ("10.0.0.1", &[], "10.0.0.1"),
            ("10.0.0.1", &["1.2.3.4"], "1.2.3.4"),
            ("10.0.0.1", &["6.6.6.6, 1.2.3.4"], "1.2.3.4"),
            ("10.0.0.1", &["6.6.6.6, 1.2.3.4, 10.0.0.9"], "1.2.3.4"),
            ("10.0.0.1", &["6.6.6.6", "1.2.3.4"], "1.2.3.4"),
            ("10.0.0.1", &["6.6.6.6, nonsense"], "10.0.0.1"),
            ("::ffff:10.0.0.1", &["1.2.3.4"], "1.2.3.4"),
            ("fd00::1", &["2001:db8::7"], "2001:db8::7"),
        ];
        for (peer, forwarded, expected) in cases {
            let mut headers = HeaderMap::new();
            for value in forwarded {
                headers.append("x-forwarded-for", value.parse().expect("a header"));
            }
            let found = client_address(peer.parse().expect("an address"), &headers, &trusted);
            assert_eq!(found, expected.parse::<IpAddr>().expect("an address"), "{peer} {forwarded:?}");
        }
    }

    #[test]
    fn one_customer_of_ipv6_has_one_bucket() {
        let a = network("2001:db8:1:2:3::4".parse().expect("an address"));
        assert_eq!(a, network("2001:db8:1:2:ffff::1".parse().expect("an address")));
        assert_ne!(a, network("2001:db8:1:3::4".parse().expect("an address")));
        assert_eq!(
            network("::ffff:192.0.2.1".parse().expect("an address")),
            "192.0.2.1".parse::<IpAddr>().expect("v4")
        );
    }
}
