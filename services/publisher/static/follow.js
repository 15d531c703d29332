// Follow buttons: the page stays where it is, and the button says what it does next.
"use strict";

async function sendFollow(form, followed) {
  const { kind, value, label } = Object.fromEntries(new FormData(form));
  let response;
  try {
    response = await fetch("/api/follow", {
      method: "POST",
      headers: { "Content-Type": "application/json", "Accept": "application/json" },
      body: JSON.stringify({ kind, value, label, followed }),
    });
  } catch {
    return "This was not saved: papersys does not answer.";
  }
  const body = await response.json().catch(() => ({}));
  return response.ok ? "" : body.error || `This was not saved (error ${response.status}).`;
}

function showFollow(form, followed) {
  const sought = ["kind", "value"].map((name) => form.elements[name].value).join("\n");
  for (const other of document.querySelectorAll("form.follow")) {
    if (["kind", "value"].map((name) => other.elements[name].value).join("\n") !== sought) continue;
    const button = other.querySelector("button");
    button.value = String(!followed);
    button.textContent = `${followed ? "Unfollow" : "Follow"} ${other.dataset.follow}`;
  }
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("form.follow") || !event.submitter) return;
  event.preventDefault();
  if (form.dataset.busy) return;
  form.dataset.busy = "1";
  const followed = event.submitter.value === "true";
  const problem = await sendFollow(form, followed);
  delete form.dataset.busy;
  if (!problem) showFollow(form, followed);
  showToast(problem || (followed ? `You follow ${form.dataset.follow} now.` : `You no longer follow ${form.dataset.follow}.`), Boolean(problem));
});
