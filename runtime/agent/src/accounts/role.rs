//! Roles, and the one table that says what each may do.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// What an account is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Everything, and the only one who makes other owners.
    Owner,
    /// Connects integrations, holds their secrets, invites people.
    Admin,
    /// Knowledge, settings and the team's work.
    Manager,
    /// Works on tickets.
    Agent,
    /// Reads figures and conversations.
    Analyst,
    /// Decides which plugins run, and reads what they did.
    Reviewer,
}

/// Something that a request may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// See skills, plugins, figures, settings without secrets, and one's own account.
    View,
    /// Read conversations and how each answer came about.
    ReadConversations,
    /// Claim tickets, answer customers, take conversations over.
    WorkTickets,
    /// Try messages and keep scenarios.
    Preview,
    /// Articles, sources and gaps.
    ChangeKnowledge,
    /// Handoff, hours, greeting, voice, channels, a skill's switch and settings, requests for skills.
    ChangeSettings,
    /// Connect integrations, the hub and webhooks, and hold their secrets.
    Connect,
    /// Hand plugins in.
    UploadPlugins,
    /// Approve, refuse and roll back plugins.
    DecidePlugins,
    /// Take a plugin's right to run.
    StopPlugins,
    /// Read and verify the audit, and run recorded turns again.
    ReadAudit,
    /// Invite people, change roles, end their sessions.
    ManagePeople,
    /// Retention, export and erasure of a customer.
    ManagePrivacy,
    /// Deliveries, jobs, metrics.
    Operate,
}

use Permission::{
    ChangeKnowledge, ChangeSettings, Connect, DecidePlugins, ManagePeople, ManagePrivacy, Operate, Preview, ReadAudit,
    ReadConversations, StopPlugins, UploadPlugins, View, WorkTickets,
};

/// The permission table.
const TABLE: [(Role, &[Permission]); 6] = [
    (Role::Owner, &Permission::ALL),
    (
        Role::Admin,
        &[
            View,
            ReadConversations,
            WorkTickets,
            Preview,
            ChangeKnowledge,
            ChangeSettings,
            Connect,
            UploadPlugins,
            StopPlugins,
            ReadAudit,
            ManagePeople,
            ManagePrivacy,
            Operate,
        ],
    ),
    (Role::Manager, &[View, ReadConversations, WorkTickets, Preview, ChangeKnowledge, ChangeSettings]),
    (Role::Agent, &[View, ReadConversations, WorkTickets, Preview]),
    (Role::Analyst, &[View, ReadConversations]),
    (Role::Reviewer, &[View, ReadConversations, Preview, DecidePlugins, StopPlugins, ReadAudit]),
];

impl Permission {
    /// All of them.
    pub const ALL: [Self; 14] = [
        View,
        ReadConversations,
        WorkTickets,
        Preview,
        ChangeKnowledge,
        ChangeSettings,
        Connect,
        UploadPlugins,
        DecidePlugins,
        StopPlugins,
        ReadAudit,
        ManagePeople,
        ManagePrivacy,
        Operate,
    ];

    /// Its name in the API: `read_conversations`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            View => "view",
            ReadConversations => "read_conversations",
            WorkTickets => "work_tickets",
            Preview => "preview",
            ChangeKnowledge => "change_knowledge",
            ChangeSettings => "change_settings",
            Connect => "connect",
            UploadPlugins => "upload_plugins",
            DecidePlugins => "decide_plugins",
            StopPlugins => "stop_plugins",
            ReadAudit => "read_audit",
            ManagePeople => "manage_people",
            ManagePrivacy => "manage_privacy",
            Operate => "operate",
        }
    }

    /// What it allows, in a few words.
    #[must_use]
    pub const fn about(self) -> &'static str {
        match self {
            View => "See skills, plugins, figures and settings",
            ReadConversations => "Read conversations, and how each answer came about",
            WorkTickets => "Answer customers: tickets and taking over",
            Preview => "Try messages, and keep them as scenarios",
            ChangeKnowledge => "Change articles, sources and gaps",
            ChangeSettings => "Change handoff, hours, greeting, voice and skills",
            Connect => "Connect integrations, the hub and webhooks, and hold their secrets",
            UploadPlugins => "Hand plugins in",
            DecidePlugins => "Approve, refuse and roll back plugins",
            StopPlugins => "Take a plugin's right to run",
            ReadAudit => "Read and verify the audit",
            ManagePeople => "Invite people, change roles, end sessions",
            ManagePrivacy => "Set how long data is kept; export and erase a customer's",
            Operate => "See to deliveries, jobs and the catalogue",
        }
    }
}

impl Role {
    /// All of them, the one that may do the most first.
    pub const ALL: [Self; 6] = [Self::Owner, Self::Admin, Self::Manager, Self::Agent, Self::Analyst, Self::Reviewer];

    /// What it may do.
    #[must_use]
    pub fn permissions(self) -> &'static [Permission] {
        TABLE.iter().find(|(role, _)| *role == self).map_or(&[], |(_, permissions)| permissions)
    }

    /// Whether it may do this.
    #[must_use]
    pub fn may(self, permission: Permission) -> bool {
        self.permissions().contains(&permission)
    }

    /// Its name in the API and the configuration: `owner`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Admin => "admin",
            Self::Manager => "manager",
            Self::Agent => "agent",
            Self::Analyst => "analyst",
            Self::Reviewer => "reviewer",
        }
    }

    /// What it is for, in a few words.
    #[must_use]
    pub const fn about(self) -> &'static str {
        match self {
            Self::Owner => "Everything, and the only one who makes other owners",
            Self::Admin => "Connects integrations, holds their secrets, invites people",
            Self::Manager => "Knowledge, settings and the team's work",
            Self::Agent => "Answers customers",
            Self::Analyst => "Reads figures and conversations",
            Self::Reviewer => "Decides which plugins run, and reads what they did",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A word that is no permission.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no permission; `GET /api/v1/roles` lists them")]
pub struct UnknownPermission(String);

impl FromStr for Permission {
    type Err = UnknownPermission;
    fn from_str(text: &str) -> Result<Self, UnknownPermission> {
        Self::ALL
            .into_iter()
            .find(|permission| permission.name() == text)
            .ok_or_else(|| UnknownPermission(text.to_owned()))
    }
}

/// A word that is no role.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no role; there are owner, admin, manager, agent, analyst and reviewer")]
pub struct UnknownRole(String);

impl FromStr for Role {
    type Err = UnknownRole;
    fn from_str(text: &str) -> Result<Self, UnknownRole> {
        Self::ALL.into_iter().find(|role| role.name() == text).ok_or_else(|| UnknownRole(text.to_owned()))
    }
}
