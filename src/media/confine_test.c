/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Each forbidden thing is tried for real by a process that has just been confined. It must end by the kernel's hand (SIGSYS), or be
 * refused; that it comes back with what it wanted fails the test. Under a sanitizer all of it holds but the limit on address space. */
#include "base/testing.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/frames.h"
#include "media/confine.h"

#define REFUSED 40 /* exit codes of the child */
#define DONE 41

static long flat(long got)
{
    return got < 0 ? -1 : got;
}

#define TRY_CALL(name, ...)                 \
    static long try_##name(void)            \
    {                                       \
        return flat(syscall(__VA_ARGS__));  \
    }

static char memory[4096];
static struct sockaddr_in somewhere = {.sin_family = AF_INET};

TRY_CALL(open_file, SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY)
TRY_CALL(open_old, SYS_open, "/etc/passwd", O_RDONLY)
TRY_CALL(create_file, SYS_openat, AT_FDCWD, "/tmp/veche-confine-test", O_CREAT | O_WRONLY, 0600)
TRY_CALL(open_below, SYS_openat2, AT_FDCWD, "/etc/passwd", memory, 24)
TRY_CALL(open_proc, SYS_openat, AT_FDCWD, "/proc/self/maps", O_RDONLY)
TRY_CALL(look_at_file, SYS_newfstatat, AT_FDCWD, "/etc/passwd", memory, 0)
TRY_CALL(look_closer, SYS_statx, AT_FDCWD, "/etc/passwd", 0, 0, memory)
TRY_CALL(ask_access, SYS_access, "/etc/passwd", R_OK)
TRY_CALL(read_link, SYS_readlink, "/proc/self/exe", memory, sizeof memory)
TRY_CALL(list_folder, SYS_getdents64, 0, memory, sizeof memory)
TRY_CALL(remove_file, SYS_unlinkat, AT_FDCWD, "/tmp/veche-confine-test", 0)
TRY_CALL(rename_file, SYS_renameat2, AT_FDCWD, "/tmp/a", AT_FDCWD, "/tmp/b", 0)
TRY_CALL(link_file, SYS_linkat, AT_FDCWD, "/etc/passwd", AT_FDCWD, "/tmp/b", 0)
TRY_CALL(make_folder, SYS_mkdirat, AT_FDCWD, "/tmp/veche-confine-folder", 0700)
TRY_CALL(change_mode, SYS_fchmodat, AT_FDCWD, "/tmp", 0777)
TRY_CALL(change_owner, SYS_fchownat, AT_FDCWD, "/tmp", 1, 1, 0)
TRY_CALL(change_folder, SYS_chdir, "/")
TRY_CALL(change_root, SYS_chroot, "/tmp")
TRY_CALL(mount, SYS_mount, "none", "/tmp", "tmpfs", 0, NULL)
TRY_CALL(socket_ip, SYS_socket, AF_INET, SOCK_STREAM, 0)
TRY_CALL(socket_udp, SYS_socket, AF_INET6, SOCK_DGRAM, 0)
TRY_CALL(socket_unix, SYS_socket, AF_UNIX, SOCK_STREAM, 0)
TRY_CALL(socket_raw, SYS_socket, AF_PACKET, SOCK_RAW, 0)
TRY_CALL(socket_netlink, SYS_socket, AF_NETLINK, SOCK_RAW, 0)
TRY_CALL(socket_pair, SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, memory)
TRY_CALL(connect, SYS_connect, 0, &somewhere, sizeof somewhere)
TRY_CALL(bind, SYS_bind, 0, &somewhere, sizeof somewhere)
TRY_CALL(listen, SYS_listen, 0, 1)
TRY_CALL(accept, SYS_accept4, 0, NULL, NULL, 0)
TRY_CALL(send_to, SYS_sendto, 0, "x", 1, 0, &somewhere, sizeof somewhere)
TRY_CALL(execute, SYS_execve, "/bin/true", NULL, NULL)
TRY_CALL(execute_at, SYS_execveat, AT_FDCWD, "/bin/true", NULL, NULL, 0)
TRY_CALL(fork, SYS_fork)
TRY_CALL(fork_by_clone, SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL)
TRY_CALL(fork_by_clone3, SYS_clone3, memory, 88)
TRY_CALL(new_namespace, SYS_unshare, CLONE_NEWUSER)
TRY_CALL(trace, SYS_ptrace, PTRACE_ATTACH, 1, NULL, NULL)
TRY_CALL(read_other, SYS_process_vm_readv, 1, NULL, 0, NULL, 0, 0)
TRY_CALL(kill_other, SYS_kill, 1, 0)
TRY_CALL(kill_thread, SYS_tgkill, 1, 1, 0)
TRY_CALL(executable_memory, SYS_mmap, NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
TRY_CALL(make_executable, SYS_mprotect, (uintptr_t)memory & ~(uintptr_t)4095, 4096, PROT_READ | PROT_EXEC)
TRY_CALL(memory_file, SYS_memfd_create, "x", 0)
TRY_CALL(shared_memory, SYS_shmget, 0, 4096, 0600)
TRY_CALL(become_root, SYS_setuid, 0)
TRY_CALL(capabilities, SYS_capset, memory, memory)
TRY_CALL(keyring, SYS_keyctl, 0, 0, 0, 0, 0)
TRY_CALL(load_program, SYS_bpf, BPF_PROG_LOAD, memory, sizeof memory)
TRY_CALL(watch_processor, SYS_perf_event_open, memory, 0, -1, -1, 0)
TRY_CALL(ring, SYS_io_uring_setup, 4, memory)
TRY_CALL(device, SYS_ioctl, 2, 0x5412, "x")
TRY_CALL(dumpable_again, SYS_prctl, PR_SET_DUMPABLE, 1, 0, 0, 0)
TRY_CALL(raise_limit, SYS_prlimit64, 0, RLIMIT_CPU, memory, NULL)
TRY_CALL(who_am_i, SYS_uname, memory)
TRY_CALL(reboot, SYS_reboot, 0, 0, 0, NULL)
TRY_CALL(set_clock, SYS_clock_settime, 0, memory)
TRY_CALL(load_module, SYS_init_module, memory, 0, "")
TRY_CALL(swap, SYS_swapon, "/tmp/x", 0)

/* Whatever file a decoder writes ends here. */
static long try_endless_file(void)
{
    static char block[1 << 16];
    signal(SIGXFSZ, SIG_IGN);
    for (size_t all = 0; all <= MEDIA_FILE_MAX; all += sizeof block)
        if (write(5, block, sizeof block) < 0) return -1;
    return 0;
}

typedef struct forbidden {
    const char *what;
    long (*attempt)(void);
} forbidden;

#define F(name) {#name, try_##name}
static const forbidden all[] = {
    F(open_file), F(open_old), F(create_file), F(open_below), F(open_proc), F(look_at_file), F(look_closer), F(ask_access), F(read_link),
    F(list_folder), F(remove_file), F(rename_file), F(link_file), F(make_folder), F(change_mode), F(change_owner), F(change_folder),
    F(change_root), F(mount), F(socket_ip), F(socket_udp), F(socket_unix), F(socket_raw), F(socket_netlink), F(socket_pair), F(connect),
    F(bind), F(listen), F(accept), F(send_to), F(execute), F(execute_at), F(fork), F(fork_by_clone), F(fork_by_clone3), F(new_namespace),
    F(trace), F(read_other), F(kill_other), F(kill_thread), F(executable_memory), F(make_executable), F(memory_file), F(shared_memory),
    F(become_root), F(capabilities), F(keyring), F(load_program), F(watch_processor), F(ring), F(device), F(dumpable_again), F(raise_limit),
    F(who_am_i), F(reboot), F(set_clock), F(load_module), F(swap), F(endless_file)};

/* The status of a process that confines itself and then does it. Descriptor 5 is a file that it was handed. */
static int confined(long (*attempt)(void))
{
    int file = open("/tmp", O_TMPFILE | O_RDWR, 0600);
    assert_true(file >= 0);
    pid_t pid = fork();
    if (pid == 0) {
        if (dup2(file, 5) != 5 || !media_confine()) _exit(99);
        _exit(attempt() < 0 ? REFUSED : DONE);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    close(file);
    return status;
}

static void what_is_forbidden_does_not_happen(void **state)
{
    (void)state;
    int killed = 0, refused = 0;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        int status = confined(all[i].attempt);
        bool by_kernel = WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS;
        bool said_no = WIFEXITED(status) && WEXITSTATUS(status) == REFUSED;
        if (!by_kernel && !said_no) fail_msg("%s: status %x", all[i].what, (unsigned)status);
        killed += by_kernel;
        refused += said_no;
    }
    print_message("%d forbidden things: %d ended the process, %d were refused\n", killed + refused, killed, refused);
    assert_true(killed >= 50);
}

/* ---- what must still work ---- */

static void *thread(void *arg)
{
    *(int *)arg = 7;
    return NULL;
}

static long work(void)
{
    pthread_t t;
    int seven = 0;
    char *much = malloc(8 << 20);
    if (!much) return -1;
    memset(much, 1, 8 << 20);
    free(much);
    if (pthread_create(&t, NULL, thread, &seven) != 0) return -1;
    pthread_join(t, NULL);
    return seven == 7 && write(5, "x", 1) == 1 && lseek(5, 0, SEEK_SET) == 0 ? 0 : -1;
}

static void memory_threads_and_given_files_are_left(void **state)
{
    (void)state;
    int status = confined(work);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), DONE);
}

static _Noreturn void spin(void)
{
    for (volatile unsigned long n = 0;; n++) continue;
}

/* Of the processor's time there is an end. It is made one second here, from outside, so as not to wait for twenty: the process itself
 * has the limit already and may not change it. */
static void who_computes_for_ever_is_ended(void **state)
{
    (void)state;
    struct rlimit limit = {0, 0}, second = {1, 1};
    int ready[2];
    assert_int_equal(pipe(ready), 0);
    pid_t pid = fork();
    if (pid == 0) {
        if (!media_confine() || write(ready[1], "x", 1) != 1) _exit(99);
        spin();
    }
    char byte;
    assert_int_equal(read(ready[0], &byte, 1), 1);
    assert_int_equal(prlimit(pid, RLIMIT_CPU, &second, &limit), 0);
    assert_int_equal(limit.rlim_max, MEDIA_CPU_S);
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status));
    close(ready[0]);
    close(ready[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(what_is_forbidden_does_not_happen), TEST(memory_threads_and_given_files_are_left),
                                       TEST(who_computes_for_ever_is_ended)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
