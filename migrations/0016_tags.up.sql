-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Tags of posts, folded: #Ferry and #ferry are one. They lie with their post, in the bucket of the wall's owner, so that writing one
-- stays in one place; the page of a tag asks everywhere.

CREATE TABLE tag (
  bucket INTEGER NOT NULL,                         -- class: operational
  post BIGINT NOT NULL,                            -- class: public
  tag TEXT NOT NULL,                               -- class: content
  PRIMARY KEY (bucket, post, tag),
  FOREIGN KEY (bucket, post) REFERENCES post (bucket, id)
--@sqlite
) WITHOUT ROWID;
--@end
--@pg
);
--@end
-- The newest posts of a tag, wherever they lie: ids rise with time.
CREATE INDEX tag_newest ON tag (tag, post);
--@distribute tag bucket

-- What a post warns of before it shows its words; empty: of nothing.
ALTER TABLE post ADD COLUMN warning TEXT NOT NULL DEFAULT ''; -- class: content
