// The part of the widget that runs in the shop's page: a launcher button, a panel, and the frame in it.
//
// It keeps to itself: everything sits in a shadow root, the page's history, title and globals are left alone (but for
// `window.usher`), and nothing is stored or loaded until the customer opens the chat. The conversation lives in the frame,
// on usher's own origin; the two talk by messages whose sender, origin and shape are checked on both sides (`host.js`
// is the other end).
(() => {
  "use strict";

  const script = document.currentScript ?? document.querySelector('script[data-site][src*="widget.js"]');
  if (window.usher?.started) return;
  if (!script?.dataset.site) return complain('add data-site="…" to the script tag; the chat is not shown without it.');
  if (location.origin === "null") return complain("the chat needs a page with an address of its own (http or https).");

  const SITE = script.dataset.site;
  const FRAME = new URL("widget/frame", script.src);
  FRAME.search = new URLSearchParams({ site: SITE, origin: location.origin }).toString();

  const DEFAULT_COLOR = "#1f5f4a";
  const PAGE_EVENTS = ["ready", "open", "close", "message", "unread", "sign-in", "handoff", "error"];
  // A stored mark tells the next page that there is a conversation, and so a reason to load the frame before it is opened.
  const MARK = `usher.${SITE}`;
  const OPEN_MARK = `usher.${SITE}.open`;
  // The same widths as in `STYLE`: there the panel covers the page.
  const SMALL = matchMedia("(max-width: 480px), (max-height: 480px)");

  const TEXTS = {
    en: {
      open: "Open chat",
      close: "Close chat",
      chat: "Chat",
      unread: (n) => `${n} unread ${n === 1 ? "message" : "messages"}`,
    },
    fr: {
      open: "Ouvrir le chat",
      close: "Fermer le chat",
      chat: "Chat",
      unread: (n) => `${n} ${n === 1 ? "message non lu" : "messages non lus"}`,
    },
    nl: {
      open: "Chat openen",
      close: "Chat sluiten",
      chat: "Chat",
      unread: (n) => `${n} ongelezen ${n === 1 ? "bericht" : "berichten"}`,
    },
    sv: {
      open: "Öppna chatten",
      close: "Stäng chatten",
      chat: "Chatt",
      unread: (n) => `${n} ${n === 1 ? "oläst meddelande" : "olästa meddelanden"}`,
    },
  };

  const STYLE = `
    :host { all: initial; position: fixed; inset: 0 auto auto 0; width: 0; height: 0; z-index: 2147483000; }
    button { font: 600 12px/1 system-ui, sans-serif; }
    .launcher { position: fixed; inset-block-end: max(20px, env(safe-area-inset-bottom)); width: 60px; height: 60px; padding: 0; border: 0; border-radius: 50%;
      background: var(--accent); color: var(--ink); cursor: pointer; display: grid; place-items: center;
      box-shadow: 0 1px 2px rgb(0 0 0 / .3), 0 6px 20px rgb(0 0 0 / .22), 0 0 0 1px rgb(255 255 255 / .35); transition: transform .15s; }
    .launcher:hover { transform: scale(1.05); }
    .launcher:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; box-shadow: 0 0 0 3px #fff; }
    .launcher svg { width: 28px; height: 28px; fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
    .launcher[aria-expanded="true"] .speech, .launcher[aria-expanded="false"] .cross { display: none; }
    .badge { position: absolute; inset-block-start: -4px; inset-inline-end: -4px; min-width: 22px; height: 22px; box-sizing: border-box; padding: 0 5px;
      border-radius: 11px; border: 2px solid #fff; background: #b3261e; color: #fff; display: grid; place-items: center; }
    .badge[hidden], .panel[hidden] { display: none; }
    .panel { position: fixed; inset-block-end: 96px; width: 400px; height: 640px; max-width: calc(100vw - 40px); max-height: calc(100vh - 116px);
      max-height: calc(100dvh - 116px); border-radius: 16px; overflow: hidden; background: Canvas; border: 1px solid rgb(127 127 127 / .35);
      box-sizing: border-box; box-shadow: 0 12px 48px rgb(0 0 0 / .24); animation: rise .18s ease-out; }
    :host([data-position="right"]) :is(.launcher, .panel) { right: 20px; }
    :host([data-position="left"]) :is(.launcher, .panel) { left: 20px; }
    iframe { display: block; width: 100%; height: 100%; border: 0; }
    @keyframes rise { from { opacity: 0; transform: translateY(12px); } }
    @media (max-width: 480px), (max-height: 480px) {
      .panel { inset: 0 !important; width: 100%; height: 100%; max-width: none; max-height: none; border: 0; border-radius: 0; }
      .launcher[aria-expanded="true"] { visibility: hidden; }
    }
    @media (prefers-reduced-motion: reduce) { .panel { animation: none; } .launcher { transition: none; } .launcher:hover { transform: none; } }
    @media (forced-colors: active) { .launcher { border: 2px solid ButtonText; } }
    @media print { :host { display: none; } }`;

  const options = {
    site: SITE,
    name: script.dataset.name ?? "",
    assistant: script.dataset.assistant ?? "",
    color: hexColor(script.dataset.color) ?? DEFAULT_COLOR,
    theme: oneOf(["auto", "light", "dark"], script.dataset.theme),
    locale: script.dataset.locale || navigator.language || "en",
    questions: (script.dataset.questions ?? "")
      .split("|")
      .map((text) => text.trim())
      .filter(Boolean)
      .slice(0, 6),
  };
  const texts = TEXTS[options.locale.toLowerCase().split("-")[0]] ?? TEXTS.en;

  // What the frame must know; kept here so that commands given before it exists, or while it reloads, are not lost.
  const state = { open: false, unread: 0, ready: false, identity: null, page: null };
  const listeners = new Map(PAGE_EVENTS.map((name) => [name, []]));
  let frame = null;

  // --- elements -------------------------------------------------------------------------------------------------

  const root = element("div", { id: "usher-chat", "data-position": oneOf(["right", "left"], script.dataset.position) });
  const shadow = root.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  shadow.adoptedStyleSheets = [sheet];
  root.style.setProperty("--accent", options.color);
  root.style.setProperty("--ink", inkOn(options.color));

  const launcher = element("button", {
    class: "launcher",
    type: "button",
    "aria-haspopup": "dialog",
    "aria-controls": "usher-panel",
  });
  const badge = element("span", { class: "badge", "aria-hidden": "true", hidden: "" });
  launcher.append(
    icon(
      "speech",
      "M21 11.5a8.4 8.4 0 0 1-9 8.4 9.6 9.6 0 0 1-3.6-.7L3 21l1.8-4.6A8 8 0 0 1 3 11.5 8.6 8.6 0 0 1 12 3.1a8.6 8.6 0 0 1 9 8.4Z",
    ),
    icon("cross", "M6 6l12 12M18 6 6 18"),
    badge,
  );
  const panel = element("div", {
    class: "panel",
    id: "usher-panel",
    role: "dialog",
    "aria-label": options.name ? `${texts.chat} – ${options.name}` : texts.chat,
    hidden: "",
  });
  shadow.append(launcher, panel);

  launcher.addEventListener("click", () => (state.open ? close() : open()));
  shadow.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && state.open) close();
  });

  // Beside the body, not in it: a page that swaps its body keeps the conversation on screen.
  const attach = () => root.isConnected || document.documentElement.append(root);
  attach();
  new MutationObserver(attach).observe(document.documentElement, { childList: true });

  // --- opening and closing --------------------------------------------------------------------------------------

  function open({ takeFocus = true } = {}) {
    if (state.open) return focusFrame();
    state.open = true;
    createFrame();
    panel.hidden = false;
    store("sessionStorage", OPEN_MARK, "1");
    show();
    fitToKeyboard();
    tell({ type: "open" });
    if (takeFocus) focusFrame();
    emit("open");
  }

  function close() {
    if (!state.open) return;
    state.open = false;
    const hadFocus = shadow.activeElement !== null;
    panel.hidden = true;
    store("sessionStorage", OPEN_MARK, null);
    show();
    if (hadFocus) launcher.focus();
    tell({ type: "close" });
    emit("close");
  }

  function show() {
    const name = state.open ? texts.close : texts.open;
    launcher.setAttribute("aria-expanded", String(state.open));
    launcher.setAttribute("aria-label", state.unread > 0 ? `${name}, ${texts.unread(state.unread)}` : name);
    badge.hidden = state.unread === 0 || state.open;
    badge.textContent = state.unread > 99 ? "99+" : String(state.unread);
  }

  function createFrame() {
    if (frame) return;
    frame = element("iframe", {
      title: texts.chat,
      sandbox: "allow-scripts allow-forms allow-popups allow-popups-to-escape-sandbox allow-same-origin",
      allow: "clipboard-write",
      referrerpolicy: "no-referrer",
      src: FRAME.href,
    });
    panel.append(frame);
  }

  function focusFrame() {
    frame.focus();
    tell({ type: "focus" });
  }

  // On a phone the keyboard covers the lower half of the page; the panel keeps to what stays visible.
  function fitToKeyboard() {
    const view = window.visualViewport;
    const cover = state.open && view && SMALL.matches;
    panel.style.setProperty("height", cover ? `${view.height}px` : "");
    panel.style.setProperty("transform", cover && view.offsetTop ? `translateY(${view.offsetTop}px)` : "");
  }
  window.visualViewport?.addEventListener("resize", fitToKeyboard);
  window.visualViewport?.addEventListener("scroll", fitToKeyboard);

  // --- the frame ------------------------------------------------------------------------------------------------

  /** What the frame may say: a check of the shape, and what follows. */
  const HEARD = {
    ready: [
      () => true,
      () => {
        state.ready = true;
        tell({
          type: "config",
          ...options,
          page: pageUrl(),
          open: state.open,
          identity: state.identity,
          canSignIn: canSignIn(),
        });
        if (shadow.activeElement === frame) tell({ type: "focus" });
        emit("ready");
      },
    ],
    close: [() => true, () => close()],
    unread: [
      (said) => Number.isSafeInteger(said.count) && said.count >= 0,
      (said) => {
        if (said.count === state.unread) return;
        state.unread = said.count;
        show();
        emit("unread", { count: said.count });
      },
    ],
    stored: [
      (said) => typeof said.stored === "boolean",
      (said) => store("localStorage", MARK, said.stored ? "1" : null),
    ],
    "sign-in-requested": [() => true, () => emit("sign-in")],
    "signed-out": [() => true, () => (state.identity = null)],
    message: [
      (said) => Number.isSafeInteger(said.seq) && typeof said.author === "string",
      (said) => emit("message", { seq: said.seq, author: said.author }),
    ],
    handoff: [() => true, () => emit("handoff")],
    error: [
      (said) => typeof said.code === "string" && typeof said.detail === "string",
      (said) => emit("error", { code: said.code, detail: said.detail }),
    ],
  };

  addEventListener("message", (event) => {
    if (!frame || event.source !== frame.contentWindow || event.origin !== FRAME.origin) return;
    const said = event.data;
    if (typeof said !== "object" || said === null || said.usher !== 1 || !Object.hasOwn(HEARD, said.type)) return;
    const [fits, act] = HEARD[said.type];
    if (fits(said)) act(said);
  });

  function tell(words) {
    if (state.ready) frame.contentWindow?.postMessage({ usher: 1, ...words }, FRAME.origin);
  }

  // --- the page -------------------------------------------------------------------------------------------------

  const canSignIn = () => listeners.get("sign-in").length > 0;
  const pageUrl = () => state.page ?? location.origin + location.pathname + location.search;

  const COMMANDS = {
    open: () => open(),
    close: () => close(),
    identify(token) {
      if (typeof token !== "string" || token === "")
        return complain('usher("identify", token) needs the signed token as text.');
      state.identity = { token };
      tell({ type: "identity", identity: state.identity });
    },
    logout() {
      state.identity = { logout: true };
      tell({ type: "identity", identity: state.identity });
    },
    on(name, listener) {
      if (!listeners.has(name) || typeof listener !== "function") {
        return complain(`usher("on", event, function) knows these events: ${PAGE_EVENTS.join(", ")}.`);
      }
      listeners.get(name).push(listener);
      if (name === "sign-in") tell({ type: "can-sign-in", on: true });
    },
    page(url) {
      if (!URL.canParse(url, location.href)) return complain('usher("page", url) needs the address of the page.');
      state.page = new URL(url, location.href).href;
      tell({ type: "page", url: pageUrl() });
    },
  };

  function emit(name, detail) {
    for (const listener of listeners.get(name)) {
      try {
        listener(detail);
      } catch (error) {
        reportError(error);
      }
    }
  }

  function command(name, ...rest) {
    if (!Object.hasOwn(COMMANDS, name))
      return complain(`there is no command "${name}"; use ${Object.keys(COMMANDS).join(", ")}.`);
    COMMANDS[name](...rest);
  }

  // A shop that changes pages without loading them: the address is read anew whenever it may have changed, and at the
  // latest when the customer turns to the frame (the page then loses the focus).
  let address = location.href;
  function noticePage() {
    if (location.href === address) return;
    address = location.href;
    state.page = null;
    tell({ type: "page", url: pageUrl() });
  }
  window.navigation?.addEventListener("currententrychange", noticePage);
  for (const name of ["popstate", "hashchange", "blur"]) addEventListener(name, noticePage);

  // --- small things ---------------------------------------------------------------------------------------------

  function element(name, attributes) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  }

  function icon(name, path) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    for (const [key, value] of Object.entries({ class: name, viewBox: "0 0 24 24", "aria-hidden": "true" }))
      svg.setAttribute(key, value);
    svg.append(document.createElementNS("http://www.w3.org/2000/svg", "path"));
    svg.firstChild.setAttribute("d", path);
    return svg;
  }

  function oneOf(values, given) {
    if (given && !values.includes(given))
      complain(`"${given}" is none of ${values.join(", ")}; "${values[0]}" is used.`);
    return values.includes(given) ? given : values[0];
  }

  function hexColor(given) {
    if (!given) return null;
    const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/i.exec(given);
    const long = short
      ? `#${short
          .slice(1)
          .map((digit) => digit + digit)
          .join("")}`
      : given;
    if (/^#[0-9a-f]{6}$/i.test(long)) return long.toLowerCase();
    complain(`data-color="${given}" is not a colour such as #1f5f4a; the default is used.`);
    return null;
  }

  /** White or black, whichever has the higher contrast on `color` (WCAG 2.2): never under 4.5 to 1. */
  function inkOn(color) {
    const [r, g, b] = [1, 3, 5].map((at) => {
      const value = parseInt(color.slice(at, at + 2), 16) / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    const luminance = 0.2126 * r + 0.7152 * g + 0.0722 * b;
    return 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.05 ? "#ffffff" : "#000000";
  }

  // Storage can be refused (private mode, settings): the widget then forgets between pages and works otherwise.
  function stored(storage, key) {
    try {
      return window[storage].getItem(key);
    } catch {
      return null;
    }
  }

  function store(storage, key, value) {
    try {
      if (value === null) window[storage].removeItem(key);
      else window[storage].setItem(key, value);
    } catch {
      // Not kept.
    }
  }

  function complain(text) {
    console.warn(`usher: ${text}`);
  }

  // --- start ----------------------------------------------------------------------------------------------------

  const early = window.usher?.q ?? [];
  window.usher = command;
  window.usher.started = true;
  show();
  for (const words of early) command(...words);
  if (stored("localStorage", MARK)) createFrame();
  if (stored("sessionStorage", OPEN_MARK) && !SMALL.matches) open({ takeFocus: false });
})();
