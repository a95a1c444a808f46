//! Reads the message behind DATA.
//!
//! It ends with CR LF `.` CR LF and with nothing that only resembles it: a line feed or a carriage return alone is a byte
//! like any other. So nobody can hide a second message in a first one that the mail server read in another way
//! (SMTP smuggling, CVE-2023-51764 and its kin).

/// Reads a message, piece by piece.
#[derive(Debug)]
pub(super) struct Content {
    message: usize,
    line: usize,
    raw: Vec<u8>,
    /// Bytes of the line so far.
    in_line: usize,
    state: State,
    wrong: Option<Wrong>,
}

/// Why a message isn't taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wrong {
    TooLarge,
    LongLine,
}

/// What the last bytes were.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// A line begins.
    Start,
    Within,
    /// CR.
    Cr,
    /// A dot at the start of a line.
    Dot,
    /// The same and CR.
    DotCr,
}

impl Content {
    pub(super) fn new(message: usize, line: usize) -> Self {
        Self { message, line, raw: Vec::new(), in_line: 0, state: State::Start, wrong: None }
    }

    /// Takes from `bytes` what belongs to the message: how many bytes, and whether it has ended.
    pub(super) fn take(&mut self, bytes: &[u8]) -> (usize, bool) {
        for (at, &byte) in bytes.iter().enumerate() {
            let state = self.state;
            self.state = match (state, byte) {
                (State::Start, b'.') => State::Dot,
                (State::Dot, b'\r') => State::DotCr,
                (State::DotCr, b'\n') => return (at + 1, true),
                (State::Cr, b'\n') => State::Start,
                (_, b'\r') => State::Cr,
                _ => State::Within,
            };
            match (state, self.state) {
                // Held back until it is known whether the message ends.
                (_, State::Dot | State::DotCr) => {}
                // The dot was a doubled one, or one that should have been; it isn't part of the line.
                (State::DotCr, _) => {
                    self.push(b'\r');
                    self.push(byte);
                }
                _ => self.push(byte),
            }
            if self.state == State::Start {
                self.in_line = 0;
            }
        }
        (bytes.len(), false)
    }

    /// # Errors
    /// Why it can't be taken.
    pub(super) fn finish(self) -> Result<Vec<u8>, Wrong> {
        self.wrong.map_or(Ok(self.raw), Err)
    }

    /// Once something is wrong nothing more is kept.
    fn push(&mut self, byte: u8) {
        self.in_line += 1;
        if self.raw.len() == self.message {
            self.wrong = Some(Wrong::TooLarge);
        } else if self.in_line > self.line && self.wrong.is_none() {
            self.wrong = Some(Wrong::LongLine);
        }
        if self.wrong.is_some() {
            self.raw = Vec::new();
        } else {
            self.raw.push(byte);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The message, and what is behind it.
    type Read = Option<(Result<Vec<u8>, Wrong>, Vec<u8>)>;

    /// The same whatever pieces it comes in.
    fn read(bytes: &[u8]) -> Read {
        let mut results = Vec::new();
        for piece in [1, 2, 3, 5, bytes.len().max(1)] {
            let mut content = Content::new(60, 30);
            let mut at = 0;
            let mut ended = false;
            while at < bytes.len() && !ended {
                let (taken, end) = content.take(&bytes[at..(at + piece).min(bytes.len())]);
                at += taken;
                ended = end;
            }
            results.push(ended.then(|| (content.finish(), bytes[at..].to_vec())));
        }
        assert!(results.windows(2).all(|pair| pair[0] == pair[1]), "{results:?}");
        results.pop().flatten()
    }

    fn fine(message: &[u8], rest: &[u8]) -> Read {
        Some((Ok(message.to_vec()), rest.to_vec()))
    }

    #[test]
    fn messages_end_with_a_lone_dot_and_dots_are_undoubled() {
        assert_eq!(read(b"a\r\n.\r\nQUIT\r\n"), fine(b"a\r\n", b"QUIT\r\n"));
        assert_eq!(read(b".\r\n"), fine(b"", b""));
        assert_eq!(read(b"..\r\n...a\r\n.b\r\n.\r\n"), fine(b".\r\n..a\r\nb\r\n", b""));
        assert_eq!(read(b"a.\r\n.\r\n"), fine(b"a.\r\n", b""));
        assert_eq!(read(b"a\r\n"), None);
    }

    #[test]
    fn nothing_else_ends_a_message() {
        for smuggled in [
            &b"a\n.\nMAIL FROM:<b@c>\r\n"[..],
            b"a\r.\rMAIL FROM:<b@c>\r\n",
            b"a\n.\r\nMAIL FROM:<b@c>\r\n",
            b"a\r.\r\nMAIL FROM:<b@c>\r\n",
            b"a\r\n\n.\r\n",
            b"a\r\r\n\0.\r\n",
        ] {
            assert_eq!(read(smuggled), None, "{smuggled:?}");
            let whole = [smuggled, b".\r\n"].concat();
            assert_eq!(read(&whole), fine(smuggled, b""), "{smuggled:?}");
        }
        for (begins_a_line, kept) in
            [(&b"\r\n.\n"[..], &b"\r\n\n"[..]), (b"\r\n.\r.\r\n", b"\r\n\r.\r\n"), (b"\r\n.\r\r\n", b"\r\n\r\r\n")]
        {
            let whole = [begins_a_line, b"\r\n.\r\n"].concat();
            let expected = [kept, b"\r\n"].concat();
            assert_eq!(read(&whole), fine(&expected, b""), "{begins_a_line:?}");
        }
    }

    #[test]
    fn what_is_too_much_is_read_over() {
        let long = [&[b'a'; 31][..], b"\r\n.\r\nNOOP"].concat();
        assert_eq!(read(&long), Some((Err(Wrong::LongLine), b"NOOP".to_vec())));
        let fits = [&[b'a'; 28][..], b"\r\n.\r\n"].concat();
        assert_eq!(read(&fits), fine(&[&[b'a'; 28][..], b"\r\n"].concat(), b""));
        let large = [&b"a\r\n".repeat(21)[..], b".\r\nNOOP"].concat();
        assert_eq!(read(&large), Some((Err(Wrong::TooLarge), b"NOOP".to_vec())));
    }
}
