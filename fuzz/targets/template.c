/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Whole pages with members' words in every place that takes words. The input is a byte for the page, then lines, one a place.
 * The page must read as strictly as fuzz/markup.h reads, its addresses must be ours, and its tags and attributes must be those of
 * the same page with as many harmless letters instead: no byte of a member's makes markup. */
#include "../markup.h"
#include "feature/people/people_web.h"
#include "feature/wall/text.h"
#include "feature/wall/wall_web.h"
#include "http/exchange.h"
#include "layout.tpl.h"
#include "page/view.h"
#include "people_pages.tpl.h"
#include "wall_pages.tpl.h"
#include "wall_posts.tpl.h"

#define PLACES 10

typedef enum place { FULL, NAME, INITIALS, HEADING, TO, TYPED, SITE, UNDO, QUERY, WORDS } place;

typedef struct seen { uint64_t shape; } seen;

static bool is_address(str name)
{
    return str_eq(name, STR("href")) || str_eq(name, STR("action")) || str_eq(name, STR("src")) || str_eq(name, STR("formaction")) ||
           str_eq(name, STR("xlink:href"));
}

static void look(void *arg, str tag, str attribute, str value)
{
    seen *s = arg;
    s->shape = (s->shape ^ str_hash(tag)) * UINT64_C(0x100000001B3);
    s->shape = (s->shape ^ str_hash(attribute)) * UINT64_C(0x100000001B3);
    if (!attribute.ptr || str_eq(tag, STR("/"))) return;
    CHECK(!str_starts(attribute, STR("on")) && !str_eq(attribute, STR("style")) && !str_eq(attribute, STR("srcdoc")));
    if (!is_address(attribute)) return;
    CHECK(str_starts(value, STR("/")) || str_starts(value, STR("#")));
    CHECK(!str_starts(value, STR("//")) && str_find(value, '\\') == value.len);
    for (size_t i = 0; i < value.len; i++) CHECK((unsigned char)value.ptr[i] >= ' ' && value.ptr[i] != 0x7F);
}

static person person_with(const str *words)
{
    return (person){.num = 7, .name = words[NAME], .full = words[FULL], .initials = words[INITIALS], .hue = 3};
}

static void wall_page_(view *v, out *o, const str *words)
{
    person p = person_with(words);
    circle_line circle = {.ordinal = 2, .title = words[QUERY]};
    composer w = {.owner = p, .to = url_local(words[TO]).s, .own = true, .circles = {&circle, 1}};
    post_head head = {.author = p, .owner = p, .ordinal = 3, .time = v->r->c->now, .text = text_html(v->r->c->arena, STR("words")),
                      .elsewhere = true, .may_edit = true, .may_delete = true};
    post_acts acts = {.owner = 7, .ordinal = 3, .likes = 5};
    tpl_wall_page_open(o, v, &p);
    tpl_composer(o, v, &w);
    tpl_wall_tabs(o, v, &p, true);
    tpl_post_open(o, v, &head);
    tpl_post_acts(o, v, &acts);
    tpl_post_close(o, v, NULL);
    tpl_older(o, v, STR("/wall7?"), 12);
    tpl_wall_page_close(o, v, &p);
}

static void people_page_(view *v, out *o, const str *words)
{
    people_row row = {.p = person_with(words), .town = words[WORDS]};
    people_rows rows = {&row, 1};
    url next = view_url(v, "/people?q=x&below=%d", 4);
    tpl_people(o, v, words[QUERY], &rows, next, words[WORDS]);
}

static void edit_page(view *v, out *o, const str *words)
{
    wall_post p = {.id = 1, .owner = 7, .ordinal = 3, .author = 7, .text = words[WORDS]};
    circle_line_list none = {0};
    tpl_post_edit(o, v, &p, words[WORDS], true, STR("0"), &none);
}

/* The request's form holds what was typed, and a fault stands beside it. */
static void fill_request(req *r, const str *words)
{
    r->form = (form){ARENA_ARRAY(r->c->arena, form_field, 2), 2};
    r->form.fields[0] = (form_field){STR("text"), words[TYPED]};
    r->form.fields[1] = (form_field){STR("q"), words[QUERY]};
    r->fault_count = 1;
    r->faults[0] = (fault){"text", msg_s(L_privacy_unknown, words[QUERY])};
}

static uint64_t render(arena *a, int which, const str *words)
{
    static site settings = {.name = "Veche", .origin = "https://veche.example", .host = "veche.example", .ready = true};
    static out page;
    exchange x = {.arena = a};
    ctx c = {.arena = a, .lang = which & 1 ? LANG_RU : LANG_EN, .viewer = {7, ROLE_MEMBER}, .now = INT64_C(1700000000000)};
    req r = {.c = &c, .out = &page, .method = POST, .path = STR("/wall7"), .target = url_local(words[TO]).s, .site = &settings, .private_ = &x};
    msg toast = msg_s(L_friends_of_title, words[FULL]);
    if (!page.limit) out_init(&page, (size_t)16 << 20);
    out_reset(&page);
    fill_request(&r, words);
    view v = {.r = &r, .lang = c.lang, .who = c.viewer, .me = person_with(words), .title = MSG(L_NONE), .heading = words[HEADING], .nav = NAV_ME,
              .site_name = words[SITE], .host = STR("veche.example"), .theme = STR(""), .requests = 2, .once = STR("token"), .here = STR("/"), .kept = words[WORDS], .toast = &toast,
              .toast_undo = url_local(words[UNDO]).s};
    switch (which >> 1 & 3) {
    case 0: wall_page_(&v, &page, words); break;
    case 1: people_page_(&v, &page, words); break;
    case 2: edit_page(&v, &page, words); break;
    default: tpl_error_page(&page, &v, 403, msg_s(L_privacy_unknown, words[QUERY]), MSG(L_form_empty), url_local(words[UNDO])); break;
    }
    CHECK(!page.failed);
    seen s = {0};
    markup_read(out_get(&page), look, &s);
    return s.shape;
}

/* As many letters, and an address where it was one. */
static str harmless(arena *a, str s, bool address)
{
    char *x = arena_alloc(a, s.len + 1);
    memset(x, 'x', s.len);
    if (s.len && address) x[0] = '/';
    return (str){x, s.len};
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool started;
    if (!started) CHECK(lang_start());
    started = true;
    if (size == 0) return 0;
    arena *a = arena_open();
    str rest = fuzz_input(a, data + 1, size - 1), words[PLACES], plain[PLACES];
    for (int i = 0; i < PLACES; i++) {
        words[i] = str_cut(&rest, '\n');
        if (!words[i].ptr) words[i] = STR("");
        bool address = i == UNDO || i == TO;
        if (address && !str_eq(url_local(words[i]).s, words[i])) words[i] = STR("/"); /* it has been looked at before */
        plain[i] = harmless(a, words[i], address);
    }
    CHECK(render(a, data[0], words) == render(a, data[0], plain));
    arena_close(a);
    return 0;
}
