//! Compares what came of a step with what was expected of it: as the product does, and the providers beside it.

use super::file::After;
use super::names;
use super::stage::Stage;
use usher_agent::scenario::{self, Came, Expect, Verdict};
use usher_standins::Server;

/// Everything that is otherwise than expected, a line or two each.
pub(super) async fn check(
    stage: &Stage,
    customer: Option<&str>,
    expect: &Expect,
    after: &[After],
    came: &Came,
) -> Vec<String> {
    let fill = |text: &str| names::fill(stage, customer, text);
    let verdicts = scenario::check(expect, came, &fill).into_iter().filter(|verdict| !verdict.ok);
    let line = |Verdict { what, expected, got, .. }: Verdict| format!("    {what}: expected «{expected}», got «{got}»");
    let mut checked = Checked { stage, customer, wrong: verdicts.map(line).collect() };
    if let Some(label) = &expect.opens {
        checked.opens(label, came).await;
    }
    for after in after {
        checked.after(after);
    }
    checked.wrong
}

fn holds(text: &str, part: &str) -> bool {
    text.to_lowercase().contains(&part.to_lowercase())
}

struct Checked<'a> {
    stage: &'a Stage,
    customer: Option<&'a str>,
    wrong: Vec<String>,
}

impl Checked<'_> {
    fn differs(&mut self, what: &str, expected: impl std::fmt::Debug, got: impl std::fmt::Debug) {
        self.wrong.push(format!("    {what}: expected {expected:?}, got {got:?}"));
    }

    /// The text with the shop's names in it; a name that isn't known is a failure of its own.
    fn named(&mut self, text: &str) -> String {
        names::fill(self.stage, self.customer, text).unwrap_or_else(|why| {
            self.wrong.push(format!("    {why}"));
            text.to_owned()
        })
    }

    /// The page behind a button answers.
    async fn opens(&mut self, label: &str, came: &Came) {
        let label = self.named(label);
        // That there is none was said already.
        let Some(href) = scenario::button(&came.messages, &label).and_then(|button| button["href"].as_str()) else {
            return;
        };
        match reqwest::Client::builder().no_proxy().build() {
            Ok(client) => match client.get(href).send().await {
                Ok(page) if page.status().is_success() => {}
                Ok(page) => self.wrong.push(format!("    the page of «{label}» answers {}", page.status())),
                Err(error) => self.wrong.push(format!("    the page of «{label}» doesn't answer: {error}")),
            },
            Err(error) => self.wrong.push(error.to_string()),
        }
    }

    fn after(&mut self, after: &After) {
        let cancelled = |checked: &mut Self, name: &str| {
            let name = checked.named(name);
            let order = checked.stage.world.standins.read(|shop| shop.order_by_name(&name).cloned());
            (order.map(|order| order.cancelled.is_some()), name)
        };
        match after {
            After::Cancelled(name) => match cancelled(self, name) {
                (Some(true), _) => {}
                (got, name) => self.wrong.push(format!("    afterwards order {name} isn't cancelled ({got:?})")),
            },
            After::NotCancelled(name) => match cancelled(self, name) {
                (Some(false), _) => {}
                (got, name) => self.wrong.push(format!("    afterwards order {name} is cancelled ({got:?})")),
            },
            After::ShipsTo(destination) => {
                let name = self.named(&destination.order);
                let order = self.stage.world.standins.read(|shop| shop.order_by_name(&name).cloned());
                let address = order.and_then(|order| order.shipping_address);
                let address = address.map(|to| format!("{} {} {} {}", to.address1, to.zip, to.city, to.country));
                if !address.as_deref().is_some_and(|address| holds(address, &destination.holds)) {
                    self.differs(&format!("afterwards order {name} goes to"), &destination.holds, address);
                }
            }
            After::Points(expected) => match self.stage.points(self.customer.unwrap_or_default()) {
                Ok(points) if points == *expected => {}
                got => self.differs("points afterwards", expected, got),
            },
            After::Subscription(expected) => match self.stage.subscription(self.customer.unwrap_or_default()) {
                Ok((state, next_in)) => {
                    if expected.state.as_ref().is_some_and(|expected| *expected != state) {
                        self.differs("the subscription afterwards", &expected.state, state);
                    }
                    if expected.next_in.is_some() && expected.next_in != next_in {
                        self.differs("days until the next charge afterwards", expected.next_in, next_in);
                    }
                }
                Err(why) => self.wrong.push(format!("    {why}")),
            },
            After::Asked(asked) => match self.stage.provider(&asked.at) {
                Ok(provider) => {
                    let got = asked_for(provider, &asked.holds);
                    if got != asked.times {
                        self.differs(&format!("requests to {} with «{}»", asked.at, asked.holds), asked.times, got);
                    }
                }
                Err(why) => self.wrong.push(format!("    {why}")),
            },
        }
    }
}

fn asked_for(provider: &Server, text: &str) -> usize {
    let all = provider.requests().all();
    all.iter().filter(|request| request.path.contains(text) || request.body.contains(text)).count()
}
