//! What a site's `robots.txt` allows (RFC 9309).

/// Our name there, and in `User-Agent`.
const NAME: &str = "usher";
/// Most bytes of the file that are read (RFC 9309 §2.5 asks for at least 500 KiB).
pub(super) const MOST_BYTES: usize = 512 << 10;
/// Most rules that are kept.
const RULES: usize = 10_000;
/// A longer wish is taken for a mistake, seconds.
const LONGEST_DELAY: f32 = 30.0;

/// The rules for us.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Robots {
    /// Pattern and whether it allows.
    rules: Vec<(String, bool)>,
    /// Seconds between requests that the site wishes for (not in the RFC, and common).
    pub(super) delay: Option<f32>,
}

impl Robots {
    /// Reads the file. A group of our name counts alone; without one, the group of everybody.
    pub(super) fn parse(text: &str) -> Self {
        let (mut own, mut all) = (None::<Self>, None::<Self>);
        let (mut for_us, mut for_all, mut names) = (false, false, false);
        for line in text.lines() {
            let line = line.split('#').next().unwrap_or_default();
            let Some((key, value)) = line.split_once(':') else { continue };
            let (key, value) = (key.trim().to_ascii_lowercase(), value.trim());
            if key == "user-agent" {
                if !names {
                    (for_us, for_all) = (false, false);
                }
                names = true;
                let product = value.split(['/', ' ']).next().unwrap_or_default();
                for_us |= product.eq_ignore_ascii_case(NAME);
                for_all |= product == "*";
                if for_us {
                    own.get_or_insert_default();
                }
                continue;
            }
            names = false;
            let groups = [(for_us, &mut own), (for_all, &mut all)];
            for group in
                groups.into_iter().filter(|(of_group, _)| *of_group).map(|(_, group)| group.get_or_insert_default())
            {
                match key.as_str() {
                    // An empty one disallows nothing.
                    "allow" | "disallow" if !value.is_empty() && group.rules.len() < RULES => {
                        group.rules.push((value.to_owned(), key == "allow"));
                    }
                    "crawl-delay" => {
                        group.delay = value.parse().ok().filter(|delay| (0.0..=LONGEST_DELAY).contains(delay))
                    }
                    _ => {}
                }
            }
        }
        own.or(all).unwrap_or_default()
    }

    /// Whether this path (with its query) may be fetched: the longest rule that fits decides, an allowing one of two
    /// equally long.
    pub(super) fn allows(&self, path: &str) -> bool {
        let fitting = self.rules.iter().filter(|(pattern, _)| fits(pattern, path));
        fitting.max_by_key(|(pattern, allows)| (pattern.len(), *allows)).is_none_or(|(_, allows)| *allows)
    }
}

/// `*` stands for anything, `$` at the end for the end.
fn fits(pattern: &str, path: &str) -> bool {
    let (pattern, to_the_end) = pattern.strip_suffix('$').map_or((pattern, false), |pattern| (pattern, true));
    let mut parts = pattern.split('*');
    let Some(mut rest) = path.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let mut last = None;
    for part in parts {
        last = Some(part);
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    !to_the_end || rest.is_empty() || last.is_some_and(|last| rest.ends_with(last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_fitting_rule_decides() {
        let robots = Robots::parse(
            "User-agent: *\nDisallow: /private\nAllow: /private/help\nDisallow: /*.pdf$\nDisallow: /x?*y=1",
        );
        for (path, allowed) in [
            ("/", true),
            ("/private/a", false),
            ("/private/help/a", true),
            ("/a/b.pdf", false),
            ("/a/b.pdf.html", true),
            ("/x?z=2&y=1", false),
            ("/x?z=2", true),
        ] {
            assert_eq!(robots.allows(path), allowed, "{path}");
        }
    }

    #[test]
    fn our_own_group_counts_alone() {
        let robots = Robots::parse(
            "User-agent: other\nDisallow: /\n\nUser-Agent: Usher/1.0\nUser-agent: third\nDisallow: /a # why\nCrawl-delay: 2\n\nUser-agent: *\nDisallow: /b",
        );
        assert!(!robots.allows("/a") && robots.allows("/b"));
        assert_eq!(robots.delay, Some(2.0));
        assert!(Robots::parse("User-agent: *\nDisallow:").allows("/"));
        assert!(!Robots::parse("User-agent: *\nDisallow: /").allows("/"));
        assert!(Robots::parse("nonsense").allows("/"));
    }
}
