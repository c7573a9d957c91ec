-- SPDX-License-Identifier: AGPL-3.0-or-later
-- An earlier wording keeps the audience that the post had when it was replaced. For whom the old ones were is not known any more:
-- 4, the owner alone; on somebody else's wall posts have no audience of their own.

ALTER TABLE post_history ADD COLUMN audience BIGINT NOT NULL DEFAULT 4; -- class: settings
UPDATE post_history SET audience = 0
WHERE EXISTS (SELECT 1 FROM post p WHERE p.bucket = post_history.bucket AND p.id = post_history.post AND p.author <> p.owner);

-- What a member alone can make more of has a limit, so it is counted: followed without friendship, open requests sent, blocked.
ALTER TABLE member ADD COLUMN follows INTEGER NOT NULL DEFAULT 0 CHECK (follows >= 0); -- class: relation
ALTER TABLE member ADD COLUMN asked INTEGER NOT NULL DEFAULT 0 CHECK (asked >= 0);     -- class: relation
ALTER TABLE member ADD COLUMN blocks INTEGER NOT NULL DEFAULT 0 CHECK (blocks >= 0);   -- class: relation
UPDATE member SET
  follows = (SELECT COUNT(*) FROM edge e WHERE e.bucket = member.bucket AND e.owner = member.num AND (e.bits & 5) = 1),
  asked = (SELECT COUNT(*) FROM edge e WHERE e.bucket = member.bucket AND e.owner = member.num AND (e.bits & 8) > 0),
  blocks = (SELECT COUNT(*) FROM edge e WHERE e.bucket = member.bucket AND e.owner = member.num AND (e.bits & 64) > 0);
