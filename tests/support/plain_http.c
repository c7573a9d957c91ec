/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "support/plain_http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "base/out.h"

int http_send(int port, str request)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) != 0) die("no connection to port %d: %s", port, strerror(errno));
    while (request.len) {
        ssize_t n = send(fd, request.ptr, request.len, MSG_NOSIGNAL);
        if (n <= 0) break; /* it may have answered and closed already: the answer tells */
        request = str_skip(request, (size_t)n);
    }
    return fd;
}

static size_t head_end(str all)
{
    for (size_t i = 0; i + 4 <= all.len; i++)
        if (memcmp(all.ptr + i, "\r\n\r\n", 4) == 0) return i + 4;
    return all.len;
}

http_answer http_read(arena *a, int fd)
{
    static const size_t most = (size_t)8 << 20;
    char piece[16384];
    out all;
    out_init(&all, most);
    for (ssize_t n; (n = recv(fd, piece, sizeof piece, 0)) > 0;) out_bytes(&all, piece, (size_t)n);
    close(fd);
    str s = arena_str(a, out_get(&all));
    out_drop(&all);
    int64_t status;
    if (s.len < 12 || !str_int(str_take(str_skip(s, 9), 3), &status)) die("no answer, but %zu bytes", s.len);
    size_t end = head_end(s);
    return (http_answer){.status = (int)status, .head = str_take(s, end), .body = str_skip(s, end)};
}

http_answer http_ask(arena *a, int port, str request) { return http_read(a, http_send(port, request)); }

str http_get(arena *a, str path, str headers)
{
    return arena_printf(a, "GET %.*s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n%.*s\r\n", STR_ARG(path), STR_ARG(headers));
}

str http_post(arena *a, str path, str headers, str body)
{
    return arena_printf(a,
                        "POST %.*s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                        "Content-Length: %zu\r\n%.*s\r\n%.*s",
                        STR_ARG(path), body.len, STR_ARG(headers), STR_ARG(body));
}

str http_header(const http_answer *answer, const char *name)
{
    str rest = answer->head, wanted = str_of(name);
    while (rest.ptr) {
        str line = str_trim(str_cut(&rest, '\n'));
        if (str_starts(line, wanted) && line.len > wanted.len && line.ptr[wanted.len] == ':') return str_trim(str_skip(line, wanted.len + 1));
    }
    return STR_NONE;
}
