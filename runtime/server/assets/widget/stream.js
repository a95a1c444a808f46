// Follows a conversation's events. `EventSource` can't send an `Authorization` header, so this reads the stream itself;
// it comes back after a failure with growing pauses, and resumes after the last message that it passed on.

import { eventsUrl, refusal } from "./api.js";

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
/** The server sends a comment every 15 seconds; after three silent ones the connection is taken for dead. */
const SILENCE_MS = 45_000;

/**
 * Starts following. `after()` gives the last sequence number known. `hear` has `message(view)`, `typing(on, {who})`,
 * `owner(owner)`, `up()`, `down()` and `refused(refusal)`; after `refused` with kind `expired` or `gone` nothing more comes.
 * Returns `stop()`.
 */
export function follow(token, conversation, after, hear) {
  let stopped = false;
  let failures = 0;
  let abort = new AbortController();
  let endPause = () => {};

  (async () => {
    while (!stopped) {
      abort = new AbortController();
      try {
        await readOnce();
      } catch {
        // Whatever ended it, the next attempt finds out.
      }
      if (stopped) return;
      hear.down();
      await pause();
    }
  })();

  async function readOnce() {
    let watchdog = setTimeout(() => abort.abort(), SILENCE_MS);
    try {
      const response = await fetch(eventsUrl(conversation, after()), {
        headers: { Accept: "text/event-stream", Authorization: `Bearer ${token}` },
        signal: abort.signal,
        credentials: "omit",
        cache: "no-store",
      });
      if (!response.ok) {
        const refused = refusal(response, null);
        if (refused.kind === "expired" || refused.kind === "gone") stop();
        return hear.refused(refused);
      }
      hear.up();
      const parser = eventParser(dispatch);
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done || stopped) return;
        clearTimeout(watchdog);
        watchdog = setTimeout(() => abort.abort(), SILENCE_MS);
        parser(value);
      }
    } finally {
      clearTimeout(watchdog);
      abort.abort();
    }
  }

  function dispatch(name, data) {
    if (stopped) return;
    let value;
    try {
      value = data === "" ? {} : JSON.parse(data);
    } catch {
      return;
    }
    // Only now, not at the response's head: a server that accepts and hangs up at once isn't to be hammered.
    failures = 0;
    if (name === "message") hear.message(value);
    else if (name === "typing") hear.typing(value.on === true, value);
    else if (name === "owner") hear.owner(value.owner);
  }

  function pause() {
    const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures++);
    return new Promise((resume) => {
      // Half of it by chance, so that a server that comes back isn't met by everyone at once.
      const timer = setTimeout(resume, longest / 2 + (Math.random() * longest) / 2);
      endPause = () => {
        clearTimeout(timer);
        resume();
      };
    });
  }

  function stop() {
    stopped = true;
    abort.abort();
    endPause();
  }

  return { stop };
}

/**
 * A parser of server-sent events (HTML Living Standard §9.2.6), fed with text in pieces of any size.
 * Calls `dispatch(name, data)`; ids and retry times aren't needed, since every message carries its own number.
 */
export function eventParser(dispatch) {
  let rest = "";
  let name = "";
  let data = [];
  return (piece) => {
    rest += piece;
    // A carriage return at the end may be the first half of a line end.
    const whole = rest.endsWith("\r") ? rest.slice(0, -1) : rest;
    const lines = whole.split(/\r\n|\n|\r/);
    rest = lines.pop() + rest.slice(whole.length);
    for (const line of lines) {
      if (line === "") {
        if (data.length) dispatch(name || "message", data.join("\n"));
        name = "";
        data = [];
        continue;
      }
      const colon = line.indexOf(":");
      const field = colon < 0 ? line : line.slice(0, colon);
      const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
      if (field === "event") name = value;
      else if (field === "data") data.push(value);
    }
  };
}
