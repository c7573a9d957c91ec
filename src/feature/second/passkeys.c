/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "feature/second/passkeys.h"

#include <string.h>

#include "base/clock.h"
#include "base/ids.h"
#include "passkeys.sql.h"

str passkey_host(const site *s)
{
    str host = str_of(s->host);
    return str_take(host, str_find(host, ':'));
}

/* A name's last label is never a number (URL Standard §4.1), an address's always is. */
static bool is_name(str host)
{
    size_t at = host.len;
    while (at > 0 && host.ptr[at - 1] != '.') at--;
    str last = str_skip(host, at);
    return last.len > 0 && !(last.ptr[0] >= '0' && last.ptr[0] <= '9');
}

bool passkey_possible(const site *s)
{
    str host = passkey_host(s);
    bool here = str_eq(host, STR("localhost")) || str_ends(host, STR(".localhost"));
    return is_name(host) && (s->secure || here);
}

rc passkeys_of(ctx *c, int64_t num, passkey_list *out)
{
    passkey_row_list rows;
    TRY(sql_passkey_list(c->db, c->arena, bucket_of(num), num, &rows));
    *out = (passkey_list){ARENA_ARRAY(c->arena, passkey, rows.len), rows.len};
    for (size_t i = 0; i < rows.len; i++) {
        const passkey_row *row = &rows.items[i];
        out->items[i] = (passkey){row->ordinal, row->uses, row->created_day, row->last_day, row->id, row->public_key, row->title};
    }
    return OK;
}

rc passkey_find(ctx *c, int64_t num, str id, passkey *out)
{
    passkey_list all;
    TRY(passkeys_of(c, num, &all));
    for (size_t i = 0; i < all.len; i++)
        if (str_eq(all.items[i].id, id)) return *out = all.items[i], OK;
    return E_NOT_FOUND;
}

rc passkey_add(ctx *c, const webauthn_made *made, str title)
{
    int64_t num = c->viewer.num, bucket = bucket_of(num), added;
    passkey_count_row have;
    TRY(sql_passkey_count(c->db, c->arena, bucket, num, &have));
    if (have.passkeys >= PASSKEYS_MAX) return fail(c, E_CONFLICT, msg_n(L_second_passkeys_many, PASSKEYS_MAX), "enough passkeys");
    TRY(sql_passkey_insert(c->db, bucket, num, made->id, made->key, made->count, title, clock_day(c->now), &added));
    return added ? OK : fail(c, E_CONFLICT, MSG(L_second_passkey_known), "this passkey is there");
}

rc passkey_used(ctx *c, int64_t num, const passkey *p, int64_t uses)
{
    int64_t used = 0;
    bool counts = p->uses > 0 || uses > 0;
    if (!counts || uses > p->uses)
        TRY(sql_passkey_use(c->db, uses, clock_day(c->now), bucket_of(num), num, p->ordinal, p->id, p->uses, &used));
    return used ? OK : fail(c, E_CONFLICT, MSG(L_second_passkey_copied), "a passkey that does not count on");
}

rc passkey_remove(ctx *c, int64_t ordinal)
{
    return sql_passkey_remove(c->db, bucket_of(c->viewer.num), c->viewer.num, ordinal);
}

rc passkeys_drop(ctx *c, int64_t num, int64_t *dropped)
{
    return sql_passkey_drop(c->db, bucket_of(num), num, dropped);
}
