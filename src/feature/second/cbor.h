/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* CBOR (RFC 8949), as much of it as passkeys use: whole numbers, byte and text strings, arrays, maps, true, false and null, each with
 * its length said beforehand. Tags, floats, lengths left open and nesting past CBOR_DEPTH (CTAP2 §8) are refused.
 *
 * A reader of our own, because it needs no memory: three small maps are walked where they lie. libcbor builds a tree, takes memory for
 * as many items as a head claims before it has seen one, and has one allocator for the whole process, so it cannot be bounded for one
 * caller. */
#ifndef VECHE_CBOR_H
#define VECHE_CBOR_H

#include "base/str.h"

#define CBOR_DEPTH 4

typedef enum cbor_kind { CBOR_NUMBER, CBOR_BYTES, CBOR_TEXT, CBOR_ARRAY, CBOR_MAP, CBOR_SIMPLE } cbor_kind;

typedef struct cbor_item {
    cbor_kind kind;
    int64_t number; /* the number; or how many items an array, or pairs a map, has */
    str bytes;      /* of a string, borrowed */
} cbor_item;

/* Reads the head at *rest, and the bytes of a string, and moves *rest behind it. False: not CBOR, or not what we read. */
bool cbor_head(str *rest, cbor_item *out);
/* Moves *rest behind one whole item. */
bool cbor_skip(str *rest);

/* The value of a key in the map that begins at `map`: a text key, or a number. No other value may have the same key, and the map must
 * be whole. False: it is not there. */
bool cbor_text_key(str map, str key, cbor_item *out);
bool cbor_number_key(str map, int64_t key, cbor_item *out);

#endif
