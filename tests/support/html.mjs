// SPDX-License-Identifier: AGPL-3.0-or-later
// A strict little reader of the server's own HTML: every element that is opened must be closed, in order, and every attribute
// quoted. Whatever else stands in a page is a defect of the page, and throws.

const VOID = new Set(["area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]);
const RAW = new Set(["script", "style", "textarea", "title"]);
const NAMED = { amp: "&", lt: "<", gt: ">", quot: '"', nbsp: "\u00a0", apos: "'" };

export function unescape(text) {
  return text.replace(/&(#x[0-9a-f]+|#\d+|\w+);/gi, (whole, name) => {
    if (name[0] !== "#") {
      if (!(name in NAMED)) throw new Error(`an entity that we do not write: ${whole}`);
      return NAMED[name];
    }
    return String.fromCodePoint(name[1] === "x" ? parseInt(name.slice(2), 16) : Number(name.slice(1)));
  });
}

class Node {
  constructor(tag, attrs, parent) {
    Object.assign(this, { tag, attrs, parent, children: [] });
  }

  /** All text inside, white space folded. */
  get text() {
    return this.raw.replace(/\s+/g, " ").trim();
  }

  /** All text inside, as it is. */
  get raw() {
    return this.children.map((c) => (typeof c === "string" ? c : c.raw)).join("");
  }

  /** All elements inside for which the selector holds: a function, or "tag#id.class[name=value]" without descent. */
  all(selector) {
    const holds = typeof selector === "function" ? selector : matcher(selector);
    const found = [];
    const walk = (node) => {
      for (const child of node.children) {
        if (typeof child === "string") continue;
        if (holds(child)) found.push(child);
        walk(child);
      }
    };
    walk(this);
    return found;
  }

  /** The first of them, or null. */
  one(selector) {
    return this.all(selector)[0] ?? null;
  }

  has(selector) {
    return this.one(selector) !== null;
  }

  closest(selector) {
    const holds = typeof selector === "function" ? selector : matcher(selector);
    for (let node = this; node; node = node.parent) if (node.tag && holds(node)) return node;
    return null;
  }
}

function matcher(selector) {
  const tag = /^[a-z][a-z0-9-]*/i.exec(selector)?.[0];
  const parts = [...selector.slice(tag?.length ?? 0).matchAll(/#([\w-]+)|\.([\w-]+)|\[([\w:-]+)(?:([*^$]?)=["']?([^\]"']*)["']?)?\]/g)];
  if (!tag && parts.length === 0) throw new Error(`not a selector: ${selector}`);
  return (node) =>
    (!tag || node.tag === tag) &&
    parts.every(([, id, cls, attr, how, value]) => {
      if (id) return node.attrs.id === id;
      if (cls) return (node.attrs.class ?? "").split(/\s+/).includes(cls);
      const there = node.attrs[attr];
      if (there === undefined) return false;
      if (value === undefined) return true;
      if (how === "^") return there.startsWith(value);
      if (how === "$") return there.endsWith(value);
      return how === "*" ? there.includes(value) : there === value;
    });
}

/** The page as a tree. Throws where it is not well-formed. */
export function parse(html) {
  const root = new Node("", {}, null);
  let at = 0;
  let here = root;
  const bad = (why) => {
    throw new Error(`malformed page, ${why}, near: ${html.slice(Math.max(0, at - 120), at + 120)}`);
  };
  const text = (s) => s && here.children.push(unescape(s));
  while (at < html.length) {
    const next = html.indexOf("<", at);
    if (next < 0) {
      text(html.slice(at));
      break;
    }
    text(html.slice(at, next));
    at = next;
    const rest = html.slice(at);
    const special = /^<!doctype html>/i.exec(rest) ?? /^<!--.*?-->/s.exec(rest);
    if (special) {
      at += special[0].length;
      continue;
    }
    const closing = /^<\/([a-z][a-z0-9-]*)>/i.exec(rest);
    if (closing) {
      if (here.tag !== closing[1]) bad(`</${closing[1]}> closes <${here.tag}>`);
      here = here.parent;
      at += closing[0].length;
      continue;
    }
    const opening = /^<([a-z][a-z0-9-]*)((?:\s+[a-z:-][a-z0-9:-]*(?:="[^"<]*")?)*)\s*>/i.exec(rest);
    if (!opening) bad("a tag that is none");
    const attrs = {};
    for (const [, name, value] of opening[2].matchAll(/([a-z:-][a-z0-9:-]*)(?:="([^"]*)")?/gi)) {
      if (name in attrs) bad(`${name} stands twice`);
      attrs[name] = unescape(value ?? "");
    }
    const node = new Node(opening[1], attrs, here);
    here.children.push(node);
    at += opening[0].length;
    if (VOID.has(node.tag)) continue;
    if (!RAW.has(node.tag)) {
      here = node;
      continue;
    }
    const end = html.indexOf(`</${node.tag}>`, at);
    if (end < 0) bad(`<${node.tag}> stays open`);
    node.children.push(unescape(html.slice(at, end)));
    at = end + node.tag.length + 3;
  }
  if (here !== root) bad(`<${here.tag}> stays open`);
  return root;
}

// ---- forms ----

/** The fields that a browser would send with this form, but for its buttons: [[name, value], …]. */
export function fields(doc, form) {
  const sent = [];
  const ours = (n) => (n.attrs.form !== undefined ? n.attrs.form === form.attrs.id : n.closest("form") === form);
  for (const n of doc.all((e) => ["input", "select", "textarea"].includes(e.tag) && e.attrs.name !== undefined && ours(e))) {
    if (n.attrs.disabled !== undefined) continue;
    const type = n.attrs.type ?? "text";
    if (n.tag === "textarea") sent.push([n.attrs.name, n.raw.replace(/^\n/, "")]);
    else if (n.tag === "select") {
      const options = n.all("option");
      const chosen = options.find((o) => o.attrs.selected !== undefined) ?? options[0];
      if (chosen) sent.push([n.attrs.name, chosen.attrs.value ?? chosen.text]);
    } else if (type === "checkbox" || type === "radio") {
      if (n.attrs.checked !== undefined) sent.push([n.attrs.name, n.attrs.value ?? "on"]);
    } else if (!["submit", "button", "reset", "image", "file"].includes(type)) sent.push([n.attrs.name, n.attrs.value ?? ""]);
  }
  return sent;
}

/** The form with that action on the page, or the one of a button with that formaction: {form, button, action, fields}. */
export function formOf(doc, action) {
  const form = doc.all("form").find((f) => f.attrs.action === action && (f.attrs.method ?? "get") === "post");
  if (form) return { form, button: null, action, fields: fields(doc, form) };
  const button = doc.all("button").find((b) => b.attrs.formaction === action);
  if (!button) return null;
  const its = button.attrs.form ? doc.one(`form#${button.attrs.form}`) : button.closest("form");
  if (!its) throw new Error(`the button for ${action} belongs to no form`);
  const sent = fields(doc, its);
  // A button's own value counts as well as a field of that name in its form, as in a browser: both are sent.
  if (button.attrs.name !== undefined) sent.push([button.attrs.name, button.attrs.value ?? ""]);
  return { form: its, button, action, fields: sent };
}
