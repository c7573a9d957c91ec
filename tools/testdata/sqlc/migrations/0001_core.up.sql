-- SPDX-License-Identifier: AGPL-3.0-or-later
--@pg
CREATE DOMAIN blob AS bytea;
--@end
--@reference member
CREATE TABLE member (
    num INTEGER NOT NULL PRIMARY KEY, -- class: public
    name TEXT NOT NULL, -- class: public
    photo BLOB, -- class: content
    score DOUBLE PRECISION, -- class: technical
    CHECK (num > 0)
);
--@distribute post bucket
CREATE TABLE post (
    bucket INTEGER NOT NULL, -- class: technical
    id BIGINT NOT NULL, -- class: technical
    owner INTEGER NOT NULL, -- class: public
    author INTEGER NOT NULL REFERENCES member (num), -- class: public
    text TEXT NOT NULL, -- class: content
    edited_at BIGINT, -- class: content
    weight DOUBLE PRECISION NOT NULL DEFAULT 0, -- class: technical
    digest BLOB NOT NULL, -- class: technical
    words tsvector, -- class: content --@pg
    PRIMARY KEY (bucket, id)
)
WITHOUT ROWID --@sqlite
;
CREATE INDEX post_owner ON post (bucket, owner, id);
CREATE TABLE post_like (
    bucket INTEGER NOT NULL, -- class: technical
    post BIGINT NOT NULL, -- class: technical
    member INTEGER NOT NULL, -- class: content
    PRIMARY KEY (bucket, post, member)
)
WITHOUT ROWID --@sqlite
;
--@sqlite
CREATE VIRTUAL TABLE post_words USING fts5 ( -- class: content
    words, tokenize = 'unicode61'
);
--@end
