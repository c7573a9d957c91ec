/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Who sent this form? Three locks, each enough by itself in a browser that supports it:
 *   Fetch Metadata   Sec-Fetch-Site says same-origin (or none: the member's own doing)
 *   Origin           equals the server's origin to the byte
 *   the token        a nonce with our MAC over it and the session; every form carries one
 * The token is always asked for, since it also makes sure that a form acts once. */
#include "crypto/random.h"
#include "crypto/token.h"
#include "http/exchange.h"

#define NONCE 16
#define MAC 16

static void token_mac(const site *site, str session, const unsigned char nonce[NONCE], unsigned char mac[MAC])
{
    unsigned char input[NONCE + 32] = {0}, full[32];
    memcpy(input, nonce, NONCE);
    memcpy(input + NONCE, session.ptr, session.len < 32 ? session.len : 32);
    mac_bytes(site->key, sizeof site->key, (str){(char *)input, sizeof input}, full);
    memcpy(mac, full, MAC);
}

str csrf_token(arena *a, const site *site, str session, const unsigned char nonce[NONCE])
{
    unsigned char token[NONCE + MAC];
    memcpy(token, nonce, NONCE);
    token_mac(site, session, nonce, token + NONCE);
    return base64url_encode(a, (str){(char *)token, sizeof token});
}

bool csrf_nonce(const site *site, str session, str token, unsigned char nonce[NONCE])
{
    unsigned char given[NONCE + MAC], mac[MAC];
    if (!base64url_decode_exact(token, given, sizeof given)) return false;
    token_mac(site, session, given, mac);
    if (!bytes_equal(mac, given + NONCE, MAC)) return false;
    memcpy(nonce, given, NONCE);
    return true;
}

/* Before set-up nobody knows the public name: the address in the browser's bar will do, the one-time link guards the rest. */
static bool right_origin(const req *r, str origin)
{
    if (r->site->ready) return str_eq(origin, str_of(r->site->origin));
    str host = req_header(r, "Host");
    str bare = str_skip(origin, str_starts(origin, STR("https://")) ? 8 : str_starts(origin, STR("http://")) ? 7 : origin.len);
    return host.len > 0 && str_eq(bare, host);
}

rc csrf_check(req *r)
{
    str where = req_header(r, "Sec-Fetch-Site");
    if (where.ptr && !str_eq(where, STR("same-origin")) && !str_eq(where, STR("none")))
        return fail(r->c, E_DENIED, MSG(L_form_elsewhere), "Sec-Fetch-Site from elsewhere");
    str origin = req_header(r, "Origin");
    if (origin.ptr && !right_origin(r, origin))
        return fail(r->c, E_DENIED, MSG(L_form_elsewhere), "foreign Origin");
    unsigned char nonce[NONCE];
    if (!csrf_nonce(r->site, r->session, req_field(r, "once"), nonce))
        return fail(r->c, E_DENIED, MSG(L_form_stale), "no valid token");
    return OK;
}

str req_once(req *r)
{
    unsigned char nonce[NONCE];
    if (r->session.len == 0) {
        unsigned char guest[NONCE];
        random_bytes(guest, sizeof guest);
        str cookie = base64url_encode(r->c->arena, (str){(char *)guest, sizeof guest});
        req_set_cookie(r, "guest", cookie, 0);
        r->session = sha256_str(r->c->arena, cookie);
    }
    random_bytes(nonce, sizeof nonce);
    return csrf_token(r->c->arena, r->site, r->session, nonce);
}
