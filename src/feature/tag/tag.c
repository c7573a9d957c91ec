/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "feature/tag/tag.h"

#include "feature/wall/text.h"
#include "tag.sql.h"

#define SLICE 50

rc tag_write(ctx *c, int64_t bucket, int64_t post, str stored)
{
    text_tag_list tags;
    text_tags(c->arena, stored, &tags);
    TRY(sql_tag_erase(c->db, bucket, post));
    for (size_t i = 0; i < tags.len; i++) TRY(sql_tag_insert(c->db, bucket, post, tags.items[i]));
    return OK;
}

static ring_post ring_post_of(const tag_post *p)
{
    return (ring_post){.id = p->id, .audience = p->audience, .owner = (uint32_t)p->owner, .author = (uint32_t)p->author,
                       .ordinal = (uint32_t)p->ordinal, .version = (uint32_t)p->version, .likes = (uint32_t)p->likes,
                       .comments = (uint32_t)p->comments, .original = p->original, .reposts = (uint32_t)p->reposts,
                       .poll = p->poll != 0, .photos = (uint8_t)p->photos};
}

/* Looks for one more than the page holds: so that a next page is promised only where something is on it. */
rc tag_posts(ctx *c, str tag, int64_t before, news_page *out)
{
    *out = (news_page){.items = ARENA_ARRAY(c->arena, ring_post, TAG_PAGE + 1)};
    tag_post_list part = {.len = SLICE};
    for (size_t scanned = 0; scanned < NEWS_SCAN_MAX && out->len <= TAG_PAGE && part.len == SLICE; scanned += part.len) {
        TRY(sql_tag_newest(c->db, c->arena, tag, before, SLICE, &part));
        for (size_t i = 0; i < part.len && out->len <= TAG_PAGE; i++) {
            bool may;
            const tag_post *p = &part.items[i];
            before = p->id;
            TRY(privacy_see_post(c, p->owner, p->author, p->audience, &may));
            if (may) out->items[out->len++] = ring_post_of(p);
        }
    }
    if (out->len > TAG_PAGE) out->next = out->items[--out->len - 1].id;
    else if (part.len == SLICE) out->next = before;
    return OK;
}
