/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "db/postgres_test.h"

#include <math.h>

static void assert_comes_back(int64_t id, str name, str data, double weight)
{
    db_value params[] = {DB_VALUE_INT(id), DB_VALUE_TEXT(name), DB_VALUE_BLOB(data), DB_VALUE_REAL(weight)};
    assert_int_equal(run(w.one, &add_thing, params), OK);
    db_cursor cur;
    db_start(w.one, &get_thing, params, &cur);
    assert_true(db_next(&cur));
    assert_int_equal(db_int(&cur, 0), id);
    str got_name = db_text(&cur, 1, w.arena), got_data = db_blob(&cur, 2, w.arena);
    double got_weight = db_real(&cur, 3);
    assert_memory_equal(&got_weight, &weight, sizeof weight);
    assert_false(db_next(&cur));
    assert_int_equal(db_finish(&cur, NULL), OK);
    /* They outlive the cursor. */
    assert_str(got_name, name);
    assert_str(got_data, data);
}

static void every_type_comes_back_as_it_was_sent(void **state)
{
    (void)state;
    char bytes[256];
    for (int i = 0; i < 256; i++) bytes[i] = (char)i;
    assert_comes_back(1, STR("Вече — \"quoted\", 'twice'; \xF0\x9F\x8C\xBE"), (str){bytes, sizeof bytes}, 0.1);
    assert_comes_back(INT64_MIN, STR(""), STR(""), -0.0);
    assert_comes_back(INT64_MAX, STR("{1,2}"), STR("\0\0\0"), 1.7976931348623157e308);
    assert_comes_back(-1, STR("-1"), STR("\\x00"), 5e-324);
    assert_comes_back(0, STR("\x01\n\r\t"), STR("'"), (double)INFINITY);
}

static void absent_values_stay_absent(void **state)
{
    (void)state;
    db_value params[] = {DB_VALUE_INT(1), DB_VALUE_TEXT(STR_NONE), DB_VALUE_BLOB(STR_NONE), {.type = DB_REAL, .null = true}};
    assert_int_equal(run(w.one, &add_thing, params), OK);
    db_cursor cur;
    db_start(w.one, &get_thing, params, &cur);
    assert_true(db_next(&cur));
    assert_false(db_is_null(&cur, 0));
    for (int column = 1; column < 4; column++) assert_true(db_is_null(&cur, column));
    assert_null(db_text(&cur, 1, w.arena).ptr);
    assert_null(db_blob(&cur, 2, w.arena).ptr);
    assert_true(db_real(&cur, 3) == 0);
    assert_int_equal(db_int(&cur, 3), 0);
    assert_int_equal(db_finish(&cur, NULL), OK);
}

static void a_row_is_not_found_by_an_absent_key(void **state)
{
    (void)state;
    assert_int_equal(add(w.one, 0, "zero"), OK);
    db_value key = {.type = DB_INT, .null = true};
    db_cursor cur;
    db_start(w.one, &get_thing, &key, &cur);
    assert_false(db_next(&cur));
    assert_int_equal(db_finish(&cur, NULL), OK);
}

static void lists_of_no_one_and_1024_ids_find_their_rows(void **state)
{
    (void)state;
    static const db_query fill = {6, "fill", SQL("INSERT INTO thing (id) SELECT generate_series(1, 2000)"), 0, true};
    static const db_query find = {
        7, "find", SQL("SELECT sum(id)::BIGINT, count(*) FROM thing WHERE id = ANY($1)"), 1, false};
    assert_int_equal(run(w.one, &fill, NULL), OK);
    int64_t ids[DB_IDS_MAX];
    static const int sizes[] = {0, 1, 1024, 2};
    for (int s = 0; s < 4; s++) {
        int64_t sum = 0;
        for (int i = 0; i < sizes[s]; i++) sum += ids[i] = i % 2 ? 2001 - i : i + 1;
        db_cursor cur;
        db_start(w.one, &find, &DB_VALUE_IDS(ids, (size_t)sizes[s]), &cur);
        assert_true(db_next(&cur));
        assert_int_equal(db_int(&cur, 0), sum);
        assert_int_equal(db_int(&cur, 1), sizes[s]);
        assert_int_equal(db_finish(&cur, NULL), OK);
    }
    ids[0] = INT64_MIN;
    db_query first = once("SELECT ($1)[1]", 1);
    assert_true(number(w.one, &first, &DB_VALUE_IDS(ids, 1)) == INT64_MIN);
}

static void small_columns_and_booleans_read_as_integers(void **state)
{
    (void)state;
    db_query q = once("SELECT (-2)::int2, (-70000)::int4, true, false, 1.5::float4", 0);
    db_cursor cur;
    db_start(w.one, &q, NULL, &cur);
    assert_true(db_next(&cur));
    assert_int_equal(db_int(&cur, 0), -2);
    assert_int_equal(db_int(&cur, 1), -70000);
    assert_int_equal(db_int(&cur, 2), 1);
    assert_int_equal(db_int(&cur, 3), 0);
    assert_true(db_real(&cur, 4) == 1.5);
    assert_int_equal(db_finish(&cur, NULL), OK);
}

static void a_column_read_as_what_it_is_not_is_an_error_and_not_a_zero(void **state)
{
    (void)state;
    db_query numeric = once("SELECT sum(id) FROM (VALUES (1::BIGINT)) AS v (id)", 0);
    db_cursor cur;
    db_start(w.one, &numeric, NULL, &cur);
    assert_true(db_next(&cur));
    assert_int_equal(db_int(&cur, 0), 0);
    assert_int_equal(db_finish(&cur, NULL), E_INTERNAL);
    assert_int_equal(number(w.one, &count_things, NULL), 0);
}

static void a_text_with_a_nul_is_refused(void **state)
{
    (void)state;
    db_value params[] = {DB_VALUE_INT(1), DB_VALUE_TEXT(STR("a\0b")), DB_VALUE_BLOB(STR("a\0b")), DB_VALUE_REAL(0)};
    assert_int_equal(run(w.one, &add_thing, params), E_SYNTAX);
    params[1] = DB_VALUE_TEXT(STR("ab"));
    assert_int_equal(run(w.one, &add_thing, params), OK);
}

static void text_that_is_not_utf8_is_refused(void **state)
{
    (void)state;
    assert_int_equal(add(w.one, 1, "\xC3("), E_INTERNAL);
    assert_int_equal(number(w.one, &count_things, NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_type_comes_back_as_it_was_sent),
        TEST(absent_values_stay_absent),
        TEST(a_row_is_not_found_by_an_absent_key),
        TEST(lists_of_no_one_and_1024_ids_find_their_rows),
        TEST(small_columns_and_booleans_read_as_integers),
        TEST(a_column_read_as_what_it_is_not_is_an_error_and_not_a_zero),
        TEST(a_text_with_a_nul_is_refused),
        TEST(text_that_is_not_utf8_is_refused),
    };
    return RUN(tests);
}
