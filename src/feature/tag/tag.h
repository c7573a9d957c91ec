/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Tags (FEATURES D8 of docs/features.md): "#ferry" in a post leads to /tag/ferry, where the posts are that have it and are open to
 * the viewer. What is a tag, and how it is folded, is said in feature/wall/text.h. An index row for each tag of a post lies with the
 * post and is written in the same act. Tags in comments lead there as well, but the page is of posts. */
#ifndef VECHE_TAG_H
#define VECHE_TAG_H

#include "graph/privacy.h"

#define TAG_PAGE 20

/* Inside an act, not judged: from now on the post has the tags that stand in its text. Of an empty text: none. */
rc tag_write(ctx *c, int64_t bucket, int64_t post, str stored);
/* Posts with this tag (folded) below `before`, newest first, judged for the viewer. Looks at NEWS_SCAN_MAX at most and then returns a
 * short page; next is 0 when there is nothing more. */
rc tag_posts(ctx *c, str tag, int64_t before, news_page *out);

#endif
