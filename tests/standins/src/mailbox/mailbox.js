// Mail that arrives appears by itself, and what is written is sent; everything else works without this.
"use strict";

(function () {
  const LOOK_AGAIN_MS = 1500;
  const form = document.getElementById("write");
  const news = document.getElementById("news");
  let revision = document.body.dataset.revision;

  // A page that is being written on, or a mail that is being read, stays as it is; the list of mailboxes is renewed.
  const lasting = Boolean(form) || location.pathname.startsWith("/mails/");

  function renew(fresh, id) {
    const old = document.getElementById(id);
    const renewed = fresh.getElementById(id);
    if (!old || !renewed || old.innerHTML === renewed.innerHTML) return;
    const focused = old.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    old.replaceChildren(...renewed.childNodes);
    if (focused) Array.from(old.querySelectorAll("a")).find((link) => link.getAttribute("href") === focused)?.focus();
  }

  async function look() {
    try {
      const answer = await fetch("/revision", { cache: "no-store" });
      const now = String((await answer.json()).revision);
      if (now !== revision) {
        const page = await fetch(location.href, { cache: "no-store" });
        if (page.ok) {
          const fresh = new DOMParser().parseFromString(await page.text(), "text/html");
          const before = document.querySelectorAll("article").length;
          renew(fresh, "boxes");
          if (!lasting) renew(fresh, "main");
          revision = now;
          if (!lasting && document.querySelectorAll("article").length > before) news.textContent = "New mail";
        }
      }
    } catch (error) {
      console.warn("The mailbox doesn't answer:", error);
    }
    setTimeout(look, LOOK_AGAIN_MS);
  }

  // In base 64, in pieces that a call takes as arguments.
  async function attached(file) {
    const bytes = new Uint8Array(await file.arrayBuffer());
    let text = "";
    for (let at = 0; at < bytes.length; at += 32768) text += String.fromCharCode(...bytes.subarray(at, at + 32768));
    return { name: file.name, media_type: file.type || "application/octet-stream", content: btoa(text) };
  }

  async function send(event) {
    event.preventDefault();
    const problem = document.getElementById("problem");
    const button = form.querySelector("button");
    const value = (name) => form.elements[name].value;
    problem.textContent = "";
    button.disabled = true;
    try {
      const mail = {
        from: value("from"), from_name: value("name"), to: value("to"), subject: value("subject"),
        text: value("text"), quoted: value("quoted"),
        in_reply_to: form.dataset.inReplyTo || null,
        references: form.dataset.references ? form.dataset.references.split(" ") : [],
        files: await Promise.all(Array.from(form.elements.file.files, attached)),
      };
      const answer = await fetch("/written", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(mail) });
      if (answer.ok) return location.assign("/?box=" + encodeURIComponent(mail.from.trim().toLowerCase()));
      problem.textContent = answer.status === 422 ? (await answer.json()).error : "The mail wasn’t taken (" + answer.status + ").";
    } catch (error) {
      problem.textContent = "The mailbox doesn’t answer. Try again.";
    }
    button.disabled = false;
  }

  if (form) {
    form.addEventListener("submit", send);
    document.getElementById(form.elements.from.value ? "text" : "from").focus();
  }
  setTimeout(look, LOOK_AGAIN_MS);
})();
