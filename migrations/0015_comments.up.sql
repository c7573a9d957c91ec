-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Comments under posts. A comment lives in the bucket of the wall's owner, beside its post, and has a number on that wall: posts and
-- comments share the numbers. `parent` is the number of the comment that it answers and `answers` who wrote that one, 0 for none;
-- `root` is the id of the comment with which its thread begins.

CREATE TABLE comment (
  bucket INTEGER NOT NULL,                         -- class: operational
  id BIGINT NOT NULL,                              -- class: public
  owner INTEGER NOT NULL,                          -- class: public
  ordinal INTEGER NOT NULL,                        -- class: public
  post BIGINT NOT NULL,                            -- class: public
  root BIGINT NOT NULL,                            -- class: public
  parent INTEGER NOT NULL DEFAULT 0,               -- class: public
  answers INTEGER NOT NULL DEFAULT 0,              -- class: public
  author INTEGER NOT NULL,                         -- class: public
  text TEXT NOT NULL,                              -- class: content
  edited_at BIGINT NOT NULL DEFAULT 0,             -- class: public
  version INTEGER NOT NULL DEFAULT 0,              -- class: operational
  likes INTEGER NOT NULL DEFAULT 0 CHECK (likes >= 0), -- class: public
  deleted_at BIGINT NOT NULL DEFAULT 0,            -- class: public
  deleted_by INTEGER NOT NULL DEFAULT 0,           -- class: relation
  PRIMARY KEY (bucket, id),
  UNIQUE (bucket, owner, ordinal),
  FOREIGN KEY (bucket, post) REFERENCES post (bucket, id)
--@sqlite
) WITHOUT ROWID;
--@end
--@pg
);
--@end
-- In order, and thread by thread. Deleted ones leave both.
CREATE INDEX comment_post ON comment (bucket, post, id) WHERE deleted_at = 0;
CREATE INDEX comment_thread ON comment (bucket, post, root, id) WHERE deleted_at = 0;
-- Deleted and not yet erased; an erased comment keeps its number, so that its address says "gone".
CREATE INDEX comment_deleted ON comment (deleted_at) WHERE deleted_at > 0 AND deleted_by > 0;
--@distribute comment bucket

CREATE TABLE comment_like (
  bucket INTEGER NOT NULL,                         -- class: operational
  comment BIGINT NOT NULL,                         -- class: public
  member INTEGER NOT NULL,                         -- class: relation
  at BIGINT NOT NULL,                              -- class: operational
  PRIMARY KEY (bucket, comment, member),
  FOREIGN KEY (bucket, comment) REFERENCES comment (bucket, id)
--@sqlite
) WITHOUT ROWID;
--@end
--@pg
);
--@end
--@distribute comment_like bucket

-- Comments that stand under the post.
ALTER TABLE post ADD COLUMN comments INTEGER NOT NULL DEFAULT 0 CHECK (comments >= 0); -- class: public
-- Erased posts under which there is still something to erase.
CREATE INDEX post_erased ON post (deleted_at) WHERE deleted_at > 0 AND deleted_by = 0 AND comments > 0;
