/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "feature/second/cbor.h"

/* The argument of a head (RFC 8949 §3): in its low five bits, or in the 1, 2, 4 or 8 bytes behind it. */
static bool argument(str *rest, unsigned low, uint64_t *value)
{
    size_t n = low < 24 ? 0 : (size_t)1 << (low - 24);
    if (low > 27 || rest->len < n) return false;
    *value = low < 24 ? low : 0;
    for (size_t i = 0; i < n; i++) *value = *value << 8 | (unsigned char)rest->ptr[i];
    *rest = str_skip(*rest, n);
    return true;
}

bool cbor_head(str *rest, cbor_item *out)
{
    uint64_t value;
    if (rest->len == 0) return false;
    unsigned first = (unsigned char)rest->ptr[0], major = first >> 5, low = first & 31;
    *rest = str_skip(*rest, 1);
    *out = (cbor_item){.kind = CBOR_SIMPLE, .number = low};
    if (major == 7) return low >= 20 && low <= 22; /* false, true, null */
    if (major == 6 || !argument(rest, low, &value) || value > INT64_MAX) return false;
    static const cbor_kind kinds[] = {CBOR_NUMBER, CBOR_NUMBER, CBOR_BYTES, CBOR_TEXT, CBOR_ARRAY, CBOR_MAP};
    out->kind = kinds[major];
    out->number = major == 1 ? -1 - (int64_t)value : (int64_t)value;
    if (major < 2) return true;
    /* An item has a byte at least, a pair two: what claims more than there is ends here. */
    if (value > rest->len / (major == 5 ? 2 : 1)) return false;
    if (major > 3) return true;
    out->bytes = str_take(*rest, (size_t)value);
    *rest = str_skip(*rest, (size_t)value);
    return true;
}

static bool skip_deep(str *rest, int depth)
{
    cbor_item item;
    if (depth > CBOR_DEPTH || !cbor_head(rest, &item)) return false;
    if (item.kind != CBOR_ARRAY && item.kind != CBOR_MAP) return true;
    int64_t items = item.kind == CBOR_MAP ? 2 * item.number : item.number;
    for (int64_t i = 0; i < items; i++)
        if (!skip_deep(rest, depth + 1)) return false;
    return true;
}

bool cbor_skip(str *rest) { return skip_deep(rest, 0); }

static bool same_key(const cbor_item *a, const cbor_item *b)
{
    return a->kind == b->kind && (a->kind == CBOR_NUMBER ? a->number == b->number : a->kind == CBOR_TEXT && str_eq(a->bytes, b->bytes));
}

static bool find(str map, const cbor_item *wanted, cbor_item *out)
{
    cbor_item head, key, value = {0};
    int found = 0;
    str whole = map;
    if (!cbor_skip(&whole) || !cbor_head(&map, &head) || head.kind != CBOR_MAP) return false;
    for (int64_t i = 0; i < head.number; i++) {
        str at = map;
        if (!cbor_head(&at, &key) || !cbor_skip(&map)) return false;
        at = map;
        if (same_key(&key, wanted)) {
            found++;
            if (!cbor_head(&at, &value)) return false;
        }
        if (!cbor_skip(&map)) return false;
    }
    *out = value;
    return found == 1;
}

bool cbor_text_key(str map, str key, cbor_item *out)
{
    return find(map, &(cbor_item){.kind = CBOR_TEXT, .bytes = key}, out);
}

bool cbor_number_key(str map, int64_t key, cbor_item *out)
{
    return find(map, &(cbor_item){.kind = CBOR_NUMBER, .number = key}, out);
}
