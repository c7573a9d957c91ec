-- expect: 3: post is spread by bucket
-- name: x :exec
INSERT INTO post (id, owner, author, text, digest) VALUES ($id, 1, 1, '', '');
