//! How plugins did over some days, and which of their grants they didn't use.

use super::Server;
use crate::problem::{Answer, Kind, Problem};
use jiff::ToSpan;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use usher_agent::store::PluginUsage;
use usher_host::{Digest, PermissionSheet};
use usher_manifest::{FunctionName, PluginId};
use utoipa::{IntoParams, ToSchema};

const DEFAULT_DAYS: u32 = 7;
const MOST_DAYS: u32 = 365;

/// Over how many days.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Days {
    /// 1 to 365, today (UTC) included; 7 where it isn't given.
    days: Option<u32>,
}

/// How a release did over some days.
#[derive(Default, Serialize, ToSchema)]
pub(super) struct UsageView {
    /// How often it was used: a skill asked, a connector called.
    uses: u64,
    /// How often that came to nothing, traps included.
    failures: u64,
    /// How often it trapped.
    traps: u64,
    /// Half of its uses took no longer, microseconds; none where it wasn't used.
    #[serde(skip_serializing_if = "Option::is_none")]
    p50_us: Option<u64>,
    /// 99 of 100 took no longer, microseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    p99_us: Option<u64>,
    /// By function.
    functions: BTreeMap<String, FunctionUsageView>,
}

impl UsageView {
    /// How often it was used.
    pub(super) fn uses(&self) -> u64 {
        self.uses
    }
}

/// How a release used one function, or how one of its functions was used.
#[derive(Serialize, ToSchema)]
struct FunctionUsageView {
    /// Calls.
    calls: u64,
    /// Those that the gate denied.
    denied: u64,
    /// The day of the last one (UTC).
    #[schema(format = Date)]
    last: String,
}

impl From<&PluginUsage> for UsageView {
    fn from(usage: &PluginUsage) -> Self {
        let functions = usage.functions.iter().map(|(name, function)| {
            let view =
                FunctionUsageView { calls: function.calls, denied: function.denied, last: function.last.to_string() };
            (name.to_string(), view)
        });
        let used = usage.uses > 0;
        Self {
            uses: usage.uses,
            failures: usage.failures,
            traps: usage.traps,
            p50_us: used.then_some(usage.p50_us),
            p99_us: used.then_some(usage.p99_us),
            functions: functions.collect(),
        }
    }
}

/// What was counted over some days.
pub(super) struct Usages {
    days: u32,
    of_release: HashMap<Digest, PluginUsage>,
    called: HashMap<PluginId, BTreeSet<FunctionName>>,
}

impl Usages {
    pub(super) async fn read(server: &Server, days: &Days) -> Answer<Self> {
        let days = days.days.unwrap_or(DEFAULT_DAYS);
        if !(1..=MOST_DAYS).contains(&days) {
            return Err(Problem::new(Kind::Invalid)
                .detail(format!("`days` is {days}"))
                .fix(format!("use 1 to {MOST_DAYS}")));
        }
        let today = server.now().to_zoned(TimeZone::UTC).date();
        let since = today.saturating_sub((i64::from(days) - 1).days());
        let mut usages = Self { days, of_release: HashMap::new(), called: HashMap::new() };
        for usage in server.store().plugin_usage(since).await? {
            let called = usages.called.entry(usage.plugin.clone()).or_default();
            called.extend(
                usage.functions.iter().filter(|(_, function)| function.calls > 0).map(|(name, _)| name.clone()),
            );
            usages.of_release.insert(usage.digest, usage);
        }
        Ok(usages)
    }

    pub(super) fn days(&self) -> u32 {
        self.days
    }

    pub(super) fn of(&self, digest: &Digest) -> UsageView {
        self.of_release.get(digest).map(UsageView::from).unwrap_or_default()
    }

    /// The functions that this sheet grants and that no release of its plugin called.
    pub(super) fn unused(&self, sheet: &PermissionSheet) -> Vec<String> {
        let called = self.called.get(&sheet.plugin);
        let tools = sheet.tools.iter().map(|tool| &tool.function);
        tools.filter(|name| !called.is_some_and(|called| called.contains(*name))).map(ToString::to_string).collect()
    }
}
