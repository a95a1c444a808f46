//! Our own name of what goes to a provider, which comes back with its news: the message, which of its parts, and of how many.

use usher_agent::ids::MessageId;

/// Of part `part`, counted from 0, of `parts`.
pub(super) fn of(message: MessageId, part: usize, parts: usize) -> String {
    format!("{}.{part}.{parts}", message.0.simple())
}

/// Of the template that says that there is an answer; news of it say nothing of a message.
pub(super) fn of_template(message: MessageId) -> String {
    format!("{}.template", message.0.simple())
}

/// The message, and whether it is its last part; none for a template.
pub(crate) fn message_of(reference: &str) -> Option<(MessageId, bool)> {
    let mut parts = reference.split('.');
    let message = parts.next()?.parse().ok()?;
    let part: usize = parts.next()?.parse().ok()?;
    let count: usize = parts.next()?.parse().ok()?;
    parts.next().is_none().then_some((message, part + 1 >= count))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_out_is_known_again() {
        let message = MessageId::new();
        assert_eq!(message_of(&of(message, 0, 1)), Some((message, true)));
        assert_eq!(message_of(&of(message, 1, 3)), Some((message, false)));
        assert_eq!(message_of(&of(message, 2, 3)), Some((message, true)));
        for other in [of_template(message).as_str(), "", "a.0.1", "x", &format!("{}.0.1.9", message.0.simple())] {
            assert_eq!(message_of(other), None, "{other}");
        }
    }
}
