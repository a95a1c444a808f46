// The customer hub: what is a signed-in customer's own, one page a section. Sign-in, cards and words are the chat's.

import { api, Refusal, refusal } from "/widget/api.js";
import { buttonPart, cardPart, part, textParts } from "/widget/blocks.js";
import { signInPrompt } from "/widget/signin.js";
import { clock as clockFor, textsFor } from "/widget/texts.js";

const WORDS = {
  en: {
    sections: { orders: "Orders", returns: "Returns", subscriptions: "Subscriptions", loyalty: "Rewards", coupons: "Coupons" },
    empty: {
      orders: "You have no orders yet.",
      returns: "You have no returns under way.",
      subscriptions: "You have no subscriptions.",
      loyalty: "You haven’t joined the rewards programme.",
      coupons: "There are no codes for you just now.",
    },
    account: "Your account",
    skip: "Skip to the content",
    loading: "Loading…",
    away: "This can’t be shown just now: the system that knows it doesn’t answer.",
    off: "This part of the account isn’t available.",
    again: "Try again",
    expired: "You were signed out. Please sign in again.",
  },
  fr: {
    sections: { orders: "Commandes", returns: "Retours", subscriptions: "Abonnements", loyalty: "Récompenses", coupons: "Codes promo" },
    empty: {
      orders: "Vous n’avez pas encore de commande.",
      returns: "Vous n’avez aucun retour en cours.",
      subscriptions: "Vous n’avez pas d’abonnement.",
      loyalty: "Vous n’êtes pas inscrit au programme de fidélité.",
      coupons: "Aucun code pour vous en ce moment.",
    },
    account: "Votre compte",
    skip: "Aller au contenu",
    loading: "Chargement…",
    away: "Impossible d’afficher ceci pour l’instant : le système concerné ne répond pas.",
    off: "Cette partie du compte n’est pas disponible.",
    again: "Réessayer",
    expired: "Vous avez été déconnecté. Veuillez vous reconnecter.",
  },
  nl: {
    sections: { orders: "Bestellingen", returns: "Retouren", subscriptions: "Abonnementen", loyalty: "Beloningen", coupons: "Kortingscodes" },
    empty: {
      orders: "Je hebt nog geen bestellingen.",
      returns: "Je hebt geen lopende retouren.",
      subscriptions: "Je hebt geen abonnementen.",
      loyalty: "Je doet nog niet mee aan het spaarprogramma.",
      coupons: "Er zijn nu geen codes voor je.",
    },
    account: "Je account",
    skip: "Naar de inhoud",
    loading: "Laden…",
    away: "Dit kan nu niet worden getoond: het systeem dat het weet, antwoordt niet.",
    off: "Dit deel van het account is niet beschikbaar.",
    again: "Opnieuw proberen",
    expired: "Je bent uitgelogd. Log opnieuw in.",
  },
  sv: {
    sections: { orders: "Beställningar", returns: "Returer", subscriptions: "Prenumerationer", loyalty: "Förmåner", coupons: "Rabattkoder" },
    empty: {
      orders: "Du har inga beställningar än.",
      returns: "Du har inga pågående returer.",
      subscriptions: "Du har inga prenumerationer.",
      loyalty: "Du är inte med i bonusprogrammet.",
      coupons: "Det finns inga koder för dig just nu.",
    },
    account: "Ditt konto",
    skip: "Hoppa till innehållet",
    loading: "Hämtar…",
    away: "Det här kan inte visas just nu: systemet som vet det svarar inte.",
    off: "Den här delen av kontot är inte tillgänglig.",
    again: "Försök igen",
    expired: "Du loggades ut. Logga in igen.",
  },
};

const at = (id) => document.getElementById(id);
const meta = (name) => document.querySelector(`meta[name="${name}"]`).content;
const site = meta("usher-site");
const section = location.pathname.split("/").pop();
const locale = navigator.language || "en";
const { words, language, direction } = textsFor(locale);
const own = WORDS[language];
const clock = clockFor(locale, words);
const KEY = `usher.hub.${site}`;

const root = document.documentElement;
root.lang = language;
root.dir = direction;
const dark = matchMedia("(prefers-color-scheme: dark)");
const paint = () => (root.dataset.scheme = dark.matches ? "dark" : "light");
dark.addEventListener("change", paint);
paint();

document.title = `${own.sections[section]} · ${meta("usher-shop") || own.account}`;
at("skip").textContent = own.skip;
at("shop").textContent = meta("usher-shop") || own.account;
at("title").textContent = own.sections[section];
at("sign-out").textContent = words.signOut;
at("sections").setAttribute("aria-label", own.account);
for (const [name, label] of Object.entries(own.sections)) {
  const link = part("a", { href: `/hub/${name}` }, label);
  if (name === section) link.setAttribute("aria-current", "page");
  at("sections").append(link);
}
document.body.hidden = false;

const prompt = signInPrompt(at("sign-in"), words, {
  shop() {},
  sendCode: async (email) => api.sendCode(await session(), email),
  async verify(code) {
    await api.verifyCode(await session(), code);
    prompt.hide();
    at("content").focus();
    await show();
  },
  explain({ kind, problem, retryAt }) {
    if (problem === "wrong-code") return words.codeWrong;
    if (problem === "too-many-attempts") return words.codeSpent;
    return kind === "busy" ? words.retryAt(clock.wait(retryAt)) : words.failed;
  },
});

at("sign-out").addEventListener("click", async () => {
  try {
    await api.signOut(await session());
  } catch {
    // Signed out here all the same.
  }
  keep(null);
  await show();
});

/** The token of this tab's session: gone when the tab is closed. */
function kept() {
  try {
    return sessionStorage.getItem(KEY);
  } catch {
    return keep.page ?? null;
  }
}

function keep(token) {
  keep.page = token;
  try {
    if (token === null) sessionStorage.removeItem(KEY);
    else sessionStorage.setItem(KEY, token);
  } catch {
    // Kept as long as the page lives.
  }
}

async function session() {
  if (!kept()) {
    const opened = await api.openSession(site, {});
    keep(opened.token);
  }
  return kept();
}

async function read(token) {
  let response;
  try {
    response = await fetch(`/api/v1/session/hub/${encodeURIComponent(section)}?locale=${encodeURIComponent(locale)}`, {
      headers: { Accept: "application/json", Authorization: `Bearer ${token}` },
      credentials: "omit",
      cache: "no-store",
    });
  } catch {
    throw new Refusal("unreachable");
  }
  const body = await response.json().catch(() => undefined);
  if (!response.ok || body === undefined) throw refusal(response, body);
  return body;
}

async function show() {
  at("cards").replaceChildren();
  at("text").replaceChildren();
  at("links").replaceChildren();
  at("status").textContent = own.loading;
  try {
    const page = await read(await session());
    identify(page);
    if (page.sign_in) {
      at("status").textContent = "";
      prompt.show(page.sign_in, false);
      return;
    }
    prompt.hide();
    const context = { words, clock, choose() {} };
    at("cards").append(...page.cards.map((card) => cardPart(card, context)).filter(Boolean));
    at("text").append(...textParts(page.blocks, words));
    at("links").append(...page.links.map((link) => buttonPart(link, context)).filter(Boolean));
    const nothing = page.cards.length === 0 && page.blocks.length === 0;
    at("status").textContent = nothing ? own.empty[section] : "";
  } catch (error) {
    if (error.kind === "expired") {
      const again = kept() !== null && !show.renewed;
      keep(null);
      show.renewed = true;
      if (again) {
        await show();
        at("status").textContent = own.expired;
        return;
      }
    }
    trouble(error.kind === "gone" ? own.off : own.away);
  }
}

function identify(page) {
  at("identity").hidden = Boolean(page.sign_in);
  at("identity-name").textContent = page.name ? words.signedInAs(page.name) : words.signedIn;
}

function trouble(text) {
  const again = part("button", { type: "button", class: "action" }, own.again);
  again.addEventListener("click", show);
  at("status").replaceChildren(text, again);
}

/** A shop's page may send a signed-in customer here with an identity token behind `#token=`; it is used once and not kept. */
async function begin() {
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  if (token) {
    history.replaceState(null, "", location.pathname + location.search);
    try {
      await api.identify(await session(), token);
    } catch {
      // The prompt is shown instead.
    }
  }
  await show();
}

await begin();
