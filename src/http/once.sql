-- SPDX-License-Identifier: AGPL-3.0-or-later
-- name: once_find :one
-- doc: What a used token led to, and which form used it.
SELECT o.body, o.result FROM once o WHERE o.bucket = $bucket AND o.session = $session:blob AND o.claim = $claim:blob;

-- name: once_claim :exec
-- doc: Uses a token up. A second claim is a conflict.
INSERT INTO once (bucket, session, claim, body, at, result)
VALUES ($bucket, $session:blob, $claim:blob, $body:blob, $at, $result:text);
