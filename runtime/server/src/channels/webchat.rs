//! Web chat: a stored message as the browser gets it. Text is parsed into blocks, links are checked, amounts
//! are written out, and buttons are named by their place, so that a browser can press only what was offered.

use super::format;
use super::links::LinkPolicy;
use super::markdown::{Block, parse, plain};
use crate::config::{Config, Site};
use crate::hub::HubLinks;
use crate::sources::Sources;
use serde::Serialize;
use std::collections::BTreeMap;
use usher_agent::conversation::{Body, Message};
use usher_agent::hygiene::clean_line;
use usher_agent::ids::{ConversationId, MessageId};
use usher_agent::resolution::ResolvedQuestion;
use usher_host::skill::{Action, Author, Button, Card, CardBody, Reply};
use utoipa::ToSchema;

/// Who wrote a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AuthorView {
    /// The visitor.
    Customer,
    /// A skill, or the server itself.
    Assistant,
    /// A person of the team.
    Human,
}

/// A skill by its name.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SkillView {
    /// Its id.
    id: String,
    /// What people call it.
    name: String,
}

/// One message of a conversation.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Message)]
pub(crate) struct MessageView {
    /// Its number in the conversation: 1, 2, 3 … without a gap.
    pub(crate) seq: u64,
    /// Its name.
    pub(crate) id: uuid::Uuid,
    /// Who wrote it.
    pub(crate) author: AuthorView,
    /// The skill that answered; none where the server itself did.
    #[serde(skip_serializing_if = "Option::is_none")]
    skill: Option<SkillView>,
    /// When it was stored (RFC 3339).
    #[schema(format = DateTime)]
    sent_at: String,
    /// The name that the sender gave it.
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<String>,
    /// The text.
    pub(crate) blocks: Vec<Block>,
    /// Below the text.
    pub(crate) cards: Vec<CardView>,
    /// Below everything; only those of the latest message still make sense.
    pub(crate) quick_replies: Vec<ButtonView>,
    /// Articles that the answer rests on.
    pub(crate) sources: Vec<SourceView>,
    /// Below a complete answer: whether it helped. It is answered by sending one `ref` as `choose`, or by typing a plain
    /// yes or no; only that of the latest message still makes sense.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) resolved: Option<ResolvedView>,
    /// The visitor is asked to sign in; the question is answered afterwards without being asked again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sign_in: Option<SignInView>,
    /// The visitor is asked to agree before something is changed; `blocks` holds the question. Only the server itself
    /// asks so: no skill's answer can look like it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) consent: Option<ConsentView>,
    /// The conversation goes to the team.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    pub(crate) handoff: bool,
}

/// Whether an answer helped.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ResolvedView {
    /// The question.
    pub(crate) question: String,
    /// It did.
    pub(crate) yes: ButtonView,
    /// It didn't: the next best answer follows, or a person.
    pub(crate) no: ButtonView,
}

/// What a visitor is asked to agree to. It is answered by sending the `ref` of one of the two buttons as `choose`, or by
/// typing a plain yes or no; any other message leaves it unanswered, and nothing is changed. Only the latest question of a
/// conversation can be answered, and each only once.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ConsentView {
    /// What kind of change it is, in the server's words (English).
    pub(crate) title: String,
    /// What will be done, in the words of the skill that asks for it. Plain text.
    pub(crate) summary: String,
    /// What the change is really about, as it will be passed on: the order's name, the new address. Plain text.
    pub(crate) details: Vec<String>,
    /// Agrees to exactly this.
    pub(crate) yes: ButtonView,
    /// Doesn't.
    pub(crate) no: ButtonView,
    /// After this moment a yes leads to the question being asked again (RFC 3339).
    #[schema(format = DateTime)]
    pub(crate) expires_at: String,
}

/// How a visitor can sign in.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SignInView {
    /// In the order in which to offer them.
    pub(crate) methods: Vec<SignInMethod>,
    /// The shop's own page to sign in on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) url: Option<String>,
}

/// One way to sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SignInMethod {
    /// On the shop's page, which then hands over a signed token.
    Shop,
    /// By a code sent to an e-mail address.
    Code,
}

/// An article that an answer rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct SourceView {
    /// Its title.
    pub(crate) title: String,
    /// Its page, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) url: Option<String>,
}

/// A button.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ButtonView {
    /// The message's number and the button's place in it: what `choose` sends back.
    #[serde(rename = "ref")]
    pub(crate) place: String,
    /// What it says.
    pub(crate) label: String,
    /// What it does.
    pub(crate) kind: ButtonKind,
    /// Where an `open` leads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) href: Option<String>,
}

/// What a button does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ButtonKind {
    /// Opens a page.
    Open,
    /// Is sent back as the customer's answer.
    Choose,
}

/// One thing of an order.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct OrderItemView {
    pub(crate) title: String,
    pub(crate) quantity: u32,
}

/// A card. Amounts are written out in the conversation's language; instants and days are RFC 3339 and
/// `YYYY-MM-DD`, for the browser to write in the visitor's own zone.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum CardView {
    /// An order.
    Order {
        /// What the customer calls it.
        name: String,
        /// In the customer's words and language.
        status: String,
        placed_at: String,
        /// Written out.
        total: String,
        items: Vec<OrderItemView>,
        #[serde(skip_serializing_if = "Option::is_none")]
        carrier: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        tracking_number: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        estimated_delivery: Option<String>,
        buttons: Vec<ButtonView>,
    },
    /// A coupon.
    Coupon {
        code: String,
        title: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        terms: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        expires_at: Option<String>,
        buttons: Vec<ButtonView>,
    },
    /// A product.
    Product {
        id: String,
        title: String,
        /// Written out.
        price: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        image_url: Option<String>,
        in_stock: bool,
        #[serde(skip_serializing_if = "Option::is_none")]
        summary: Option<String>,
        buttons: Vec<ButtonView>,
    },
    /// A loyalty account.
    Loyalty {
        program: String,
        points: u64,
        #[serde(skip_serializing_if = "Option::is_none")]
        tier: Option<String>,
        rewards: Vec<String>,
        buttons: Vec<ButtonView>,
    },
    /// A subscription.
    Subscription {
        title: String,
        status: String,
        interval: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        next_charge_on: Option<String>,
        /// Written out.
        price: String,
        buttons: Vec<ButtonView>,
    },
}

/// What the rendering of a message goes by.
pub(crate) struct Look<'a> {
    /// The server's configuration.
    pub(crate) config: &'a Config,
    /// The site that shows it; none where it has been removed from the configuration since.
    pub(crate) site: Option<&'a Site>,
    /// The conversation's language.
    pub(crate) locale: &'a str,
    /// Names of the skills, by id.
    pub(crate) skill_names: &'a BTreeMap<String, String>,
    /// Names the articles of passages.
    pub(crate) sources: &'a Sources,
    /// Where links to the customer's own pages lead.
    pub(crate) hub: &'a HubLinks,
}

impl Look<'_> {
    fn links<'a>(&'a self, from_tools: &'a [String]) -> LinkPolicy<'a> {
        LinkPolicy { hosts: self.site.map_or(&[], |site| &site.link_hosts), from_tools }
    }

    /// A page of the customer hub, made of what a reply is made of.
    pub(crate) fn page(&self, reply: &Reply) -> MessageView {
        self.view(&Message {
            id: MessageId::new(),
            conversation: ConversationId::new(),
            seq: 0,
            author: Author::Assistant,
            body: Body::answer(None, reply.clone()),
            sent_at: jiff::Timestamp::now(),
            client_id: None,
            turn: None,
        })
    }

    /// A message as the browser gets it.
    pub(crate) fn view(&self, message: &Message) -> MessageView {
        let mut view = MessageView {
            seq: message.seq,
            id: message.id.0,
            author: match message.author {
                Author::Customer => AuthorView::Customer,
                Author::Assistant => AuthorView::Assistant,
                Author::Human => AuthorView::Human,
            },
            skill: None,
            sent_at: message.sent_at.to_string(),
            client_id: message.client_id.clone(),
            blocks: Vec::new(),
            cards: Vec::new(),
            quick_replies: Vec::new(),
            sources: Vec::new(),
            resolved: None,
            sign_in: None,
            consent: None,
            handoff: false,
        };
        match &message.body {
            Body::Text { text } => view.blocks = plain(text),
            Body::Choice { label, .. } => view.blocks = plain(label),
            Body::Reply { skill, reply, resolved } => {
                view.skill = skill.as_ref().map(|id| self.skill(id.as_str()));
                self.reply(&mut view, reply, resolved.as_deref());
            }
            Body::SignIn { text } => {
                view.blocks = parse(text, &self.links(&[]));
                view.sign_in = Some(self.sign_in());
            }
            Body::Handoff { text } => {
                let ways: Vec<String> = self.config.handoff.links.iter().map(|way| way.url.to_string()).collect();
                view.blocks = parse(text, &self.links(&ways));
                view.handoff = true;
            }
            Body::Consent { text, title, summary, details, yes, no, expires_at, .. } => {
                view.blocks = plain(text);
                let mut places = Places { seq: view.seq, next: 0 };
                let mut button = |label: &str| ButtonView {
                    place: places.take(),
                    label: clean_line(label),
                    kind: ButtonKind::Choose,
                    href: None,
                };
                view.consent = Some(ConsentView {
                    title: clean_line(title),
                    summary: clean_line(summary),
                    details: details.iter().map(|detail| clean_line(detail)).collect(),
                    yes: button(yes),
                    no: button(no),
                    expires_at: expires_at.to_string(),
                });
            }
        }
        view
    }

    fn skill(&self, id: &str) -> SkillView {
        let name = self.skill_names.get(id).cloned().unwrap_or_else(|| id.to_owned());
        SkillView { id: id.to_owned(), name }
    }

    pub(crate) fn sign_in(&self) -> SignInView {
        let mut methods = Vec::new();
        if self.site.is_some_and(|site| site.identity.is_some()) {
            methods.push(SignInMethod::Shop);
        }
        if self.config.mail.is_some() {
            methods.push(SignInMethod::Code);
        }
        let url = self.site.and_then(|site| site.sign_in_url.as_ref()).map(ToString::to_string);
        SignInView { methods, url }
    }

    fn reply(&self, view: &mut MessageView, reply: &Reply, resolved: Option<&ResolvedQuestion>) {
        // Two passages of one article are one source.
        for source in reply.sources.iter().filter_map(|id| self.sources.of_passage(id)) {
            if !view.sources.contains(&source) {
                view.sources.push(source);
            }
        }
        // The reply was screened when it was stored: what its buttons open, a tool returned or the shop allows. Its
        // text may link to the same, and to its sources.
        let buttons = reply.cards.iter().flat_map(|card| &card.buttons).chain(&reply.quick_replies);
        let opened = buttons.filter_map(|button| match &button.action {
            Action::Open(url) => Some(url.clone()),
            _ => None,
        });
        let shown = reply.cards.iter().filter_map(|card| match &card.body {
            CardBody::Product(product) => product.image_url.clone(),
            _ => None,
        });
        let sources = view.sources.iter().filter_map(|source| source.url.clone());
        let known: Vec<String> = opened.chain(shown).chain(sources).collect();
        let policy = self.links(&known);
        view.blocks = parse(&reply.text, &policy);
        let mut places = Places { seq: view.seq, next: 0 };
        view.cards = reply.cards.iter().map(|card| self.card(card, &policy, &mut places)).collect();
        view.quick_replies = self.buttons(&reply.quick_replies, &policy, &mut places);
        view.resolved = resolved.map(|question| ResolvedView {
            question: question.text.clone(),
            yes: ButtonView { place: places.take(), label: question.yes.clone(), kind: ButtonKind::Choose, href: None },
            no: ButtonView { place: places.take(), label: question.no.clone(), kind: ButtonKind::Choose, href: None },
        });
    }

    /// Buttons that lead nowhere aren't shown; they keep their places.
    fn buttons(&self, buttons: &[Button], links: &LinkPolicy<'_>, places: &mut Places) -> Vec<ButtonView> {
        let shown = buttons.iter().map(|button| {
            let place = places.take();
            let label = clean_line(&button.label);
            let (kind, href) = match &button.action {
                Action::Choose(_) => (ButtonKind::Choose, None),
                Action::Open(url) => (ButtonKind::Open, Some(links.admit(url)?)),
                Action::Hub(section) => (ButtonKind::Open, Some(self.hub.link(*section)?)),
            };
            (!label.is_empty()).then_some(ButtonView { place, label, kind, href })
        });
        shown.collect::<Vec<_>>().into_iter().flatten().collect()
    }

    fn card(&self, card: &Card, links: &LinkPolicy<'_>, places: &mut Places) -> CardView {
        let buttons = self.buttons(&card.buttons, links, places);
        let money = |money: &usher_host::skill::Money| format::money(money.amount_minor, &money.currency, self.locale);
        let line = |text: &str| clean_line(text);
        let maybe = |text: &Option<String>| text.as_deref().map(clean_line).filter(|text| !text.is_empty());
        match &card.body {
            CardBody::Order(order) => CardView::Order {
                name: line(&order.name),
                status: line(&order.status),
                placed_at: line(&order.placed_at),
                total: money(&order.total),
                items: order
                    .items
                    .iter()
                    .map(|item| OrderItemView { title: line(&item.title), quantity: item.quantity })
                    .collect(),
                carrier: maybe(&order.carrier),
                tracking_number: maybe(&order.tracking_number),
                estimated_delivery: maybe(&order.estimated_delivery),
                buttons,
            },
            CardBody::Coupon(coupon) => CardView::Coupon {
                code: line(&coupon.code),
                title: line(&coupon.title),
                terms: maybe(&coupon.terms),
                expires_at: maybe(&coupon.expires_at),
                buttons,
            },
            CardBody::Product(product) => CardView::Product {
                id: line(&product.id),
                title: line(&product.title),
                price: money(&product.price),
                image_url: product.image_url.as_deref().and_then(|url| links.admit(url)),
                in_stock: product.in_stock,
                summary: maybe(&product.summary),
                buttons,
            },
            CardBody::Loyalty(loyalty) => CardView::Loyalty {
                program: line(&loyalty.program),
                points: loyalty.points,
                tier: maybe(&loyalty.tier),
                rewards: loyalty.rewards.iter().map(|reward| line(reward)).collect(),
                buttons,
            },
            CardBody::Subscription(subscription) => CardView::Subscription {
                title: line(&subscription.title),
                status: line(&subscription.status),
                interval: line(&subscription.interval),
                next_charge_on: maybe(&subscription.next_charge_on),
                price: money(&subscription.price),
                buttons,
            },
        }
    }
}

/// Numbers a message's buttons: those of its cards in order, then the quick replies.
struct Places {
    seq: u64,
    next: usize,
}

impl Places {
    fn take(&mut self) -> String {
        let place = format!("{}.{}", self.seq, self.next);
        self.next += 1;
        place
    }
}

/// A button's name, as a browser sends it back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ButtonPlace {
    /// The message's number.
    pub(crate) seq: u64,
    /// The button's place in it.
    pub(crate) index: usize,
}

impl ButtonPlace {
    /// Reads `SEQ.INDEX`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let digits = |part: &str| !part.is_empty() && part.len() <= 12 && part.bytes().all(|b| b.is_ascii_digit());
        let (seq, index) = text.split_once('.')?;
        if !digits(seq) || !digits(index) {
            return None;
        }
        Some(Self { seq: seq.parse().ok()?, index: index.parse().ok()? })
    }

    /// What the customer says by pressing the button that stands there in a message; none where there is no such button,
    /// or none that says anything.
    pub(crate) fn pressed(self, body: &Body) -> Option<Body> {
        match (body, self.index) {
            (Body::Reply { skill, reply, .. }, index) => {
                let on_cards = reply.cards.iter().flat_map(|card| &card.buttons);
                let mut buttons = on_cards.chain(&reply.quick_replies);
                // Behind its own buttons stand those of the question whether it helped.
                let Some(button) = buttons.nth(index) else {
                    let own =
                        reply.cards.iter().map(|card| card.buttons.len()).sum::<usize>() + reply.quick_replies.len();
                    return match index - own {
                        0 => body.answered(true),
                        1 => body.answered(false),
                        _ => None,
                    };
                };
                let Action::Choose(value) = &button.action else { return None };
                Some(Body::Choice { label: clean_line(&button.label), skill: skill.clone(), value: value.clone() })
            }
            (Body::Consent { .. }, 0) => body.answered(true),
            (Body::Consent { .. }, 1) => body.answered(false),
            _ => None,
        }
    }
}
