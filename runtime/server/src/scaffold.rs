//! The manifest that a request for a skill becomes: what `usher new --from-request` writes, and what a request must make.

use usher_agent::skills::SkillRequest;
use usher_manifest::{Error, PluginId};

/// `skill.toml` of the skill that was asked for.
pub(crate) fn manifest(request: &SkillRequest) -> String {
    let mut text = format!(
        "id = {}\nname = {}\nversion = \"0.1.0\"\ncategory = \"custom\"\noverview = {}\n\
         when-to-use = [{}]\n\
         how-to-respond = \"The articles' own words with their source; where they say nothing, the question goes to the team.\"\n\
         channels = [\"webchat\", \"sms\", \"whatsapp\", \"email\"]\n\n\
         # What the skill calls, each function with a reason for the reviewer. A function that the code calls and this file\n\
         # doesn't name is refused.\n\
         [[tools]]\nfunction = \"usher:tools/knowledge.search\"\nreason = \"to answer from the shop's articles\"\n\n\
         # What the router learns from: real questions, 20 or more in each language that your customers write.\n\
         [examples]\n",
        quoted(request.id.as_str()),
        quoted(&request.name),
        quoted(&request.description),
        quoted(&scenario(request)),
    );
    for (language, questions) in &request.examples {
        text.push_str(&format!("{} = [\n", quoted(language)));
        for question in questions {
            text.push_str(&format!("    {},\n", quoted(question)));
        }
        text.push_str("]\n");
    }
    text
}

/// What is wrong with a request, in its own words: a line of a file that nobody sees helps nobody.
pub(crate) fn complaint(error: &Error) -> String {
    match error {
        Error::Invalid { place, complaint } => {
            let key = if place.key.starts_with("overview") { "description" } else { &place.key };
            format!("`{key}`: {complaint}")
        }
        other => other.to_string(),
    }
}

/// `Gift cards` → `gift-cards`; none where too little of the name can stand in an id.
pub(crate) fn id_of(name: &str) -> Option<PluginId> {
    let words: Vec<String> = name
        .to_lowercase()
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    let id: String = words.join("-").chars().take(40).collect();
    id.trim_matches('-').parse().ok()
}

/// The description's first sentence, on one line.
fn scenario(request: &SkillRequest) -> String {
    let line = request.description.split_whitespace().collect::<Vec<_>>().join(" ");
    let first = line.split_inclusive(". ").next().unwrap_or_default().trim();
    let cut: String = first.chars().take(300).collect();
    if cut.is_empty() { request.name.clone() } else { cut }
}

/// A basic string of TOML (https://toml.io/en/v1.0.0#string).
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => out.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;
    use std::collections::BTreeMap;
    use usher_manifest::{Kind, Manifest};

    fn request(description: &str, question: &str) -> SkillRequest {
        SkillRequest {
            id: "gift-cards".parse().expect("an id"),
            name: "Gift \"cards\"".to_owned(),
            description: description.to_owned(),
            examples: BTreeMap::from([("pt-BR".to_owned(), vec![question.to_owned()])]),
            requested_by: "ada".to_owned(),
            requested_at: Timestamp::UNIX_EPOCH,
            delivered_at: None,
        }
    }

    #[test]
    fn a_request_makes_a_manifest_that_says_the_same() {
        let request = request("Sells \"cards\" \\ vouchers.\n\nAnd more.", "do you sell 'gift' \"cards\"?");
        let manifest = Manifest::from_toml(Kind::Skill, &manifest(&request)).expect("a manifest");
        let Manifest::Skill(skill) = manifest else { panic!("no skill") };
        assert_eq!(
            (skill.id, skill.name, skill.overview),
            (request.id.clone(), request.name.clone(), request.description.clone())
        );
        let examples: Vec<_> = skill.examples.iter().map(|(language, texts)| (language.as_str(), texts)).collect();
        assert_eq!(examples, [("pt-BR", &request.examples["pt-BR"])]);
    }

    #[test]
    fn what_is_wrong_is_said_in_the_request_s_words() {
        let long = request(&"x".repeat(601), "question");
        let error = Manifest::from_toml(Kind::Skill, &manifest(&long)).expect_err("too long");
        let complaint = complaint(&error);
        assert!(complaint.starts_with("`description`: ") && !complaint.contains("skill.toml"), "{complaint}");
    }

    #[test]
    fn ids_are_made_of_names() {
        let id = |name| id_of(name).map(|id: PluginId| id.to_string());
        assert_eq!(id("Gift cards & vouchers"), Some("gift-cards-vouchers".to_owned()));
        assert_eq!(id(" Réparations "), Some("r-parations".to_owned()));
        assert_eq!(id("修理"), None);
        assert!(id(&"long name ".repeat(10)).is_some_and(|id| id.len() <= 40 && !id.ends_with('-')));
    }
}
