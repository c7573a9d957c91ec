/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/testing.h"

#include "base/local_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/veche-socket-XXXXXX";
static char path[64];

static int open_folder(void **state)
{
    (void)state;
    if (!mkdtemp(folder)) return -1;
    (void)snprintf(path, sizeof path, "%s/door", folder);
    return 0;
}

static int close_folder(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(folder);
}

static void a_socket_has_its_mode_and_takes_the_place_of_an_old_one(void **state)
{
    (void)state;
    struct stat s;
    close(local_listen(path, 0660, 0, 1));
    int fd = local_listen(path, 0600, SOCK_NONBLOCK, 1);
    assert_true(fd >= 0);
    assert_int_equal(stat(path, &s), 0);
    assert_int_equal(s.st_mode & 0777, 0600);
    int client = local_connect(path);
    assert_true(client >= 0);
    close(client);
    close(fd);
}

static void a_door_where_somebody_listens_stays_theirs(void **state)
{
    (void)state;
    int first = local_listen(path, 0600, 0, 1);
    assert_true(first >= 0);
    assert_int_equal(local_listen(path, 0600, 0, 1), -1);
    assert_int_equal(errno, EADDRINUSE);
    int client = local_connect(path);
    assert_true(client >= 0);
    close(client);
    close(first);
}

static void a_file_of_another_kind_is_not_removed(void **state)
{
    (void)state;
    unlink(path);
    close(open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
    assert_int_equal(local_listen(path, 0600, 0, 1), -1);
    assert_int_equal(errno, EEXIST);
    assert_int_equal(unlink(path), 0);
}

static void the_umask_is_as_it_was(void **state)
{
    (void)state;
    mode_t before = umask(0);
    umask(before);
    close(local_listen(path, 0600, 0, 1));
    mode_t after = umask(before);
    assert_int_equal(after, before);
}

static void nobody_at_home_is_an_error(void **state)
{
    (void)state;
    close(local_listen(path, 0600, 0, 1));
    assert_int_equal(local_connect(path), -1);
    assert_int_equal(errno, ECONNREFUSED);
}

static void a_path_that_does_not_fit_is_refused_and_not_cut(void **state)
{
    (void)state;
    char longer[200];
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    assert_int_equal(local_listen(longer, 0600, 0, 1), -1);
    assert_int_equal(errno, ENAMETOOLONG);
    assert_int_equal(local_connect(longer), -1);
    assert_int_equal(errno, ENAMETOOLONG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(a_socket_has_its_mode_and_takes_the_place_of_an_old_one), TEST(the_umask_is_as_it_was),
                                       TEST(a_door_where_somebody_listens_stays_theirs), TEST(a_file_of_another_kind_is_not_removed),
                                       TEST(nobody_at_home_is_an_error), TEST(a_path_that_does_not_fit_is_refused_and_not_cut)};
    return cmocka_run_group_tests(tests, open_folder, close_folder);
}
