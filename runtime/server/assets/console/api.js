// The API, as pages use it. A failure is a `Refusal` with the problem document of the server.

import { signInAgain } from "./again.js";
import { confirmPassword } from "./confirm.js";

const TIMEOUT_MS = 60_000;

/** What the API refused: `problem` is its document (RFC 9457), `status` 0 where it can't be reached. */
export class Refusal extends Error {
  constructor(status, problem, waitSeconds = 0) {
    super(problem?.detail ?? problem?.title ?? "This didn't work.");
    this.status = status;
    this.problem = problem ?? {};
    this.waitSeconds = waitSeconds;
  }

  /** What is said of it: what was wrong, and what to do. */
  get words() {
    const { title, detail, fix } = this.problem;
    const then = this.waitSeconds > 0 ? `Try again in ${span(this.waitSeconds)}` : fix;
    return [detail ?? title ?? "This didn't work.", then].filter(Boolean).map(sentence).join(" ");
  }
}

function span(seconds) {
  if (seconds < 90) return seconds === 1 ? "a second" : `${seconds} seconds`;
  return seconds < 5400 ? `${Math.ceil(seconds / 60)} minutes` : `${Math.ceil(seconds / 3600)} hours`;
}

const sentence = (text) => {
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
};

/**
 * Asks the API. `body` is sent as JSON, or as it is where it is a `Blob`; `tag` is the state that a change is made from
 * (`If-Match`). Answers `{ value, tag }`. Where the server wants the password again, or the session has ended, the person
 * is asked, and the request sent once more.
 */
export async function call(method, path, given = {}) {
  for (;;) {
    try {
      return await callOnce(method, path, given);
    } catch (error) {
      if (!(error instanceof Refusal) || !(await mended(error, path))) throw error;
    }
  }
}

/** What needs no session, so that a 401 means something else there. */
const OPEN = ["/api/v1/sign-in", "/api/v1/confirm", "/api/v1/setup", "/api/v1/invitations/look", "/api/v1/invitations/accept"];

/** Asks the person for what a refusal wants, where they can give it; true where it is worth trying again. */
export async function mended(refusal, path) {
  if (/confirmation-needed$/.test(refusal.problem.type ?? "")) return confirmPassword();
  if (refusal.status === 401 && !OPEN.includes(path)) return signInAgain();
  return false;
}

async function callOnce(method, path, { body, tag, type, signal }) {
  const headers = { Accept: "application/json" };
  if (tag) headers["If-Match"] = tag;
  const raw = body instanceof Blob || body instanceof FormData;
  if (raw && type) headers["Content-Type"] = type;
  if (!raw && method !== "GET") headers["Content-Type"] = "application/json";
  const limit = AbortSignal.timeout(TIMEOUT_MS);
  let response, text;
  try {
    response = await fetch(path, {
      method,
      headers,
      body: raw ? body : method === "GET" ? undefined : JSON.stringify(body ?? {}),
      credentials: "same-origin",
      cache: "no-store",
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    });
    text = await response.text();
  } catch {
    if (signal?.aborted) throw new DOMException("aborted", "AbortError");
    throw new Refusal(0, { detail: "The server can't be reached. Nothing was changed", fix: "Try again in a moment" });
  }
  let value = null;
  try {
    value = text ? JSON.parse(text) : null;
  } catch {
    value = text;
  }
  if (!response.ok) {
    const wait = Number(response.headers.get("Retry-After"));
    throw new Refusal(response.status, typeof value === "object" ? value : null, wait || 0);
  }
  return { value, tag: response.headers.get("ETag") };
}

/** `"PUT /api/v1/hub"` as its two parts. */
export function route(text) {
  const [method, ...path] = text.trim().split(/\s+/);
  return [method, path.join(" ")];
}
