// The shop's accent colour, and what must be changed in it so that text stays readable (WCAG 2.2: 4.5 to 1).

/** The backgrounds of `frame.css` that accent-coloured text stands on. */
const PAPER = { light: "#ffffff", dark: "#1b1e22" };
/** More on dark paper, where thin strokes look thinner. */
const READABLE = { light: 4.5, dark: 6.5 };

/** The colours for `accent` (`#rrggbb`) in the scheme `light` or `dark`. */
export function palette(accent, scheme) {
  return {
    accent,
    ink: contrast("#ffffff", accent) >= contrast("#000000", accent) ? "#ffffff" : "#000000",
    link: readable(accent, PAPER[scheme], READABLE[scheme]),
  };
}

/** `color` mixed with black or white, as little as makes it readable on `paper`. */
function readable(color, paper, ratio) {
  const target = contrast("#ffffff", paper) > contrast("#000000", paper) ? 255 : 0;
  for (let share = 0; share < 1; share += 0.05) {
    const mixed = hex(channels(color).map((value) => Math.round(value + (target - value) * share)));
    if (contrast(mixed, paper) >= ratio) return mixed;
  }
  return target === 255 ? "#ffffff" : "#000000";
}

/** The contrast ratio of two `#rrggbb` colours, 1 to 21. */
export function contrast(one, other) {
  const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

function luminance(color) {
  const [r, g, b] = channels(color).map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

const channels = (color) => [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16));
const hex = (values) => `#${values.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
