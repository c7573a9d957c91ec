-- SPDX-License-Identifier: AGPL-3.0-or-later
DROP TABLE once;
DROP TABLE node;
DROP TABLE job;
DROP TABLE change;
DROP TABLE site;
--@pg
DROP DOMAIN blob;
--@end
