-- expect: 2: expected -- name
-- name: x :all
SELECT num FROM member;
