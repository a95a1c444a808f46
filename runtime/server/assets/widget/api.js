// The chat API: one function a route. A failure is a `Refusal` with a kind that the caller can act on.

const API = new URL("../api/v1/", location.href);
const TIMEOUT_MS = 20_000;

export class Refusal extends Error {
  /**
   * `kind`: `unreachable` (no answer), `expired` (no such session any more), `busy` (429), `gone` (404), `broken` (5xx),
   * `refused` (any other 4xx). `problem` is the server's name for it, `wrong-code`; `detail` is its sentence, for
   * developers; `retryAt` is for `busy`, in milliseconds since the epoch.
   */
  constructor(kind, { problem = null, detail = null, retryAt = null } = {}) {
    super(detail ?? kind);
    Object.assign(this, { kind, problem, detail, retryAt });
  }
}

export const api = {
  openSession: (site, where) => call(null, "POST", "sessions", { site, ...where }),
  session: (token) => call(token, "GET", "session"),
  identify: (token, identity) => call(token, "POST", "session/identity", { token: identity }),
  signOut: (token) => call(token, "DELETE", "session/identity"),
  sendCode: (token, email) => call(token, "POST", "session/code", { email }),
  verifyCode: (token, code) => call(token, "POST", "session/code/verify", { code }),
  conversations: (token) => call(token, "GET", "conversations"),
  openConversation: (token, where) => call(token, "POST", "conversations", where),
  messages: (token, conversation, after, limit) =>
    call(token, "GET", `conversations/${encodeURIComponent(conversation)}/messages?after=${after}&limit=${limit}`),
  send: (token, conversation, message) =>
    call(token, "POST", `conversations/${encodeURIComponent(conversation)}/messages`, message, { keepalive: true }),
  typing: (token, conversation) => call(token, "POST", `conversations/${encodeURIComponent(conversation)}/typing`),
  rate: (token, conversation, rating) =>
    call(token, "POST", `conversations/${encodeURIComponent(conversation)}/rating`, rating),
  welcome: (site, where) => call(null, "GET", `welcome?${new URLSearchParams({ site, ...where })}`),
  article: (site, article) =>
    call(null, "GET", `welcome/articles/${encodeURIComponent(article)}?${new URLSearchParams({ site })}`),
};

/** The address of a conversation's events after `seq`. */
export const eventsUrl = (conversation, seq) =>
  new URL(`conversations/${encodeURIComponent(conversation)}/events?after=${seq}`, API);

async function call(token, method, path, body, extra = {}) {
  const headers = { Accept: "application/json" };
  if (token) headers.Authorization = `Bearer ${token}`;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let response, text;
  try {
    response = await fetch(new URL(path, API), {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
      credentials: "omit",
      cache: "no-store",
      ...extra,
    });
    text = await response.text();
  } catch {
    throw new Refusal("unreachable");
  }
  const value = parse(text);
  if (!response.ok) throw refusal(response, value);
  if (value === undefined) throw new Refusal("broken");
  return value;
}

/** Proofs of who the customer is that weren't accepted: the session itself goes on. */
const REFUSED_PROOFS = ["token-refused", "wrong-code", "too-many-attempts"];

/** The `Refusal` that a response which isn't `ok` stands for; `body` is its problem document (RFC 9457), if it has one. */
export function refusal(response, body) {
  const text = (value) => (typeof value === "string" ? value : null);
  const problem = text(body?.type)?.split(":").pop() ?? null;
  const detail = text(body?.detail) ?? text(body?.title);
  const { status } = response;
  if (REFUSED_PROOFS.includes(problem)) return new Refusal("refused", { problem, detail });
  if (status === 429)
    return new Refusal("busy", { problem, detail, retryAt: retryAt(response.headers.get("Retry-After")) });
  const kind = status === 401 ? "expired" : status === 404 ? "gone" : status >= 500 ? "broken" : "refused";
  return new Refusal(kind, { problem, detail });
}

/** `Retry-After` is in seconds or a date (RFC 9110 §10.2.3); without it, half a minute. */
function retryAt(header) {
  const seconds = Number(header);
  if (header && Number.isFinite(seconds)) return Date.now() + seconds * 1000;
  const date = Date.parse(header ?? "");
  return Number.isNaN(date) ? Date.now() + 30_000 : date;
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
