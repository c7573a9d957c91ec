/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/frames.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static const unsigned char magic[4] = {'V', 'C', 'H', '1'};

void frame_write(const frame *f, unsigned char bytes[FRAME_BYTES])
{
    memcpy(bytes, magic, sizeof magic);
    bytes[4] = (unsigned char)f->kind;
    bytes[5] = 0;
    bytes[6] = (unsigned char)f->fd_count;
    bytes[7] = 0;
    for (size_t i = 0; i < FRAME_NUMBERS; i++)
        for (size_t b = 0; b < 8; b++) bytes[8 + 8 * i + b] = (unsigned char)((uint64_t)f->numbers[i] >> (8 * b));
}

bool frame_read(str bytes, frame *out)
{
    const unsigned char *p = (const unsigned char *)bytes.ptr;
    *out = (frame){0};
    if (bytes.len != FRAME_BYTES || memcmp(p, magic, sizeof magic) != 0) return false;
    if (p[4] == 0 || p[4] >= FRAME_KINDS || p[5] != 0 || p[6] > FRAME_FDS || p[7] != 0) return false;
    out->kind = (frame_kind)p[4];
    out->fd_count = p[6];
    for (size_t i = 0; i < FRAME_NUMBERS; i++) {
        uint64_t n = 0;
        for (size_t b = 8; b-- > 0;) n = n << 8 | p[8 + 8 * i + b];
        out->numbers[i] = (int64_t)n;
    }
    return true;
}

bool frame_pair(int ends[2])
{
    return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0;
}

/* Room for the descriptors of one frame, aligned as the kernel wants it. */
typedef union fd_room {
    struct cmsghdr head;
    char bytes[CMSG_SPACE(FRAME_FDS * sizeof(int))];
} fd_room;

bool frame_send(int channel, const frame *f)
{
    unsigned char bytes[FRAME_BYTES];
    fd_room room = {.bytes = {0}};
    size_t fds = (size_t)f->fd_count * sizeof(int);
    struct iovec part = {bytes, sizeof bytes};
    struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1};
    frame_write(f, bytes);
    if (fds) {
        m.msg_control = room.bytes;
        m.msg_controllen = CMSG_SPACE(fds);
        room.head = (struct cmsghdr){.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(fds)};
        memcpy(CMSG_DATA(&room.head), f->fds, fds);
    }
    ssize_t sent;
    do sent = sendmsg(channel, &m, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent == FRAME_BYTES;
}

void frame_close_fds(frame *f)
{
    for (int i = 0; i < f->fd_count; i++) close(f->fds[i]);
    f->fd_count = 0;
}

/* Whatever descriptors came, so that none stays open behind a packet that is refused. */
static int take_fds(struct msghdr *m, int fds[FRAME_FDS])
{
    int count = 0;
    for (struct cmsghdr *h = CMSG_FIRSTHDR(m); h; h = CMSG_NXTHDR(m, h)) {
        if (h->cmsg_level != SOL_SOCKET || h->cmsg_type != SCM_RIGHTS) continue;
        size_t n = (h->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < n && count < FRAME_FDS; i++) memcpy(&fds[count++], CMSG_DATA(h) + i * sizeof(int), sizeof(int));
    }
    return count;
}

static frame_got receive_now(int channel, frame *out)
{
    char bytes[FRAME_BYTES + 1];
    fd_room room = {.bytes = {0}};
    struct iovec part = {bytes, sizeof bytes};
    struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = room.bytes, .msg_controllen = sizeof room.bytes};
    ssize_t got;
    do got = recvmsg(channel, &m, MSG_CMSG_CLOEXEC);
    while (got < 0 && errno == EINTR);
    if (got < 0 && errno == ECONNRESET) {
        *out = (frame){0};
        return FRAME_UNREAD;
    }
    frame came = {0};
    came.fd_count = got < 0 ? 0 : take_fds(&m, came.fds);
    bool whole = got > 0 && !(m.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) && frame_read((str){bytes, (size_t)got}, out);
    if (!whole || out->fd_count != came.fd_count) {
        frame_close_fds(&came);
        *out = (frame){0};
        return FRAME_ENDED;
    }
    memcpy(out->fds, came.fds, sizeof came.fds);
    return FRAME_CAME;
}

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

frame_got frame_receive(int channel, int ms, frame *out)
{
    int64_t end = now_ms() + ms;
    struct pollfd wait = {channel, POLLIN, 0};
    for (int left = ms;;) {
        int n = poll(&wait, 1, left);
        if (n > 0) return receive_now(channel, out);
        if (n < 0 && errno != EINTR) return FRAME_ENDED;
        if (n == 0) return FRAME_LATE;
        if (ms >= 0) left = end > now_ms() ? (int)(end - now_ms()) : 0;
    }
}
