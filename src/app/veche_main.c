/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "app/commands.h"

#include "base/log.h"

typedef struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *help; /* NULL: not for people */
} command;

static const command commands[] = {
    {"serve", command_serve, "run the server: --data DIR --db URL --address A --port P --unix PATH --threads N --compress auto|on|off"},
    {"admin", command_admin, "talk to the running server (or its data folder): veche admin help"},
    {"routes", command_routes, "print every address that the server answers, and who may call it"},
    {"demo", command_demo, "fill an empty data folder with a small town: --data DIR --members 200 --origin URL --password P"},
    {"web", command_web, NULL},
    {"media", command_media, NULL},
    {"version", command_version, "print the version"},
};

static int usage(FILE *to)
{
    fprintf(to, "veche: a social network server\n\n");
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (commands[i].help) fprintf(to, "  veche %-8s %s\n", commands[i].name, commands[i].help);
    return to == stdout ? 0 : 2;
}

int main(int argc, char **argv)
{
    if (argc < 2) return usage(stderr);
    if (strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--help") == 0) return usage(stdout);
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (strcmp(argv[1], commands[i].name) == 0) return commands[i].run(argc - 1, argv + 1);
    fprintf(stderr, "veche: there is no command %s\n", argv[1]);
    return usage(stderr);
}
