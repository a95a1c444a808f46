//! Passages that contradict each other on the same question.
//!
//! A sentence becomes a [`Statement`]: what it is about (its meaningful words, related ones made one), the amounts in
//! it, and whether it denies. Two statements from different sections that are about exactly the same, and whose amounts
//! of each unit lie apart, or of which one denies what the other says, contradict each other. A word that only
//! one of them has ("sale items", "express") is a condition under which both may be true, so such pairs are left alone:
//! a contradiction that isn't found costs less trust than one that isn't there.

mod statement;

use super::index::KnowledgeIndex;
use serde::{Deserialize, Serialize};
use statement::{Statement, statements};
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{Hash as _, Hasher as _};

/// How two claims disagree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Disagreement {
    /// Different numbers: days, prices, shares.
    Amount,
    /// One says what the other denies.
    Denial,
}

/// One sentence of an article.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Claim {
    /// The article's id.
    pub article: String,
    /// Its title.
    pub title: String,
    /// The heading that the sentence stands under.
    pub heading: Option<String>,
    /// Word for word.
    pub sentence: String,
}

/// Two claims that can't both be true.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflict {
    /// The same for as long as both sentences stay as they are, wherever they stand: dismissals are kept by it.
    pub id: String,
    /// How they disagree.
    pub disagreement: Disagreement,
    /// What both are about, in the articles' words.
    pub about: Vec<String>,
    /// One of them.
    pub first: Claim,
    /// The other.
    pub second: Claim,
}

/// No more are reported.
const MOST: usize = 200;
/// Statements about one thing that are compared with each other.
const ALIKE: usize = 40;

impl KnowledgeIndex {
    /// The contradictions in all articles, the same ones for the same articles. They are looked for once in an index.
    #[must_use]
    pub fn conflicts(&self) -> Vec<Conflict> {
        self.conflicts.get_or_init(|| self.find_conflicts()).clone()
    }

    fn find_conflicts(&self) -> Vec<Conflict> {
        let mut by_subject: BTreeMap<(String, Vec<String>), Vec<Statement>> = BTreeMap::new();
        for (article, title, language, chunks) in self.passages_by_article() {
            for statement in statements(article, title, language, chunks) {
                let subject = (statement.language.clone(), statement.subject.clone());
                let alike = by_subject.entry(subject).or_default();
                if alike.len() < ALIKE && !alike.iter().any(|known| known.claim == statement.claim) {
                    alike.push(statement);
                }
            }
        }
        let mut conflicts = Vec::new();
        let mut seen = BTreeSet::new();
        for ((_, subject), alike) in by_subject {
            for (number, first) in alike.iter().enumerate() {
                for second in &alike[number + 1..] {
                    let Some(disagreement) = first.disagrees(second) else { continue };
                    let id = id(first, second);
                    if seen.insert(id.clone()) {
                        let (first, second) = (first.claim.clone(), second.claim.clone());
                        conflicts.push(Conflict { id, disagreement, about: subject.clone(), first, second });
                    }
                    if conflicts.len() == MOST {
                        return conflicts;
                    }
                }
            }
        }
        conflicts
    }
}

fn id(first: &Statement, second: &Statement) -> String {
    let mut sentences = [first.claim.sentence.as_str(), second.claim.sentence.as_str()];
    sentences.sort_unstable();
    // FNV-1a: the same in every build, which the standard library's own hasher isn't.
    struct Fnv(u64);
    impl std::hash::Hasher for Fnv {
        fn finish(&self) -> u64 {
            self.0
        }
        fn write(&mut self, bytes: &[u8]) {
            bytes.iter().for_each(|byte| self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
        }
    }
    let mut hasher = Fnv(0xcbf2_9ce4_8422_2325);
    sentences.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}
