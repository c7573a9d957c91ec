/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The same bytes mean the same however they are cut into pieces, and no file's bytes hold the delimiter. The first byte says how long
 * the pieces are. */
#include "../fuzz.h"
#include "base/out.h"
#include "http/multipart.h"

typedef struct heard {
    out all;
    bool open;
    int stop_after;
} heard;

static bool go_on(heard *h)
{
    return h->stop_after == 0 || --h->stop_after > 0;
}

static bool field(void *arg, str name, str value)
{
    heard *h = arg;
    CHECK(!h->open && name.len <= MULTIPART_NAME_MAX && value.len <= MULTIPART_FIELD_MAX);
    out_printf(&h->all, "F%zu:", value.len);
    out_str(&h->all, name);
    out_str(&h->all, value);
    return go_on(h);
}

static bool file_begin(void *arg, str name)
{
    heard *h = arg;
    CHECK(!h->open);
    h->open = true;
    out_printf(&h->all, "B%zu:", name.len);
    out_str(&h->all, name);
    return go_on(h);
}

static bool file_bytes(void *arg, str bytes)
{
    heard *h = arg;
    CHECK(h->open && bytes.len > 0);
    out_str(&h->all, bytes);
    return true;
}

static bool file_end(void *arg)
{
    heard *h = arg;
    CHECK(h->open);
    h->open = false;
    out_char(&h->all, 'E');
    return go_on(h);
}

static const multipart_events events = {field, file_begin, file_bytes, file_end};

static multipart_state run(arena *a, str body, size_t piece, int stop_after, heard *h)
{
    *h = (heard){.stop_after = stop_after};
    out_init(&h->all, 4 << 20);
    multipart *m = multipart_open(a, STR("xYz"), &events, h);
    multipart_state state = MULTIPART_MORE;
    while (body.len) {
        str some = str_take(body, piece);
        body = str_skip(body, some.len);
        state = multipart_feed(m, some);
    }
    return state;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2) return 0;
    arena *a = arena_open();
    heard whole, cut;
    str body = fuzz_input(a, data + 2, size - 2);
    multipart_state one = run(a, body, body.len + 1, data[1], &whole);
    multipart_state two = run(a, body, 1 + (size_t)data[0] % 40, data[1], &cut);
    CHECK(one == two);
    CHECK(str_eq(out_get(&whole.all), out_get(&cut.all)));
    str boundary = multipart_boundary(body);
    CHECK(!boundary.ptr || (boundary.len > 0 && boundary.len <= MULTIPART_BOUNDARY_MAX));
    out_drop(&whole.all);
    out_drop(&cut.all);
    arena_close(a);
    return 0;
}
