//! What happens on a day: six customers, each with a story, in phases between which the clock goes on.

use std::collections::BTreeMap;

/// The people in support.
pub(crate) const ADA: &str = "ada";
pub(crate) const BEN: &str = "ben";

/// What a customer says who wants a person.
pub(crate) const PERSON: &str = "I want to talk to a person";

/// Numbers by chance, the same ones for the same seed.
pub(crate) struct Chance(u64);

impl Chance {
    /// Those of a thing with this number.
    pub(crate) fn of(seed: u64, number: u64) -> Self {
        Self(seed ^ number.wrapping_mul(0xA24B_AED4_963E_E407))
    }

    /// SplitMix64, as its authors published it.
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// From 0 to 1.
    pub(crate) fn share(&mut self) -> f64 {
        f64::from(u32::try_from(self.next() >> 32).unwrap()) / f64::from(u32::MAX)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn coin(&mut self) -> bool {
        self.below(2) == 0
    }

    fn person(&mut self) -> &'static str {
        if self.coin() { ADA } else { BEN }
    }
}

/// What somebody does. All texts are their own.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Act {
    /// The customer writes; where the assistant has the word, its answer is waited for.
    Write {
        text: String,
        answered: bool,
    },
    /// The customer has seen everything.
    Look,
    /// Both people claim the ticket at once.
    BothClaim,
    Reply {
        by: &'static str,
        text: String,
        solve: bool,
    },
    Note {
        by: &'static str,
        text: String,
    },
    Solve {
        by: &'static str,
    },
    /// Where the customer wrote last, the assistant answers.
    HandBack {
        by: &'static str,
        answered: bool,
    },
    TakeOver {
        by: &'static str,
    },
    /// The customer rates the help, by button or by a number.
    Rate {
        score: u8,
        typed: bool,
    },
    /// The connector's helpdesk has got everything.
    Filed,
    /// Somebody in the connector's helpdesk writes.
    ReplyElsewhere {
        text: String,
    },
    /// Somebody there closes the ticket.
    CloseElsewhere,
}

/// A customer of a day.
pub(crate) struct Story {
    /// The name of all that belongs to it: `d3c1`.
    pub(crate) name: String,
    /// Else the customer gives an address when asked for one.
    pub(crate) signed_in: bool,
    /// Else web chat.
    pub(crate) sms: bool,
    /// By phase.
    pub(crate) phases: [Vec<Act>; PHASES],
    /// The tickets that there are in the end, by whether they are in the connector's helpdesk.
    pub(crate) tickets: Vec<bool>,
}

pub(crate) const PHASES: usize = 5;

/// How far the clock goes on after each phase, in minutes. The first time is long enough for a mail of what nobody saw;
/// what is silent after the third is solved by silence, and after the others everything is closed.
pub(crate) const PASSES: [&[i64]; PHASES] =
    [&[3], &[3], &[11, 11, 25 * 60], &[11, 11, 25 * 60, 5 * 24 * 60], &[5 * 24 * 60]];

/// The phase in which handoffs go to the connector's helpdesk.
pub(crate) const ELSEWHERE: usize = 1;

/// The day of which a step is.
pub(crate) fn day_of(step: &str) -> u64 {
    let number: String = step.chars().skip(1).take_while(char::is_ascii_digit).collect();
    number.parse().unwrap()
}

/// The stories of a day.
pub(crate) fn day(seed: u64, day: u64) -> Vec<Story> {
    let mut chance = Chance::of(seed, (1 << 32) | day);
    let kinds: [fn(&mut Teller<'_>); 6] = [solved, reopened, silent, handed_back, elsewhere, elsewhere];
    let tell = |(number, kind): (usize, &fn(&mut Teller<'_>))| {
        let signed_in = chance.coin();
        let story = Story {
            name: format!("d{day}c{number}"),
            signed_in,
            sms: signed_in && number < 4 && chance.coin(),
            phases: Default::default(),
            tickets: vec![false],
        };
        let mut teller = Teller { story, chance: &mut chance, texts: 0 };
        kind(&mut teller);
        teller.story
    };
    kinds.iter().enumerate().map(tell).collect()
}

/// Makes a story up.
struct Teller<'a> {
    story: Story,
    chance: &'a mut Chance,
    texts: usize,
}

impl Teller<'_> {
    fn text(&mut self, words: &str) -> String {
        self.texts += 1;
        format!("{words} ({}w{})", self.story.name, self.texts)
    }

    fn add(&mut self, phase: usize, act: Act) {
        self.story.phases[phase].push(act);
    }

    /// The customer asks the assistant, now and then twice in a breath.
    fn ask(&mut self, phase: usize) {
        for left in (0..1 + self.chance.below(2)).rev() {
            let text = self.text("what is the plan");
            let answered = left == 0 || self.chance.coin();
            self.add(phase, Act::Write { text, answered });
        }
    }

    /// The customer is handed over, and is asked for an address the first time.
    fn hand_over(&mut self, phase: usize, first: bool) {
        self.add(phase, Act::Write { text: PERSON.into(), answered: true });
        if first && !self.story.signed_in {
            let text = format!("{}@example.net", self.story.name);
            self.add(phase, Act::Write { text, answered: true });
        }
    }

    /// The customer writes to people.
    fn tell(&mut self, phase: usize) {
        for _ in 0..1 + self.chance.below(2) {
            let text = self.text("and one thing more");
            self.add(phase, Act::Write { text, answered: false });
        }
    }

    fn reply(&mut self, phase: usize, solve: bool) {
        for left in (0..1 + self.chance.below(2)).rev() {
            let (by, text) = (self.chance.person(), self.text("let me see"));
            self.add(phase, Act::Reply { by, text, solve: solve && left == 0 });
        }
    }

    fn solve(&mut self, phase: usize) {
        let by = self.chance.person();
        self.add(phase, Act::Solve { by });
    }

    fn rate(&mut self, phase: usize) {
        let score = u8::try_from(1 + self.chance.below(5)).unwrap();
        let typed = self.chance.coin();
        self.add(phase, Act::Rate { score, typed });
    }

    fn reply_elsewhere(&mut self, phase: usize) {
        let text = self.text("from the other desk");
        self.add(phase, Act::ReplyElsewhere { text });
    }
}

/// Helped, and back after the ticket was closed.
fn solved(teller: &mut Teller<'_>) {
    teller.ask(0);
    teller.hand_over(0, true);
    teller.add(1, Act::BothClaim);
    teller.reply(1, false);
    teller.tell(1);
    let (by, text) = (teller.chance.person(), teller.text("to the team"));
    teller.add(1, Act::Note { by, text });
    teller.reply(2, false);
    teller.solve(2);
    teller.rate(2);
    teller.ask(4);
    teller.hand_over(4, false);
    teller.reply(4, true);
    teller.story.tickets = vec![false, false];
}

/// Helped twice: the first time it wasn't all.
fn reopened(teller: &mut Teller<'_>) {
    teller.ask(0);
    teller.hand_over(0, true);
    teller.add(1, Act::BothClaim);
    teller.reply(1, false);
    if teller.chance.coin() {
        teller.add(1, Act::Look);
    }
    teller.solve(2);
    teller.tell(2);
    teller.reply(2, true);
    teller.rate(2);
}

/// Silent until the ticket was solved by it, then back with the assistant.
fn silent(teller: &mut Teller<'_>) {
    teller.hand_over(0, true);
    teller.reply(1, false);
    teller.ask(3);
    teller.hand_over(3, false);
    teller.tell(3);
    teller.reply(3, false);
    let by = teller.chance.person();
    teller.add(3, Act::HandBack { by, answered: false });
    teller.ask(3);
}

/// Given back to the assistant with a question, and taken over again.
fn handed_back(teller: &mut Teller<'_>) {
    teller.ask(0);
    teller.hand_over(0, true);
    teller.reply(1, false);
    teller.tell(1);
    let by = teller.chance.person();
    teller.add(2, Act::HandBack { by, answered: true });
    teller.ask(2);
    let by = teller.chance.person();
    teller.add(2, Act::TakeOver { by });
    teller.reply(2, false);
    teller.solve(2);
    teller.rate(2);
}

/// Helped in the connector's helpdesk, and here after that ticket was closed.
fn elsewhere(teller: &mut Teller<'_>) {
    let phase = ELSEWHERE;
    teller.ask(phase);
    teller.hand_over(phase, true);
    if teller.chance.coin() {
        teller.tell(phase);
    }
    teller.add(phase, Act::Filed);
    teller.reply_elsewhere(phase);
    teller.tell(phase);
    teller.reply_elsewhere(2);
    teller.tell(2);
    teller.reply_elsewhere(2);
    teller.add(3, Act::Filed);
    teller.add(3, Act::CloseElsewhere);
    teller.ask(3);
    teller.hand_over(4, false);
    teller.reply(4, true);
    teller.story.tickets = vec![true, false];
}

impl Story {
    /// All acts, in their order, each with the name of its step.
    pub(crate) fn acts(&self) -> impl Iterator<Item = (usize, String, &Act)> {
        self.phases.iter().enumerate().flat_map(|(phase, acts)| self.of_phase(phase, acts))
    }

    /// The same of one phase.
    pub(crate) fn of_phase<'a>(
        &'a self,
        phase: usize,
        acts: &'a [Act],
    ) -> impl Iterator<Item = (usize, String, &'a Act)> {
        acts.iter().enumerate().map(move |(at, act)| (phase, format!("{}p{phase}a{at}", self.name), act))
    }

    /// How often a rating is asked for: whenever a person solves.
    pub(crate) fn ratings(&self) -> usize {
        self.acts().filter(|(_, _, act)| matches!(act, Act::Solve { .. } | Act::Reply { solve: true, .. })).count()
    }

    /// What people write, and whether it is mailed: in web chat, where the customer neither wrote nor looked before the
    /// clock went on; from the connector's helpdesk always.
    pub(crate) fn replies(&self) -> BTreeMap<String, bool> {
        let (mut replies, mut unseen) = (BTreeMap::new(), Vec::new());
        for (phase, acts) in self.phases.iter().enumerate() {
            for (_, _, act) in self.of_phase(phase, acts) {
                match act {
                    Act::Reply { text, .. } => unseen.push(text.clone()),
                    Act::ReplyElsewhere { text } => drop(replies.insert(text.clone(), true)),
                    Act::Write { .. } | Act::Rate { .. } | Act::Look => {
                        replies.extend(unseen.drain(..).map(|text| (text, false)));
                    }
                    _ => {}
                }
            }
            replies.extend(unseen.drain(..).map(|text| (text, !self.sms)));
        }
        replies
    }
}
