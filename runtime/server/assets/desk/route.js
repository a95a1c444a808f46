// Where in the workspace the reader is, as the address says it: `#/VIEW`, `#/VIEW/TICKET`. The browser's own back and
// forward work, and a ticket can be opened in a tab of its own.

const START = "mine";

/** `{view, id}`; `id` is null where nothing is open. */
export function read() {
  const [, view, id] = /^#\/([^/]+)(?:\/([^/]+))?$/.exec(location.hash) ?? [];
  return { view: view ? decodeURIComponent(view) : START, id: id ? decodeURIComponent(id) : null };
}

export const address = (view, id = null) => `#/${encodeURIComponent(view)}${id ? `/${encodeURIComponent(id)}` : ""}`;

/** Goes there; with `replace`, back doesn't come here again. */
export function go(view, id = null, replace = false) {
  const to = address(view, id);
  if (location.hash === to) return;
  if (replace) history.replaceState(null, "", to);
  else history.pushState(null, "", to);
  dispatchEvent(new Event("routed"));
}

/** Calls `listener` at each change, until `signal` is aborted. */
export function whenRouted(listener, signal) {
  for (const name of ["popstate", "hashchange", "routed"]) addEventListener(name, listener, { signal });
}
