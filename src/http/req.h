/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* req and route: what a feature sees of HTTP.
 *
 *            web thread                 slow pool        lane              web thread
 *   read   ─ show ────────────────────────────────────────────────────────────────────▶ answer
 *   write  ─ prepare ─▶ (suspended) ──▶ slow ─────────▶ act ─▶ COMMIT ─▶ show or again ─▶ answer
 *
 * prepare: parses and refuses cheaply, in a snapshot. slow: Argon2 and the like; no database. act: checks privacy and state
 * again and writes; may run twice. show: the answer after success: a redirect or a fragment, in a fresh snapshot. again: the
 * answer after a refusal: the form with what was typed and a sentence beside the field. */
#ifndef VECHE_REQ_H
#define VECHE_REQ_H

#include "base/ctx.h"
#include "base/html.h"
#include "http/forms.h"

typedef struct req req;
typedef enum method { GET, POST } method;

/* Who may call a route at all. What they may see there is privacy's business (graph/privacy.h). */
typedef enum route_who {
    WHO_END = 0,
    ANYONE,
    GUEST,   /* members are sent to their news */
    MEMBER,  /* guests are sent to the log-in page (GET) or get 401 */
    STAFF,
    OWNER,
    SETUP    /* only while the server has no owner; the route checks its one-time link */
} route_who;

typedef struct route {
    method method;
    const char *path; /* "/wall{owner:int}_{ordinal:int}", "/{name}"; literal segments win over captures */
    rc (*prepare)(req *);
    rc (*slow)(req *);
    rc (*act)(req *);
    rc (*show)(req *);
    rc (*again)(req *);  /* default: an error page that keeps what was typed */
    route_who who;
    bool idempotent;     /* the act may be repeated: the token is checked, not used up */
    uint16_t per_minute; /* a limit per member, or per address for guests; 0: the server's default */
    uint32_t body_max;   /* bytes, of fields; 0: 64 KiB */
    int uploads;         /* how many files a form may bring (multipart/form-data); 0: none. At most REQ_UPLOADS */
    uint32_t upload_max; /* bytes of each */
    /* Whatever became of the request: after its answer, on the web thread, without a database. */
    void (*finally)(req *);
} route;

#define REQ_UPLOADS 10

/* A file of a form: bytes, and nothing that somebody says about them. The descriptor is the request's. */
typedef struct upload {
    str field;
    int fd;
    int64_t len; /* never 0 */
} upload;

#define REQ_CAPTURES 4
#define REQ_FAULTS 27 /* the privacy form: three for each of nine settings */
#define REQ_COOKIES 8

/* A sentence beside a form's field. */
typedef struct fault {
    const char *field;
    msg sentence;
} fault;

struct server;
struct site;
struct health;
struct fragment_cache;

struct req {
    ctx *c;
    out *out;
    const route *route;
    method method;
    str path;               /* decoded, without the query */
    str target;             /* as asked, with the query: for "after log-in, back to here" */
    str captures[REQ_CAPTURES];
    form query, form;
    upload uploads[REQ_UPLOADS];
    size_t upload_count;
    bool fragment;          /* htmx asks for a part of the page */
    str session;            /* SHA-256 of the session token; the guest's cookie hash for guests */
    rc_code outcome;        /* in again: why */
    fault faults[REQ_FAULTS];
    size_t fault_count;
    void *state;            /* prepare's result for act and show; in the arena */
    str result;             /* what act leaves for show, at most 200 bytes: kept with the token, so that a replay shows the same */
    bool replayed;          /* the token was used before: act did not run, result is the first one's */
    struct media *media;    /* where pictures are made and kept (media/media.h); NULL in tests without */
    const struct site *site; /* the server's settings as this request sees them */
    struct fragment_cache *fragments; /* this web thread's own */

    /* the answer */
    int status;             /* 0: 200, or the outcome's */
    int retry_after;        /* seconds, with 429 */
    str location;           /* set: a redirect, 303 */
    const char *content_type;
    bool cache_public;      /* may be stored by anyone (static files); otherwise no-store */
    str set_cookies[REQ_COOKIES];
    size_t set_cookie_count;
    void *private_;         /* the server's own */
};

/* The capture of that name: "owner" of "/wall{owner:int}". Never absent inside its route. */
str req_capture(const req *r, const char *name);
/* A capture declared :int; the router has checked it. */
int64_t req_capture_int(const req *r, const char *name);
/* A header of the request; absent when missing. */
str req_header(const req *r, const char *name);
/* A field of the form, or of the query on GET; absent when missing. */
str req_field(const req *r, const char *name);
int64_t req_field_int(const req *r, const char *name, int64_t otherwise);

/* A text field, cleaned (utf8.h). Adds a fault and returns E_INVALID or E_SYNTAX when it is bad: *out is then empty, or,
 * when it is only too short, what was typed. `least` code points at least. */
rc req_text(req *r, const char *name, size_t least, size_t most, bool lines, str *out);

/* The same for the name of somebody or something: one line, without characters that only hide (utf8.h), and something to see in it
 * unless it may be empty. */
rc req_name(req *r, const char *name, size_t least, size_t most, str *out);

/* Adds a sentence beside a field and returns E_INVALID. Past REQ_FAULTS further ones are dropped. */
rc req_fault(req *r, const char *field, msg sentence);
/* The sentence beside a field, or NULL. */
const msg *req_fault_of(const req *r, const char *field);

/* Runs an act in the lane after this request, as its viewer, with a copy of `payload`: housekeeping whose loss would not matter.
 * False when it was dropped, because the lane is busy. */
bool req_after(req *r, rc (*act)(ctx *c, str payload), str payload);

/* Who a limit counts: "m7" for a member, "a" and the address for a guest. A guest's cookie is whatever they say it is. */
str req_client(const req *r);
/* Takes one from a bucket of its own besides the route's: E_LIMIT when empty. A stage that runs again does not pay again, as long
 * as it asks in the same order. */
rc req_limit(req *r, str key, int per_minute);
rc req_limit_hour(req *r, str key, int per_hour);

/* How the process is (http/health.h): for the operator's page. */
void req_health(const req *r, struct health *out);

/* Where one can be led to: `target` itself if it is a page of ours, else the nearest above it that is: "/wall1_5" for
 * "/wall1_5/like", which only takes forms; "/" in the end. */
url req_page_at(const req *r, str target);
/* Answers 303 to a local address. */
rc req_redirect(req *r, url to);
/* The same, and the next page shows a toast: the sentence (one argument s or n at most) and, when `undo` is set, a button
 * that posts to that local address. */
rc req_redirect_toast(req *r, url to, enum lang_key sentence, str undo);
/* This page's token: proves that a form came from our page in this session, and that it is not sent twice to one address.
 * A guest without a cookie gets one. In the request's arena. */
str req_once(req *r);

/* Answers with a file of one of our own pictures: `fd` is the server's from now on. Sent as it is, and in a browser it is a picture
 * or nothing: no script runs in it, no page of another site shows it. `seconds`: how long the viewer's browser may keep it. */
rc req_send_file(req *r, int fd, int64_t len, const char *content_type, int seconds);

/* Set-Cookie with our attributes (HttpOnly, SameSite=Lax, Path=/, and Secure with __Host- on https). max_age_s 0: until the browser closes; < 0: delete. */
void req_set_cookie(req *r, const char *name, str value, int64_t max_age_s);
/* The value of one of our cookies; absent when missing. */
str req_cookie(const req *r, const char *name);

#endif
