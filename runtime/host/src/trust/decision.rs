//! What becomes of a candidate: it goes live, waits for a person, or is refused.

use super::confusable::are_confusable;
use super::{Publisher, Signed, TrustPolicy, Unattended, Unsigned};
use crate::difference::Difference;
use crate::flags::Severity;
use crate::inspect::Digest;
use crate::registry::Effect;
use crate::sheet::PermissionSheet;
use usher_manifest::{Method, PluginId};

/// What is known of a plugin when a candidate for it comes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Before<'a> {
    /// What serves now.
    pub live: Option<Live<'a>>,
    /// Of all releases of the plugin that ever were live, the one with the highest sequence: sequence and digest.
    pub highest: Option<(u64, Digest)>,
    /// The plugins that are installed; the candidate's own id may be among them.
    pub installed: &'a [PluginId],
}

/// The release of a plugin that serves.
#[derive(Clone, Copy, Debug)]
pub struct Live<'a> {
    /// What it may do.
    pub sheet: &'a PermissionSheet,
    /// Who signed it.
    pub publisher: Option<&'a str>,
    /// Whether a person approved this release, or one before it that led here by asking for the same or less.
    pub by_person: bool,
}

/// What becomes of a candidate. The reason is for people, and to be written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It may serve at once.
    GoesLive {
        /// By which rule.
        why: String,
    },
    /// A person has to look at it.
    Waits {
        /// For what.
        why: String,
    },
    /// It can't be approved.
    Refused {
        /// Why not, and what to do.
        why: String,
    },
}

impl TrustPolicy {
    /// What becomes of a candidate that `judge` let pass.
    #[must_use]
    pub fn decide(&self, sheet: &PermissionSheet, signed: &Signed, before: Before<'_>) -> Decision {
        let refused = |why: String| Decision::Refused { why };
        let waits = |why: String| Decision::Waits { why };
        if self.revokes_release(&sheet.digest, &signed.key_ids) {
            return refused("the trust policy revokes it".into());
        }
        if let (Some(sequence), Some((highest, digest))) = (signed.sequence, before.highest)
            && digest != sheet.digest
        {
            if sequence < highest {
                return refused(format!(
                    "its sequence is {sequence}, and {highest} was live before, so it is an older release; to go back \
                     to one, roll back to it"
                ));
            }
            if sequence == highest {
                return refused(format!(
                    "its sequence is {sequence} as that of {digest}, which was live before; have it signed with a \
                     higher one"
                ));
            }
        }
        let id = sheet.plugin.as_str();
        let double = before.installed.iter().find(|other| are_confusable(other.as_str(), id)).map(|other| {
            format!(
                "its id `{id}` is easily taken for `{}`, which is installed: a person must make sure that it is what it \
                 seems",
                other.as_str()
            )
        });
        let Some(name) = &signed.publisher else {
            return match (self.approval.unsigned, double) {
                (Unsigned::Refuse, _) => refused(
                    "no publisher of the trust policy signed it, and the policy refuses such plugins; sign it with \
                     `usher build --sign KEYFILE`"
                        .into(),
                ),
                (Unsigned::Wait, None) => {
                    waits("no publisher of the trust policy signed it, so a person decides".into())
                }
                (Unsigned::Wait, Some(double)) => {
                    waits(format!("no publisher of the trust policy signed it, and {double}"))
                }
            };
        };
        let Some(publisher) = self.publishers.iter().find(|publisher| publisher.name == *name) else {
            return refused(format!("it is signed by {name}, and the trust policy names no such publisher any more"));
        };
        if let Some(double) = double {
            return waits(double);
        }
        if let Some(former) = before.live.and_then(|live| live.publisher).filter(|former| former != name) {
            return waits(format!("{former} signed the release that is live, and {name} signed this one"));
        }
        publisher.unattended(sheet, before.live)
    }
}

impl Publisher {
    /// What of this publisher's goes live without a person.
    fn unattended(&self, sheet: &PermissionSheet, live: Option<Live<'_>>) -> Decision {
        let name = &self.name;
        let goes_live = |why: &str| Decision::GoesLive { why: format!("{name} signed it, and {why}") };
        let waits = |why: &str| Decision::Waits { why: format!("{name} signed it, and {why}") };
        let reads = !acts(sheet);
        match (self.unattended, live) {
            (Unattended::Never, _) => waits("the trust policy lets nothing of theirs go live without a person"),
            (Unattended::All, _) => goes_live("the trust policy lets all of theirs go live"),
            (Unattended::Reading, None) if !reads => waits("it can act, so a person decides on its first release"),
            (Unattended::Reading, None) => match sheet.flags.iter().find(|flag| flag.severity == Severity::Danger) {
                Some(flag) => waits(&format!("it only reads, but a person must look at it first: {}", flag.sentence)),
                None => goes_live("it only reads"),
            },
            (Unattended::SameOrLess, None) => waits("a person decides on its first release"),
            (Unattended::SameOrLess | Unattended::Reading, Some(live)) => {
                if Difference::between(live.sheet, sheet).widens() {
                    waits("it asks for more than the release that is live")
                } else if live.by_person {
                    goes_live("it asks for the same or less than what a person approved")
                } else if reads && self.unattended == Unattended::Reading {
                    goes_live("it only reads, and asks for the same or less than the release that is live")
                } else {
                    waits("no person has approved a release of it yet")
                }
            }
        }
    }
}

/// Whether a plugin may change something: by a tool that acts, by answering one, or by a request to a provider that
/// isn't a plain reading one.
pub(super) fn acts(sheet: &PermissionSheet) -> bool {
    sheet.tools.iter().any(|tool| tool.rule.effect != Effect::Reading)
        || sheet.provides.iter().any(|provided| provided.acting)
        || sheet.hosts.iter().any(|host| host.methods.iter().any(|method| *method != Method::Get))
}
