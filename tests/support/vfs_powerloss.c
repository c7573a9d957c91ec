/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "support/vfs_powerloss.h"

#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"

#define TEST_FCNTL_FAIL 7001
#define SECTOR 512
#define DISK_FILES 32

/* A write that the disk has not promised to keep; bytes NULL: a truncation to `at`. */
typedef struct pending {
    struct pending *next;
    int64_t at;
    size_t len;
    unsigned char *bytes;
} pending;

typedef struct image {
    unsigned char *bytes;
    size_t len, cap;
} image;

typedef struct disk_file {
    char path[512];
    image synced;
    pending *first, **last;
    int64_t size; /* as the program sees it */
} disk_file;

typedef struct handle {
    sqlite3_file base;
    disk_file *disk;
    sqlite3_file *real; /* behind this struct */
} handle;

static struct {
    pthread_mutex_t lock;
    sqlite3_vfs vfs, *under;
    disk_file files[DISK_FILES];
    int64_t count, cut_at, room;
    cut_mode mode;
    uint64_t chance;
    bool skip_sync;
    int fail_code;
} disk = {.lock = PTHREAD_MUTEX_INITIALIZER, .room = -1};

/* --- images -------------------------------------------------------------------------------------------------------- */

static void image_size(image *m, size_t len)
{
    if (len > m->cap) {
        size_t cap = len * 2;
        m->bytes = realloc(m->bytes, cap);
        if (!m->bytes) die("out of memory");
        m->cap = cap;
    }
    if (len > m->len) memset(m->bytes + m->len, 0, len - m->len);
    m->len = len;
}

static void image_put(image *m, size_t at, const unsigned char *bytes, size_t len)
{
    if (at + len > m->len) image_size(m, at + len);
    memcpy(m->bytes + at, bytes, len);
}

static void image_load(image *m, const char *path)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return;
    if (fstat(fd, &st) != 0) die("cannot stat %s", path);
    image_size(m, (size_t)st.st_size);
    if (m->len && pread(fd, m->bytes, m->len, 0) != (ssize_t)m->len) die("cannot read %s", path);
    close(fd);
}

static void image_store(const image *m, const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0) die("cannot write %s", path);
    if (m->len && write(fd, m->bytes, m->len) != (ssize_t)m->len) die("cannot write %s", path);
    close(fd);
}

/* --- pending operations -------------------------------------------------------------------------------------------- */

static void apply(image *m, const pending *p)
{
    if (p->bytes) image_put(m, (size_t)p->at, p->bytes, p->len);
    else image_size(m, (size_t)p->at);
}

static void pend(disk_file *f, const void *bytes, size_t len, int64_t at)
{
    pending *p = calloc(1, sizeof *p);
    if (!p) die("out of memory");
    p->at = at;
    p->len = len;
    if (bytes) {
        p->bytes = malloc(len ? len : 1);
        if (!p->bytes) die("out of memory");
        memcpy(p->bytes, bytes, len);
    }
    *f->last = p;
    f->last = &p->next;
}

static void forget(disk_file *f, bool keep)
{
    while (f->first) {
        pending *p = f->first;
        f->first = p->next;
        if (keep) apply(&f->synced, p);
        free(p->bytes);
        free(p);
    }
    f->last = &f->first;
}

/* --- the cut ------------------------------------------------------------------------------------------------------- */

static bool toss(void)
{
    disk.chance ^= disk.chance << 13;
    disk.chance ^= disk.chance >> 7;
    disk.chance ^= disk.chance << 17;
    return disk.chance & 1;
}

/* Each sector of a write reaches the disk or not. */
static void apply_some(image *m, const pending *p)
{
    if (!p->bytes) {
        if (toss()) apply(m, p);
        return;
    }
    for (size_t from = 0; from < p->len;) {
        size_t end = ((size_t)p->at + from) / SECTOR * SECTOR + SECTOR - (size_t)p->at;
        if (end > p->len) end = p->len;
        if (toss()) image_put(m, (size_t)p->at + from, p->bytes + from, end - from);
        from = end;
    }
}

static _Noreturn void cut(void)
{
    for (disk_file *f = disk.files; f < disk.files + DISK_FILES; f++) {
        if (!f->path[0] || access(f->path, F_OK) != 0) continue;
        for (const pending *p = f->first; p; p = p->next) {
            if (disk.mode == CUT_KEEPS) apply(&f->synced, p);
            if (disk.mode == CUT_SHUFFLES) apply_some(&f->synced, p);
        }
        image_store(&f->synced, f->path);
        char shm[sizeof f->path + 8];
        (void)snprintf(shm, sizeof shm, "%s-shm", f->path);
        unlink(shm);
    }
    _exit(POWERLOSS_EXIT);
}

/* Under the lock. Counts an operation; the one at which power goes is pending like others, and may be torn. */
static void tick(void)
{
    disk.count++;
    if (disk.cut_at && disk.count >= disk.cut_at) cut();
}

/* --- file methods -------------------------------------------------------------------------------------------------- */

#define REAL(f) (((handle *)(f))->real)
#define PASS(f, method) (REAL(f)->pMethods->method)

static int file_close(sqlite3_file *f) { return PASS(f, xClose)(REAL(f)); }

static int file_read(sqlite3_file *f, void *to, int len, sqlite3_int64 at)
{
    pthread_mutex_lock(&disk.lock);
    bool fails = (disk.fail_code & 0xFF) == SQLITE_IOERR;
    pthread_mutex_unlock(&disk.lock);
    return fails ? SQLITE_IOERR_READ : PASS(f, xRead)(REAL(f), to, len, at);
}

/* SQLITE_FULL if the file would grow beyond the room that is left. */
static int grow(disk_file *d, int64_t end)
{
    int64_t more = end > d->size ? end - d->size : 0;
    if (disk.room >= 0 && more > disk.room) return SQLITE_FULL;
    if (disk.room >= 0) disk.room -= more;
    if (end > d->size) d->size = end;
    return SQLITE_OK;
}

static int file_write(sqlite3_file *f, const void *from, int len, sqlite3_int64 at)
{
    disk_file *d = ((handle *)f)->disk;
    pthread_mutex_lock(&disk.lock);
    int got = disk.fail_code;
    if (got == SQLITE_OK) got = grow(d, at + len);
    if (got == SQLITE_OK) {
        pend(d, from, (size_t)len, at);
        tick();
        got = PASS(f, xWrite)(REAL(f), from, len, at);
    }
    pthread_mutex_unlock(&disk.lock);
    return got;
}

static int file_truncate(sqlite3_file *f, sqlite3_int64 size)
{
    disk_file *d = ((handle *)f)->disk;
    pthread_mutex_lock(&disk.lock);
    int got = disk.fail_code;
    if (got == SQLITE_OK) {
        pend(d, NULL, 0, size);
        tick();
        if (disk.room >= 0 && d->size > size) disk.room += d->size - size;
        d->size = size;
        got = PASS(f, xTruncate)(REAL(f), size);
    }
    pthread_mutex_unlock(&disk.lock);
    return got;
}

static int file_sync(sqlite3_file *f, int flags)
{
    (void)flags;
    pthread_mutex_lock(&disk.lock);
    int got = disk.fail_code;
    if (got == SQLITE_OK) {
        tick();
        if (!disk.skip_sync) forget(((handle *)f)->disk, true);
    }
    pthread_mutex_unlock(&disk.lock);
    return got;
}

static int file_size(sqlite3_file *f, sqlite3_int64 *size) { return PASS(f, xFileSize)(REAL(f), size); }
static int file_lock(sqlite3_file *f, int lock) { return PASS(f, xLock)(REAL(f), lock); }
static int file_unlock(sqlite3_file *f, int lock) { return PASS(f, xUnlock)(REAL(f), lock); }
static int file_check_lock(sqlite3_file *f, int *out) { return PASS(f, xCheckReservedLock)(REAL(f), out); }
static int file_sector(sqlite3_file *f) { return PASS(f, xSectorSize)(REAL(f)); }
static int file_traits(sqlite3_file *f) { return PASS(f, xDeviceCharacteristics)(REAL(f)); }

static int file_control(sqlite3_file *f, int op, void *arg)
{
    if (op != TEST_FCNTL_FAIL) return PASS(f, xFileControl)(REAL(f), op, arg);
    pthread_mutex_lock(&disk.lock);
    disk.fail_code = *(int *)arg;
    pthread_mutex_unlock(&disk.lock);
    return SQLITE_OK;
}

static int shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **out)
{
    return PASS(f, xShmMap)(REAL(f), page, size, extend, out);
}

static int shm_lock(sqlite3_file *f, int at, int n, int flags) { return PASS(f, xShmLock)(REAL(f), at, n, flags); }
static void shm_barrier(sqlite3_file *f) { PASS(f, xShmBarrier)(REAL(f)); }
static int shm_unmap(sqlite3_file *f, int delete) { return PASS(f, xShmUnmap)(REAL(f), delete); }

/* --- the VFS ------------------------------------------------------------------------------------------------------- */

static void disk_file_drop(disk_file *f)
{
    forget(f, false);
    free(f->synced.bytes);
    *f = (disk_file){0};
}

/* The file exists. Those that somebody has removed behind our back (the folder of an earlier test) are forgotten. */
static disk_file *disk_file_of(const char *path)
{
    disk_file *free_one = NULL;
    for (disk_file *f = disk.files; f < disk.files + DISK_FILES; f++) {
        if (strcmp(f->path, path) == 0) return f;
        if (f->path[0] && access(f->path, F_OK) != 0) disk_file_drop(f);
        if (!f->path[0] && !free_one) free_one = f;
    }
    if (!free_one || strlen(path) >= sizeof free_one->path) die("no room for %s", path);
    *free_one = (disk_file){0};
    (void)snprintf(free_one->path, sizeof free_one->path, "%s", path);
    free_one->last = &free_one->first;
    image_load(&free_one->synced, path);
    free_one->size = (int64_t)free_one->synced.len;
    return free_one;
}

static int vfs_open(sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *f, int flags, int *out_flags)
{
    static const sqlite3_io_methods methods = {
        2,         file_close, file_read,       file_write,  file_truncate, file_sync,   file_size, file_lock,
        file_unlock, file_check_lock, file_control, file_sector, file_traits, shm_map, shm_lock, shm_barrier,
        shm_unmap, NULL,       NULL};
    handle *h = (handle *)f;
    (void)vfs;
    h->real = (sqlite3_file *)(h + 1);
    h->base.pMethods = NULL;
    if (!name) return SQLITE_CANTOPEN; /* temporary files: temp_store is memory */
    int got = disk.under->xOpen(disk.under, name, h->real, flags, out_flags);
    if (got != SQLITE_OK) return got;
    pthread_mutex_lock(&disk.lock);
    h->disk = disk_file_of(name);
    pthread_mutex_unlock(&disk.lock);
    h->base.pMethods = &methods;
    return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
    (void)vfs;
    pthread_mutex_lock(&disk.lock);
    tick();
    for (disk_file *f = disk.files; f < disk.files + DISK_FILES; f++)
        if (strcmp(f->path, name) == 0) {
            if (disk.room >= 0) disk.room += f->size;
            disk_file_drop(f);
        }
    pthread_mutex_unlock(&disk.lock);
    return disk.under->xDelete(disk.under, name, sync);
}

void powerloss_register(void)
{
    if (disk.under) return;
    disk.under = sqlite3_vfs_find(NULL);
    disk.vfs = *disk.under;
    disk.vfs.zName = "powerloss";
    disk.vfs.szOsFile = (int)sizeof(handle) + disk.under->szOsFile;
    disk.vfs.pNext = NULL;
    disk.vfs.xOpen = vfs_open;
    disk.vfs.xDelete = vfs_delete;
    if (sqlite3_vfs_register(&disk.vfs, 1) != SQLITE_OK) die("cannot register the VFS");
}

void powerloss_plan(int64_t at, cut_mode mode, uint64_t seed, bool skip_sync)
{
    pthread_mutex_lock(&disk.lock);
    disk.count = 0;
    disk.cut_at = at;
    disk.mode = mode;
    disk.chance = seed * 2 + 1;
    disk.skip_sync = skip_sync;
    pthread_mutex_unlock(&disk.lock);
}

int64_t powerloss_count(void)
{
    pthread_mutex_lock(&disk.lock);
    int64_t count = disk.count;
    pthread_mutex_unlock(&disk.lock);
    return count;
}

void disk_room(int64_t bytes)
{
    pthread_mutex_lock(&disk.lock);
    disk.room = bytes;
    pthread_mutex_unlock(&disk.lock);
}
