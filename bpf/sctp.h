/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef PM_SCTP_H
#define PM_SCTP_H

/*
 * SCTP, RFC 9260. Its checksum is over no address: only where a port is mapped it changes (crc32c.h).
 * As in IPVS, a packet is what its first chunk is.
 */

/* RFC 9260 §3: the common header, and what each chunk begins with. */
struct pm_sctp {
	__be16 ports[2];
	__be32 tag;
	__le32 check;
	__u8 chunk;
	__u8 flags;
	__be16 length; /* of the chunk, its first four bytes included, padding not */
};

#define PM_SCTP_CHUNK_AT 12
#define PM_SCTP_ABORT 6
#define PM_SCTP_COOKIE_ECHO 10
#define PM_SCTP_COOKIE_ACK 11
#define PM_SCTP_COOKIE_MAX 1020 /* bytes; an abort behind a longer cookie is not seen */

/* By a chunk's type, RFC 9260 §3.2. */
const __u8 pm_chunks[16] = {
	[0] = PM_CHUNK_DATA,		[1] = PM_CHUNK_INIT,
	[2] = PM_CHUNK_INIT_ACK,	[3] = PM_CHUNK_DATA,
	[4] = PM_CHUNK_DATA,		[5] = PM_CHUNK_DATA,
	[6] = PM_CHUNK_ABORT,		[7] = PM_CHUNK_SHUTDOWN,
	[8] = PM_CHUNK_SHUTDOWN_ACK,	[9] = PM_CHUNK_ERROR,
	[10] = PM_CHUNK_COOKIE_ECHO,	[11] = PM_CHUNK_COOKIE_ACK,
	[12] = PM_CHUNK_DATA,		[13] = PM_CHUNK_DATA,
	[14] = PM_CHUNK_SHUTDOWN_COMPLETE, [15] = PM_CHUNK_DATA,
};

/* RFC 9260 §3.3.7: control chunks may stand before an abort; IPVS looks behind these two. */
static __always_inline bool pm_sctp_aborts_later(const struct pm_sctp *sctp, const void *end)
{
	__u32 length = (bpf_ntohs(sctp->length) + 3) & ~3u;
	const __u8 *next;

	barrier_var(length);
	if (length < 4 || length > PM_SCTP_COOKIE_MAX)
		return false;
	next = (const void *)sctp + PM_SCTP_CHUNK_AT + length;
	return (const void *)(next + 4) <= end && *next == PM_SCTP_ABORT;
}

/* All of @sctp is known to be in the frame. */
static __always_inline __u8 pm_sctp_event(const struct pm_sctp *sctp, const void *end)
{
	__u8 chunk = sctp->chunk;

	if ((chunk == PM_SCTP_COOKIE_ECHO || chunk == PM_SCTP_COOKIE_ACK) &&
	    pm_sctp_aborts_later(sctp, end))
		chunk = PM_SCTP_ABORT;
	return chunk < sizeof(pm_chunks) ? pm_chunks[chunk & (sizeof(pm_chunks) - 1)] : PM_CHUNK_DATA;
}

#endif
