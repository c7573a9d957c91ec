-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Pictures on posts, in the bucket of the wall's owner. The bytes are files (src/media/media.h); `file` is the name that they have
-- there, `sizes` tells which of the plan's sizes there are. Who sees a picture is who sees its post.

CREATE TABLE photo (
  bucket INTEGER NOT NULL,                         -- class: operational
  id BIGINT NOT NULL,                              -- class: public
  owner INTEGER NOT NULL,                          -- class: public
  post BIGINT NOT NULL,                            -- class: public
  position INTEGER NOT NULL CHECK (position BETWEEN 0 AND 9), -- class: content
  file BLOB NOT NULL,                              -- class: operational
  sizes INTEGER NOT NULL CHECK (sizes > 0),        -- class: operational
  width INTEGER NOT NULL CHECK (width > 0),        -- class: content
  height INTEGER NOT NULL CHECK (height > 0),      -- class: content
  colour INTEGER NOT NULL,                         -- class: content
  alt TEXT NOT NULL,                               -- class: content
  PRIMARY KEY (bucket, id),
  UNIQUE (bucket, post, position),
  FOREIGN KEY (bucket, post) REFERENCES post (bucket, id)
--@sqlite
) WITHOUT ROWID;
--@end
--@pg
);
--@end
-- Does a file that a crash left undecided belong to anybody?
CREATE INDEX photo_file ON photo (file);
--@distribute photo bucket

-- Files of pictures that are gone, until they are gone from the disk as well.
CREATE TABLE photo_gone (
  bucket INTEGER NOT NULL,                         -- class: operational
  file BLOB NOT NULL,                              -- class: operational
  PRIMARY KEY (bucket, file)
--@sqlite
) WITHOUT ROWID;
--@end
--@pg
);
--@end
--@distribute photo_gone bucket

ALTER TABLE post ADD COLUMN photos INTEGER NOT NULL DEFAULT 0 CHECK (photos BETWEEN 0 AND 10); -- class: public
