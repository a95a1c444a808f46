// How many messages a carrier makes, and charges for, of one text. The server counts the same way.
// Sources: 3GPP TS 23.038 (the default alphabet and its extension), TS 23.040 (parts of a long message are shorter).

/** What the default alphabet has beside ASCII, and what it has by an escape and another septet. */
const BEYOND_ASCII = new Set("£¥èéùìòÇØøÅåΔΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà");
const EXTENSION = new Set("^{}\\[~]|€\f");

/** What fits in one message, and in each of several. */
const ROOM = { gsm: [160, 153], ucs2: [70, 67] };

function septets(sign) {
  if (EXTENSION.has(sign)) return 2;
  if (sign === "`") return 0;
  return /^[\x21-\x7e \n\r]$/.test(sign) || BEYOND_ASCII.has(sign) ? 1 : 0;
}

/** `count` messages of the `alphabet` `gsm` or `ucs2`; `units` are septets of the one, or UTF-16 units of the other. */
export function segments(text) {
  const signs = [...text];
  const alphabet = signs.every(septets) ? "gsm" : "ucs2";
  const sizes = signs.map((sign) => (alphabet === "gsm" ? septets(sign) : sign.length));
  const [alone, each] = ROOM[alphabet];
  const units = sizes.reduce((sum, size) => sum + size, 0);
  if (units <= alone) return { alphabet, units, count: units === 0 ? 0 : 1 };
  let count = 1;
  let used = 0;
  for (const size of sizes) {
    // A sign of two places goes into the next message whole.
    if (used + size > each) {
      count += 1;
      used = 0;
    }
    used += size;
  }
  return { alphabet, units, count };
}
