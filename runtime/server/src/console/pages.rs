//! The table of pages: where each is, who may see it, and what it reads.

use std::collections::BTreeMap;
use usher_agent::accounts::Permission::{self, ManagePeople, Preview, ReadAudit, ReadConversations, View};

/// One page.
pub(super) struct Page {
    /// Below `/console`; `{name}` stands for one part of the address.
    pub(super) path: &'static str,
    /// The template's file.
    pub(super) template: &'static str,
    /// The entry of the navigation that it belongs to.
    pub(super) section: &'static str,
    /// Without it the page isn't shown; none: anyone may see it, signed in or not.
    pub(super) needs: Option<Permission>,
    /// What it reads.
    pub(super) reads: &'static [Read],
}

/// A route of the API that a page reads.
pub(super) struct Read {
    /// What the answer is called in the template.
    pub(super) name: &'static str,
    /// The route, with the `{names}` of the page's path.
    pub(super) route: &'static str,
    /// Parameters of the page's address that are passed on.
    pub(super) query: &'static [&'static str],
    /// The page can be shown without it: to those who may not read it, or where it isn't there.
    pub(super) optional: bool,
}

const fn read(name: &'static str, route: &'static str) -> Read {
    Read { name, route, query: &[], optional: false }
}

impl Read {
    const fn with(self, query: &'static [&'static str]) -> Self {
        Self { query, ..self }
    }

    const fn optional(self) -> Self {
        Self { optional: true, ..self }
    }
}

const fn page(
    path: &'static str,
    template: &'static str,
    section: &'static str,
    needs: Permission,
    reads: &'static [Read],
) -> Page {
    Page { path, template, section, needs: Some(needs), reads }
}

const fn open(path: &'static str, template: &'static str, reads: &'static [Read]) -> Page {
    Page { path, template, section: "", needs: None, reads }
}

/// The parameters of figures.
const RANGE: &[&str] = &["range", "from", "to", "zone", "channel", "compare"];

/// All pages.
pub(super) const PAGES: &[Page] = &[
    open("/sign-in", "sign-in.html", &[read("setup", "/api/v1/setup").optional()]),
    open("/setup", "setup.html", &[read("setup", "/api/v1/setup").optional()]),
    open("/invitation", "invitation.html", &[]),
    page(
        "/",
        "overview.html",
        "overview",
        View,
        &[
            read("overview", "/api/v1/insight/overview").with(RANGE).optional(),
            read("setup", "/api/v1/setup").optional(),
            read("waiting", "/api/v1/releases?state=pending").optional(),
            read("integrations", "/api/v1/integrations").optional(),
            read("plugins", "/api/v1/plugins?days=1").optional(),
            read("skills", "/api/v1/skills").optional(),
        ],
    ),
    page(
        "/start",
        "start.html",
        "overview",
        View,
        &[
            read("setup", "/api/v1/setup").optional(),
            read("integrations", "/api/v1/integrations").optional(),
            read("articles", "/api/v1/articles").optional(),
            read("handoff", "/api/v1/handoff").optional(),
            read("sites", "/api/v1/sites").optional(),
            read("skills", "/api/v1/skills").optional(),
        ],
    ),
    // Skills.
    page(
        "/skills",
        "skills.html",
        "skills",
        View,
        &[
            read("skills", "/api/v1/skills"),
            read("figures", "/api/v1/insight/skills").with(RANGE).optional(),
            read("requests", "/api/v1/skill-requests").optional(),
        ],
    ),
    page(
        "/skills/{id}",
        "skill.html",
        "skills",
        View,
        &[
            read("skill", "/api/v1/skills/{id}"),
            read("plugin", "/api/v1/plugins/{id}").optional(),
            read("figures", "/api/v1/insight/skills/{id}").optional(),
        ],
    ),
    page(
        "/skills/{id}/performance",
        "skill-performance.html",
        "skills",
        View,
        &[
            read("skill", "/api/v1/skills/{id}").optional(),
            read("figures", "/api/v1/insight/skills/{id}").with(RANGE).optional(),
            read("questions", "/api/v1/insight/skills/{id}/questions")
                .with(&["range", "from", "to", "zone", "channel", "outcome", "cursor"])
                .optional(),
        ],
    ),
    // Conversations.
    page(
        "/conversations",
        "conversations.html",
        "conversations",
        ReadConversations,
        &[
            read("found", "/api/v1/conversations/search")
                .with(&["q", "channel", "status", "skill", "handed_off", "from", "to", "customer", "cursor", "limit"])
                .optional(),
            read("skills", "/api/v1/skills").optional(),
        ],
    ),
    page(
        "/conversations/{id}",
        "conversation.html",
        "conversations",
        ReadConversations,
        &[
            read("conversation", "/api/v1/conversations/{id}").optional(),
            read("messages", "/api/v1/desk/conversations/{id}/messages?limit=500").with(&["after"]).optional(),
            read("turns", "/api/v1/conversations/{id}/turns"),
        ],
    ),
    // Knowledge.
    page(
        "/knowledge",
        "knowledge.html",
        "knowledge",
        View,
        &[
            read("articles", "/api/v1/articles?limit=50")
                .with(&["q", "status", "topic", "language", "origin", "part_of", "warnings", "skip"]),
            read("sources", "/api/v1/knowledge/sources").optional(),
            read("conflicts", "/api/v1/knowledge/conflicts").optional(),
            read("topics", "/api/v1/knowledge/topics").optional(),
        ],
    ),
    page(
        "/knowledge/sources",
        "knowledge-sources.html",
        "knowledge",
        View,
        &[read("sources", "/api/v1/knowledge/sources"), read("topics", "/api/v1/knowledge/topics").optional()],
    ),
    page(
        "/knowledge/conflicts",
        "knowledge-conflicts.html",
        "knowledge",
        View,
        &[read("conflicts", "/api/v1/knowledge/conflicts").optional()],
    ),
    page(
        "/knowledge/gaps",
        "knowledge-gaps.html",
        "knowledge",
        View,
        &[read("gaps", "/api/v1/insight/gaps").with(&["range", "from", "to", "zone", "channel", "state"]).optional()],
    ),
    page(
        "/knowledge/search",
        "knowledge-search.html",
        "knowledge",
        View,
        &[
            read("found", "/api/v1/knowledge/search").with(&["q", "topic", "language", "limit"]).optional(),
            read("topics", "/api/v1/knowledge/topics").optional(),
            read("articles", "/api/v1/articles?limit=1").optional(),
        ],
    ),
    page(
        "/knowledge/new",
        "article.html",
        "knowledge",
        Permission::ChangeKnowledge,
        &[read("topics", "/api/v1/knowledge/topics").optional()],
    ),
    page(
        "/knowledge/articles/{id}",
        "article.html",
        "knowledge",
        View,
        &[
            read("article", "/api/v1/articles/{id}"),
            read("topics", "/api/v1/knowledge/topics").optional(),
            read("conflicts", "/api/v1/knowledge/conflicts").optional(),
        ],
    ),
    // Handoffs.
    page(
        "/handoffs",
        "handoffs.html",
        "handoffs",
        View,
        &[
            read("handoffs", "/api/v1/insight/handoffs")
                .with(&[
                    "range",
                    "from",
                    "to",
                    "zone",
                    "channel",
                    "reason",
                    "skill",
                    "person",
                    "mode",
                    "outcome",
                    "reviewed",
                    "should_have_answered",
                    "cursor",
                    "limit",
                ])
                .optional(),
            read("skills", "/api/v1/skills").optional(),
        ],
    ),
    // Preview and scenarios.
    page(
        "/preview",
        "preview.html",
        "preview",
        Preview,
        &[
            read("skills", "/api/v1/skills").optional(),
            read("scenarios", "/api/v1/scenarios").optional(),
            read("waiting", "/api/v1/releases?state=pending").optional(),
        ],
    ),
    page(
        "/scenarios",
        "scenarios.html",
        "preview",
        Preview,
        &[read("scenarios", "/api/v1/scenarios"), read("waiting", "/api/v1/releases?state=pending").optional()],
    ),
    page(
        "/scenarios/{id}",
        "scenario.html",
        "preview",
        Preview,
        &[read("scenario", "/api/v1/scenarios/{id}"), read("skills", "/api/v1/skills").optional()],
    ),
    // Plugins and review.
    page(
        "/plugins",
        "plugins.html",
        "plugins",
        View,
        &[
            read("plugins", "/api/v1/plugins").with(&["days"]),
            read("refused", "/api/v1/plugins/refused").optional(),
            read("trust", "/api/v1/trust-policy").optional(),
            read("probes", "/api/v1/probes").optional(),
        ],
    ),
    page(
        "/plugins/{id}",
        "plugin.html",
        "plugins",
        View,
        &[
            read("plugin", "/api/v1/plugins/{id}").with(&["days"]),
            read("generations", "/api/v1/generations").optional(),
        ],
    ),
    page(
        "/releases/{digest}",
        "release.html",
        "plugins",
        View,
        &[
            read("release", "/api/v1/releases/{digest}"),
            read("trust", "/api/v1/trust-policy").optional(),
            read("scan", "/api/v1/releases/{digest}/scan").optional(),
            read("probes", "/api/v1/probes").optional(),
            read("what_if", "/api/v1/releases/{digest}/what-if").optional(),
            read("scenarios", "/api/v1/releases/{digest}/scenarios").optional(),
        ],
    ),
    // Audit.
    page(
        "/audit",
        "audit.html",
        "audit",
        ReadAudit,
        &[
            read("audit", "/api/v1/audit?limit=50").with(&[
                "action",
                "object",
                "actor",
                "subject",
                "skill",
                "tool",
                "conversation",
                "from",
                "to",
                "before",
            ]),
            read("names", "/api/v1/audit/names").optional(),
            read("chain", "/api/v1/audit/chain").optional(),
        ],
    ),
    // Settings.
    page(
        "/settings",
        "settings.html",
        "settings",
        View,
        &[read("integrations", "/api/v1/integrations").optional(), read("hub", "/api/v1/hub").optional()],
    ),
    page(
        "/settings/handoff",
        "settings-handoff.html",
        "settings",
        View,
        &[read("handoff", "/api/v1/handoff"), read("integrations", "/api/v1/integrations").optional()],
    ),
    page(
        "/settings/hours",
        "settings-hours.html",
        "settings",
        View,
        &[read("hours", "/api/v1/hours"), read("now", "/api/v1/hours/now").optional()],
    ),
    page(
        "/settings/desk",
        "settings-desk.html",
        "settings",
        View,
        &[read("desk", "/api/v1/desk/settings"), read("people", "/api/v1/people").optional()],
    ),
    page("/settings/greeting", "settings-greeting.html", "settings", View, &[read("greeting", "/api/v1/greeting")]),
    page("/settings/voice", "settings-voice.html", "settings", View, &[read("voice", "/api/v1/settings/voice")]),
    page("/settings/channels", "settings-channels.html", "settings", View, &[read("skills", "/api/v1/skills")]),
    page(
        "/settings/hub",
        "settings-hub.html",
        "settings",
        View,
        &[read("hub", "/api/v1/hub"), read("skills", "/api/v1/skills").optional()],
    ),
    page(
        "/settings/integrations",
        "integrations.html",
        "settings",
        View,
        &[
            read("integrations", "/api/v1/integrations"),
            read("plugins", "/api/v1/plugins").optional(),
            read("skills", "/api/v1/skills").optional(),
        ],
    ),
    page(
        "/settings/integrations/{id}",
        "integration.html",
        "settings",
        View,
        &[
            read("integration", "/api/v1/integrations/{id}").optional(),
            read("plugin", "/api/v1/plugins/{id}"),
            read("skills", "/api/v1/skills").optional(),
        ],
    ),
    page(
        "/settings/retention",
        "settings-retention.html",
        "settings",
        View,
        &[read("retention", "/api/v1/settings/retention")],
    ),
    page(
        "/settings/customers",
        "settings-customers.html",
        "settings",
        Permission::ManagePrivacy,
        &[read("customers", "/api/v1/customers").with(&["q"]).optional()],
    ),
    page(
        "/settings/webhooks",
        "webhooks.html",
        "settings",
        View,
        &[
            read("endpoints", "/api/v1/webhook-endpoints"),
            read("deliveries", "/api/v1/webhook-deliveries").with(&["endpoint", "state", "before"]).optional(),
        ],
    ),
    page(
        "/settings/webhooks/{id}",
        "webhook.html",
        "settings",
        View,
        &[
            read("endpoint", "/api/v1/webhook-endpoints/{id}"),
            read("endpoints", "/api/v1/webhook-endpoints"),
            read("deliveries", "/api/v1/webhook-deliveries?endpoint={id}").with(&["state", "before"]).optional(),
        ],
    ),
    page(
        "/settings/deliveries",
        "settings-deliveries.html",
        "settings",
        Permission::Operate,
        &[read("jobs", "/api/v1/helpdesk/jobs").optional()],
    ),
    // People.
    page(
        "/people",
        "people.html",
        "people",
        ManagePeople,
        &[
            read("accounts", "/api/v1/accounts"),
            read("invitations", "/api/v1/invitations"),
            read("roles", "/api/v1/roles"),
        ],
    ),
    page(
        "/account",
        "account.html",
        "account",
        View,
        &[
            read("account", "/api/v1/account"),
            read("sessions", "/api/v1/account/sessions").optional(),
            read("tokens", "/api/v1/account/tokens").optional(),
            read("roles", "/api/v1/roles").optional(),
        ],
    ),
    page("/help", "help.html", "help", View, &[read("roles", "/api/v1/roles").optional()]),
];

/// The page of an address below `/console`, with the values of its `{names}`. A plugin's id may have its publisher's name
/// and a slash before it: where no page fits as it stands, one name takes two parts.
pub(super) fn find(path: &str) -> Option<(&'static Page, BTreeMap<&'static str, String>)> {
    let given = parts(path);
    PAGES.iter().find_map(|page| fits(page, &given)).or_else(|| {
        let joined = (0..given.len().saturating_sub(1)).map(|at| {
            let mut given: Vec<String> = given.iter().map(|part| (*part).to_owned()).collect();
            let second = given.remove(at + 1);
            given[at] = format!("{}/{second}", given[at]);
            given
        });
        let joined: Vec<_> = joined.collect();
        PAGES.iter().find_map(|page| {
            joined.iter().find_map(|given| fits(page, &given.iter().map(String::as_str).collect::<Vec<_>>()))
        })
    })
}

/// The values of a page's `{names}`, where this is its address.
fn fits(page: &'static Page, given: &[&str]) -> Option<(&'static Page, BTreeMap<&'static str, String>)> {
    let wanted = parts(page.path);
    if wanted.len() != given.len() {
        return None;
    }
    let mut values = BTreeMap::new();
    for (wanted, given) in wanted.iter().zip(given) {
        match wanted.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
            Some(name) => {
                values.insert(name, (*given).to_owned());
            }
            None if wanted == given => {}
            None => return None,
        }
    }
    Some((page, values))
}

fn parts(path: &str) -> Vec<&str> {
    path.split('/').filter(|part| !part.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fixed_address_goes_before_one_with_a_name() {
        let found = |path| find(path).map(|(page, values)| (page.template, values));
        assert_eq!(found("/"), Some(("overview.html", BTreeMap::new())));
        assert_eq!(found("/knowledge/new"), Some(("article.html", BTreeMap::new())));
        assert_eq!(found("/skills/x/performance").map(|found| found.1["id"].clone()), Some("x".into()));
        assert_eq!(found("/skills/acme/x").map(|found| found.1["id"].clone()), Some("acme/x".into()));
        assert_eq!(found("/skills/acme/x/performance").map(|found| found.0), Some("skill-performance.html"));
        assert_eq!(found("/skills/x/more/still"), None);
    }

    #[test]
    fn every_page_has_a_template_and_an_address_of_its_own() {
        let mut seen = std::collections::BTreeSet::new();
        for page in PAGES {
            assert!(seen.insert(page.path), "{} is there twice", page.path);
            assert!(super::super::files::built_in(page.template).is_some(), "{} has no template", page.path);
        }
    }

    #[test]
    fn every_page_reads_routes_that_exist() {
        let document = crate::api::openapi();
        for page in PAGES {
            for read in page.reads {
                let route = read.route.split('?').next().unwrap_or_default();
                let wanted = parts(route);
                let known = document.paths.paths.iter().any(|(path, item)| {
                    let path = parts(path);
                    item.get.is_some()
                        && path.len() == wanted.len()
                        && path.iter().zip(&wanted).all(|(a, b)| a == b || (a.starts_with('{') && b.starts_with('{')))
                });
                assert!(known, "{} reads {}, which the API doesn't have", page.path, read.route);
            }
        }
    }
}
