//! The manifest is one that the runtime accepts.

use usher_manifest::{Kind, Manifest};

#[test]
fn the_manifest_is_accepted_and_the_setting_leads_to_the_portal_unless_told_otherwise() {
    let manifest = Manifest::from_toml(Kind::Skill, include_str!("../skill.toml")).unwrap();
    let Manifest::Skill(skill) = manifest else { panic!("not a skill") };
    let setting = skill.settings.iter().find(|setting| setting.name == "answer-with").unwrap();
    assert_eq!(setting.default.as_deref(), Some("portal"));
}
