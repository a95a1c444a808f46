//! What takes longer than a request and is begun by one: it goes on in the background, and pages ask how far it is.

use super::audit_chain::Verifications;
use super::probes::Probing;
use super::what_if::WhatIfs;

/// All of it, since the server's start.
#[derive(Default)]
pub(super) struct UnderWay {
    /// Conversations that are run again on releases.
    pub(super) what_ifs: WhatIfs,
    /// Attacks on the limits of this machine.
    pub(super) probes: Probing,
    /// The audit that is read as a whole.
    pub(super) audit: Verifications,
}
