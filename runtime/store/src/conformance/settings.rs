//! What operators set up, by name.

use crate::conformance::scene::{entry, holds, lines};
use crate::conformance::{Engine, Outcome};
use serde_json::{Value, json};
use usher_host::Action;

pub async fn a_setting_is_kept_with_its_line(engine: &dyn Engine) -> Outcome {
    let why = |name: &str| entry("operator:ada", Action::SettingChanged, name);
    let (hours, desk) = (json!({ "zone": "Europe/Stockholm", "days": [1, 2.5, "\u{1F389}"] }), Value::Null);
    {
        let store = engine.open().await?;
        assert_eq!(store.setting("hours").await?, None);
        store.put_setting("hours", json!({}), why("hours")).await?;
        store.put_setting("desk", desk.clone(), why("desk")).await?;
        store.put_setting("hours", hours.clone(), why("hours")).await?;
    }
    let store = engine.open().await?;
    assert_eq!((store.setting("hours").await?, store.setting("desk").await?), (Some(hours), Some(desk)));
    assert_eq!(store.setting("Hours").await?, None);
    let noted: Vec<_> = lines(&*store).await?.into_iter().map(|line| (line.action, line.object)).collect();
    assert_eq!(noted, ["hours", "desk", "hours"].map(|name| (Action::SettingChanged, name.to_owned())));
    holds(&*store).await?;
    Ok(())
}
