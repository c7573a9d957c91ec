/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Names: which can be had, which look alike, and by which words people are found. ICU does the work; it takes long enough to be
 * kept out of acts. */
#include <pthread.h>
#include <unicode/uspoof.h>
#include <unicode/ustring.h>
#include <unicode/utrans.h>

#include "base/ids.h"
#include "base/log.h"
#include "feature/account/account.h"

/* ---- what ICU keeps for us ---- */

/* Ольга, Саша, Юля as a Russian would type them in Latin: olga, sasha, yulya. */
static const char to_latin[] = "Russian-Latin/BGN; Any-Latin; Latin-ASCII; Lower; ['\u2019] Remove";

/* Each thread has its own: opening them compiles rules, which takes a hundred times as long as a name does. */
typedef struct icu {
    UTransliterator *latin;
    USpoofChecker *lookalikes;
} icu;

static pthread_key_t icu_key;
static pthread_once_t icu_once = PTHREAD_ONCE_INIT;

static void icu_close(void *mine)
{
    icu *i = mine;
    utrans_close(i->latin);
    uspoof_close(i->lookalikes);
    free(i);
}

static void icu_start(void)
{
    if (pthread_key_create(&icu_key, icu_close) != 0) die("no thread-specific storage");
}

static const icu *icu_here(void)
{
    pthread_once(&icu_once, icu_start);
    icu *i = pthread_getspecific(icu_key);
    if (i) return i;
    UErrorCode status = U_ZERO_ERROR;
    UChar id[sizeof to_latin];
    int32_t len;
    i = calloc(1, sizeof *i);
    if (!i || pthread_setspecific(icu_key, i) != 0) die("out of memory");
    u_strFromUTF8(id, sizeof id / sizeof *id, &len, to_latin, -1, &status);
    i->latin = utrans_openU(id, len, UTRANS_FORWARD, NULL, 0, NULL, &status);
    i->lookalikes = uspoof_open(&status);
    if (U_FAILURE(status)) die("ICU cannot compare or transliterate names: %s", u_errorName(status));
    return i;
}

/* ---- which names can be had ---- */

/* First path segments that are, or may become, pages of our own; and words that would let somebody pose as the house. */
static const char *const reserved[] = {
    "about", "abuse", "account", "admin", "administrator", "albums", "api", "articles", "audio", "block", "blog",
    "bookmarks", "circles", "communities", "community", "contact", "desk", "docs", "events", "everyone", "favicon.ico",
    "feed", "friends", "groups", "health", "healthz", "help", "home", "hostmaster", "inbox", "index", "info", "join",
    "ledger", "letopis", "live", "login", "logout", "mail", "me", "media", "members", "messages", "method", "moderation",
    "moderator", "moderators", "mute", "news", "nodeinfo", "noreply", "notifications", "null", "oauth", "official", "operator",
    "outbox", "owner", "people", "photos", "post", "postmaster", "posts", "presence", "privacy", "register",
    "robots.txt", "root", "rules", "search", "security", "service", "settings", "setup", "signin", "signup", "staff",
    "static", "status", "support", "system", "tag", "tags", "team", "terms", "unblock", "undefined", "unmute", "user", "users", "veche",
    "verify", "video", "view", "wall", "webmaster", "www"};

static bool is_reserved(str name)
{
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
        if (str_eq(name, str_of(reserved[i]))) return true;
    /* /id12, /wall12_3 and /comment12_4 are addresses of their own. */
    static const char *const numbered[] = {"id", "wall", "comment"};
    str rest = STR("x");
    for (size_t i = 0; i < sizeof numbered / sizeof *numbered; i++)
        if (str_starts(name, str_of(numbered[i]))) rest = str_skip(name, strlen(numbered[i]));
    for (size_t i = 0; i < rest.len; i++)
        if ((rest.ptr[i] < '0' || rest.ptr[i] > '9') && rest.ptr[i] != '_') return false;
    return true;
}

/* Keyboards of phones like to begin with a capital. */
str account_name_typed(arena *a, str typed)
{
    str s = str_trim(typed);
    if (str_starts(s, STR("@"))) s = str_skip(s, 1);
    char *name = arena_alloc(a, s.len);
    for (size_t i = 0; i < s.len; i++) name[i] = (char)(s.ptr[i] >= 'A' && s.ptr[i] <= 'Z' ? s.ptr[i] + ('a' - 'A') : s.ptr[i]);
    return (str){name, s.len};
}

enum lang_key account_name_fault(str name)
{
    if (name.len < ACCOUNT_NAME_MIN || name.len > ACCOUNT_NAME_MAX) return L_account_name_length;
    for (size_t i = 0; i < name.len; i++) {
        char ch = name.ptr[i];
        bool letter = ch >= 'a' && ch <= 'z', digit = ch >= '0' && ch <= '9';
        bool joint = (ch == '_' || ch == '.') && i > 0 && i + 1 < name.len && name.ptr[i - 1] != '.' && name.ptr[i - 1] != '_';
        if (!letter && !(digit && i > 0) && !joint) return L_account_name_characters;
    }
    return is_reserved(name) ? L_account_name_reserved : L_NONE;
}

/* ---- look-alikes ---- */

/* UTS 39 §4: two names with the same skeleton look alike (rn and m, 1 and l). */
str account_skeleton(arena *a, str name)
{
    UErrorCode status = U_ZERO_ERROR;
    char buffer[256];
    int32_t len = uspoof_getSkeletonUTF8(icu_here()->lookalikes, 0, name.ptr, (int32_t)name.len, buffer, (int32_t)sizeof buffer, &status);
    if (U_FAILURE(status) || len >= (int32_t)sizeof buffer) die("skeleton of a name: %s", u_errorName(status));
    return arena_str(a, (str){buffer, (size_t)len});
}

/* "admin" also when it is written "adrnin", "ad_min" or "adm.in", with or without digits in the place of letters. */
static str bare_skeleton(arena *a, str name)
{
    char *letters = arena_alloc(a, name.len);
    size_t len = 0;
    for (size_t i = 0; i < name.len; i++) {
        char ch = name.ptr[i];
        if (ch == '_' || ch == '.') continue;
        letters[len++] = (char)(ch == '0' ? 'o' : ch == '1' ? 'l' : ch == '3' ? 'e' : ch == '5' ? 's' : ch);
    }
    return account_skeleton(a, (str){letters, len});
}

bool account_name_poses(arena *a, str name)
{
    str looks = bare_skeleton(a, name);
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
        if (str_eq(looks, bare_skeleton(a, str_of(reserved[i])))) return true;
    return false;
}

/* ---- search ---- */

#define KEY_UNITS 1024

static str transliterate(arena *a, str s)
{
    UErrorCode status = U_ZERO_ERROR;
    UChar text[KEY_UNITS];
    int32_t len = 0, bytes = 0;
    u_strFromUTF8(text, KEY_UNITS / 2, &len, s.ptr, (int32_t)s.len, &status);
    int32_t limit = len;
    if (U_SUCCESS(status)) utrans_transUChars(icu_here()->latin, text, &len, KEY_UNITS, 0, &limit, &status);
    char utf8[3 * KEY_UNITS];
    u_strToUTF8(utf8, sizeof utf8, &bytes, text, len, &status);
    if (U_FAILURE(status)) return s;
    return arena_str(a, (str){utf8, (size_t)bytes});
}

str account_search_key(arena *a, str given, str family, str name)
{
    return transliterate(a, arena_printf(a, " %.*s %.*s %.*s", STR_ARG(given), STR_ARG(family), STR_ARG(name)));
}

rc account_words(ctx *c, int64_t num, str search)
{
    int64_t bucket = bucket_of(num);
    TRY(sql_account_words_drop(c->db, bucket, num));
    while (search.ptr) {
        str word = str_cut(&search, ' ');
        if (word.len) TRY(sql_account_word_add(c->db, bucket, num, word));
    }
    return OK;
}

#define HIGHEST STR("\xF4\x8F\xBF\xBF") /* U+10FFFF, a noncharacter: text_clean lets none in, so no word has it */

/* The query goes through the same mill as the names did: so it does not matter in which alphabet either was written. */
search_words account_search_words(arena *a, str query)
{
    search_words w = {0};
    for (size_t i = 0; i < SEARCH_WORDS; i++) w.spans[i] = (search_span){STR(""), HIGHEST};
    str key = account_search_key(a, query, STR(""), STR(""));
    while (key.ptr && w.len < SEARCH_WORDS) {
        str word = str_cut(&key, ' ');
        if (!word.len) continue;
        search_span one = {word, arena_cat(a, word, HIGHEST, STR(""))};
        size_t at = w.len++;
        if (at && one.from.len > w.spans[0].from.len) {
            w.spans[at] = w.spans[0];
            at = 0;
        }
        w.spans[at] = one;
    }
    return w;
}
