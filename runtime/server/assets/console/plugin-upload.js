// Plugins by drag and drop or by choice: each component is sent with the signature that was chosen beside it
// (`NAME.wasm.minisig`), one after the other. What came of each stands in the list below, with the server's own words.

import { refresh } from "./live.js";
import { element } from "./parts.js";
import { sendFile } from "./sending.js";

const SIGNATURE = ".minisig";
/** A signature has a few lines; what is much longer is none. */
const MOST_OF_A_SIGNATURE = 64 << 10;

const zone = document.getElementById("plugin-drop");
const outcomes = document.getElementById("plugin-outcomes");
const chosen = document.getElementById("plugin-files");

if (zone) {
  for (const name of ["dragenter", "dragover"]) {
    zone.addEventListener(name, (event) => {
      event.preventDefault();
      zone.classList.add("over");
    });
  }
  zone.addEventListener("dragleave", () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    sendAll([...event.dataTransfer.files]);
  });
  chosen.addEventListener("change", () => {
    sendAll([...chosen.files]).finally(() => (chosen.value = ""));
  });
}

async function sendAll(files) {
  outcomes.replaceChildren();
  const signatures = new Map(files.filter((file) => file.name.endsWith(SIGNATURE)).map((file) => [file.name, file]));
  for (const file of files.filter((one) => !one.name.endsWith(SIGNATURE))) {
    const signature = signatures.get(file.name + SIGNATURE);
    signatures.delete(file.name + SIGNATURE);
    await sendOne(file, signature);
  }
  for (const name of signatures.keys()) {
    const component = name.slice(0, -SIGNATURE.length);
    say(row(name), false, `It is a signature. Drop it together with its component, ${component}.`);
  }
  await refresh();
}

async function sendOne(file, signature) {
  const place = row(file.name);
  let signed = null;
  if (signature) {
    if (signature.size > MOST_OF_A_SIGNATURE) {
      return say(place, false, `${signature.name} is too long for a signature. Choose the file that usher build wrote.`);
    }
    signed = btoa(String.fromCharCode(...new Uint8Array(await signature.arrayBuffer())));
  }
  const headers = { "Content-Type": "application/wasm", ...(signed && { "Usher-Signature": signed }) };
  const { ok, status, value } = await sendFile(place, "POST /api/v1/releases", file, headers);
  if (ok) return tell(place, value, status === 200, Boolean(signature));
  const { title, detail, fix } = value ?? {};
  const words = [detail ?? title ?? "The server can’t be reached. Nothing was changed", fix].filter(Boolean);
  say(place, false, words.map(sentence).join(" "));
}

function tell(place, release, known, signed) {
  const name = `${release.name} ${release.version}`;
  const link = element("a", { href: `/console/releases/${release.digest.replace("sha256:", "")}` }, known ? `${name} was known already` : name);
  const state = {
    live: "serves now",
    pending: "waits for a decision",
    refused: "was refused",
    revoked: "is revoked",
    superseded: "served before, and is known",
    approved: "may run, and doesn’t just now",
  };
  const how = signed ? "with its signature" : "without a signature";
  say(place, release.state === "live" || release.state === "pending", link, ` ${state[release.state] ?? release.state} (sent ${how}): ${sentence(release.reason)}`);
}

const sentence = (text) => {
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
};

function row(name) {
  const place = element("li", {}, element("p", { class: "strong" }, name));
  outcomes.append(place);
  return place;
}

function say(place, well, ...words) {
  place.classList.add(well ? "well" : "badly");
  const badge = element("span", { class: well ? "badge good" : "badge bad" }, well ? "Taken" : "Not taken");
  place.replaceChildren(element("p", {}, element("span", { class: "strong" }, place.firstChild.textContent), " ", badge), element("p", {}, ...words));
}
