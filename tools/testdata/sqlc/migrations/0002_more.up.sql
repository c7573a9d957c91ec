-- SPDX-License-Identifier: AGPL-3.0-or-later
ALTER TABLE member ADD COLUMN seen_at BIGINT; -- class: technical
