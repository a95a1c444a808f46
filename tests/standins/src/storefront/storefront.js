// What a shop does to embed the chat: it tells the widget who is signed in, with a token that its own server signs.
"use strict";

// Calls made before the widget's script has arrived wait in a queue, which the widget empties.
window.usher = window.usher || function () { (window.usher.q = window.usher.q || []).push(arguments); };

(function () {
  const COOKIE = "lumen_customer";
  const LEFT = "lumen_left";
  const account = document.getElementById("account");
  const label = document.getElementById("account-label");
  const out = document.getElementById("sign-out");
  const link = document.getElementById("account-link");
  const people = Array.from(document.querySelectorAll("[data-customer]"));
  // A token lives ten minutes at most: a fresh one follows in good time.
  const RENEW_MS = 8 * 60 * 1000;
  let renewal = 0;
  // Only the newest choice counts when answers come in another order.
  let choice = 0;

  function remembered() {
    const found = document.cookie.match(new RegExp("(?:^|; )" + COOKIE + "=(\\d+)"));
    return found ? found[1] : null;
  }

  function remember(id) {
    document.cookie = COOKIE + "=" + (id || "") + "; path=/; SameSite=Lax" + (id ? "" : "; max-age=0");
  }

  function show(id) {
    const person = people.find((p) => p.dataset.customer === id);
    people.forEach((p) => p.setAttribute("aria-pressed", String(p === person)));
    label.textContent = id ? "Signed in as " + (person ? person.dataset.name : "customer " + id) : "Sign in as …";
    out.hidden = link.hidden = !id;
  }

  async function identify(id) {
    const mine = ++choice;
    clearTimeout(renewal);
    try {
      const answer = await fetch("/session-token?customer=" + encodeURIComponent(id), { cache: "no-store" });
      if (!answer.ok) throw new Error("the shop answered " + answer.status);
      const token = (await answer.json()).token;
      if (mine !== choice) return;
      window.usher("identify", token);
      renewal = setTimeout(identify, RENEW_MS, id);
    } catch (error) {
      if (mine !== choice) return;
      console.warn("The chat wasn't told who is signed in:", error);
      renewal = setTimeout(identify, 15000, id);
    }
  }

  function close() {
    account.open = false;
    label.focus();
  }

  // Pages that say something of the customer (orders, order button) are written by the server.
  function settle() {
    close();
    if (document.querySelector("form[action='/buy']") || location.pathname === "/account") {
      // The widget may not get to act on a logout before this page is gone: the next one says it again.
      if (!remembered()) sessionStorage.setItem(LEFT, "1");
      location.reload();
    }
  }

  people.forEach((person) => person.addEventListener("click", async () => {
    const id = person.dataset.customer;
    if (remembered() && remembered() !== id) window.usher("logout");
    remember(id);
    show(id);
    await identify(id);
    settle();
  }));

  out.addEventListener("click", () => {
    choice++;
    clearTimeout(renewal);
    remember(null);
    show(null);
    window.usher("logout");
    settle();
  });

  account.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });
  document.addEventListener("click", (event) => { if (!account.contains(event.target)) account.open = false; });

  // The chat asks for a customer: the shop's own way to sign in is this menu.
  window.usher("on", "sign-in", () => {
    account.open = true;
    label.focus();
  });

  const id = remembered();
  show(id);
  if (id) identify(id);
  else if (sessionStorage.getItem(LEFT)) window.usher("logout");
  sessionStorage.removeItem(LEFT);
})();
