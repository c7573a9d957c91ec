-- expect: 3: random is refused
-- name: x :exec
UPDATE member SET score = random() WHERE num = $num;
