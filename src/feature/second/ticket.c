/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "feature/second/ticket.h"

#include <string.h>

#include "base/ids.h"
#include "crypto/random.h"
#include "crypto/token.h"
#include "second.sql.h"

#define NONCE 16
#define MAC 16
#define TIME 8
#define TAIL (TIME + NONCE + MAC)

static void ticket_mac(const site *site, ticket_use use, str session, const unsigned char *ticket, size_t len, unsigned char mac[MAC])
{
    /* Longer than whatever else is signed with this key, and of one length for each use. */
    static const char purpose[] = "ticket of a second factor";
    unsigned char input[sizeof purpose + 1 + SHA256_BYTES + TICKET_BODY_MAX + TIME + NONCE] = {0}, full[MAC_BYTES];
    unsigned char *at = input;
    memcpy(at, purpose, sizeof purpose);
    at += sizeof purpose;
    *at++ = (unsigned char)use;
    if (session.len) memcpy(at, session.ptr, session.len < SHA256_BYTES ? session.len : SHA256_BYTES);
    at += SHA256_BYTES;
    memcpy(at, ticket, len);
    mac_bytes(site->key, sizeof site->key, (str){(char *)input, (size_t)(at - input) + len}, full);
    memcpy(mac, full, MAC);
}

str ticket_new(arena *a, const site *site, ticket_use use, str session, str body, int64_t now)
{
    unsigned char ticket[TICKET_BODY_MAX + TAIL];
    int64_t until = now + TICKET_MS;
    size_t n = body.len < TICKET_BODY_MAX ? body.len : TICKET_BODY_MAX;
    if (n) memcpy(ticket, body.ptr, n);
    memcpy(ticket + n, &until, TIME);
    random_bytes(ticket + n + TIME, NONCE);
    ticket_mac(site, use, session, ticket, n + TIME + NONCE, ticket + n + TIME + NONCE);
    return base64url_encode(a, (str){(char *)ticket, n + TAIL});
}

bool ticket_read(const site *site, ticket_use use, str session, str text, int64_t now, void *body, size_t n)
{
    unsigned char ticket[TICKET_BODY_MAX + TAIL], mac[MAC];
    int64_t until;
    if (n > TICKET_BODY_MAX || session.len != SHA256_BYTES || !base64url_decode_exact(text, ticket, n + TAIL)) return false;
    ticket_mac(site, use, session, ticket, n + TIME + NONCE, mac);
    if (!bytes_equal(mac, ticket + n + TIME + NONCE, MAC)) return false;
    memcpy(&until, ticket + n, TIME);
    if (n) memcpy(body, ticket, n);
    return now < until;
}

rc ticket_spend(ctx *c, int64_t num, str text)
{
    int64_t fresh;
    TRY(sql_second_spend(c->db, bucket_of(num), sha256_str(c->arena, text), c->now, &fresh));
    return fresh ? OK : fail(c, E_GONE, MSG(L_second_over), "a ticket that was used");
}

rc ticket_unspent(ctx *c, int64_t num, str text)
{
    second_spent_at_row row;
    rc_code found = sql_second_spent_at(c->db, c->arena, bucket_of(num), sha256_str(c->arena, text), &row);
    if (found == E_NOT_FOUND) return OK;
    return found == OK ? fail(c, E_GONE, MSG(L_second_over), "a ticket that was used") : found;
}
