/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* application/x-www-form-urlencoded, in bodies and queries (URL Standard §5.1; broken %-escapes are refused, not guessed). */
#ifndef VECHE_FORMS_H
#define VECHE_FORMS_H

#include "base/arena.h"
#include "base/rc.h"

#define FORM_FIELDS_MAX 1024 /* the privacy form has 24 fields and up to 50 circles in each of its 16 lists */
#define FORM_NAME_MAX 64 /* bytes, decoded */

typedef struct form_field { str name, value; } form_field;
/* In the order sent. A zeroed form has no fields. */
typedef struct form {
    form_field *fields;
    size_t count;
} form;

/* Fields and decoded values live in the arena. Values are any bytes, NUL included: text_clean judges them. Empty pieces
 * ("a=1&&b=2") do not count. E_SYNTAX: a broken escape. E_TOO_LARGE: too many fields, or too long a name. */
rc form_parse(arena *a, str body, form *out);

/* The first value of that name; absent when missing, empty when empty. */
str form_get(const form *f, str name);
/* The next value of that name from field *at on, absent at the end:
 *   size_t at = 0;
 *   for (str v = form_all(f, name, &at); v.ptr; v = form_all(f, name, &at)) */
str form_all(const form *f, str name, size_t *at);
/* The first value as a whole number; `otherwise` when it is missing or none. */
int64_t form_int(const form *f, str name, int64_t otherwise);

#endif
