//! Fixtures as tests want them: a wrong one is the test's own fault.

use usher_manifest::PluginId;
use usher_probes::Fixture;

/// What a test takes from a fixture without asking whether it is right.
pub trait Made {
    /// The component.
    ///
    /// # Panics
    /// Where the fixture is wrong.
    fn bytes(&self) -> Vec<u8>;

    /// The plugin's id.
    ///
    /// # Panics
    /// Where the fixture has no manifest, or a wrong one.
    fn id(&self) -> PluginId;
}

#[allow(clippy::expect_used, reason = "a wrong fixture is the test's own fault")]
impl Made for Fixture {
    fn bytes(&self) -> Vec<u8> {
        self.component().expect("the fixture is right")
    }

    fn id(&self) -> PluginId {
        self.plugin().expect("the fixture has a manifest")
    }
}
