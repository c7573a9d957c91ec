-- SPDX-License-Identifier: AGPL-3.0-or-later
-- An earlier wording keeps the audience that the post had when it was replaced. For whom the old ones were is not known any more:
-- 4, the owner alone; on somebody else's wall posts have no audience of their own.

ALTER TABLE post_history ADD COLUMN audience BIGINT NOT NULL DEFAULT 4; -- class: settings
UPDATE post_history SET audience = 0
WHERE EXISTS (SELECT 1 FROM post p WHERE p.bucket = post_history.bucket AND p.id = post_history.post AND p.author <> p.owner);
