// Signing in: the second factor is asked for once the password was right, and then it goes on to where one came from.

const form = document.getElementById("sign-in");
const second = document.getElementById("second");
const on = document.getElementById("on");

/** Where one came from, if that is a page of this console. */
function back() {
  const given = new URLSearchParams(location.search).get("back");
  try {
    const there = new URL(given ?? "", location.origin);
    const ours = there.origin === location.origin && /^\/console(\/|$)/.test(there.pathname);
    if (ours && there.pathname !== "/console/sign-in") return there.pathname + there.search + there.hash;
  } catch {
    // No address at all.
  }
  return "/console";
}

if (on) on.href = back();
if (form && back() !== "/console") document.getElementById("came-from").hidden = false;

form?.addEventListener("refused", (event) => {
  if (!/(code-needed|wrong-code)$/.test(event.detail.problem.type ?? "")) return;
  const code = form.elements.code;
  const first = second.hidden;
  second.hidden = false;
  code.disabled = false;
  code.required = true;
  if (first) {
    event.preventDefault();
    const trouble = form.querySelector(".trouble");
    trouble.hidden = true;
  }
  code.value = "";
  setTimeout(() => code.focus());
});

form?.addEventListener("done", (event) => {
  event.preventDefault();
  location.replace(back());
});
