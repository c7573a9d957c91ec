/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/testing.h"
#include "page/fragment.h"

#define KILOBYTE 1024

static str text_of(char *space, const fragment_key *k)
{
    int len = snprintf(space, KILOBYTE, "%lld %u %u %u %u %u ", (long long)k->id, k->version, k->people, k->day, k->shape, k->lang);
    memset(space + len, '.', (size_t)(KILOBYTE - len));
    return (str){space, KILOBYTE};
}

/* Nothing, or exactly what was kept under this key. */
static bool finds(fragment_cache *f, const fragment_key *k)
{
    char space[KILOBYTE];
    out o;
    out_init(&o, 4 * KILOBYTE);
    bool found = fragment_write(f, k, &o);
    if (found) assert_str(out_get(&o), text_of(space, k));
    else assert_int_equal(out_get(&o).len, 0);
    out_drop(&o);
    return found;
}

static void keep(fragment_cache *f, const fragment_key *k)
{
    char space[KILOBYTE];
    fragment_keep(f, k, text_of(space, k));
}

static void a_key_that_differs_in_anything_finds_nothing(void **state)
{
    (void)state;
    fragment_cache *f = fragment_cache_open(KILOBYTE * KILOBYTE);
    fragment_key kept = {.id = 7, .version = 1, .people = 2, .day = 3, .shape = 4, .lang = 1};
    keep(f, &kept);
    assert_true(finds(f, &kept));
    for (int i = 0; i < 6; i++) {
        fragment_key other = kept;
        if (i == 0) other.id++;
        if (i == 1) other.version++;
        if (i == 2) other.people++;
        if (i == 3) other.day++;
        if (i == 4) other.shape++;
        if (i == 5) other.lang++;
        assert_false(finds(f, &other));
    }
    fragment_cache_close(f);
}

static void a_newer_version_pushes_out_its_elders_first(void **state)
{
    (void)state;
    fragment_cache *f = fragment_cache_open(KILOBYTE * KILOBYTE);
    for (uint32_t version = 0; version < 5; version++) keep(f, &(fragment_key){.id = 7, .version = version});
    assert_false(finds(f, &(fragment_key){.id = 7, .version = 0}));
    for (uint32_t version = 1; version < 5; version++) assert_true(finds(f, &(fragment_key){.id = 7, .version = version}));
    fragment_cache_close(f);
}

static void what_is_asked_for_stays_and_the_budget_holds(void **state)
{
    (void)state;
    enum { ROOM = 256 };
    fragment_cache *f = fragment_cache_open(ROOM * KILOBYTE);
    fragment_key dear = {.id = 1};
    keep(f, &dear);
    int stayed = 0;
    for (int64_t id = 2; id < 20 * ROOM; id++) {
        if (finds(f, &dear)) stayed++;
        keep(f, &(fragment_key){.id = id});
    }
    assert_int_equal(stayed, 20 * ROOM - 2);
    int many = 0;
    for (int64_t id = 1; id < 20 * ROOM; id++) many += finds(f, &(fragment_key){.id = id});
    assert_true(many > ROOM / 2 && many <= ROOM);
    fragment_cache_close(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_key_that_differs_in_anything_finds_nothing),
        TEST(a_newer_version_pushes_out_its_elders_first),
        TEST(what_is_asked_for_stays_and_the_budget_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
