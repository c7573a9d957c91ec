/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What comes back from a process that a picture may have taken over. */
#include "base/testing.h"

#include "media/confine.h"
#include "media/job.h"
#include "media/sniff.h"

static media_picture honest(void)
{
    media_picture p = {.result = MEDIA_FINE, .width = 4000, .height = 3000, .colour = 0x8A8F93};
    p.made[0] = (media_made){9000, 320, 240};
    p.made[1] = (media_made){30000, 640, 480};
    return p;
}

static bool believed(const media_picture *p)
{
    frame f;
    media_picture got;
    media_picture_write(p, &f);
    bool read = media_picture_read(&f, PLAN_PHOTO, &got);
    assert_true(read || got.result == MEDIA_DIED);
    return read;
}

static void a_job_comes_as_it_was_sent(void **state)
{
    (void)state;
    for (int plan = 0; plan < PLAN_COUNT; plan++) {
        frame f;
        media_job got, job = {.plan = (media_plan)plan, .crop = {10, 20, 500, 980}, .in = 7, .out = {8, 9, 10, 11, 12}};
        media_job_write(&job, &f);
        assert_true(media_job_read(&f, &got));
        assert_int_equal(got.plan, plan);
        assert_int_equal(got.in, 7);
        assert_memory_equal(&got.crop, &job.crop, sizeof job.crop);
        for (int i = 0; i < media_plan_sizes(got.plan); i++) assert_int_equal(got.out[i], 8 + i);
        f.fd_count--;
        assert_false(media_job_read(&f, &got));
    }
}

static void parts_reach_the_edge_and_not_beyond(void **state)
{
    (void)state;
    const struct { media_crop crop; bool fits; } cases[] = {
        {{0, 0, 1000, 1000}, true}, {{1, 0, 1000, 1000}, false}, {{999, 999, 1, 1}, true}, {{0, 0, 0, 1}, false}, {{-1, 0, 5, 5}, false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        frame f;
        media_job got, job = {.plan = PLAN_AVATAR, .crop = cases[i].crop};
        media_job_write(&job, &f);
        assert_int_equal(media_job_read(&f, &got), cases[i].fits);
    }
}

static void an_answer_is_believed_as_far_as_it_can_be_true(void **state)
{
    (void)state;
    media_picture p = honest();
    assert_true(believed(&p));
    p = honest(), p.made[1].bytes = 0;
    assert_true(believed(&p));
    p = honest(), p.made[0].bytes = 0;
    assert_false(believed(&p));
    p = honest(), p.made[0].bytes = (int64_t)MEDIA_FILE_MAX + 1;
    assert_false(believed(&p));
    p = honest(), p.made[1].width = 641;
    assert_false(believed(&p));
    p = honest(), p.made[1].height = -1;
    assert_false(believed(&p));
    p = honest(), p.width = PICTURE_SIDE_MAX + 1;
    assert_false(believed(&p));
    p = honest(), p.height = 0;
    assert_false(believed(&p));
    p = honest(), p.colour = 0x1000000;
    assert_false(believed(&p));
    p = honest(), p.result = MEDIA_AWAY; /* only we say that */
    assert_false(believed(&p));
}

static void every_refusal_comes_through(void **state)
{
    (void)state;
    for (int result = MEDIA_TYPE; result <= MEDIA_FULL; result++) {
        frame f;
        media_picture got;
        media_picture_write(&(media_picture){.result = (media_result)result}, &f);
        assert_true(media_picture_read(&f, PLAN_PHOTO, &got));
        assert_int_equal(got.result, result);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(a_job_comes_as_it_was_sent), TEST(parts_reach_the_edge_and_not_beyond),
                                       TEST(an_answer_is_believed_as_far_as_it_can_be_true), TEST(every_refusal_comes_through)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
