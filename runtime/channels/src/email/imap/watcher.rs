//! Keeps a line to a mailbox and brings what is new.

use super::connection::{Connection, Trouble, passes, quoted};
use super::response::{Fetched, Said};
use super::{Keeper, Mailbox, MailboxState, PassedOver, Place};
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// IDLE is begun anew: before the 29 minutes of RFC 2177, and before a router on the way forgets a silent line. The
/// folder is then looked at, whatever the server said.
const IDLE_FOR: Duration = Duration::from_secs(9 * 60);
/// Older mail is not handed over: after a long standstill, or when the server numbers its mails anew, nobody waits for
/// an answer to it.
const OLDEST: SignedDuration = SignedDuration::from_hours(14 * 24);
/// The server's clock may be so much behind ours.
const CLOCKS: SignedDuration = SignedDuration::from_hours(1);
/// The pause after news without anything new.
const BREATH: Duration = Duration::from_secs(1);
/// How long a line may take to end when we close.
const ENDING: Duration = Duration::from_secs(5);
/// Servers count the size of a mail in different ways.
const SLACK: usize = 1 << 20;
/// A mail that the server refuses to give so often is passed over, since all behind it wait.
const MOST_REFUSALS: u32 = 8;

pub(super) struct Watcher {
    mailbox: Mailbox,
    keeper: Arc<dyn Keeper>,
    closing: watch::Receiver<bool>,
    /// A mail that was larger than its server had said, by `UIDVALIDITY` and UID.
    too_large: Option<(u32, u32)>,
    /// The mail that the server refused to give last, in the same way, and how often it did.
    refused: Option<((u32, u32), u32)>,
}

/// What became of fetching a mail.
enum Found {
    Mail(Vec<u8>),
    /// It isn't there any more.
    Gone,
    PassedOver {
        size: usize,
        why: String,
    },
}

impl Watcher {
    pub(super) fn new(mailbox: Mailbox, keeper: Arc<dyn Keeper>, closing: watch::Receiver<bool>) -> Self {
        Self { mailbox, keeper, closing, too_large: None, refused: None }
    }

    pub(super) async fn run(mut self) {
        let (first, longest) = self.mailbox.pauses;
        let mut pause = first;
        while !*self.closing.borrow() {
            let mut watched = false;
            let known = self.too_large;
            let closing = self.closing.clone();
            let ended = tokio::select! {
                ended = self.session(&mut watched) => ended,
                // A server that doesn't answer holds nobody up. A mail that is not kept by then comes again.
                () = async { closed(closing).await; tokio::time::sleep(ENDING).await } => return,
            };
            let Err(trouble) = ended else { return };
            if watched {
                pause = first;
            }
            let state = match trouble {
                Trouble::Access(why) => {
                    pause = longest;
                    MailboxState::NoAccess { why, again_in: pause }
                }
                // Again at once, and over that mail.
                Trouble::TooLarge if self.too_large != known => continue,
                Trouble::TooLarge => {
                    MailboxState::Interrupted { why: "the server says too much".into(), again_in: pause }
                }
                Trouble::Line(why) | Trouble::Refused(why) => MailboxState::Interrupted { why, again_in: pause },
                Trouble::Keeping(why) => {
                    MailboxState::Interrupted { why: format!("mail can't be stored: {why}"), again_in: pause }
                }
            };
            self.keeper.state(state);
            tokio::select! {
                () = tokio::time::sleep(spread(pause)) => {}
                () = closed(self.closing.clone()) => return,
            }
            pause = pause.saturating_mul(2).min(longest);
        }
    }

    /// One line from its beginning to its end; `watched` once it has brought everything that was there.
    async fn session(&mut self, watched: &mut bool) -> Result<(), Trouble> {
        self.mailbox.check().map_err(Trouble::Access)?;
        let mut line = Connection::open(&self.mailbox.server, self.mailbox.largest.saturating_add(SLACK)).await?;
        let (validity, next) = self.select(&mut line).await?;
        let mut place = self.place(&mut line, validity, next).await?;
        let mut at_once = line.can("IDLE");
        let mut woken = false;
        loop {
            line.news = false;
            let new = self.new_mails(&mut line, place).await?;
            let some = !new.is_empty();
            for uid in new {
                place = self.bring(&mut line, Place { last: uid, ..place }).await?;
                if *self.closing.borrow() {
                    return Ok(());
                }
            }
            if some {
                continue;
            }
            if woken || line.news {
                // News, and nothing new: a server that says so all the time isn't asked all the time.
                tokio::time::sleep(BREATH).await;
            }
            woken = false;
            if line.news {
                continue;
            }
            if !*watched {
                *watched = true;
                self.keeper.state(MailboxState::Watching { at_once });
            }
            if at_once {
                if line.idle(IDLE_FOR, closed(self.closing.clone())).await? {
                    at_once = false;
                    self.keeper.state(MailboxState::Watching { at_once });
                }
            } else {
                tokio::select! {
                    () = tokio::time::sleep(self.mailbox.poll) => {}
                    () = closed(self.closing.clone()) => {}
                }
                line.command("NOOP", |_| {}).await?;
            }
            woken = line.news;
            if *self.closing.borrow() {
                let _ = line.command("LOGOUT", |_| {}).await;
                return Ok(());
            }
        }
    }

    /// The folder's `UIDVALIDITY` and the UID that its next mail gets.
    async fn select(&self, line: &mut Connection) -> Result<(u32, Option<u32>), Trouble> {
        let (mut validity, mut next) = (None, None);
        let folder = &self.mailbox.folder;
        let command = format!("SELECT {}", quoted(folder));
        let selected = line.command(&command, |said| match said {
            Said::UidValidity(number) => validity = Some(number),
            Said::UidNext(number) => next = Some(number),
            _ => {}
        });
        match selected.await {
            Err(Trouble::Refused(said)) if passes(&said) => {
                return Err(Trouble::Line(format!("the server can't open the folder now: {said}")));
            }
            Err(Trouble::Refused(_)) => {
                return Err(Trouble::Access(format!(
                    "the server has no folder {folder:?} for this user; check its name"
                )));
            }
            done => done?,
        }
        let validity = validity.ok_or_else(|| {
            Trouble::Access(
                "the server gives its mails no lasting numbers (UIDVALIDITY), so they can't be told apart".into(),
            )
        })?;
        Ok((validity, next))
    }

    async fn place(&self, line: &mut Connection, validity: u32, next: Option<u32>) -> Result<Place, Trouble> {
        let stored = self.keeper.place().await.map_err(Trouble::Keeping)?;
        if let Some(place) = stored {
            return Ok(if place.validity == validity { place } else { Place { validity, last: 0, ..place } });
        }
        let last = match next {
            Some(next) => next.saturating_sub(1),
            None => search(line, "UID *").await?.into_iter().max().unwrap_or(0),
        };
        let place = Place { validity, last, began: Timestamp::now() };
        self.keeper.pass_over(place, None).await.map_err(Trouble::Keeping)?;
        Ok(place)
    }

    /// Oldest first.
    async fn new_mails(&self, line: &mut Connection, place: Place) -> Result<Vec<u32>, Trouble> {
        let mut new = match place.last.checked_add(1) {
            // All numbers are new ones: only the dates tell what may matter.
            Some(1) => {
                // SINCE goes by the day of the server's own time zone.
                let day = oldest(place).saturating_sub(SignedDuration::from_hours(24)).unwrap_or(Timestamp::MIN);
                search(line, &format!("SINCE {}", day.strftime("%d-%b-%Y"))).await?
            }
            Some(next) => search(line, &format!("UID {next}:*")).await?,
            None => return Ok(Vec::new()),
        };
        // `9:*` names the last mail even where that is number 8.
        new.retain(|&uid| uid > place.last);
        new.sort_unstable();
        new.dedup();
        Ok(new)
    }

    /// Hands one mail over, or passes over it; the place behind it.
    async fn bring(&mut self, line: &mut Connection, place: Place) -> Result<Place, Trouble> {
        let uid = place.last;
        let found = match self.find(line, place).await {
            Err(Trouble::Refused(said)) if self.gives_up(place, &said) => {
                Found::PassedOver { size: 0, why: format!("the server refuses to give it: {said}") }
            }
            found => found?,
        };
        match found {
            Found::Gone => {}
            Found::PassedOver { size, why } => {
                let mail = PassedOver { uid, size, why };
                self.keeper.pass_over(place, Some(mail)).await.map_err(Trouble::Keeping)?;
            }
            Found::Mail(raw) => {
                self.keeper.keep(&raw, place).await.map_err(Trouble::Keeping)?;
                // A mailbox that may only be read refuses this; the mail is kept all the same.
                match line.command(&format!("UID STORE {uid} +FLAGS.SILENT (\\Seen)"), |_| {}).await {
                    Ok(()) | Err(Trouble::Refused(_)) => {}
                    Err(trouble) => return Err(trouble),
                }
            }
        }
        Ok(place)
    }

    async fn find(&mut self, line: &mut Connection, place: Place) -> Result<Found, Trouble> {
        let uid = place.last;
        let known = fetch(line, uid, "RFC822.SIZE INTERNALDATE").await?;
        if known.uid.is_none() {
            return Ok(Found::Gone);
        }
        // Where the server doesn't say it, the largest literal still bounds what is read.
        let size = known.size.unwrap_or(0);
        if size > self.mailbox.largest || self.too_large == Some((place.validity, uid)) {
            let why = format!("it is larger than {} MiB", self.mailbox.largest >> 20);
            return Ok(Found::PassedOver { size, why });
        }
        if known.came_at.is_some_and(|at| at < oldest(place)) {
            let why = "it came before the mailbox was watched, or more than 14 days ago".to_owned();
            return Ok(Found::PassedOver { size, why });
        }
        match fetch(line, uid, "BODY.PEEK[]").await {
            Ok(Fetched { body: Some(raw), .. }) => Ok(Found::Mail(raw)),
            // Deleted meanwhile, or still there all the same.
            Ok(_) if fetch(line, uid, "RFC822.SIZE").await?.uid.is_none() => Ok(Found::Gone),
            Ok(_) => Err(Trouble::Refused("it says nothing of what is in it".to_owned())),
            Err(Trouble::TooLarge) => {
                self.too_large = Some((place.validity, uid));
                Err(Trouble::TooLarge)
            }
            Err(trouble) => Err(trouble),
        }
    }

    /// Whether a mail was refused so often that it is passed over. What passes by itself counts for nothing.
    fn gives_up(&mut self, Place { validity, last, .. }: Place, said: &str) -> bool {
        if passes(said) {
            return false;
        }
        let before = self.refused.filter(|(mail, _)| *mail == (validity, last)).map_or(0, |(_, times)| times);
        self.refused = Some(((validity, last), before + 1));
        before + 1 >= MOST_REFUSALS
    }
}

async fn search(line: &mut Connection, what: &str) -> Result<Vec<u32>, Trouble> {
    let mut found = Vec::new();
    line.command(&format!("UID SEARCH {what}"), |said| {
        if let Said::Search(uids) = said {
            found.extend(uids);
        }
    })
    .await?;
    Ok(found)
}

/// What the server says of this mail; empty where it is gone.
async fn fetch(line: &mut Connection, uid: u32, what: &str) -> Result<Fetched, Trouble> {
    let mut fetched = Fetched::default();
    line.command(&format!("UID FETCH {uid} ({what})"), |said| {
        if let Said::Fetch(mail) = said
            && mail.uid == Some(uid)
        {
            fetched.add(mail);
        }
    })
    .await?;
    Ok(fetched)
}

fn oldest(place: Place) -> Timestamp {
    let days = Timestamp::now().saturating_sub(OLDEST).unwrap_or(Timestamp::MIN);
    place.began.saturating_sub(CLOCKS).unwrap_or(Timestamp::MIN).max(days)
}

/// Half of it by chance, so that not everybody comes back at once.
fn spread(pause: Duration) -> Duration {
    let chance = f64::from(getrandom::u32().unwrap_or(u32::MAX / 2)) / f64::from(u32::MAX);
    pause.mul_f64(0.5 + 0.5 * chance)
}

async fn closed(mut closing: watch::Receiver<bool>) {
    // Where nobody can say it any more, it never closes by itself.
    if closing.wait_for(|closing| *closing).await.is_err() {
        std::future::pending::<()>().await;
    }
}
