//! The router knows what skills there are when a message comes, not a moment later.

use crate::clerk::clerk;
use crate::shop::{Disk, typed};
use usher_agent::conversation::Body;

/// What nobody knows of before the skill is there: with one skill too few, a message is handed over or goes to another.
const SKILLS: [(&str, &str); 3] = [
    ("fences", "please paint my garden fence"),
    ("parrots", "teach my parrot to whistle"),
    ("ponds", "clean the pond"),
];

#[tokio::test]
async fn a_skill_that_came_a_moment_ago_gets_the_very_next_message() {
    let shop = Disk::new().start(None).await;
    for (id, example) in SKILLS {
        shop.put(&clerk(id, 1, example, &[])).await;
        let said = shop.visitor().await.say(typed(example)).await;
        let skills: Vec<_> = said
            .iter()
            .map(|message| match &message.body {
                Body::Reply { skill, .. } => skill.as_ref().map(ToString::to_string),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(skills, [Some(id.to_owned())], "{said:?}");
    }
}
