/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The text of posts (FEATURES D8 of docs/features.md): as it is typed, as it is stored, as it is shown.
 *
 *   typed    "hello @olga, see https://example.org"
 *   stored   "hello [id12|@olga], see https://example.org"      a name may change, a number does not
 *   shown    hello <a href="/id12">@olga</a>, see <a href="https://example.org" …>example.org</a> */
#ifndef VECHE_TEXT_H
#define VECHE_TEXT_H

#include "base/ctx.h"
#include "base/html.h"

#define MENTIONS_MAX 30
#define FOLD_POINTS 1000
#define FOLD_LINES 15
#define TAG_MAX 64   /* code points, without the # */
#define TAGS_MAX 30  /* of one post that are found by their pages */

/* A tag is '#' with letters, digits, marks and '_' behind it, at least one letter, and nothing that joins words before it. Folded it
 * is what its page is found by: case does not matter, of any script (Unicode's full case folding, then NFC). */
typedef struct text_tag_list { str *items; size_t len; } text_tag_list;

/* Finds @names of members and stores their numbers beside them. Names that nobody has stay as typed. A link that is typed
 * whole, "[id7|words]", keeps its words unless they look like an address: then the member's own is put there, so that none
 * leads elsewhere than it says. Inside an act or not. */
rc text_store(ctx *c, str typed, str *stored);
/* For the edit form: [id12|@olga] becomes @olga again; other [id12|…] stay. */
str text_typed(arena *a, str stored);
/* Escaped, with links, mentions and line breaks; paragraphs where a line is empty. Pure. */
html text_html(arena *a, str stored);
/* The same for lists: of a text longer than FOLD_POINTS characters or FOLD_LINES lines only the beginning, which ends behind a
 * line or a word and never inside a link. *folded: something was left out. */
html text_html_folded(arena *a, str stored, bool *folded);

/* The tags of a text, folded, each once, at most TAGS_MAX. Pure. */
void text_tags(arena *a, str stored, text_tag_list *out);
/* The members who are named in a text, each once. Pure. */
typedef struct text_mention_list { int64_t items[MENTIONS_MAX]; size_t len; } text_mention_list;
void text_mentions(str stored, text_mention_list *out);
/* What stands behind a '#', or is folded already (then it may be longer: "ß" becomes "ss"), folded; false when that is no tag. Folding
 * what is folded changes nothing. */
bool text_tag(arena *a, str typed, str *folded);

#endif
