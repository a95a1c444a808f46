//! The table of pages.

use super::{Page, Read};
use usher_agent::accounts::Permission::{self, ManagePeople, Preview, ReadAudit, ReadConversations, View};

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
        &[
            read("integrations", "/api/v1/integrations").optional(),
            read("hub", "/api/v1/hub").optional(),
            read("channels", "/api/v1/channels").optional(),
        ],
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
    page(
        "/settings/channels",
        "settings-channels.html",
        "settings",
        View,
        &[read("skills", "/api/v1/skills"), read("channels", "/api/v1/channels").optional()],
    ),
    page(
        "/settings/undelivered",
        "settings-undelivered.html",
        "settings",
        ReadConversations,
        &[read("undelivered", "/api/v1/dispatches?state=undelivered&limit=100").with(&["channel"])],
    ),
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
