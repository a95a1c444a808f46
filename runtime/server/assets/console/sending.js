// A file on its way to the API: how far its bytes have gone, and what came of it.

import { mended, route } from "./api.js";
import { element } from "./parts.js";

/**
 * Sends a file to `"METHOD /path"` and shows in `place` how far it is. Where the server wants the password again, or the
 * session has ended, that is mended and the file sent once more. Answers `{ ok, status, value }`; status 0 where the
 * server can't be reached.
 */
export async function sendFile(place, where, file, headers = {}) {
  const first = await put(place, where, file, headers);
  const again = !first.ok && (await mended({ status: first.status, problem: first.value ?? {} }, where));
  return again ? put(place, where, file, headers) : first;
}

/** `fetch` doesn't tell how far a body has gone; this does. */
function put(place, where, file, headers) {
  const [method, path] = route(where);
  const bar = element("progress", { max: "1", value: "0", "aria-label": `Sending ${file.name}` });
  const words = element("p", { class: "small", role: "status" }, `Sending ${file.name} …`);
  place.append(bar, words);
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    request.open(method, path);
    for (const [name, value] of Object.entries({ Accept: "application/json", ...headers })) {
      request.setRequestHeader(name, value);
    }
    request.upload.addEventListener("progress", (event) => {
      if (!event.lengthComputable) return;
      bar.value = event.loaded / event.total;
      if (event.loaded < event.total) return;
      bar.removeAttribute("value");
      words.textContent = `${file.name} is there; it is being looked at …`;
    });
    request.addEventListener("loadend", () => {
      bar.remove();
      words.remove();
      let value = null;
      try {
        value = JSON.parse(request.responseText);
      } catch {
        // Not an answer of the API.
      }
      done({ ok: request.status >= 200 && request.status < 300, status: request.status, value });
    });
    request.send(file);
  });
}
