-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Reposts. A repost is a post on its author's wall that names the post which it passes on; it holds none of that one's words.

ALTER TABLE post ADD COLUMN original BIGINT NOT NULL DEFAULT 0; -- class: public
-- Reposts of this post that stand.
ALTER TABLE post ADD COLUMN reposts INTEGER NOT NULL DEFAULT 0 CHECK (reposts >= 0); -- class: public

-- Which posts pass this one on: beside the original, since it is asked for there.
CREATE TABLE repost (
  bucket INTEGER NOT NULL,                         -- class: operational
  post BIGINT NOT NULL,                            -- class: public
  copy BIGINT NOT NULL,                            -- class: public
  PRIMARY KEY (bucket, post, copy),
  FOREIGN KEY (bucket, post) REFERENCES post (bucket, id)
--@sqlite
) WITHOUT ROWID;
--@end
--@pg
);
--@end
--@distribute repost bucket
