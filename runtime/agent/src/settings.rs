//! What operators set up while the server runs: kept in the store, and here as it holds.

use crate::desk::DeskSettings;
use crate::greeting::GreetingSettings;
use crate::handoff::HandoffSettings;
use crate::hours::BusinessHours;
use crate::privacy::Retention;
use crate::store::{Result, Store, StoreError};
use crate::voice::VoiceSettings;
use arc_swap::ArcSwap;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use std::sync::Arc;
use usher_host::{Action, Entry};

/// A setting that is kept under a name.
pub trait Setting: Serialize + DeserializeOwned + Clone + Send + Sync + 'static {
    /// Its name, in the store and in the audit.
    const NAME: &'static str;

    #[doc(hidden)]
    fn place(settings: &Settings) -> &ArcSwap<Self>;
}

macro_rules! setting {
    ($type:ty, $name:literal, $place:ident) => {
        impl Setting for $type {
            const NAME: &'static str = $name;

            fn place(settings: &Settings) -> &ArcSwap<Self> {
                &settings.$place
            }
        }

        impl Settings {
            /// As it holds now.
            #[must_use]
            pub fn $place(&self) -> Arc<$type> {
                self.$place.load_full()
            }
        }
    };
}

setting!(HandoffSettings, "handoff", handoff);
setting!(BusinessHours, "hours", hours);
setting!(DeskSettings, "desk", desk);
setting!(GreetingSettings, "greeting", greeting);
setting!(VoiceSettings, "voice", voice);
setting!(Retention, "retention", retention);

/// The operator's settings.
pub struct Settings {
    store: Arc<dyn Store>,
    handoff: ArcSwap<HandoffSettings>,
    hours: ArcSwap<BusinessHours>,
    desk: ArcSwap<DeskSettings>,
    greeting: ArcSwap<GreetingSettings>,
    voice: ArcSwap<VoiceSettings>,
    retention: ArcSwap<Retention>,
    /// Held while one changes, so that what is stored and what holds stay the same.
    changing: tokio::sync::Mutex<()>,
}

impl Settings {
    /// Reads them. What was never changed is as the configuration says.
    ///
    /// # Errors
    /// Where the store can't be read.
    pub async fn start(store: Arc<dyn Store>, handoff: HandoffSettings, voice: VoiceSettings) -> Result<Arc<Self>> {
        let settings = Self {
            handoff: ArcSwap::from_pointee(read(&*store).await?.unwrap_or(handoff)),
            hours: ArcSwap::from_pointee(read(&*store).await?.unwrap_or_default()),
            desk: ArcSwap::from_pointee(read(&*store).await?.unwrap_or_default()),
            greeting: ArcSwap::from_pointee(read(&*store).await?.unwrap_or_default()),
            voice: ArcSwap::from_pointee(read(&*store).await?.unwrap_or(voice)),
            retention: ArcSwap::from_pointee(read(&*store).await?.unwrap_or_default()),
            changing: tokio::sync::Mutex::default(),
            store,
        };
        Ok(Arc::new(settings))
    }

    /// Changes a setting; it holds from the next turn on. The audit keeps how it was before and how it is now.
    ///
    /// # Errors
    /// Where it could not be stored; nothing has changed then.
    pub async fn put<S: Setting>(&self, setting: S, actor: &str) -> Result<()> {
        let _change = self.changing.lock().await;
        let place = S::place(self);
        let written = |value: &S| serde_json::to_value(value).map_err(|error| StoreError::Engine(error.to_string()));
        let (before, after) = (written(&place.load())?, written(&setting)?);
        let detail = json!({ "before": before, "after": after });
        let entry = Entry::new(actor, Action::SettingChanged, S::NAME, detail);
        self.store.put_setting(S::NAME, after, entry).await?;
        place.store(Arc::new(setting));
        Ok(())
    }
}

async fn read<S: Setting>(store: &dyn Store) -> Result<Option<S>> {
    let Some(value) = store.setting(S::NAME).await? else { return Ok(None) };
    let read = serde_json::from_value(value);
    read.map(Some).map_err(|error| StoreError::Engine(format!("the setting `{}` can't be read: {error}", S::NAME)))
}
