//! Web chat: a stored message as the browser gets it. Text is parsed into blocks, links are checked, amounts
//! are written out, and buttons are named by their place.
//!
//! [`Look::view`] makes a `message` of it, with `card`s, `button`s, and what belongs to the way to people and back
//! (`handover`).

mod button;
mod card;
mod handover;
mod message;

pub(crate) use button::{ButtonKind, ButtonPlace, ButtonView};
pub(crate) use card::CardView;
pub(crate) use handover::{OfferView, PersonView, QuestionView, RatingView};
pub(crate) use message::{
    AuthorView, ConsentView, MessageView, ResolvedView, SignInMethod, SignInView, SkillView, SourceView,
};

use super::links::LinkPolicy;
use super::markdown::{linked, parse, plain};
use crate::config::{Config, Site};
use crate::hub::HubLinks;
use crate::sources::Sources;
use button::Places;
use std::collections::BTreeMap;
use usher_agent::conversation::{Body, Message};
use usher_agent::hygiene::clean_line;
use usher_agent::ids::{ConversationId, MessageId};
use usher_agent::resolution::ResolvedQuestion;
use usher_host::skill::{Action, Author, CardBody, Reply};

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
    /// Ways to reach the team, label and address: a handoff's text may link to them.
    pub(crate) ways: &'a [(String, String)],
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
            attachments: Vec::new(),
            unanswerable: false,
        })
    }

    /// A message as the browser gets it.
    pub(crate) fn view(&self, message: &Message) -> MessageView {
        let mut view = MessageView {
            seq: message.seq,
            id: message.id.0,
            author: message.author.into(),
            skill: None,
            sent_at: message.sent_at.to_string(),
            client_id: message.client_id.clone(),
            blocks: Vec::new(),
            files: message.attachments.iter().map(|file| clean_line(&file.name)).collect(),
            cards: Vec::new(),
            quick_replies: Vec::new(),
            sources: Vec::new(),
            resolved: None,
            sign_in: None,
            consent: None,
            handoff: false,
            tell_me: None,
            offer: None,
            question: None,
            person: None,
            notice: None,
            rating: None,
        };
        let mut places = Places::of(view.seq);
        match &message.body {
            Body::Text { text } => view.blocks = plain(text),
            Body::Choice { label, .. } => view.blocks = plain(label),
            Body::Reply { skill, reply, resolved } => {
                view.skill = skill.as_ref().map(|id| self.skill(id.as_str()));
                self.reply(&mut view, &mut places, reply, resolved.as_deref());
            }
            Body::SignIn { text } => {
                view.blocks = parse(text, &self.links(&[]));
                view.sign_in = Some(self.sign_in());
            }
            Body::Handoff { text, tell_me } => {
                let ways: Vec<String> = self.ways.iter().map(|(_, url)| url.clone()).collect();
                view.blocks = parse(text, &self.links(&ways));
                view.handoff = true;
                view.tell_me = tell_me.as_ref().map(|label| ButtonView::answer(label, &mut places));
            }
            Body::Offer { text, yes, no } => {
                view.blocks = plain(text);
                let mut button = |label| ButtonView::answer(label, &mut places);
                view.offer = Some(OfferView { yes: button(yes), no: button(no) });
            }
            Body::Question { text, asks, choices, skip } => {
                view.blocks = plain(text);
                view.question = Some(QuestionView::of(asks, choices, skip.as_deref(), &mut places));
            }
            Body::Support { text, name } => {
                view.blocks = linked(text);
                view.person = Some(PersonView { name: name.as_deref().map(clean_line) });
            }
            Body::Notice { notice, text } => {
                view.blocks = plain(text);
                view.notice = Some((*notice).into());
            }
            Body::Rating { text, labels, comment } => {
                view.blocks = plain(text);
                let labels = labels.iter().map(|label| ButtonView::answer(label, &mut places)).collect();
                view.rating = Some(RatingView { labels, comment: clean_line(comment) });
            }
            Body::Erased { .. } => view.blocks = plain(super::words::of(self.locale).erased),
            Body::Consent { text, title, summary, details, yes, no, expires_at, .. } => {
                view.blocks = plain(text);
                let mut button = |label| ButtonView::answer(label, &mut places);
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

    fn reply(&self, view: &mut MessageView, places: &mut Places, reply: &Reply, resolved: Option<&ResolvedQuestion>) {
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
        view.cards = reply.cards.iter().map(|card| self.card(card, &policy, places)).collect();
        view.quick_replies = self.buttons(&reply.quick_replies, &policy, places);
        view.resolved = resolved.map(|question| ResolvedView {
            question: question.text.clone(),
            yes: ButtonView::answer(&question.yes, places),
            no: ButtonView::answer(&question.no, places),
        });
    }
}
