//! Text from strangers, made fit for a terminal.

use usher_agent::hygiene::{clean, clean_line};

/// One line without escape sequences and other control characters.
pub(super) fn plain_line(text: &str) -> String {
    clean_line(text)
}

/// Lines without escape sequences and other control characters.
pub(super) fn plain_lines(text: &str) -> String {
    clean(text).replace('\t', "    ")
}
