//! The console's files. They are built into the binary; for work on them they are read from a folder instead, which
//! the environment variable `USHER_CONSOLE_FILES` names.

use include_dir::{Dir, include_dir};
use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::LazyLock;

static BUILT_IN: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/assets/console");

/// The folder, where somebody works on the files.
static FOLDER: LazyLock<Option<PathBuf>> = LazyLock::new(|| std::env::var_os("USHER_CONSOLE_FILES").map(PathBuf::from));

/// Files are read anew at each request.
pub(super) fn change() -> bool {
    FOLDER.is_some()
}

/// A file that is built in.
pub(super) fn built_in(name: &str) -> Option<&'static str> {
    BUILT_IN.get_file(name)?.contents_utf8()
}

/// The names of all files that are built in.
#[cfg(test)]
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    BUILT_IN.files().filter_map(|file| file.path().to_str())
}

/// A file by its name.
pub(super) fn named(name: &str) -> Option<Cow<'static, str>> {
    let plain = name.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '.'));
    if !plain || name.starts_with('.') {
        return None;
    }
    match &*FOLDER {
        Some(folder) => std::fs::read_to_string(folder.join(name)).ok().map(Cow::Owned),
        None => built_in(name).map(Cow::Borrowed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_built_from_markup_and_no_page_has_a_script_of_its_own() {
        for name in names() {
            let content = built_in(name).unwrap();
            if name.ends_with(".js") {
                // What stands on a page may be read as markup (to see whether it changed), and never be written as such.
                for unsafe_way in ["innerHTML", "outerHTML =", "insertAdjacentHTML", "document.write", "eval("] {
                    assert!(!content.contains(unsafe_way), "{name} uses {unsafe_way}");
                }
            }
            if name.ends_with(".html") {
                for inline in ["<script>", " style=", " onclick=", " onchange=", " onsubmit=", "javascript:"] {
                    assert!(!content.contains(inline), "{name} has {inline}");
                }
            }
        }
    }

    #[test]
    fn names_lead_nowhere_else() {
        for name in ["../Cargo.toml", "/etc/passwd", ".hidden", "a/b.css", "", "..", "no-such.css"] {
            assert_eq!(named(name), None, "{name}");
        }
    }
}
