/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/testing.h"

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/frames.h"

typedef struct pair { int ends[2]; } pair;

static int setup(void **state)
{
    static pair p;
    *state = &p;
    return frame_pair(p.ends) ? 0 : -1;
}

static int teardown(void **state)
{
    pair *p = *state;
    for (int i = 0; i < 2; i++)
        if (p->ends[i] >= 0) close(p->ends[i]);
    return 0;
}

static int open_fds(void)
{
    int n = 0;
    for (int fd = 0; fd < 256; fd++) n += fcntl(fd, F_GETFD) >= 0;
    return n;
}

static void a_frame_comes_as_it_was_sent(void **state)
{
    pair *p = *state;
    frame f = {.kind = FRAME_START, .numbers = {1, -1, INT64_MAX, INT64_MIN}}, got;
    f.numbers[FRAME_NUMBERS - 1] = 42;
    assert_true(frame_send(p->ends[0], &f));
    assert_int_equal(frame_receive(p->ends[1], 1000, &got), FRAME_CAME);
    assert_int_equal(got.kind, FRAME_START);
    assert_memory_equal(got.numbers, f.numbers, sizeof f.numbers);
    assert_int_equal(got.fd_count, 0);
}

static void descriptors_travel_along_and_close_on_exec(void **state)
{
    pair *p = *state;
    int pipe_ends[2];
    char byte = 0;
    assert_int_equal(pipe(pipe_ends), 0);
    frame f = {.kind = FRAME_DOOR, .fd_count = FRAME_FDS}, got;
    for (int i = 0; i < FRAME_FDS; i++) f.fds[i] = pipe_ends[1];
    int before = open_fds();
    assert_true(frame_send(p->ends[0], &f));
    assert_int_equal(frame_receive(p->ends[1], 1000, &got), FRAME_CAME);
    assert_int_equal(got.fd_count, FRAME_FDS);
    assert_int_equal(open_fds(), before + FRAME_FDS);
    assert_int_equal(fcntl(got.fds[0], F_GETFD), FD_CLOEXEC);
    assert_int_equal(write(got.fds[FRAME_FDS - 1], "x", 1), 1);
    assert_int_equal(read(pipe_ends[0], &byte, 1), 1);
    frame_close_fds(&got);
    assert_int_equal(open_fds(), before);
    close(pipe_ends[0]);
    close(pipe_ends[1]);
}

static void what_is_no_frame_is_an_end_and_leaves_nothing_open(void **state)
{
    pair *p = *state;
    unsigned char bytes[FRAME_BYTES + 1] = {0};
    frame got, f = {.kind = FRAME_READY};
    frame_write(&f, bytes);
    for (size_t len = 1; len <= sizeof bytes; len += FRAME_BYTES / 2) {
        if (len == FRAME_BYTES) continue;
        assert_int_equal(send(p->ends[0], bytes, len, 0), (ssize_t)len);
        assert_int_equal(frame_receive(p->ends[1], 1000, &got), FRAME_ENDED);
    }
    assert_int_equal(send(p->ends[0], bytes, sizeof bytes, 0), (ssize_t)sizeof bytes);
    assert_int_equal(frame_receive(p->ends[1], 1000, &got), FRAME_ENDED);
    bytes[6] = 1; /* says that a descriptor comes, and none does */
    assert_int_equal(send(p->ends[0], bytes, FRAME_BYTES, 0), FRAME_BYTES);
    assert_int_equal(frame_receive(p->ends[1], 1000, &got), FRAME_ENDED);
}

/* One that brings a descriptor which it does not announce. */
static void a_smuggled_descriptor_is_closed(void **state)
{
    pair *p = *state;
    unsigned char bytes[FRAME_BYTES];
    char room[CMSG_SPACE(sizeof(int))] = {0};
    frame got, f = {.kind = FRAME_READY};
    frame_write(&f, bytes);
    struct iovec part = {bytes, sizeof bytes};
    struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof room};
    struct cmsghdr *h = CMSG_FIRSTHDR(&m);
    h->cmsg_level = SOL_SOCKET;
    h->cmsg_type = SCM_RIGHTS;
    h->cmsg_len = CMSG_LEN(sizeof(int));
    int fd = STDERR_FILENO;
    memcpy(CMSG_DATA(h), &fd, sizeof fd);
    int before = open_fds();
    assert_int_equal(sendmsg(p->ends[0], &m, 0), FRAME_BYTES);
    assert_int_equal(frame_receive(p->ends[1], 1000, &got), FRAME_ENDED);
    assert_int_equal(open_fds(), before);
}

static void nothing_in_time_is_late_and_a_closed_channel_an_end(void **state)
{
    pair *p = *state;
    frame got;
    assert_int_equal(frame_receive(p->ends[1], 0, &got), FRAME_LATE);
    assert_int_equal(frame_receive(p->ends[1], 30, &got), FRAME_LATE);
    close(p->ends[0]);
    p->ends[0] = -1;
    assert_int_equal(frame_receive(p->ends[1], -1, &got), FRAME_ENDED);
    assert_false(frame_send(p->ends[1], &(frame){.kind = FRAME_READY}));
}

static void who_ended_without_reading_is_told_from_who_read(void **state)
{
    pair *p = *state;
    frame got;
    assert_true(frame_send(p->ends[1], &(frame){.kind = FRAME_READY}));
    close(p->ends[0]);
    p->ends[0] = -1;
    assert_int_equal(frame_receive(p->ends[1], 1000, &got), FRAME_UNREAD);
}

static void kinds_and_counts_end_where_they_say(void **state)
{
    (void)state;
    unsigned char bytes[FRAME_BYTES];
    frame got;
    for (int kind = 0; kind <= FRAME_KINDS; kind++) {
        frame_write(&(frame){.kind = (frame_kind)kind}, bytes);
        assert_int_equal(frame_read((str){(char *)bytes, sizeof bytes}, &got), kind > 0 && kind < FRAME_KINDS);
    }
    frame_write(&(frame){.kind = FRAME_READY, .fd_count = FRAME_FDS}, bytes);
    assert_true(frame_read((str){(char *)bytes, sizeof bytes}, &got));
    bytes[6]++;
    assert_false(frame_read((str){(char *)bytes, sizeof bytes}, &got));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_frame_comes_as_it_was_sent, setup, teardown),
        cmocka_unit_test_setup_teardown(descriptors_travel_along_and_close_on_exec, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_no_frame_is_an_end_and_leaves_nothing_open, setup, teardown),
        cmocka_unit_test_setup_teardown(a_smuggled_descriptor_is_closed, setup, teardown),
        cmocka_unit_test_setup_teardown(nothing_in_time_is_late_and_a_closed_channel_an_end, setup, teardown),
        cmocka_unit_test_setup_teardown(who_ended_without_reading_is_told_from_who_read, setup, teardown),
        TEST(kinds_and_counts_end_where_they_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
