//! What to add to the configuration for a channel that isn't connected. Where secrets stand in it, they are names of the
//! environment.

use usher_host::skill::Channel;

const SMS: &str = "[channels.sms]
account-sid = \"AC0123456789abcdef0123456789abcdef\"
auth-token = \"env:TWILIO_AUTH_TOKEN\"
numbers = [\"+15005550006\"]
# Where a messaging service sends:
# messaging-service-sid = \"MG0123456789abcdef0123456789abcdef\"
";

const WHATSAPP: &str = "[channels.whatsapp]
phone-number-id = \"106540352242922\"
access-token = \"env:WHATSAPP_ACCESS_TOKEN\"
app-secret = \"env:WHATSAPP_APP_SECRET\"
verify-token = \"env:WHATSAPP_VERIFY_TOKEN\"
# An approved template that says that there is an answer, for after 24 hours:
# template = { name = \"answer_waiting\", language = \"en\" }
";

const EMAIL: &str = "[channels.email]
addresses = [\"support@shop.example\"]
# How mail comes in; one of these is enough.
postmark = { user = \"usher\", password = \"env:POSTMARK_INBOUND_PASSWORD\" }
# mailgun = { signing-key = \"env:MAILGUN_SIGNING_KEY\" }
# imap = { host = \"imap.shop.example\", user = \"support\", password = \"env:IMAP_PASSWORD\" }
# lmtp = \"127.0.0.1:2400\"
# With imap, lmtp or mailgun: the name that your mail server begins its Authentication-Results with. Without it nobody
# vouches for a sender, and every mail counts as one that may be forged.
# authserv-ids = [\"mx.shop.example\"]
";

/// How answers are sent; without it there is no e-mail.
const MAIL: &str = "[mail]
from = \"support@shop.example\"
token = \"env:POSTMARK_TOKEN\"
# Or: mailgun = { domain = \"mg.shop.example\", key = \"env:MAILGUN_KEY\" }
# Or: smtp = { host = \"smtp.shop.example\", user = \"support\", password = \"env:SMTP_PASSWORD\" }

";

/// The lines for a channel; `mail` is there already, or not.
pub(super) fn lines(channel: Channel, mail: bool) -> Option<String> {
    match channel {
        Channel::Webchat => None,
        Channel::Sms => Some(SMS.to_owned()),
        Channel::Whatsapp => Some(WHATSAPP.to_owned()),
        Channel::Email if mail => Some(EMAIL.to_owned()),
        Channel::Email => Some(format!("{MAIL}{EMAIL}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines as they are, and with each alternative that stands in a comment.
    fn alternatives(lines: &str) -> Vec<String> {
        let mut all = vec![lines.to_owned()];
        for line in lines.lines() {
            let Some(comment) = line.strip_prefix("# ") else { continue };
            let kept = comment.strip_prefix("Or: ").unwrap_or(comment);
            if !kept.contains(" = ") {
                continue;
            }
            let instead = |one: &&str| kept == comment || !one.starts_with("token = ");
            let chosen = lines.lines().filter(instead).map(|one| if one == line { kept } else { one });
            all.push(chosen.collect::<Vec<_>>().join("\n"));
        }
        all
    }

    #[test]
    fn what_is_shown_is_taken_by_the_server() {
        let folder = tempfile::tempdir().unwrap();
        for name in [
            "TWILIO_AUTH_TOKEN",
            "WHATSAPP_ACCESS_TOKEN",
            "WHATSAPP_APP_SECRET",
            "WHATSAPP_VERIFY_TOKEN",
            "POSTMARK_INBOUND_PASSWORD",
            "MAILGUN_SIGNING_KEY",
            "IMAP_PASSWORD",
            "POSTMARK_TOKEN",
            "MAILGUN_KEY",
            "SMTP_PASSWORD",
        ] {
            std::fs::write(folder.path().join(name), "a secret that is long enough").unwrap();
        }
        let mut tried = 0;
        for channel in [Channel::Sms, Channel::Whatsapp, Channel::Email] {
            for lines in alternatives(&lines(channel, false).unwrap()) {
                let lines = lines.replace("env:", "file:");
                let text = format!("[shop]\nname = \"Lamps\"\n[[sites]]\nid = \"main\"\n{lines}");
                let read = crate::config::load_text("what is shown", &text, folder.path(), false);
                let config = read.unwrap_or_else(|error| panic!("{error}\n{text}"));
                let there = match channel {
                    Channel::Sms => config.channels.sms.is_some(),
                    Channel::Whatsapp => config.channels.whatsapp.is_some(),
                    _ => config.channels.email.is_some(),
                };
                assert!(there, "{text}");
                tried += 1;
            }
        }
        assert_eq!(tried, 2 + 2 + 7);
        assert!(lines(Channel::Email, true).unwrap().contains("authserv-ids"));
        assert_eq!(lines(Channel::Webchat, true), None);
        assert!(!lines(Channel::Email, true).unwrap().contains("[mail]"));
    }
}
