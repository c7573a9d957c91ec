/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The operator's log: one line to standard error each, for journald. Never a member's words, name, address or token. */
#ifndef VECHE_LOG_H
#define VECHE_LOG_H

typedef enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR } log_level;

/* At the start; LOG_INFO until then. */
void log_set_level(log_level least);
void log_line(log_level level, const char *file, int line, const char *fmt, ...) __attribute__((format(printf, 4, 5)));
#define log_debug(...) log_line(LOG_DEBUG, __FILE__, __LINE__, __VA_ARGS__)
#define log_info(...) log_line(LOG_INFO, __FILE__, __LINE__, __VA_ARGS__)
#define log_warn(...) log_line(LOG_WARN, __FILE__, __LINE__, __VA_ARGS__)
#define log_error(...) log_line(LOG_ERROR, __FILE__, __LINE__, __VA_ARGS__)
/* Says why and aborts: a broken invariant, where going on could lose or leak something. */
_Noreturn void die_at(const char *file, int line, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
#define die(...) die_at(__FILE__, __LINE__, __VA_ARGS__)

#endif
