//! Reading a turn.

use super::{Assurance, Author, Calendar, Channel, Customer, Focus, Input, Language, Turn};

impl Turn {
    /// What the customer typed, or the value of the button that they pressed.
    pub fn text(&self) -> &str {
        match &self.input {
            Input::Text(text) | Input::Choice(text) => text,
        }
    }

    /// The value of a button of this skill, where one was pressed.
    pub fn choice(&self) -> Option<&str> {
        match &self.input {
            Input::Choice(value) => Some(value),
            Input::Text(_) => None,
        }
    }

    /// The language that this SDK has texts in and that comes nearest to the conversation's.
    pub fn language(&self) -> Language {
        Language::of(&self.locale)
    }

    /// Days as the customer counts them.
    pub fn calendar(&self) -> Calendar {
        Calendar::new(self.language(), &self.time_zone, &self.now)
    }

    /// True where the runtime knows for certain who the customer is, which account data needs.
    pub fn is_authenticated(&self) -> bool {
        self.customer.assurance == Assurance::Authenticated
    }

    /// What the customer wrote last before this turn.
    pub fn previous_question(&self) -> Option<&str> {
        self.history
            .iter()
            .rev()
            .find(|message| message.author == Author::Customer)
            .map(|message| message.text.as_str())
    }

    /// A turn for tests: an anonymous visitor of the web chat writes this in English, at noon UTC on
    /// Tuesday 24 November 2026. Change what the test is about.
    pub fn sample(text: impl Into<String>) -> Self {
        Turn {
            input: Input::Text(text.into()),
            history: Vec::new(),
            channel: Channel::Webchat,
            customer: Customer { assurance: Assurance::Anonymous, first_name: None },
            focus: Focus { order_name: None, product_id: None },
            locale: "en".to_owned(),
            time_zone: "UTC".to_owned(),
            now: "2026-11-24T12:00:00Z".to_owned(),
            page_url: None,
        }
    }
}
