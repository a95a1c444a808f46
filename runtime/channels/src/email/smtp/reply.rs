//! A server's answers and what they mean for a message.

use crate::{Consequence, SendFailure};

/// A server's answer (RFC 5321, 4.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reply {
    pub(super) code: u16,
    /// The text of each line.
    pub(super) lines: Vec<String>,
}

/// What was being done when the server answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Greeting,
    Encrypting,
    Login,
    From,
    To,
    Content,
}

impl Reply {
    /// One line of an answer: code, whether it is the last, text.
    pub(super) fn line(line: &[u8]) -> Option<(u16, bool, String)> {
        let code =
            std::str::from_utf8(line.get(..3)?).ok()?.parse::<u16>().ok().filter(|code| (200..600).contains(code))?;
        let last = match line.get(3) {
            None | Some(b' ') => true,
            Some(b'-') => false,
            Some(_) => return None,
        };
        Some((code, last, String::from_utf8_lossy(line.get(4..).unwrap_or_default()).trim().to_owned()))
    }

    /// The enhanced status code (RFC 3463), `5.1.1`, where the server gives one.
    fn enhanced(&self) -> Option<&str> {
        let word = self.lines.first()?.split_whitespace().next()?;
        let mut numbers = word.split('.');
        let class = numbers.next().is_some_and(|class| matches!(class, "2" | "4" | "5"));
        let rest = (0..2).all(|_| numbers.next().is_some_and(|n| n.len() <= 3 && n.parse::<u16>().is_ok()));
        (class && rest && numbers.next().is_none()).then_some(word)
    }

    /// For people: codes and the server's words, without what can't be shown. Never what a login was answered with: some
    /// servers repeat what they were told.
    fn words(&self, step: Step) -> String {
        let said =
            if step == Step::Login { self.enhanced().unwrap_or_default().to_owned() } else { self.lines.join(" ") };
        let said: String = said.chars().map(|c| if c.is_control() { ' ' } else { c }).take(200).collect();
        format!("{} {said}", self.code).trim().to_owned()
    }

    /// What a refusal means for the message.
    pub(super) fn failure(&self, step: Step) -> SendFailure {
        let said = self.words(step);
        if self.code < 500 {
            return SendFailure::Later { why: format!("the mail server asks to try again later: {said}"), pause: None };
        }
        let (then, what) = self.meaning(step);
        let code = Some(self.enhanced().map_or_else(|| self.code.to_string(), |more| format!("{} {more}", self.code)));
        SendFailure::Never { code, why: format!("{what}: {said}"), then }
    }

    fn meaning(&self, step: Step) -> (Consequence, &'static str) {
        let no_access = (Consequence::Access, "the mail server refused user and password; check both");
        match (step, self.code, self.enhanced()) {
            (Step::Login, ..) | (_, 534 | 535, _) => no_access,
            (_, 530, _) => (Consequence::Access, "the mail server wants a login; set user and password"),
            (_, 538, _) => {
                (Consequence::Access, "the mail server wants TLS before the login; use `tls` or `start_tls`")
            }
            (Step::Greeting | Step::Encrypting, ..) => {
                (Consequence::Access, "the mail server doesn't want to speak to us; check host, port and encryption")
            }
            (Step::From, ..) => {
                (Consequence::Access, "the mail server doesn't take mail from the shop's address; check who may use it")
            }
            // No such mailbox or domain, or one that is closed (RFC 3463, 3.2 and 3.3).
            (Step::To, _, Some("5.1.1" | "5.1.2" | "5.1.3" | "5.1.6" | "5.1.10" | "5.2.1")) => {
                (Consequence::Unreachable, "there is no mailbox of that address")
            }
            (Step::To, 551 | 553, None) => (Consequence::Unreachable, "there is no mailbox of that address"),
            (Step::To, ..) => (Consequence::None, "the mail server doesn't take mail for that address"),
            (Step::Content, ..) => (Consequence::None, "the mail server refused this message"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(step: Step, code: u16, text: &str) -> SendFailure {
        Reply { code, lines: vec![text.into()] }.failure(step)
    }

    fn consequence(step: Step, code: u16, text: &str) -> Option<Consequence> {
        match failure(step, code, text) {
            SendFailure::Never { then, .. } => Some(then),
            _ => None,
        }
    }

    #[test]
    fn lines_are_read_strictly() {
        assert_eq!(Reply::line(b"250-SIZE 100"), Some((250, false, "SIZE 100".into())));
        assert_eq!(Reply::line(b"250 ok"), Some((250, true, "ok".into())));
        assert_eq!(Reply::line(b"250"), Some((250, true, String::new())));
        for bad in [&b""[..], b"25", b"abc ok", b"2500", b"199 x", b"600 x", b"+50 x", "25ü".as_bytes()] {
            assert_eq!(Reply::line(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn answers_have_their_meaning() {
        use Consequence::{Access, None as Nothing, Unreachable};
        for (step, code, text, then) in [
            (Step::To, 550, "5.1.1 no such user", Some(Unreachable)),
            (Step::To, 553, "no such user", Some(Unreachable)),
            (Step::To, 550, "5.7.1 relaying denied", Some(Nothing)),
            (Step::To, 550, "not today", Some(Nothing)),
            (Step::To, 450, "4.2.0 greylisted", None),
            (Step::To, 530, "5.7.0 authentication required", Some(Access)),
            (Step::Login, 535, "5.7.8 wrong", Some(Access)),
            (Step::Login, 454, "4.7.0 ask me later", None),
            (Step::From, 550, "5.7.1 not yours", Some(Access)),
            (Step::Content, 552, "5.3.4 too big", Some(Nothing)),
            (Step::Content, 554, "5.7.1 spam", Some(Nothing)),
            (Step::Content, 451, "4.3.0 disk", None),
            (Step::Greeting, 554, "no", Some(Access)),
            (Step::Greeting, 421, "busy", None),
        ] {
            assert_eq!(consequence(step, code, text), then, "{step:?} {code} {text}");
        }
        let SendFailure::Never { code, .. } = failure(Step::To, 550, "5.1.1 no such user") else { panic!("never") };
        assert_eq!(code.as_deref(), Some("550 5.1.1"));
    }

    #[test]
    fn what_a_login_was_answered_with_is_not_repeated() {
        let said = failure(Step::Login, 535, "5.7.8 wrong password hunter2 for shop").to_string();
        assert!(said.contains("535") && !said.contains("hunter2"), "{said}");
    }
}
