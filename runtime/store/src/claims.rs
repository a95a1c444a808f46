//! One turn at a time a conversation. Claims live in memory: the database's lock file lets one process in, and with
//! that process its claims end.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;
use usher_agent::ids::{ConversationId, MessageId};

/// What is held of a conversation.
enum Claim {
    /// Somebody looks whether a message waits; the others learn when that is over.
    Looked(Arc<Notify>),
    /// A turn is under way.
    Held(Held),
}

/// A turn under way.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Held {
    /// The message that it answers.
    pub(crate) message: MessageId,
    /// How often the session's identity had changed when the turn began.
    pub(crate) identity_version: i64,
    /// How often the conversation's owner had changed then.
    pub(crate) owner_changes: i64,
}

/// All claims of this process.
#[derive(Default)]
pub(crate) struct Claims(Mutex<HashMap<ConversationId, Claim>>);

impl Claims {
    /// Reserves a conversation for a look at what waits in it; none where a turn is under way. While another one looks,
    /// this waits: it might find nothing, and what has come since would be left to nobody.
    pub(crate) async fn look(self: Arc<Self>, conversation: ConversationId) -> Option<Look> {
        loop {
            let over = match self.lock().entry(conversation) {
                Entry::Vacant(free) => {
                    free.insert(Claim::Looked(Arc::default()));
                    break;
                }
                Entry::Occupied(taken) => match taken.get() {
                    Claim::Held(_) => return None,
                    Claim::Looked(over) => Arc::clone(over).notified_owned(),
                },
            };
            over.await;
        }
        Some(Look { claims: self, conversation })
    }

    /// The turn under way on this message, if it is.
    pub(crate) fn held(&self, conversation: ConversationId, message: MessageId) -> Option<Held> {
        match self.lock().get(&conversation) {
            Some(Claim::Held(held)) if held.message == message => Some(*held),
            _ => None,
        }
    }

    /// Whether a turn is under way in a conversation.
    pub(crate) fn is_held(&self, conversation: ConversationId) -> bool {
        matches!(self.lock().get(&conversation), Some(Claim::Held(_)))
    }

    /// Ends the turn on this message, if it is under way.
    pub(crate) fn release(&self, conversation: ConversationId, message: MessageId) {
        let mut claims = self.lock();
        if matches!(claims.get(&conversation), Some(Claim::Held(held)) if held.message == message) {
            claims.remove(&conversation);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ConversationId, Claim>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A conversation reserved for a look. Dropped without [`Look::hold`], it is free again.
pub(crate) struct Look {
    claims: Arc<Claims>,
    conversation: ConversationId,
}

impl Look {
    /// A message waits: the conversation is claimed for it.
    pub(crate) fn hold(self, held: Held) {
        let before = self.claims.lock().insert(self.conversation, Claim::Held(held));
        if let Some(Claim::Looked(over)) = before {
            over.notify_waiters();
        }
    }
}

impl Drop for Look {
    fn drop(&mut self) {
        let mut claims = self.claims.lock();
        if let Some(Claim::Looked(over)) = claims.get(&self.conversation) {
            over.notify_waiters();
            claims.remove(&self.conversation);
        }
    }
}
