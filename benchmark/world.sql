-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Rows of the bench world, written as they will lie: sorted by their keys, counters already right (benchmark/world.c).

-- name: world_member :exec
INSERT INTO member (bucket, num, public_id, name, given, family, search, gender, birthday, birthday_show, home_town, status, role,
                    lang, created_day, last_day, wall_seq, friends)
VALUES ($bucket, $num, $public_id:blob, $name:text, $given:text, $family:text, $search:text, $gender, $birthday, 2, $town:text,
        $status:text, $role, $lang, $day, $day, $posts, $friends);

-- name: world_word :exec
INSERT INTO member_word (bucket, num, word) VALUES ($bucket, $num, $word:text) ON CONFLICT DO NOTHING;

-- name: world_name :exec
INSERT INTO name (name, skeleton, owner, at) VALUES ($name:text, $name:text, $owner, $at);

-- name: world_seq :exec
UPDATE member_seq SET last = $last WHERE one = 1;

-- name: world_session :exec
INSERT INTO session (bucket, hash, member, ordinal, created_day, last_day, expires)
VALUES ($bucket, $hash:blob, $member, 0, $day, $day, $expires);

-- name: world_edge :exec
INSERT INTO edge (bucket, owner, other, bits, near, at) VALUES ($bucket, $owner, $other, $bits, 1, $at);

-- name: world_privacy :exec
INSERT INTO privacy (bucket, owner, item, audience) VALUES ($bucket, $owner, $item, $audience);

-- name: world_post :exec
INSERT INTO post (bucket, id, owner, ordinal, author, audience, text, likes)
VALUES ($bucket, $id, $owner, $ordinal, $author, $audience, $text:text, $likes);

-- name: world_like :exec
INSERT INTO post_like (bucket, post, member, at) VALUES ($bucket, $post, $member, $at);

-- name: world_wall_count :exec
INSERT INTO wall_count (bucket, owner, audience, posts) VALUES ($bucket, $owner, $audience, $posts);
