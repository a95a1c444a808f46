// What a customer said in a conversation that was, to be said again in the preview.

import { call } from "./api.js";

/** Longest conversation that is asked again, in messages of the customer. */
const MOST = 12;

/** `{settings, texts}`: how the conversation was held, and the customer's messages in order. */
export async function conversationOf(id) {
  const name = encodeURIComponent(id);
  const [about, said] = await Promise.all([
    call("GET", `/api/v1/conversations/${name}`),
    call("GET", `/api/v1/desk/conversations/${name}/messages`),
  ]);
  const { channel, page, customer } = about.value;
  const settings = { channel };
  if (page) settings.page_url = page;
  // Only who proved it is signed in.
  if (customer?.signed_in && customer.email) settings.customer = customer.email;
  const own = said.value.messages.filter((message) => message.author === "customer").map(textOf);
  return { settings, texts: own.filter(Boolean).slice(0, MOST) };
}

const textOf = ({ blocks }) =>
  (blocks ?? [])
    .flatMap((block) => (block.kind === "list" ? block.items : [block.spans]))
    .map((spans) => spans.map((span) => span.text).join(""))
    .join("\n")
    .trim();
