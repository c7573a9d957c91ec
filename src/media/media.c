/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "media/media.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "crypto/random.h"
#include "media/sniff.h"

#define NAME_MAX_BYTES 64 /* "3f/a1/" and 32 digits, "-2.webp" */

struct media {
    int root, staging;
    media_workers *workers;
};

/* ---- names ---- */

static void hex(const media_id *id, char out[2 * MEDIA_ID_BYTES + 1])
{
    for (size_t i = 0; i < MEDIA_ID_BYTES; i++) (void)snprintf(out + 2 * i, 3, "%02x", id->bytes[i]);
}

static bool unhex(const char *text, media_id *id)
{
    for (size_t i = 0; i < MEDIA_ID_BYTES; i++) {
        unsigned value = 0;
        for (size_t d = 0; d < 2; d++) {
            char c = text[2 * i + d];
            int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
            if (digit < 0) return false;
            value = value << 4 | (unsigned)digit;
        }
        id->bytes[i] = (unsigned char)value;
    }
    return text[2 * MEDIA_ID_BYTES] == '-';
}

static const char *suffix(media_plan plan, int size)
{
    return media_sizes[plan][size].webp ? "webp" : "jpeg";
}

static void staged_name(const media_id *id, media_plan plan, int size, char out[NAME_MAX_BYTES])
{
    char digits[2 * MEDIA_ID_BYTES + 1];
    hex(id, digits);
    (void)snprintf(out, NAME_MAX_BYTES, "%s-%d.%s", digits, size, suffix(plan, size));
}

static void stored_name(const media_id *id, media_plan plan, int size, char out[NAME_MAX_BYTES])
{
    char name[NAME_MAX_BYTES];
    staged_name(id, plan, size, name);
    (void)snprintf(out, NAME_MAX_BYTES, "%.2s/%.2s/%.50s", name, name + 2, name);
}

/* ---- opening ---- */

/* Nothing above `folder`, and no link on the way. A kernel before 5.6 does without; the names are ours in any case. */
static int open_below(int folder, const char *name, int flags, mode_t mode)
{
    struct open_how how = {.flags = (uint64_t)(unsigned)(flags | O_CLOEXEC), .mode = mode, .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS};
    long fd = syscall(SYS_openat2, folder, name, &how, sizeof how);
    if (fd < 0 && (errno == ENOSYS || errno == EPERM)) fd = openat(folder, name, flags | O_CLOEXEC | O_NOFOLLOW, mode);
    return (int)fd;
}

static int open_folder(int above, const char *name)
{
    if (mkdirat(above, name, 0700) != 0 && errno != EEXIST) return -1;
    return open_below(above, name, O_RDONLY | O_DIRECTORY, 0);
}

rc media_open(const char *data, void (*hangs)(void *arg, int64_t number), void *arg, media **out)
{
    media *m = calloc(1, sizeof *m);
    if (!m) die("out of memory");
    int above = open(data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    m->root = above < 0 ? -1 : open_folder(above, "media");
    m->staging = m->root < 0 ? -1 : open_folder(m->root, "staging");
    m->workers = media_workers_open(hangs, arg);
    if (above >= 0) close(above);
    *out = m;
    if (m->staging >= 0) return OK;
    fprintf(stderr, "veche: cannot make %s/media: %s\n", data, strerror(errno));
    media_close(m);
    *out = NULL;
    return E_INTERNAL;
}

void media_close(media *m)
{
    if (!m) return;
    if (m->staging >= 0) close(m->staging);
    if (m->root >= 0) close(m->root);
    media_workers_close(m->workers);
    free(m);
}

media_workers *media_workers_of(media *m) { return m->workers; }

int media_stage(media *m)
{
    int fd = open_below(m->staging, ".", O_TMPFILE | O_RDWR, 0600);
    if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR)) return fd;
    char name[NAME_MAX_BYTES];
    media_id id;
    random_bytes(&id, sizeof id);
    hex(&id, name);
    fd = open_below(m->staging, name, O_RDWR | O_CREAT | O_EXCL, 0600);
    if (fd >= 0) unlinkat(m->staging, name, 0);
    return fd;
}

int media_read(media *m, const media_id *id, media_plan plan, int size, int64_t *len)
{
    char name[NAME_MAX_BYTES];
    struct stat is;
    stored_name(id, plan, size, name);
    int fd = open_below(m->root, name, O_RDONLY, 0);
    if (fd < 0) return -1;
    if (fstat(fd, &is) == 0 && S_ISREG(is.st_mode)) {
        *len = is.st_size;
        return fd;
    }
    close(fd);
    errno = ENOENT;
    return -1;
}

/* ---- making ---- */

/* What the media process says of a file is believed only as far as the file itself agrees: it may be a picture's work. */
static bool is_as_said(int fd, const media_size *size, const media_made *made)
{
    char head[16];
    struct stat is;
    ssize_t n = pread(fd, head, sizeof head, 0);
    picture_kind kind = n == sizeof head ? picture_kind_of((str){head, sizeof head}) : PICTURE_NONE;
    return fstat(fd, &is) == 0 && is.st_size == made->bytes && kind == (size->webp ? PICTURE_WEBP : PICTURE_JPEG);
}

/* The two folders above a stored name, and that they last. */
static bool make_way(media *m, const char *stored)
{
    char part[3] = {stored[0], stored[1], 0};
    int first = open_folder(m->root, part);
    if (first < 0) return false;
    part[0] = stored[3], part[1] = stored[4];
    int second = open_folder(first, part);
    bool lasts = second >= 0 && fsync(first) == 0 && fsync(m->root) == 0;
    if (second >= 0) close(second);
    close(first);
    return lasts;
}

static bool sync_folder(media *m, const char *stored)
{
    char folder[6];
    (void)snprintf(folder, sizeof folder, "%.5s", stored);
    int fd = open_below(m->root, folder, O_RDONLY | O_DIRECTORY, 0);
    if (fd < 0) return false;
    bool lasts = fsync(fd) == 0;
    close(fd);
    return lasts;
}

static bool store(media *m, const media_set *s, const int fds[MEDIA_SIZES])
{
    char staged[NAME_MAX_BYTES], stored[NAME_MAX_BYTES];
    stored_name(&s->id, s->plan, 0, stored);
    if (!make_way(m, stored)) return false;
    for (int i = 0; i < media_plan_sizes(s->plan); i++) {
        staged_name(&s->id, s->plan, i, staged);
        stored_name(&s->id, s->plan, i, stored);
        if (!s->picture.made[i].bytes) unlinkat(m->staging, staged, 0);
        else if (fsync(fds[i]) != 0 || linkat(m->staging, staged, m->root, stored, 0) != 0) return false;
    }
    return sync_folder(m, stored);
}

static bool open_staged(media *m, media_set *s, int fds[MEDIA_SIZES])
{
    char name[NAME_MAX_BYTES];
    for (int i = 0; i < media_plan_sizes(s->plan); i++) {
        staged_name(&s->id, s->plan, i, name);
        fds[i] = open_below(m->staging, name, O_RDWR | O_CREAT | O_EXCL, 0600);
        if (fds[i] < 0) return false;
    }
    return true;
}

static media_result make(media *m, int upload, const media_crop *crop, media_set *s, int fds[MEDIA_SIZES])
{
    if (!open_staged(m, s, fds)) return MEDIA_FULL;
    media_job job = {.plan = s->plan, .crop = *crop, .in = upload};
    memcpy(job.out, fds, sizeof job.out);
    s->picture = media_run(m->workers, &job);
    if (s->picture.result != MEDIA_FINE) return s->picture.result;
    for (int i = 0; i < media_plan_sizes(s->plan); i++)
        if (s->picture.made[i].bytes && !is_as_said(fds[i], &media_sizes[s->plan][i], &s->picture.made[i])) return MEDIA_DIED;
    return store(m, s, fds) ? MEDIA_FINE : MEDIA_FULL;
}

media_result media_make(media *m, int upload, media_plan plan, const media_crop *crop, media_set *out)
{
    int fds[MEDIA_SIZES] = {-1, -1, -1, -1, -1};
    *out = (media_set){.plan = plan};
    random_bytes(&out->id, sizeof out->id);
    media_result result = make(m, upload, crop, out, fds);
    for (int i = 0; i < MEDIA_SIZES; i++)
        if (fds[i] >= 0) close(fds[i]);
    if (result != MEDIA_FINE) media_discard(m, &out->id, plan);
    return result;
}

void media_settle(media *m, const media_set *s)
{
    char name[NAME_MAX_BYTES];
    for (int i = 0; i < media_plan_sizes(s->plan); i++) {
        staged_name(&s->id, s->plan, i, name);
        unlinkat(m->staging, name, 0);
    }
}

/* The stored names first: what stands in staging says that this is not done. */
void media_discard(media *m, const media_id *id, media_plan plan)
{
    char name[NAME_MAX_BYTES];
    for (int i = 0; i < media_plan_sizes(plan); i++) {
        stored_name(id, plan, i, name);
        unlinkat(m->root, name, 0);
    }
    media_settle(m, &(media_set){.id = *id, .plan = plan});
}

int media_unsettled(media *m, int older_s, media_id *out, int max)
{
    int fd = open_below(m->staging, ".", O_RDONLY | O_DIRECTORY, 0), count = 0;
    DIR *folder = fd < 0 ? NULL : fdopendir(fd);
    if (!folder) {
        if (fd >= 0) close(fd);
        return 0;
    }
    for (struct dirent *e; count < max && (e = readdir(folder));) {
        struct stat is;
        media_id id;
        if (strlen(e->d_name) < 2 * MEDIA_ID_BYTES + 2 || !unhex(e->d_name, &id)) continue;
        if (fstatat(m->staging, e->d_name, &is, AT_SYMLINK_NOFOLLOW) != 0 || time(NULL) - is.st_mtime < older_s) continue;
        bool known = false;
        for (int i = 0; i < count; i++) known = known || memcmp(&out[i], &id, sizeof id) == 0;
        if (!known) out[count++] = id;
    }
    closedir(folder);
    return count;
}
