-- SPDX-License-Identifier: AGPL-3.0-or-later
-- name: once_find :one
-- doc: What a used token led to.
SELECT o.location AS result FROM once o WHERE o.bucket = $bucket AND o.session = $session:blob AND o.nonce = $nonce:blob;

-- name: once_claim :exec
-- doc: Uses a token up. A second claim is a conflict.
INSERT INTO once (bucket, session, nonce, at, status, location)
VALUES ($bucket, $session:blob, $nonce:blob, $at, 0, $result:text);
