// SPDX-License-Identifier: AGPL-3.0-or-later
// What scripts add to pages that already work without them. Handlers sit on the document, so that what htmx swaps in
// behaves like what came with the page; no sentence is written here, all of them come from the server.

import htmx from "htmx.org";

import "./live";
import { showPasskeys } from "./passkey";
import "./photos";

// Trusted Types. The pages are sent with `require-trusted-types-for 'script'`: a string may not become markup or code.
// htmx parses each answer of our server into a document of its own (inert: scripts in it do not run, and htmx is told
// below not to revive them), and knows nothing of Trusted Types; only a policy named "default" reaches it. So this one
// admits the two parsers that htmx calls, by what the browser calls them, and refuses every other sink: innerHTML,
// insertAdjacentHTML, eval and script addresses stay shut for us, for htmx and for whoever gets a string into the page.
// (hx-preserve would need insertAdjacentHTML: it is not used.)
interface TrustedTypes {
  createPolicy(name: string, rules: { createHTML(markup: string, type: string, sink: string): string | null }): unknown;
}
const PARSERS = ["Document parseHTMLUnsafe", "DOMParser parseFromString"];
const trusted = (window as { trustedTypes?: TrustedTypes }).trustedTypes;
trusted?.createPolicy("default", {
  createHTML: (markup, _type, sink) => (PARSERS.includes(sink) ? markup : null),
});

Object.assign(htmx.config, {
  allowEval: false, // the CSP forbids it
  allowScriptTags: false,
  includeIndicatorStyles: false, // the CSP forbids inline styles
  historyCacheSize: 0, // no private page is left in the browser's storage …
  refreshOnHistoryMiss: true, // … so going back loads the page again
  selfRequestsOnly: true,
  // A refused form comes back with its errors and what was typed: it is shown like a success.
  responseHandling: [
    { code: "204", swap: false },
    { code: "[23]..", swap: true },
    { code: "422", swap: true },
    { code: "[45]..", swap: false, error: true },
  ],
});

// Other failures are shown where the server says (a banner or a toast), else nothing is replaced.
document.addEventListener("htmx:beforeSwap", (event) => {
  const detail = (event as CustomEvent<{ xhr: XMLHttpRequest; shouldSwap: boolean }>).detail;
  if (detail.xhr.status >= 400 && detail.xhr.getResponseHeader("HX-Retarget")) detail.shouldSwap = true;
});

// A text area is as high as its text.
function grow(area: HTMLTextAreaElement): void {
  if (CSS.supports("field-sizing", "content")) return; // the style sheet does it
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight + area.offsetHeight - area.clientHeight}px`;
}

// <textarea id="text" data-max="4000">, <span data-count="text">: how many characters are left, once few are: 200, or a fifth of
// a short text. Counted in code points, as the server counts them.
const FEW_LEFT = 200;
const FEW_PART = 5;

function count(field: HTMLTextAreaElement | HTMLInputElement): void {
  const shown = field.id && document.querySelector<HTMLElement>(`[data-count="${CSS.escape(field.id)}"]`);
  if (!shown) return;
  const most = Number(field.dataset["max"]);
  const left = most - [...field.value].length;
  shown.textContent = left <= Math.min(FEW_LEFT, most / FEW_PART) ? String(left) : "";
  shown.classList.toggle("count-over", left < 0);
}

document.addEventListener("input", ({ target }) => {
  if (target instanceof HTMLTextAreaElement) grow(target);
  if ((target instanceof HTMLTextAreaElement || target instanceof HTMLInputElement) && target.dataset["max"]) count(target);
});

// A composer that was entered stays open: closing it under a click would move what is being clicked.
document.addEventListener("focusin", ({ target }) => {
  if (target instanceof Element) target.closest(".composer")?.classList.add("composer-open");
});

// A toast leaves after ten seconds, but not from under the pointer or the focus.
const TOAST_MS = 10_000;
const TOAST_AGAIN_MS = 2_000;

function dismiss(toast: Element): void {
  if (toast.matches(":hover, :focus-within")) setTimeout(dismiss, TOAST_AGAIN_MS, toast);
  else toast.remove();
}

function within<E extends Element>(root: Element, selector: string): E[] {
  const found = [...root.querySelectorAll<E>(selector)];
  return root.matches(selector) ? [root as E, ...found] : found;
}

function prepare(root: Element): void {
  within<HTMLTextAreaElement>(root, "textarea").forEach(grow);
  within<HTMLTextAreaElement>(root, "[data-max]").forEach(count);
  within(root, ".toast:not([data-timed])").forEach((toast) => {
    toast.setAttribute("data-timed", "");
    setTimeout(dismiss, TOAST_MS, toast);
  });
}
htmx.onLoad((element) => prepare(element as Element));

// Ctrl+Enter (and Cmd+Enter) sends what is being written; Escape closes an open menu and gives the focus back.
function close(menu: HTMLDetailsElement): void {
  const inside = menu.contains(document.activeElement);
  menu.open = false;
  if (inside) menu.querySelector("summary")?.focus();
}

function openMenus(): HTMLDetailsElement[] {
  return [...document.querySelectorAll<HTMLDetailsElement>("details.menu[open]")];
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") openMenus().forEach(close);
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
  if (!(event.target instanceof HTMLTextAreaElement) || !event.target.form) return;
  event.preventDefault();
  event.target.form.requestSubmit();
});

document.addEventListener("click", ({ target }) => {
  for (const menu of openMenus()) {
    if (target instanceof Node && !menu.contains(target)) menu.open = false;
  }
});

// A form that is on its way looks so. A second press still goes out: the form's once-token makes it harmless, and a
// button that were really disabled would take its own value out of the form.
document.addEventListener("submit", ({ target }) => {
  if (target instanceof HTMLFormElement) target.dataset["busy"] = "";
});

function settle(root: ParentNode): void {
  root.querySelectorAll<HTMLElement>("form[data-busy]").forEach((form) => delete form.dataset["busy"]);
}
document.addEventListener("htmx:afterRequest", () => settle(document));
window.addEventListener("pageshow", () => settle(document)); // back from the next page

showPasskeys();
