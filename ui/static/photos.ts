// SPDX-License-Identifier: AGPL-3.0-or-later
// Pictures: what was chosen is shown before it is sent; how much of it has gone, and a way back, while it is sent; and the arrow
// keys on their pages.
// Without this file the browser sends the same form by itself. All sentences come with the form.

export {}; // a module: its names are its own

const under = new WeakMap<HTMLFormElement, XMLHttpRequest>();

const filesOf = (form: HTMLFormElement): HTMLInputElement | null => form.querySelector<HTMLInputElement>('input[type="file"]');

/** Says before sending what the server would say after it. */
function judge(input: HTMLInputElement): void {
  const files = [...(input.files ?? [])];
  const { most, bytes, many = "", large = "" } = input.dataset;
  const fault = files.length > Number(most) ? many : files.some((f) => f.size > Number(bytes)) ? large : "";
  input.setCustomValidity(fault);
  if (fault) input.reportValidity();
}

function preview(input: HTMLInputElement): void {
  const list = input.form?.querySelector(".previews");
  if (!list) return;
  for (const old of list.querySelectorAll("img")) URL.revokeObjectURL(old.src);
  const shown = [...(input.files ?? [])].slice(0, Number(input.dataset["most"]));
  list.replaceChildren(...shown.map((file) => Object.assign(new Image(), { src: URL.createObjectURL(file), alt: file.name })));
}

document.addEventListener("change", ({ target }) => {
  if (!(target instanceof HTMLInputElement) || target.type !== "file") return;
  judge(target);
  preview(target);
});

function tell(form: HTMLFormElement, sentence: string): void {
  const said = form.querySelector<HTMLElement>("[data-said]");
  if (!said) return;
  said.textContent = sentence;
  said.hidden = !sentence;
}

function show(form: HTMLFormElement, sending: boolean): void {
  form.querySelector<HTMLElement>(".uploading")?.toggleAttribute("hidden", !sending);
  if (!sending) delete form.dataset["busy"];
}

/** The refused form with its sentences takes the old one's place, and keeps the files: a browser would have forgotten them. */
function again(form: HTMLFormElement, page: Document): boolean {
  const next = page.querySelector<HTMLFormElement>("form.composer");
  const from = filesOf(form);
  const to = next && filesOf(next);
  if (!next || !from || !to) return false;
  form.replaceWith(document.adoptNode(next));
  to.files = from.files;
  preview(to);
  next.querySelector<HTMLElement>("[aria-invalid]")?.focus();
  return true;
}

function arrived(form: HTMLFormElement, request: XMLHttpRequest): void {
  const to = request.getResponseHeader("HX-Redirect");
  if (to) {
    location.assign(to);
    return;
  }
  const page = new DOMParser().parseFromString(request.responseText, "text/html");
  show(form, false);
  if (!again(form, page)) tell(form, page.querySelector("main p")?.textContent ?? "");
}

function send(form: HTMLFormElement, pressed: HTMLElement | null): void {
  const request = new XMLHttpRequest();
  const bar = form.querySelector("progress");
  under.set(form, request);
  tell(form, "");
  show(form, true);
  request.upload.addEventListener("progress", ({ loaded, total }) => {
    if (loaded < total) bar?.setAttribute("value", String((100 * loaded) / total));
    else bar?.removeAttribute("value"); // all has gone; now it is read
  });
  request.addEventListener("loadend", () => under.delete(form));
  request.addEventListener("load", () => arrived(form, request));
  request.addEventListener("abort", () => show(form, false));
  request.addEventListener("error", () => {
    show(form, false);
    tell(form, form.querySelector<HTMLElement>("[data-said]")?.dataset["said"] ?? "");
  });
  request.open("POST", form.action);
  request.setRequestHeader("HX-Request", "true"); // a redirect comes as a header, and what it says is read by the next page
  request.send(new FormData(form, pressed));
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !filesOf(form)?.files?.length) return;
  event.preventDefault();
  if (!under.has(form)) send(form, event.submitter);
});

document.addEventListener("click", ({ target }) => {
  const form = target instanceof Element ? target.closest("[data-stop]")?.closest("form") : null;
  if (form) under.get(form)?.abort();
});

// Arrow keys turn the pages of the pictures of a post.
document.addEventListener("keydown", (event) => {
  const turn = { ArrowLeft: "prev", ArrowRight: "next" }[event.key];
  if (!turn || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (event.target instanceof Element && event.target.closest("input, textarea, select")) return;
  document.querySelector<HTMLAnchorElement>(`.stage a[rel="${turn}"]`)?.click();
});
