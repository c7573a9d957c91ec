/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A part's bytes end at "\r\n--boundary". A carriage return stands only at the beginning of that and never in a boundary, so what has
 * matched so far needs no second look when the next byte does not fit: it was data. `match` says how much has matched; the first
 * delimiter of a body has no line before it, so there the line's end counts as seen. */
#include "http/multipart.h"

typedef enum place { BEFORE, BEHIND_DELIMITER, HEAD, FIELD, FILE_BYTES, AFTER } place;

struct multipart {
    arena *arena;
    const multipart_events *events;
    void *arg;
    str delimiter;
    size_t match;
    place place;
    multipart_state state;
    char pair[2]; /* what stands behind a delimiter */
    size_t pair_len, parts;
    char head[MULTIPART_HEAD_MAX];
    size_t head_len;
    str name;
    char *field; /* MULTIPART_FIELD_MAX, once needed */
    size_t field_len;
};

static bool boundary_char(char c)
{
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return letter || (c && strchr("'()+_,-./:=?", c));
}

/* A parameter's value of a header such as `form-data; name="text"; filename="a.jpg"`, with or without quotes; absent when missing. What
 * is quoted is taken as it stands: browsers write %22 for a quote. */
static str parameter(str header, str wanted)
{
    for (str rest = str_skip(header, str_find(header, ';') + 1); rest.len;) {
        rest = str_trim(rest);
        size_t mark = str_find(rest, '='), semicolon = str_find(rest, ';');
        if (mark > semicolon || mark == rest.len) {
            rest = str_skip(rest, semicolon + 1);
            continue;
        }
        str key = str_take(rest, mark), value;
        rest = str_skip(rest, mark + 1);
        if (str_starts(rest, STR("\""))) {
            value = str_take(str_skip(rest, 1), str_find(str_skip(rest, 1), '"'));
            rest = str_skip(rest, value.len + 2);
        } else {
            value = str_trim(str_take(rest, str_find(rest, ';')));
        }
        if (str_eq_any_case(key, wanted)) return value.ptr ? value : STR("");
        rest = str_skip(rest, str_find(rest, ';') + 1);
    }
    return STR_NONE;
}

str multipart_boundary(str type)
{
    str media = str_trim(str_take(type, str_find(type, ';')));
    if (!str_eq_any_case(media, STR("multipart/form-data"))) return STR_NONE;
    str b = parameter(type, STR("boundary"));
    if (b.len < 1 || b.len > MULTIPART_BOUNDARY_MAX) return STR_NONE;
    for (size_t i = 0; i < b.len; i++)
        if (!boundary_char(b.ptr[i])) return STR_NONE;
    return b;
}

multipart *multipart_open(arena *a, str boundary, const multipart_events *events, void *arg)
{
    multipart *m = ARENA_NEW(a, multipart);
    *m = (multipart){.arena = a, .events = events, .arg = arg, .delimiter = arena_cat(a, STR("\r\n--"), boundary, STR("")), .match = 2};
    return m;
}

/* ---- what a part is ---- */

static str header_of(str head, str name)
{
    while (head.len) {
        str line = str_trim(str_cut(&head, '\n'));
        size_t mark = str_find(line, ':');
        if (mark < line.len && str_eq_any_case(str_take(line, mark), name)) return str_trim(str_skip(line, mark + 1));
    }
    return STR_NONE;
}

static multipart_state begin_part(multipart *m)
{
    str disposition = header_of((str){m->head, m->head_len}, STR("Content-Disposition"));
    str name = parameter(disposition, STR("name"));
    m->head_len = 0;
    if (!str_eq_any_case(str_trim(str_take(disposition, str_find(disposition, ';'))), STR("form-data")) || !name.ptr) return MULTIPART_BAD;
    if (name.len > MULTIPART_NAME_MAX || ++m->parts > MULTIPART_PARTS_MAX) return MULTIPART_LARGE;
    m->name = arena_str(m->arena, name);
    bool file = parameter(disposition, STR("filename")).ptr || parameter(disposition, STR("filename*")).ptr;
    m->place = file ? FILE_BYTES : FIELD;
    m->field_len = 0;
    if (file) return m->events->file_begin(m->arg, m->name) ? MULTIPART_MORE : MULTIPART_STOPPED;
    if (!m->field) m->field = arena_alloc(m->arena, MULTIPART_FIELD_MAX);
    return MULTIPART_MORE;
}

static multipart_state take_data(multipart *m, str bytes)
{
    if (bytes.len == 0 || m->place == BEFORE) return MULTIPART_MORE;
    if (m->place == FILE_BYTES) return m->events->file_bytes(m->arg, bytes) ? MULTIPART_MORE : MULTIPART_STOPPED;
    if (m->field_len + bytes.len > MULTIPART_FIELD_MAX) return MULTIPART_LARGE;
    memcpy(m->field + m->field_len, bytes.ptr, bytes.len);
    m->field_len += bytes.len;
    return MULTIPART_MORE;
}

static multipart_state end_part(multipart *m)
{
    place was = m->place;
    m->place = BEHIND_DELIMITER;
    m->match = m->pair_len = 0;
    bool on = true;
    if (was == FILE_BYTES) on = m->events->file_end(m->arg);
    if (was == FIELD) on = m->events->field(m->arg, m->name, arena_str(m->arena, (str){m->field, m->field_len}));
    return on ? MULTIPART_MORE : MULTIPART_STOPPED;
}

/* ---- byte by byte, but data as whole runs ---- */

/* Takes what belongs to the present part's data off the front of *in. */
static multipart_state step_data(multipart *m, str *in)
{
    if (m->match == 0) {
        str run = str_take(*in, str_find(*in, '\r'));
        multipart_state state = take_data(m, run);
        *in = str_skip(*in, run.len);
        if (state != MULTIPART_MORE || in->len == 0) return state;
    }
    if (in->ptr[0] == m->delimiter.ptr[m->match]) {
        *in = str_skip(*in, 1);
        return ++m->match == m->delimiter.len ? end_part(m) : MULTIPART_MORE;
    }
    str held = str_take(m->delimiter, m->match);
    m->match = 0;
    return take_data(m, held);
}

static multipart_state step_pair(multipart *m, str *in)
{
    m->pair[m->pair_len++] = in->ptr[0];
    *in = str_skip(*in, 1);
    if (m->pair_len < 2) return MULTIPART_MORE;
    if (m->pair[0] == '-' && m->pair[1] == '-') {
        m->place = AFTER;
        return MULTIPART_END;
    }
    m->place = HEAD;
    return m->pair[0] == '\r' && m->pair[1] == '\n' ? MULTIPART_MORE : MULTIPART_BAD;
}

static multipart_state step_head(multipart *m, str *in)
{
    if (m->head_len == sizeof m->head) return MULTIPART_LARGE;
    m->head[m->head_len++] = in->ptr[0];
    *in = str_skip(*in, 1);
    return str_ends((str){m->head, m->head_len}, STR("\r\n\r\n")) ? begin_part(m) : MULTIPART_MORE;
}

multipart_state multipart_feed(multipart *m, str bytes)
{
    while (bytes.len && m->state == MULTIPART_MORE) {
        if (m->place == BEHIND_DELIMITER) m->state = step_pair(m, &bytes);
        else if (m->place == HEAD) m->state = step_head(m, &bytes);
        else m->state = step_data(m, &bytes);
    }
    return m->state;
}
