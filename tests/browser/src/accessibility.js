// Problems that people meet who use a keyboard, a screen reader or their eyes at their limits: names, references, contrast,
// target sizes. A floor that is always checked; axe-core's rules come on top where it is installed.
const problems = [];
const shown = (one) => one.checkVisibility({ opacityProperty: true, visibilityProperty: true });
const say = (one, what) => problems.push(`${what}: ${one.outerHTML.slice(0, 160)}`);
const all = (css) => [...document.querySelectorAll(css)].filter(shown);
const byIds = (ids) => (ids ?? "").split(/\s+/).filter(Boolean).map((id) => document.getElementById(id));

// WCAG 4.1.2, 1.1.1: what can be used, and what groups it, has a name. A section without one groups nothing.
function nameOf(one) {
  const labels = byIds(one.getAttribute("aria-labelledby")).map((label) => label?.textContent ?? "");
  const own = [...(one.labels ?? [])].map((label) => label.textContent);
  return [one.getAttribute("aria-label"), ...labels, ...own, one.matches("button, a, summary") ? one.textContent : ""]
    .map((text) => (text ?? "").trim())
    .find((text) => text !== "");
}
for (const one of all("button, a[href], input, textarea, select, iframe, [role=dialog], [role=group], [role=log], [role=region], article")) {
  if (!nameOf(one) && !one.title) say(one, "no name");
}
for (const one of all("img")) if (!one.hasAttribute("alt")) say(one, "no alt");
for (const one of all("svg")) {
  const silent = one.getAttribute("aria-hidden") === "true" || one.closest("[aria-hidden=true]");
  if (!silent && !(one.getAttribute("role") === "img" && nameOf(one))) say(one, "a picture that is read out");
}

// 1.3.1, 4.1.2: references lead somewhere, ids are unique, headings begin at one.
for (const name of ["aria-labelledby", "aria-describedby", "aria-controls", "for"]) {
  for (const one of all(`[${name}]`)) {
    if (byIds(one.getAttribute(name)).includes(null)) say(one, `${name} leads nowhere`);
  }
}
const ids = [...document.querySelectorAll("[id]")].map((one) => one.id);
for (const id of new Set(ids.filter((id, at) => ids.indexOf(id) !== at))) problems.push(`id used twice: ${id}`);
if (!document.documentElement.lang) problems.push("no language");
if (document.querySelectorAll("h1").length !== 1) problems.push("not one h1");
for (const one of document.querySelectorAll("[tabindex]")) if (one.tabIndex > 0) say(one, "an order of its own for the Tab key");

// 2.5.8: targets of 24 pixels, but for links in a line of text.
for (const one of all("button, input, textarea, select, a.action")) {
  // A label is pressed for what it names.
  if (one.matches("[type=checkbox], [type=radio], [type=file]") && [...one.labels].some((label) => label.getBoundingClientRect().height >= 24)) continue;
  const box = one.getBoundingClientRect();
  if (box.width < 24 || box.height < 24) say(one, `a target of ${box.width} × ${box.height}`);
}

// 1.4.3: text stands out from what is behind it.
const channels = (color) => (color.match(/[\d.]+/g) ?? []).map(Number);
function luminance([r, g, b]) {
  const [x, y, z] = [r, g, b].map((value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * x + 0.7152 * y + 0.0722 * z;
}
function behind(one) {
  for (let at = one; at; at = at.parentElement) {
    const color = channels(getComputedStyle(at).backgroundColor);
    if (color.length === 3 || color[3] === 1) return color;
  }
  return [255, 255, 255];
}
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
for (let node; (node = walker.nextNode()); ) {
  const one = node.parentElement;
  if (node.data.trim() === "" || !shown(one) || one.closest("[hidden], .unseen, :disabled")) continue;
  const style = getComputedStyle(one);
  const [high, low] = [luminance(channels(style.color)), luminance(behind(one))].sort((a, b) => b - a);
  const size = parseFloat(style.fontSize);
  const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
  const ratio = (high + 0.05) / (low + 0.05);
  if (ratio < (large ? 3 : 4.5)) say(one, `contrast ${ratio.toFixed(2)}`);
}
return problems;
