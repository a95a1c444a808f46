// Why an answer is what it is, drawn by the server with the template that the pages of conversations use.

import { element } from "./parts.js";

/** Draws it into `place`. */
export async function drawTrace(place, previewed, number) {
  const { record, recordings, skills, left_out, took_ms } = previewed;
  place.setAttribute("aria-busy", "true");
  place.dataset.turn = number;
  let trace;
  try {
    trace = await drawn({ record, recordings, skills, left_out, took_ms, id: `turn-${number}` });
  } catch {
    trace = element("p", { class: "trouble" }, "The server can't be reached; press “Why?” again.");
  }
  // Another answer may have been asked about meanwhile.
  if (place.dataset.turn !== String(number)) return;
  place.replaceChildren(trace);
  place.removeAttribute("aria-busy");
}

/** The part of the page. The browser reads it as a document of its own, in which no script runs. */
function drawn(body) {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open("POST", "/console/preview/trace");
    request.responseType = "document";
    request.setRequestHeader("Content-Type", "application/json");
    request.addEventListener("load", () => {
      const trace = request.status === 200 ? request.response?.querySelector(".trace") : null;
      if (trace) done(document.adoptNode(trace));
      else failed(new Error(String(request.status)));
    });
    request.addEventListener("error", () => failed(new Error("unreachable")));
    request.send(JSON.stringify(body));
  });
}
