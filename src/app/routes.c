/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "app/routes.h"

#include "app/commands.h"
#include "feature/about/about_web.h"
#include "feature/account/account_web.h"
#include "feature/bookmark/bookmark_web.h"
#include "feature/comment/comment_web.h"
#include "feature/discover/discover_web.h"
#include "feature/facts/facts_web.h"
#include "feature/feed/feed_web.h"
#include "feature/friends/friends_web.h"
#include "feature/kin/kin_web.h"
#include "feature/live/live_web.h"
#include "feature/moderate/moderate_web.h"
#include "feature/notify/notice_web.h"
#include "feature/people/people_web.h"
#include "feature/photo/photo_web.h"
#include "feature/poll/poll_web.h"
#include "feature/profile/profile_web.h"
#include "feature/quiet/quiet_web.h"
#include "feature/second/passkeys_web.h"
#include "feature/second/second_web.h"
#include "feature/setup/setup_web.h"
#include "feature/tag/tag_web.h"
#include "feature/wall/wall_web.h"

const route *const route_tables[] = {
    about_routes,   account_routes, second_routes, passkey_routes, setup_routes, feed_routes, wall_routes, comment_routes, tag_routes,
    bookmark_routes, poll_routes, photo_routes, friends_routes, circles_routes, profile_routes, profile_settings_routes, profile_privacy_routes,
    profile_as_routes, facts_routes, kin_routes, quiet_routes, notice_routes, discover_routes, people_routes, moderate_routes, live_routes, NULL};

static const char *const who_words[] = {[ANYONE] = "anyone", [GUEST] = "guest", [MEMBER] = "member",
                                        [STAFF] = "staff",   [OWNER] = "owner", [SETUP] = "setup"};

/* For the access matrix (tests/http/matrix.txt) and for whoever wants to know. */
int command_routes(int argc, char **argv)
{
    (void)argc, (void)argv;
    for (const route *const *t = route_tables; *t; t++)
        for (const route *r = *t; r->who != WHO_END; r++)
            printf("%s\t%s\t%s\n", r->method == POST ? "POST" : "GET", r->path, who_words[r->who]);
    return 0;
}
