/* sha256.h - SHA-256 of bytes, for naming scenarios and results by content.
 *
 * Written here to avoid a dependency on a cryptographic library; it is not used
 * to protect anything.
 *
 * Source: FIPS 180-4, sections 5 and 6.2.
 */
#ifndef SIM_SHA256_H
#define SIM_SHA256_H

#include <stddef.h>
#include <stdint.h>

enum { SIM_SHA256_HEX = 64 }; /* digits of a digest in text */

/* Start with sim_sha256_init(); plain data, nothing to release. */
struct sim_sha256 {
    uint32_t h[8];
    uint64_t n_bytes;
    unsigned char block[64];
};

void sim_sha256_init(struct sim_sha256 *sha);

/** Add `n` bytes; any split of the data over calls gives the same digest. */
void sim_sha256_add(struct sim_sha256 *sha, const void *data, size_t n);

/** Finish: 64 lower-case hexadecimal digits and a NUL.  The state is used up;
 *  start again with sim_sha256_init(). */
void sim_sha256_hex(struct sim_sha256 *sha, char hex[SIM_SHA256_HEX + 1]);

#endif /* SIM_SHA256_H */
