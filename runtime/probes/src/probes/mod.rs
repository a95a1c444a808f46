//! All probes, by what stops them.

mod counted;
mod http;
mod load;
mod memory;
mod time;
mod values;

use crate::probe::Probe;

/// All probes, in the order in which they are shown.
#[must_use]
pub fn all() -> Vec<Probe> {
    [load::probes(), memory::probes(), time::probes(), counted::probes(), values::probes(), http::probes()].concat()
}

/// Every probe's plugin has this id.
pub(crate) const ID: &str = "probe";
