//! Building replies: `Reply::text("…").card(card).button(button).answered()`.

use super::{
    Action, Button, Card, CardBody, CouponCard, Expectation, HubSection, LoyaltyCard, OrderCard, ProductCard, Reply,
    SubscriptionCard,
};

impl Reply {
    /// A reply with this text and nothing else. `**bold**`, lists and links in Markdown are kept.
    pub fn text(text: impl Into<String>) -> Self {
        Reply {
            text: text.into(),
            cards: Vec::new(),
            quick_replies: Vec::new(),
            sources: Vec::new(),
            expects: Expectation::Nothing,
            answered: false,
        }
    }

    /// Adds a card below the text: a `Card`, or the body of one that has no buttons.
    #[must_use]
    pub fn card(mut self, card: impl Into<Card>) -> Self {
        self.cards.push(card.into());
        self
    }

    /// Adds a quick reply.
    #[must_use]
    pub fn button(mut self, button: Button) -> Self {
        self.quick_replies.push(button);
        self
    }

    /// Names a passage that the text rests on, by its id from `knowledge::search`.
    #[must_use]
    pub fn source(mut self, passage_id: impl Into<String>) -> Self {
        self.sources.push(passage_id.into());
        self
    }

    /// What the skill waits for: a message that fits comes to this skill.
    #[must_use]
    pub fn expects(mut self, expectation: Expectation) -> Self {
        self.expects = expectation;
        self
    }

    /// The question is fully answered: the runtime may ask whether it is resolved.
    #[must_use]
    pub fn answered(mut self) -> Self {
        self.answered = true;
        self
    }
}

impl Button {
    /// Opens a page. The runtime accepts https links to the shop's hosts and links that a tool returned this turn.
    pub fn open(label: impl Into<String>, url: impl Into<String>) -> Self {
        Button { label: label.into(), action: Action::Open(url.into()) }
    }

    /// Opens a section of the customer hub.
    pub fn hub(label: impl Into<String>, section: HubSection) -> Self {
        Button { label: label.into(), action: Action::Hub(section) }
    }

    /// Sends `value` back to this skill as [`Turn::choice`](crate::skill::Turn::choice).
    pub fn choose(label: impl Into<String>, value: impl Into<String>) -> Self {
        Button { label: label.into(), action: Action::Choose(value.into()) }
    }
}

impl Card {
    /// A card without buttons.
    pub fn new(body: impl Into<CardBody>) -> Self {
        Card { body: body.into(), buttons: Vec::new() }
    }

    /// Adds a button to the card.
    #[must_use]
    pub fn button(mut self, button: Button) -> Self {
        self.buttons.push(button);
        self
    }
}

impl<B: Into<CardBody>> From<B> for Card {
    fn from(body: B) -> Self {
        Card::new(body)
    }
}

macro_rules! bodies {
    ($($card:ident => $variant:ident),* $(,)?) => {$(
        impl From<$card> for CardBody {
            fn from(card: $card) -> Self {
                CardBody::$variant(card)
            }
        }
    )*};
}

bodies! {
    OrderCard => Order,
    CouponCard => Coupon,
    ProductCard => Product,
    LoyaltyCard => Loyalty,
    SubscriptionCard => Subscription,
}
