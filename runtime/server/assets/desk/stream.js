// Follows what happens at the desk. `EventSource` can't send an `Authorization` header, so this reads the stream
// itself and comes back after a failure with growing pauses. What was missed meanwhile is read anew by whoever listens
// to `up`.

import { eventParser } from "/widget/stream.js";
import { eventsUrl } from "./api.js";
import { token } from "./token.js";

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;
/** The server sends a comment every 15 seconds; after three silent ones the connection is taken for dead. */
const SILENCE_MS = 45_000;

/**
 * Starts following. `hear` has `event(name, data)`, `up()` and `down()`. Returns `stop()` and `retry()`.
 */
export function follow(hear) {
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
      const response = await fetch(eventsUrl(), {
        headers: { Accept: "text/event-stream", ...token.headers(), "usher-unattended": "1" },
        signal: abort.signal,
        credentials: "same-origin",
        cache: "no-store",
      });
      if (response.status === 401) {
        stop();
        return token.lost();
      }
      if (!response.ok) return;
      hear.up();
      const parse = eventParser(dispatch);
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done || stopped) return;
        failures = 0;
        clearTimeout(watchdog);
        watchdog = setTimeout(() => abort.abort(), SILENCE_MS);
        parse(value);
      }
    } finally {
      clearTimeout(watchdog);
      abort.abort();
    }
  }

  function dispatch(name, data) {
    if (stopped) return;
    try {
      hear.event(name, data === "" ? {} : JSON.parse(data));
    } catch (error) {
      reportError(error);
    }
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

  /** At once, and anew: a connection that stands may have died unnoticed. */
  function retry() {
    abort.abort();
    endPause();
  }

  return { stop, retry };
}
