-- SPDX-License-Identifier: AGPL-3.0-or-later

-- name: profile_row :one
SELECT m.given, m.family, m.patronymic, m.maiden, m.nickname, m.gender, m.birthday, m.birthday_show, m.home_town, m.status,
       m.friends, m.followers
FROM member m WHERE m.bucket = $bucket AND m.num = $num;

-- name: profile_update :exec
UPDATE member
SET given = $given:text, family = $family:text, patronymic = $patronymic:text, maiden = $maiden:text,
    nickname = $nickname:text, search = $search:text, gender = $gender, birthday = $birthday,
    birthday_show = $birthday_show, home_town = $home_town:text, version = version + 1
WHERE bucket = $bucket AND num = $num;

-- name: profile_update_status :exec
UPDATE member SET status = $status:text, version = version + 1 WHERE bucket = $bucket AND num = $num;

-- name: profile_update_privacy :exec
INSERT INTO privacy (bucket, owner, item, audience) VALUES ($bucket, $owner, $item, $audience)
ON CONFLICT (bucket, owner, item) DO UPDATE SET audience = excluded.audience;
