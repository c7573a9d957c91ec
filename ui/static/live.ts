// SPDX-License-Identifier: AGPL-3.0-or-later
// What happens while a page is open. The server tells it in one stream a browser (a browser has few connections to a host):
// whoever of its pages holds the lock listens and passes on what it hears. Where there are no locks (no secure context) each
// page that is looked at listens for itself.

type Heard = { what: "news"; ids: string[] } | { what: "counters"; requests: number; notices: number };

const at = document.body.dataset["live"];
const channel = "BroadcastChannel" in window ? new BroadcastChannel("veche-live") : null;

// Ids are whole numbers of up to 19 digits.
const newer = (a: string, b: string): boolean => (a.length === b.length ? a > b : a.length > b.length);

const fresh = document.querySelector<HTMLElement>("#fresh");
const unseen = new Set<string>();
const plurals = new Intl.PluralRules(document.documentElement.lang);

/** The sentence for n: the server wrote those for 1, 2 and 5, which have all forms that its languages have. */
function sentence(n: number): string {
  const form = plurals.select(n);
  const like = form === plurals.select(1) ? "one" : form === plurals.select(2) ? "two" : "five";
  return (fresh?.dataset[like] ?? "").replace(/\d+/, n.toLocaleString(document.documentElement.lang));
}

function showNews(ids: string[]): void {
  if (!fresh) return;
  for (const id of ids) if (newer(id, fresh.dataset["since"] ?? "0")) unseen.add(id);
  if (unseen.size === 0) return;
  fresh.querySelector("span")!.textContent = sentence(unseen.size);
  fresh.hidden = false;
}

function showCounters(requests: number, notices: number): void {
  const n = requests + notices;
  document.title = document.title.replace(/^(\(\d+\) )?/, n ? `(${n}) ` : "");
  badge('nav.nav a[href="/friends"], nav.bar a[href="/friends"], div.menu a[href="/friends"]', requests);
  badge("a.bell", notices);
}

function badge(links: string, n: number): void {
  for (const link of document.querySelectorAll(links)) {
    const mark = link.querySelector(".n") ?? link.appendChild(Object.assign(document.createElement("span"), { className: "n" }));
    mark.textContent = n ? String(n) : "";
    if (!n) mark.remove();
  }
}

function show(heard: Heard): void {
  if (heard.what === "news") showNews(heard.ids);
  else showCounters(heard.requests, heard.notices);
}

function pass(heard: Heard): void {
  show(heard);
  channel?.postMessage(heard);
}

let source: EventSource | null = null;

function listen(): void {
  const since = fresh?.dataset["since"];
  source = new EventSource(since ? `${at}?since=${since}` : at!);
  source.addEventListener("news", (event) => pass({ what: "news", ids: JSON.parse(event.data) as string[] }));
  source.addEventListener("counters", (event) => pass({ what: "counters", ...(JSON.parse(event.data) as { requests: number; notices: number }) }));
}

function listenWhileSeen(): void {
  if (document.visibilityState === "visible") source ?? listen();
  else source = (source?.close(), null);
}

if (at && "EventSource" in window) {
  channel?.addEventListener("message", (event) => show(event.data as Heard));
  if (channel && navigator.locks) {
    void navigator.locks.request("veche-live", () => {
      listen();
      return new Promise(() => {}); // until the page is left
    });
  } else {
    document.addEventListener("visibilitychange", listenWhileSeen);
    listenWhileSeen();
  }
}
