/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the allow-list leaves out on purpose: everything that opens (files by name, sockets, memory that can be executed), that
 * names another process, that starts one, that asks the kernel about anything but time and randomness. clone is let through for
 * threads only; clone3, whose flags a filter cannot see, says "not here", after which the C library asks clone. */
#include "media/confine.h"

#include <errno.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif

static void limit(__rlimit_resource_t what, rlim_t most)
{
    struct rlimit l = {most, most};
    (void)setrlimit(what, &l); /* what cannot be lowered is lower already; the allow-list is what counts */
}

static void set_limits(void)
{
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_CPU, MEDIA_CPU_S);
    limit(RLIMIT_FSIZE, MEDIA_FILE_MAX);
    limit(RLIMIT_NOFILE, MEDIA_DESCRIPTORS);
    limit(RLIMIT_MEMLOCK, 0);
    limit(RLIMIT_MSGQUEUE, 0);
#ifndef SANITIZED
    limit(RLIMIT_AS, MEDIA_MEMORY);
#endif
}

/* The structure as the newest kernel has it; an older one is given as much of it as it knows. Debian 12's header knows the first
 * number alone. */
typedef struct landlock_all {
    uint64_t fs, net, scoped;
} landlock_all;

/* A second wall behind the first; a kernel without it is no reason not to start. */
static void landlock(void)
{
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (version < 1) return;
    static const int fs_bits[] = {0, 13, 14, 15, 15, 16};
    int bits = fs_bits[version > 5 ? 5 : version];
    landlock_all all = {.fs = (UINT64_C(1) << bits) - 1, .net = 3, .scoped = 3};
    size_t size = version >= 6 ? 24 : version >= 4 ? 16 : 8;
    long rules = syscall(SYS_landlock_create_ruleset, &all, size, 0);
    if (rules < 0) return;
    (void)syscall(SYS_landlock_restrict_self, rules, 0);
    close((int)rules);
}

/* Whatever a decoder, the C library's memory and threads, and our two frames need. */
static const int allowed[] = {
    SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(close), SCMP_SYS(lseek), SCMP_SYS(recvmsg), SCMP_SYS(sendmsg), SCMP_SYS(poll), SCMP_SYS(ppoll),
    SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(brk), SCMP_SYS(madvise),
    SCMP_SYS(futex), SCMP_SYS(set_robust_list), SCMP_SYS(rseq), SCMP_SYS(sched_yield), SCMP_SYS(sched_getaffinity), SCMP_SYS(gettid), SCMP_SYS(getpid),
    SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn), SCMP_SYS(sigaltstack), SCMP_SYS(restart_syscall),
    SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday), SCMP_SYS(getrandom), SCMP_SYS(exit), SCMP_SYS(exit_group)};

static int allow(scmp_filter_ctx f)
{
    int bad = 0;
    for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++) bad |= seccomp_rule_add(f, SCMP_ACT_ALLOW, allowed[i], 0);
    bad |= seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    bad |= seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    bad |= seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1, SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD | CLONE_VM, CLONE_THREAD | CLONE_VM));
    bad |= seccomp_rule_add(f, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
    const struct scmp_arg_cmp names_itself = {.arg = 0, .op = SCMP_CMP_EQ, .datum_a = PR_SET_NAME};
    bad |= seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(prctl), 1, names_itself);
    return bad;
}

static bool filter_calls(void)
{
    scmp_filter_ctx f = seccomp_init(SCMP_ACT_KILL_PROCESS);
    if (!f) return false;
    bool fine = seccomp_attr_set(f, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) == 0 &&
                seccomp_attr_set(f, SCMP_FLTATR_CTL_NNP, 1) == 0 && seccomp_attr_set(f, SCMP_FLTATR_CTL_TSYNC, 1) == 0 &&
                allow(f) == 0 && seccomp_load(f) == 0;
    seccomp_release(f);
    return fine;
}

bool media_confine(void)
{
    set_limits();
    if (prctl(PR_SET_DUMPABLE, 0) != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return false;
    landlock();
    return filter_calls();
}
