// SPDX-License-Identifier: AGPL-3.0-or-later
// The product's own sentences, so that tests name buttons by their keys and hold in every language.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { ROOT } from "./server.mjs";

export const LANGUAGES = ["en", "ru"];

function read(lang) {
  const all = new Map();
  const folder = join(ROOT, "lang", lang);
  for (const file of readdirSync(folder).filter((f) => f.endsWith(".lang"))) {
    for (const line of readFileSync(join(folder, file), "utf8").split("\n")) {
      const found = /^([a-z0-9_]+)\s*=\s*(.*)$/.exec(line);
      if (found) all.set(`${file.slice(0, -".lang".length)}.${found[1]}`, found[2]);
    }
  }
  return all;
}

const tables = Object.fromEntries(LANGUAGES.map((l) => [l, read(l)]));

/** words("ru")("wall.publish"), words("en")("friends.menu", "Olga"): only sentences without plural forms. */
export function words(lang) {
  return (key, s = "") => {
    const found = tables[lang].get(key);
    if (found === undefined) throw new Error(`lang/${lang} has no ${key}`);
    if (found.includes("plural") || found.includes("select")) throw new Error(`${key} has forms`);
    return found.replace("{s}", s);
  };
}

/** Sentences of the other languages that stand in this text: there must be none. What is the same in both does not count. */
export function foreign(text, lang) {
  const wrong = [];
  const own = new Set(tables[lang].values());
  for (const other of LANGUAGES.filter((l) => l !== lang))
    for (const [key, sentence] of tables[other]) {
      if (sentence.length < 8 || sentence.includes("{") || own.has(sentence) || key.startsWith("common.language_")) continue;
      if (text.includes(sentence)) wrong.push(`${key}: ${sentence}`);
    }
  return wrong;
}
