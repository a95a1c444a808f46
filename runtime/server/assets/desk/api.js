// The API of people in support: one function a route. A failure is the `Refusal` of the chat's API, with a kind that
// the caller can act on; here it also carries `status` and the server's own words.

import { Refusal, refusal } from "/widget/api.js";
import { token } from "./token.js";

const API = new URL("/api/v1/", location.href);
const TIMEOUT_MS = 30_000;
/** Tickets of one page, and of the largest that the server gives. */
const PAGE = 50;
const LARGEST = 200;

const at = (id) => encodeURIComponent(id);

/** A name for something that is sent: sent twice, it is one. */
export const newId = () =>
  crypto.randomUUID?.() ??
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

export const api = {
  me: () => call("GET", "people/me"),
  signOut: () => call("POST", "sign-out"),
  people: () => call("GET", "people"),
  setAvailability: (availability, until) =>
    call("PUT", "people/me/availability", { availability, ...(until && { away_until: until }) }),
  endShift: (name) => call("POST", `people/${at(name)}/shift-end`, {}),

  /** `wanted` narrows: `q`, `state`, `assignee`, `group`, `tag`. */
  tickets: (view, wanted = {}, skip = 0, count = 0, signal = null) =>
    call(
      "GET",
      `tickets?${query({ view, ...wanted, skip, limit: Math.min(Math.max(count, PAGE), LARGEST) })}`,
      undefined,
      { signal },
    ),
  counts: () => call("GET", "tickets/counts"),
  ticket: (id) => call("GET", `tickets/${at(id)}`),
  messages: (id, after = 0) => call("GET", `tickets/${at(id)}/messages?${query({ after })}`),
  context: (id) => call("GET", `tickets/${at(id)}/context`),
  suggestions: (id) => call("GET", `tickets/${at(id)}/suggestions`),

  claim: (id) => call("POST", `tickets/${at(id)}/claim`, {}),
  assign: (id, person, group) => call("POST", `tickets/${at(id)}/assign`, { person, group }),
  reply: (id, reply) => call("POST", `tickets/${at(id)}/reply`, reply),
  note: (id, text) => call("POST", `tickets/${at(id)}/note`, { text }),
  setState: (id, state) => call("POST", `tickets/${at(id)}/state`, { state }),
  snooze: (id, until) => call("POST", `tickets/${at(id)}/snooze`, { until }),
  setPriority: (id, priority) => call("POST", `tickets/${at(id)}/priority`, { priority }),
  setTags: (id, tags) => call("POST", `tickets/${at(id)}/tags`, { tags }),
  handBack: (id) => call("POST", `tickets/${at(id)}/hand-back`, {}),
  merge: (id, into) => call("POST", `tickets/${at(id)}/merge`, { into }),
  typing: (id) => call("POST", `tickets/${at(id)}/typing`, {}),
  looking: (id) => call("POST", `tickets/${at(id)}/looking`, {}),

  /** With `tag`, the name of this state of them. */
  settings: () => call("GET", "desk/settings", undefined, { tagged: true }),
  setViews: (views, tag) => call("PUT", "desk/settings", { views }, { headers: { "If-Match": tag } }),

  drafts: () => call("GET", "drafts"),
  saveDraft: (id, text, seen) => call("PUT", `tickets/${at(id)}/draft`, { text, seen_seq: seen }, { keepalive: true }),
  dropDraft: (id) => call("DELETE", `tickets/${at(id)}/draft`, undefined, { keepalive: true }),

  conversations: (signal) => call("GET", "desk/conversations", undefined, { signal }),
  conversationMessages: (id, after = 0) => call("GET", `desk/conversations/${at(id)}/messages?${query({ after })}`),
  takeOver: (id) => call("POST", `conversations/${at(id)}/take-over`, {}),
  turns: (conversation) => call("GET", `conversations/${at(conversation)}/turns`),

  /** How a conversation's messages stand on their way, the latest 200. */
  dispatches: (conversation) => call("GET", `dispatches?${query({ conversation, limit: LARGEST })}`),
  redeliver: (message) => call("POST", `dispatches/${at(message)}/redeliver`, {}),
  /** A file that came with a message, as a `Blob`. */
  attachment: (id) => call("GET", `attachments/${at(id)}`, undefined, { as: "blob" }),

  notifications: () => call("GET", "notifications"),
  /** All up to this one are read. */
  readNotifications: (through) => call("POST", "notifications/read", { through }),
};

/** The address of the desk's events. */
export const eventsUrl = () => new URL("desk/events", API);

function query(values) {
  const given = Object.entries(values).filter(([, value]) => value !== undefined && value !== null && value !== "");
  return new URLSearchParams(given).toString();
}

/** Asked too often, but to be asked again within this time: waited for instead of told. */
const SHORT_WAIT_MS = 4_000;
const SHORT_WAITS = 3;

async function call(method, path, body, options) {
  for (let waits = 0; ; waits++) {
    try {
      return await callOnce(method, path, body, options);
    } catch (error) {
      const wait = error.kind === "busy" ? error.retryAt - Date.now() : Infinity;
      if (wait > SHORT_WAIT_MS || waits >= SHORT_WAITS) throw error;
      await new Promise((resume) => setTimeout(resume, wait));
    }
  }
}

async function callOnce(method, path, body, { signal, headers: more, tagged, as, ...extra } = {}) {
  const headers = { ...more, Accept: "application/json", ...token.headers() };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const limit = AbortSignal.timeout(TIMEOUT_MS);
  let response, text, blob;
  try {
    response = await fetch(new URL(path, API), {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
      credentials: "same-origin",
      cache: "no-store",
      ...extra,
    });
    if (as === "blob" && response.ok) blob = await response.blob();
    else text = await response.text();
  } catch {
    if (signal?.aborted) throw Object.assign(new Refusal("aborted"), { status: 0 });
    throw Object.assign(new Refusal("unreachable"), { status: 0 });
  }
  if (blob) return blob;
  const value = parse(text);
  if (!response.ok) throw refused(response, value);
  if (value === undefined) throw Object.assign(new Refusal("broken"), { status: response.status });
  return tagged ? { ...value, tag: response.headers.get("ETag") } : value;
}

/** The `Refusal` of a response that isn't `ok`; `body` is its problem document, whose own members come with it. */
function refused(response, body) {
  if (response.status === 401) token.lost();
  return Object.assign(refusal(response, body), {
    status: response.status,
    body: body ?? null,
    fix: body?.fix ?? null,
  });
}

/** Null for an empty body, undefined for one that isn't JSON. */
function parse(text) {
  if (text === "") return null;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
