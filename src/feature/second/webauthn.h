/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Passkeys: what Web Authentication (W3C, Level 2 §7) asks of a server, without its database.
 *
 *     browser                                           here
 *     client data (JSON)   type, challenge, origin      must be what we asked, to the byte
 *     authenticator data   whose host, present?, count  must be our host's, with somebody there
 *     signature            over authenticator data | SHA-256 (client data)
 *
 * Keys are those of COSE (RFC 9053): ES256 over P-256, EdDSA over Ed25519, RS256. Who made the device is not asked ("none"), so
 * attestation statements are not looked at. */
#ifndef VECHE_WEBAUTHN_H
#define VECHE_WEBAUTHN_H

#include "base/arena.h"

#define WEBAUTHN_ID_MAX 1023
#define WEBAUTHN_KEY_MAX 600
#define WEBAUTHN_DATA_MAX 8192

typedef struct webauthn_asked {
    str challenge; /* base64url */
    str origin;    /* "https://veche.example" */
    str rp_id;     /* "veche.example" */
} webauthn_asked;

typedef enum webauthn_fault {
    WEBAUTHN_FINE,
    WEBAUTHN_MALFORMED,
    WEBAUTHN_TYPE,      /* made for the other of the two ceremonies */
    WEBAUTHN_CHALLENGE,
    WEBAUTHN_ORIGIN,
    WEBAUTHN_HOST,      /* made for another rpId */
    WEBAUTHN_ABSENT,    /* nobody was there to touch it */
    WEBAUTHN_ALGORITHM,
    WEBAUTHN_SIGNATURE,
} webauthn_fault;

typedef struct webauthn_made {
    str id, key; /* key: as COSE has it; both borrowed from the attestation */
    uint32_t count;
    bool verified;
} webauthn_made;

/* The challenge that client data name, in the arena; absent: they are none. */
str webauthn_challenge(arena *a, str client);

/* A new passkey. */
webauthn_fault webauthn_register(arena *a, const webauthn_asked *asked, str client, str attestation, webauthn_made *out);

typedef struct webauthn_shown {
    uint32_t count;
    bool verified; /* by PIN, finger or face: not only touched */
} webauthn_shown;

/* A log-in with a passkey whose key is stored. */
webauthn_fault webauthn_login(arena *a, const webauthn_asked *asked, str key, str client, str data, str signature, webauthn_shown *out);

#endif
