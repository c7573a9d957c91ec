/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "feature/setup/setup.h"

#include "base/log.h"
#include "crypto/random.h"
#include "crypto/token.h"
#include "db/change.h"
#include "setup.sql.h"

#define SETTINGS_MAX 64 /* a dozen exist; so many are not read in silence */

static void put_text(char *to, size_t size, str s)
{
    size_t n = s.len < size ? s.len : size - 1;
    if (n) memcpy(to, s.ptr, n);
    to[n] = '\0';
}

static void take_line(site *s, str key, str value)
{
    int64_t n = 0;
    (void)str_int(value, &n);
    if (str_eq(key, STR("name"))) put_text(s->name, sizeof s->name, value);
    else if (str_eq(key, STR("origin"))) put_text(s->origin, sizeof s->origin, value);
    else if (str_eq(key, STR("signup"))) s->signup = n >= SIGNUP_OPEN && n <= SIGNUP_CLOSED ? (signup)n : SIGNUP_CLOSED;
    else if (str_eq(key, STR("lang"))) s->lang = lang_of(value, LANG_EN);
    else if (str_eq(key, STR("ready"))) s->ready = n == 1;
    else if (str_eq(key, STR("key"))) (void)!hex_decode_exact(value, s->key, sizeof s->key);
    else if (str_eq(key, STR("setup_hash"))) (void)!hex_decode_exact(value, s->setup_hash, sizeof s->setup_hash);
    else if (str_eq(key, STR("setup_expires"))) s->setup_expires = n;
}

rc setup_site_load(ctx *c, site *out)
{
    *out = (site){.signup = SIGNUP_INVITATION, .lang = LANG_EN};
    put_text(out->name, sizeof out->name, STR("Veche"));
    site_line_list lines;
    TRY(sql_site_all(c->db, c->arena, SETTINGS_MAX, &lines));
    if (lines.len == SETTINGS_MAX) return fail(c, E_INTERNAL, MSG(L_NONE), "more settings than are read: %d", SETTINGS_MAX);
    for (size_t i = 0; i < lines.len; i++) take_line(out, lines.items[i].key, lines.items[i].value);
    str origin = str_of(out->origin);
    out->secure = str_starts(origin, STR("https://"));
    put_text(out->host, sizeof out->host, str_skip(origin, out->secure ? 8 : 7));
    return OK;
}

rc setup_site_set(ctx *c, const char *key, str value)
{
    TRY(sql_site_set(c->db, str_of(key), value));
    return change_emit(c, CHANGE_SITE, 0, 0);
}

static str random_hex(arena *a)
{
    unsigned char bytes[SITE_KEY_BYTES];
    random_bytes(bytes, sizeof bytes);
    return hex_encode(a, (str){(char *)bytes, sizeof bytes});
}

rc setup_first_start(ctx *c)
{
    site now;
    TRY(setup_site_load(c, &now));
    static const unsigned char none[SITE_KEY_BYTES];
    return bytes_equal(now.key, none, sizeof none) ? setup_site_set(c, "key", random_hex(c->arena)) : OK;
}

rc setup_link(ctx *c, str *token)
{
    *token = token_new(c->arena);
    str hash = sha256_str(c->arena, *token);
    TRY(setup_site_set(c, "setup_hash", hex_encode(c->arena, hash)));
    return setup_site_set(c, "setup_expires", arena_printf(c->arena, "%lld", (long long)(c->now + SETUP_LINK_MS)));
}

static bool host_byte(char ch)
{
    return (ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9') || ch == '-' || ch == '.';
}

static bool host_sound(str name)
{
    if (name.len == 0 || name.ptr[0] == '.' || name.ptr[0] == '-') return false;
    for (size_t i = 0; i < name.len; i++)
        if (!host_byte(name.ptr[i]) || (name.ptr[i] == '.' && i + 1 < name.len && name.ptr[i + 1] == '.')) return false;
    return true;
}

/* Forms are let in when the browser's Origin equals this to the byte, so it is written as browsers write it: no zeros before a
 * port, and no port that goes without saying. */
rc setup_origin_parse(arena *a, str typed, str *origin, str *host)
{
    str s = str_trim(typed);
    while (str_ends(s, STR("/"))) s.len--;
    bool https = str_starts(s, STR("https://"));
    if (!https && !str_starts(s, STR("http://"))) return E_INVALID;
    str rest = str_skip(s, https ? 8 : 7), name = str_take(rest, str_find(rest, ':')), port = str_skip(rest, name.len + 1);
    int64_t n;
    if (!host_sound(name) || rest.len > 240) return E_INVALID;
    if (name.len < rest.len && (!str_int(port, &n) || n < 1 || n > 65535 || port.ptr[0] == '0')) return E_INVALID;
    if (name.len < rest.len && n == (https ? 443 : 80)) {
        s.len -= rest.len - name.len;
        rest = name;
    }
    *origin = arena_str(a, s);
    *host = arena_str(a, rest);
    return OK;
}
