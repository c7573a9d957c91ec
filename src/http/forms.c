/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "http/forms.h"

#include "http/percent.h"

/* Decoding never grows, so the raw length is room enough. */
static rc decode(arena *a, str raw, str *out)
{
    char *buf = arena_alloc(a, raw.len);
    size_t len = 0;
    for (size_t i = 0; i < raw.len; i++) {
        char c = raw.ptr[i] == '+' ? ' ' : raw.ptr[i];
        if (c == '%') {
            int byte = percent_byte(raw, i);
            if (byte < 0) return E_SYNTAX;
            c = (char)byte;
            i += 2;
        }
        buf[len++] = c;
    }
    *out = (str){buf, len};
    return OK;
}

static rc parse_field(arena *a, str piece, form_field *field)
{
    str value = piece, name = str_cut(&value, '=');
    TRY(decode(a, name, &field->name));
    if (field->name.len > FORM_NAME_MAX) return E_TOO_LARGE;
    return decode(a, value, &field->value);
}

static size_t count_fields(str body)
{
    size_t n = 0;
    while (body.ptr) n += str_cut(&body, '&').len > 0;
    return n;
}

rc form_parse(arena *a, str body, form *out)
{
    *out = (form){0};
    size_t n = count_fields(body);
    if (n > FORM_FIELDS_MAX) return E_TOO_LARGE;
    form f = {.fields = ARENA_ARRAY(a, form_field, n)};
    while (body.ptr) {
        str piece = str_cut(&body, '&');
        if (piece.len > 0) TRY(parse_field(a, piece, &f.fields[f.count++]));
    }
    *out = f;
    return OK;
}

str form_all(const form *f, str name, size_t *at)
{
    while (*at < f->count) {
        const form_field *field = &f->fields[(*at)++];
        if (str_eq(field->name, name)) return field->value;
    }
    return STR_NONE;
}

str form_get(const form *f, str name)
{
    size_t at = 0;
    return form_all(f, name, &at);
}

int64_t form_int(const form *f, str name, int64_t otherwise)
{
    int64_t v;
    return str_int(form_get(f, name), &v) ? v : otherwise;
}
