// The first run: the setup token may come with the address that the server printed, after the `#`, where it is in no log.

const field = document.querySelector("#setup [name=token]");
const given = new URLSearchParams(location.hash.slice(1)).get("token");
if (field && given) {
  field.value = given;
  history.replaceState(null, "", location.pathname + location.search);
  document.querySelector("#setup [name=email]").focus();
} else {
  field?.focus();
}

// Where the short name that the address gives can't be used, another one is asked for.
document.getElementById("setup")?.addEventListener("refused", (event) => {
  const detail = event.detail.problem.detail ?? "";
  if (/`name`|this name or this address/.test(detail)) document.querySelector("[data-short-name]").hidden = false;
});
