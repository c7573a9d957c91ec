-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Posts that stand on top of a wall: when each was pinned, 0 for the others.
ALTER TABLE post ADD COLUMN pinned BIGINT NOT NULL DEFAULT 0; -- class: public
CREATE INDEX post_pinned ON post (bucket, owner, pinned) WHERE pinned > 0 AND deleted_at = 0;

-- What members keep for themselves: in their own bucket, wherever the post lies.
CREATE TABLE bookmark (
  bucket INTEGER NOT NULL,                         -- class: operational
  member INTEGER NOT NULL,                         -- class: relation
  post BIGINT NOT NULL,                            -- class: relation
  at BIGINT NOT NULL,                              -- class: relation
  PRIMARY KEY (bucket, member, post),
  FOREIGN KEY (bucket, member) REFERENCES member (bucket, num)
--@sqlite
) WITHOUT ROWID;
--@end
--@pg
);
--@end
CREATE INDEX bookmark_newest ON bookmark (bucket, member, at, post);
--@distribute bookmark bucket

ALTER TABLE member ADD COLUMN bookmarks INTEGER NOT NULL DEFAULT 0 CHECK (bookmarks >= 0); -- class: relation
