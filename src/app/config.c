/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "app/config.h"

#include <arpa/inet.h>
#include <getopt.h>
#include <unistd.h>

#include "base/log.h"
#include "db/db.h"

static bool number(const char *text, int64_t least, int64_t most, int *out)
{
    int64_t v;
    if (!str_int(str_of(text), &v) || v < least || v > most) return false;
    *out = (int)v;
    return true;
}

static bool when(const char *text, compress_when *out)
{
    static const char *const words[] = {[COMPRESS_AUTO] = "auto", [COMPRESS_ON] = "on", [COMPRESS_OFF] = "off"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(text, words[i]) != 0) continue;
        *out = (compress_when)i;
        return true;
    }
    return false;
}

static int cores(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : n > 64 ? 64 : (int)n;
}

static bool has_sense(const config *c)
{
    struct in_addr ignored;
    if (inet_pton(AF_INET, c->address, &ignored) != 1)
        fprintf(stderr, "veche: --address wants an IPv4 address such as 127.0.0.1, not %s\n", c->address);
    else if (c->db && db_engine_for(c->db) != DB_POSTGRES) /* it may hold a password: not quoted */
        fprintf(stderr, "veche: --db wants an address that begins with postgresql://\n");
    else
        return true;
    return false;
}

bool config_read(int argc, char **argv, config *out)
{
    static const struct option options[] = {
        {"data", required_argument, NULL, 'd'},       {"db", required_argument, NULL, 'b'},
        {"address", required_argument, NULL, 'a'},    {"port", required_argument, NULL, 'p'},
        {"unix", required_argument, NULL, 'u'},       {"threads", required_argument, NULL, 't'},
        {"compress", required_argument, NULL, 'c'},
        {"limits-off", no_argument, NULL, 'l'},       {"run-acts-twice", no_argument, NULL, 'r'},
        {NULL, 0, NULL, 0}};
    *out = (config){.data = "data", .address = "127.0.0.1", .port = 8080, .threads = cores(), .pg_threads = 16};
    optind = 1;
    for (int o; (o = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        bool fine = true;
        switch (o) {
        case 'd': out->data = optarg; break;
        case 'b': out->db = optarg; break;
        case 'a': out->address = optarg; break;
        case 'u': out->unix_path = optarg; break;
        case 'p': fine = number(optarg, 0, 65535, &out->port); break;
        case 't': fine = number(optarg, 1, 64, &out->threads); break;
        case 'c': fine = when(optarg, &out->compress); break;
        case 'l': out->limits_off = true; break;
        case 'r': out->run_twice = true; break;
        default: return false;
        }
        if (!fine) {
            fprintf(stderr, "veche: %s is not a possible value here\n", optarg);
            return false;
        }
    }
    return has_sense(out);
}

char *config_path(const config *c, const char *name)
{
    size_t len = strlen(c->data) + strlen(name) + 2;
    char *path = malloc(len);
    if (!path) die("out of memory");
    snprintf(path, len, "%s/%s", c->data, name);
    return path;
}
