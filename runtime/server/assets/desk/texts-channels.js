// Words about channels beside web chat, and about files that come with their messages.

export const channel = {
  ours: (ours) => `They write to ${ours}`,
  subject: "about",
  erased: "erased",
  optedOut: (channel, when) => `The customer wants no more messages by ${channel}, since ${when}.`,
  windowClosed: (when) =>
    `WhatsApp let free answers through until ${when}: 24 hours after the customer’s last message.`,
  fate: {
    opted_out: (channel) =>
      `Nothing can be sent here until the customer writes ${channel === "sms" ? "START" : "again"}. Your text is kept; reach them another way, or write a note.`,
    window_closed: () =>
      "What you send now waits here, and goes out by itself as soon as the customer writes again.",
  },
  states: {
    sending: "Sending…",
    troubled: (why) => `Sending… The last try failed: ${why}`,
    sent: "Sent",
    delivered: "Delivered",
    read: "Read",
    failed: (why) => `Not delivered: ${why}`,
    withheld: (why) => `Not sent: ${why}`,
    untilTheyWrite: "Waits until the customer writes again",
    erased: "Not sent: it was erased",
    noReason: "the provider gave no reason",
  },
  again: "Try again",
  againLabel: "Try again to send this message",
};

export const files = {
  label: "Files",
  save: "Download",
  saveLabel: (name) => `Download ${name}`,
  leftOut: (why) => `(not kept: ${why ?? "no reason is known"})`,
};
