-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Walls: posts, their earlier wordings, likes. A post lives in the bucket of the wall's owner, which its id tells.

CREATE TABLE post (
  bucket INTEGER NOT NULL,                         -- class: operational
  id BIGINT NOT NULL,                              -- class: public
  owner INTEGER NOT NULL,                          -- class: public
  ordinal INTEGER NOT NULL,                        -- class: public
  author INTEGER NOT NULL,                         -- class: public
  audience BIGINT NOT NULL,                        -- class: settings
  text TEXT NOT NULL,                              -- class: content
  edited_at BIGINT NOT NULL DEFAULT 0,             -- class: public
  version INTEGER NOT NULL DEFAULT 0,              -- class: operational
  likes INTEGER NOT NULL DEFAULT 0 CHECK (likes >= 0), -- class: public
  deleted_at BIGINT NOT NULL DEFAULT 0,            -- class: public
  deleted_by INTEGER NOT NULL DEFAULT 0,           -- class: relation
  PRIMARY KEY (bucket, id),
  UNIQUE (bucket, owner, ordinal)
--@sqlite
) WITHOUT ROWID;
--@end
--@pg
);
--@end
-- What a wall shows and what a ring is filled from. Deleted posts leave it.
CREATE INDEX post_wall ON post (bucket, owner, id) WHERE deleted_at = 0;
-- Deleted and not yet erased; an erased post keeps its number, so that its address says "gone".
CREATE INDEX post_deleted ON post (deleted_at) WHERE deleted_at > 0 AND deleted_by > 0;
--@distribute post bucket

CREATE TABLE post_history (
  bucket INTEGER NOT NULL,                         -- class: operational
  post BIGINT NOT NULL,                            -- class: public
  version INTEGER NOT NULL,                        -- class: public
  at BIGINT NOT NULL,                              -- class: public
  text TEXT NOT NULL,                              -- class: content
  PRIMARY KEY (bucket, post, version),
  FOREIGN KEY (bucket, post) REFERENCES post (bucket, id)
);
--@distribute post_history bucket

CREATE TABLE post_like (
  bucket INTEGER NOT NULL,                         -- class: operational
  post BIGINT NOT NULL,                            -- class: public
  member INTEGER NOT NULL,                         -- class: relation
  at BIGINT NOT NULL,                              -- class: operational
  PRIMARY KEY (bucket, post, member),
  FOREIGN KEY (bucket, post) REFERENCES post (bucket, id)
--@sqlite
) WITHOUT ROWID;
--@end
--@pg
);
--@end
--@distribute post_like bucket

-- How many posts of their own an owner shows to each audience: a count that a viewer sees is the sum over those they may see.
CREATE TABLE wall_count (
  bucket INTEGER NOT NULL,                         -- class: operational
  owner INTEGER NOT NULL,                          -- class: public
  audience BIGINT NOT NULL,                        -- class: settings
  posts INTEGER NOT NULL CHECK (posts >= 0),       -- class: public
  PRIMARY KEY (bucket, owner, audience)
--@sqlite
) WITHOUT ROWID;
--@end
--@pg
);
--@end
--@distribute wall_count bucket
