//! Ids that people take for one another.

/// Whether the second id is easily taken for the first: one letter apart (changed, added, left out, or two swapped), or
/// the same to the eye. An id is not confusable with itself.
pub(super) fn are_confusable(a: &str, b: &str) -> bool {
    a != b && (is_one_edit(a.as_bytes(), b.as_bytes()) || to_the_eye(a) == to_the_eye(b))
}

/// `1` and `i` look like `l`, `0` like `o`, and nobody remembers where the hyphens were.
fn to_the_eye(id: &str) -> String {
    id.chars()
        .filter(|c| *c != '-')
        .map(|c| match c {
            '1' | 'i' => 'l',
            '0' => 'o',
            other => other,
        })
        .collect()
}

/// Ids are ASCII, so bytes are letters.
fn is_one_edit(a: &[u8], b: &[u8]) -> bool {
    let begin = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[begin..], &b[begin..]);
    let end = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
    match (&a[..a.len() - end], &b[..b.len() - end]) {
        ([_], [_] | []) | ([], [_]) => true,
        ([first, second], [third, fourth]) => first == fourth && second == third,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::are_confusable;

    #[test]
    fn one_letter_or_the_same_look() {
        for (a, b) in [
            ("order-tracking", "order-trackin"),
            ("order-tracking", "order-trackings"),
            ("order-tracking", "order-trackinq"),
            ("order-tracking", "odrer-tracking"),
            ("order-tracking", "order-trakcing"),
            ("order-tracking", "ordertracking"),
            ("order-tracking", "order--tracking"),
            ("acme/general-qa", "acne/general-qa"),
            ("billing-info", "b1ll1ng-1nf0"),
            ("billing-info", "biiiinginfo"),
            ("loop", "l00p"),
            ("loop", "oop"),
            ("aa", "a-a"),
        ] {
            assert!(are_confusable(a, b), "{a} and {b}");
            assert!(are_confusable(b, a), "{b} and {a}");
        }
        for (a, b) in [
            ("loop", "loop"),
            ("loop", "shopify"),
            ("order-tracking", "order-editing"),
            ("acme/loop", "loop"),
            ("abc", "acb-d"),
            ("abcd", "badc"),
            ("abc", "cba"),
        ] {
            assert!(!are_confusable(a, b), "{a} and {b}");
            assert!(!are_confusable(b, a), "{b} and {a}");
        }
    }
}
