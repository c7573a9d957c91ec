/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The subcommands. Each gets its own name as argv[0] and returns the exit code: 0 done, 1 failed, 2 not understood. */
#ifndef VECHE_COMMANDS_H
#define VECHE_COMMANDS_H

int command_serve(int argc, char **argv);
/* Hidden: what the supervisor starts. */
int command_web(int argc, char **argv);
int command_media(int argc, char **argv);
int command_admin(int argc, char **argv);
int command_routes(int argc, char **argv);
int command_demo(int argc, char **argv);
int command_version(int argc, char **argv);

#endif
