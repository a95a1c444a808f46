//! What an answer leaves in mind.

use crate::conversation::Attention;
use usher_host::skill::{CardBody, Reply};
use usher_manifest::PluginId;

/// Most interrupted skills that are kept in mind.
const INTERRUPTED: usize = 4;

impl Attention {
    /// A skill has the word now.
    pub(crate) fn take_up(&mut self, skill: &PluginId) {
        if self.active_skill.as_ref() == Some(skill) {
            return;
        }
        if let Some(interrupted) = self.active_skill.replace(skill.clone()) {
            self.interrupted.retain(|other| *other != interrupted && other != skill);
            self.interrupted.push(interrupted);
            if self.interrupted.len() > INTERRUPTED {
                self.interrupted.remove(0);
            }
        }
    }

    /// A skill has answered: what its last card showed is what the conversation is about.
    pub(crate) fn answered_by(&mut self, skill: &PluginId, reply: &Reply) {
        self.take_up(skill);
        self.expects = reply.expects;
        for card in &reply.cards {
            match &card.body {
                CardBody::Order(order) => self.focus.order_name = Some(order.name.clone()),
                CardBody::Product(product) => self.focus.product_id = Some(product.id.clone()),
                _ => {}
            }
        }
    }
}
