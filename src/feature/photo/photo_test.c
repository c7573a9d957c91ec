/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Pictures' rows and passes. What becomes of files is in tests/http/photos.test.mjs, with the process that decodes them. */
#include "base/testing.h"

#include <stdlib.h>

#include "feature/photo/photo.h"
#include "feature/wall/wall.h"
#include "support/people.h"

#define HOUR_MS INT64_C(3600000)

/* ---- passes ---- */

static site a_site(unsigned char key)
{
    site s = {0};
    memset(s.key, key, sizeof s.key);
    return s;
}

static void a_pass_is_for_one_picture_one_size_one_viewer_and_one_server(void **state)
{
    (void)state;
    arena *a = arena_open();
    site ours = a_site(1), theirs = a_site(2);
    int64_t now = 500000 * HOUR_MS + 1, viewer;
    str pass = photo_pass(a, &ours, 77, 2, 5, now);
    assert_true(photo_pass_read(&ours, 77, 2, pass, now, &viewer));
    assert_int_equal(viewer, 5);
    assert_false(photo_pass_read(&ours, 78, 2, pass, now, &viewer));
    assert_false(photo_pass_read(&ours, 77, 3, pass, now, &viewer));
    assert_false(photo_pass_read(&theirs, 77, 2, pass, now, &viewer));
    str other = arena_printf(a, "6%.*s", STR_ARG(str_skip(pass, 1))); /* 5.… becomes 6.… */
    assert_false(photo_pass_read(&ours, 77, 2, other, now, &viewer));
    arena_close(a);
}

static void a_pass_is_the_same_within_the_hour_and_over_after_two(void **state)
{
    (void)state;
    arena *a = arena_open();
    site ours = a_site(1);
    int64_t hour = 500000 * HOUR_MS, viewer;
    str pass = photo_pass(a, &ours, 77, 2, 5, hour);
    assert_str(photo_pass(a, &ours, 77, 2, 5, hour + HOUR_MS - 1), pass);
    assert_true(photo_pass_read(&ours, 77, 2, pass, hour + 2 * HOUR_MS - 1, &viewer));
    assert_false(photo_pass_read(&ours, 77, 2, pass, hour + 2 * HOUR_MS, &viewer));
    arena_close(a);
}

static void what_is_no_pass_opens_nothing(void **state)
{
    (void)state;
    site ours = a_site(1);
    static const char *const none[] = {"", ".", "..", "5", "5.500002", "5.500002.", "-1.500002.AAAAAAAAAAAAAAAAAAAAAA", "5.x.AAAAAAAAAAAAAAAAAAAAAA",
                                       "5.999999999999999999999.AAAAAAAAAAAAAAAAAAAAAA", "5.500002.AAAAAAAAAAAAAAAAAAAAAAA", "5.500002.AAAA"};
    int64_t viewer;
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) assert_false(photo_pass_read(&ours, 77, 2, str_of(none[i]), 500000 * HOUR_MS, &viewer));
}

/* ---- sizes ---- */

static void the_largest_size_that_fits_is_taken_and_the_smallest_when_none_does(void **state)
{
    (void)state;
    int small = photo_size(31, 1, true), middle = photo_size(31, 640, true), large = photo_size(31, 4000, true);
    assert_true(media_sizes[PLAN_PHOTO][middle].webp && media_sizes[PLAN_PHOTO][middle].box == 640);
    assert_true(media_sizes[PLAN_PHOTO][small].box < 640 && media_sizes[PLAN_PHOTO][large].box == 2560);
    assert_false(media_sizes[PLAN_PHOTO][photo_size(31, 4000, false)].webp);
    assert_int_equal(photo_size(1, 4000, true), 0); /* a small picture has one size */
}

static void a_picture_keeps_its_shape_and_is_never_made_larger(void **state)
{
    (void)state;
    assert_int_equal(photo_width(6000, 4000, 640), 640);
    assert_int_equal(photo_height(6000, 4000, 640), 427);
    assert_int_equal(photo_width(300, 200, 640), 300);
    assert_int_equal(photo_height(10000, 1, 320), 1);
}

/* ---- rows ---- */

static photo_new made(unsigned char id)
{
    photo_new p = {.alt = STR("a river")};
    memset(p.set.id.bytes, id, sizeof p.set.id.bytes);
    p.set.picture = (media_picture){.width = 600, .height = 400, .colour = 0x102030, .made = {{100, 320, 213}}};
    return p;
}

static int64_t pictured(people *p, int64_t audience, wall_post *post)
{
    photo_new two[] = {made(1), made(2)};
    int64_t ordinal;
    photo_list list;
    ctx *c = world_act(p->w, p->anna);
    assert_int_equal(wall_add_with(c, p->anna, STR(""), audience, two, 2, &ordinal), OK);
    assert_int_equal(wall_get(c, p->anna, ordinal, post), OK);
    assert_int_equal(photo_of(c, post->id, &list), OK);
    assert_int_equal(list.len, 2);
    int64_t id = list.items[1].id;
    world_done(c);
    return id;
}

static rc_code sees(people *p, int64_t who, int64_t owner, int64_t id)
{
    photo_row row;
    ctx *c = world_ctx(p->w, who);
    rc_code code = photo_get(c, owner, id, &row);
    world_done(c);
    return code;
}

static void a_picture_is_seen_by_whom_its_post_is_seen_by(void **state)
{
    people *p = *state;
    wall_post post;
    int64_t id = pictured(p, LEVEL_FRIENDS, &post);
    assert_int_equal(post.photos, 2);
    assert_int_equal(sees(p, p->anna, p->anna, id), OK);
    assert_int_equal(sees(p, p->boris, p->anna, id), OK);
    assert_int_equal(sees(p, p->vera, p->anna, id), E_NOT_FOUND);
    assert_int_equal(sees(p, 0, p->anna, id), E_NOT_FOUND);
    assert_int_equal(sees(p, p->boris, p->boris, id), E_NOT_FOUND); /* an address with another owner */
    world_delete_post(p->w, p->anna, post.id);
    assert_int_equal(sees(p, p->boris, p->anna, id), E_GONE);
}

static void with_the_words_of_a_post_its_pictures_go(void **state)
{
    people *p = *state;
    wall_post post;
    photo_list list;
    int64_t id = pictured(p, LEVEL_EVERYONE, &post);
    ctx *c = world_act(p->w, p->anna);
    assert_int_equal(photo_erase(c, bucket_of(p->anna), post.id), OK);
    assert_int_equal(photo_of(c, post.id, &list), OK);
    assert_int_equal(list.len, 0);
    world_done(c);
    assert_int_equal(sees(p, p->anna, p->anna, id), E_NOT_FOUND);
}

static int run(db_engine which)
{
    const struct CMUnitTest tests[] = {
        TEST(a_pass_is_for_one_picture_one_size_one_viewer_and_one_server),
        TEST(a_pass_is_the_same_within_the_hour_and_over_after_two),
        TEST(what_is_no_pass_opens_nothing),
        TEST(the_largest_size_that_fits_is_taken_and_the_smallest_when_none_does),
        TEST(a_picture_keeps_its_shape_and_is_never_made_larger),
        cmocka_unit_test_setup_teardown(a_picture_is_seen_by_whom_its_post_is_seen_by, people_open, people_close),
        cmocka_unit_test_setup_teardown(with_the_words_of_a_post_its_pictures_go, people_open, people_close),
    };
    people_engine = which;
    return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(void)
{
    int failed = run(DB_SQLITE);
    if (getenv("VECHE_TEST_PG")) failed += run(DB_POSTGRES);
    return failed;
}
