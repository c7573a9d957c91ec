/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "../fuzz.h"
#include "base/out.h"
#include "http/forms.h"

static void check_bounds(const form *f, str body)
{
    size_t decoded = 0;
    CHECK(f->count <= FORM_FIELDS_MAX);
    for (size_t i = 0; i < f->count; i++) {
        CHECK(f->fields[i].name.ptr && f->fields[i].value.ptr);
        CHECK(f->fields[i].name.len <= FORM_NAME_MAX);
        decoded += f->fields[i].name.len + f->fields[i].value.len;
    }
    CHECK(decoded <= body.len); /* decoding never grows */
}

/* A field is reached by its name, in order, and the first is what form_get gives. (Sixteen are enough: this is quadratic.) */
static void check_lookup(const form *f)
{
    for (size_t i = 0; i < f->count && i < 16; i++) {
        str name = f->fields[i].name, value;
        size_t at = 0, seen = 0;
        bool met = false;
        CHECK(str_eq(form_get(f, name), form_all(f, name, &at)));
        at = 0;
        while ((value = form_all(f, name, &at)).ptr) {
            seen++;
            met |= value.ptr == f->fields[i].value.ptr;
        }
        CHECK(met && seen <= f->count);
        (void)form_int(f, name, 0);
    }
}

/* Written again and read again, it is the same form. */
static void check_round_trip(arena *a, const form *f)
{
    out o;
    form again;
    out_init(&o, (size_t)64 << 20);
    for (size_t i = 0; i < f->count; i++) {
        if (i) out_char(&o, '&');
        out_percent(&o, f->fields[i].name);
        out_char(&o, '=');
        out_percent(&o, f->fields[i].value);
    }
    CHECK(form_parse(a, out_get(&o), &again) == OK);
    CHECK(again.count == f->count);
    for (size_t i = 0; i < f->count; i++) {
        CHECK(str_eq(again.fields[i].name, f->fields[i].name));
        CHECK(str_eq(again.fields[i].value, f->fields[i].value));
    }
    out_drop(&o);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    arena *a = arena_open();
    str body = fuzz_input(a, data, size);
    form f;
    rc_code code = form_parse(a, body, &f);
    CHECK(code == OK || code == E_SYNTAX || code == E_TOO_LARGE);
    CHECK(code == OK || f.count == 0);
    check_bounds(&f, body);
    check_lookup(&f);
    check_round_trip(a, &f);
    arena_close(a);
    return 0;
}
