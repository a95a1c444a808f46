//! Reads LMTP's commands (RFC 5321, 4.1, with LHLO for EHLO).

/// A command.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Command {
    Hello,
    Mail {
        from: String,
        size: Option<u64>,
    },
    Recipient(String),
    Data,
    Reset,
    Nothing,
    Quit,
    /// Known and not done here: VRFY, EXPN, HELP and those of SMTP.
    NotHere(&'static str),
}

/// Longest path (RFC 5321, 4.5.3.1.3).
const LONGEST_PATH: usize = 256;

/// # Errors
/// The answer.
pub(super) fn read(line: &[u8]) -> Result<Command, &'static str> {
    let line = std::str::from_utf8(line).map_err(|_| "500 5.5.2 Commands are ASCII")?;
    if line.chars().any(|c| c.is_control() || !c.is_ascii()) {
        return Err("500 5.5.2 Commands are ASCII and end with CR LF");
    }
    let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
    match verb.to_ascii_uppercase().as_str() {
        "LHLO" if rest.trim().is_empty() => Err("501 5.5.4 LHLO needs your host name"),
        "LHLO" => Ok(Command::Hello),
        "MAIL" => mail(rest),
        "RCPT" => recipient(rest),
        "DATA" if rest.trim().is_empty() => Ok(Command::Data),
        "DATA" => Err("501 5.5.4 DATA takes nothing"),
        "RSET" => Ok(Command::Reset),
        "NOOP" => Ok(Command::Nothing),
        "QUIT" => Ok(Command::Quit),
        "HELO" | "EHLO" => Ok(Command::NotHere("500 5.5.1 This is LMTP; say LHLO")),
        "VRFY" | "EXPN" | "HELP" | "AUTH" | "STARTTLS" | "BDAT" => Ok(Command::NotHere("502 5.5.1 Not done here")),
        _ => Err("500 5.5.2 Command unknown"),
    }
}

fn mail(rest: &str) -> Result<Command, &'static str> {
    let (from, parameters) = path(rest, "FROM:").ok_or("501 5.5.4 Say MAIL FROM:<address>")?;
    let mut size = None;
    for parameter in parameters.split_ascii_whitespace() {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        match (name.to_ascii_uppercase().as_str(), value.to_ascii_uppercase().as_str()) {
            ("SIZE", bytes) => size = Some(bytes.parse().map_err(|_| "501 5.5.4 SIZE is a number of bytes")?),
            ("BODY", "7BIT" | "8BITMIME") => {}
            _ => return Err("555 5.5.4 A parameter of MAIL is not known here"),
        }
    }
    if !from.is_empty() && !is_path(&from) {
        return Err("501 5.1.7 That is no address");
    }
    Ok(Command::Mail { from, size })
}

fn recipient(rest: &str) -> Result<Command, &'static str> {
    let (to, parameters) = path(rest, "TO:").ok_or("501 5.5.4 Say RCPT TO:<address>")?;
    if !parameters.trim().is_empty() {
        return Err("555 5.5.4 A parameter of RCPT is not known here");
    }
    if is_path(&to) { Ok(Command::Recipient(to)) } else { Err("501 5.1.3 That is no address") }
}

/// `FROM:<a@b> more` becomes `a@b` and ` more`.
fn path(rest: &str, keyword: &str) -> Option<(String, String)> {
    let head = rest.get(..keyword.len())?;
    let inside = rest[keyword.len()..].trim_start_matches(' ').strip_prefix('<')?;
    if !head.eq_ignore_ascii_case(keyword) {
        return None;
    }
    let (address, more) = inside.split_once('>')?;
    (more.is_empty() || more.starts_with(' ')).then(|| (address.to_owned(), more.to_owned()))
}

fn is_path(address: &str) -> bool {
    address.len() <= LONGEST_PATH
        && !address.contains([' ', '<'])
        && address.rsplit_once('@').is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_read() {
        let from = |from: &str, size| Ok(Command::Mail { from: from.into(), size });
        assert_eq!(read(b"lhlo mx.shop.example"), Ok(Command::Hello));
        assert_eq!(read(b"MAIL FROM:<a@b.example>"), from("a@b.example", None));
        assert_eq!(read(b"mail from: <a@b.example> SIZE=120 body=8bitmime"), from("a@b.example", Some(120)));
        assert_eq!(read(b"MAIL FROM:<>"), from("", None));
        assert_eq!(read(b"RCPT TO:<help@shop.example>"), Ok(Command::Recipient("help@shop.example".into())));
        assert_eq!(read(b"DATA"), Ok(Command::Data));
        assert_eq!(read(b"noop anything"), Ok(Command::Nothing));
        assert!(matches!(read(b"EHLO mx"), Ok(Command::NotHere(_))));
    }

    #[test]
    fn what_is_no_command_is_answered_with_5xx() {
        for bad in [
            &b""[..],
            b"LHLO",
            b"MAIL",
            b"MAIL FROM:",
            b"MAIL FROM:a@b",
            b"MAIL FROM:<a@b",
            b"MAIL FROM:<a@b>x",
            b"MAIL FROM:<a b@c>",
            b"MAIL FROM:<a@b> SIZE=x",
            b"MAIL FROM:<a@b> SIZE=99999999999999999999999",
            b"MAIL FROM:<a@b> BODY=BINARYMIME",
            b"MAIL FROM:<a@b> SMTPUTF8",
            b"RCPT TO:<>",
            b"RCPT TO:<a>",
            b"RCPT TO:<a@>",
            b"RCPT TO:<a@b> NOTIFY=NEVER",
            b"DATA x",
            b"RCPT TO:<a@b>\rRSET",
            b"\0",
            b"\xff",
            "RCPT TO:<\u{e4}@b>".as_bytes(),
        ] {
            assert!(read(bad).is_err_and(|answer| answer.starts_with('5')), "{bad:?}");
        }
    }
}
