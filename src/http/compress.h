/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Content codings (RFC 9110 §8.4): which one a client wants, and packing a page as quickly as each can: zstd 1 (RFC 8878), brotli 1
 * (RFC 7932), gzip 1 (RFC 1952). */
#ifndef VECHE_COMPRESS_H
#define VECHE_COMPRESS_H

#include "base/out.h"

typedef enum coding { CODING_NONE, CODING_GZIP, CODING_BROTLI, CODING_ZSTD, CODING_COUNT } coding;

/* "gzip", "br", "zstd"; NULL for none. */
const char *coding_name(coding c);
/* How welcome a coding is to an Accept-Encoding header (§12.5.3), in thousandths; 0: not at all, as without the header, or with a
 * weight that is none. */
int coding_weight(str header, str name);
/* The most welcome of ours, the quickest of equals. CODING_NONE when none is, or when the client would rather have it plain. */
coding coding_choose(str header);

/* The state that packing reuses; one a thread. */
typedef struct packer packer;
packer *packer_open(void);
void packer_close(packer *p);
/* Appends `plain`, packed, to an empty `packed`. False, leaving it empty, when that would not be shorter. */
bool packer_pack(packer *p, coding c, str plain, out *packed);

#endif
