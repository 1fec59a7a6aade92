/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef PM_CHECKSUM_H
#define PM_CHECKSUM_H

/* Checksums that follow what is changed, RFC 1624. */

/* RFC 1624: the checksum of a header whose TTL is one less. */
static __always_inline void pm_decrement_ttl(struct iphdr *ip)
{
	__u32 check = ip->check;

	check += bpf_htons(0x0100);
	ip->check = (__u16)(check + (check >= 0xffff));
	ip->ttl -= 1;
}

/* RFC 1624: the checksum after an address and a port were replaced. In any byte order. */
static __always_inline __u16 pm_checksum_after(__u16 check, __be32 addr_before, __be32 addr_after,
					       __be16 port_before, __be16 port_after)
{
	__u64 sum = (__u16)~check;

	sum += (__u32)~addr_before;
	sum += addr_after;
	sum += (__u16)~port_before;
	sum += port_after;
	sum = (sum & 0xffffffff) + (sum >> 32);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return (__u16)~sum;
}

/* The same of IPv6 addresses, four words each. */
static __always_inline __u16 pm_checksum_after6(__u16 check, const __u32 *before,
						const __u32 *after, __be16 port_before,
						__be16 port_after)
{
	__u64 sum = (__u16)~check;

#pragma unroll
	for (int i = 0; i < 4; i++)
		sum += (__u64)(__u32)~before[i] + after[i];
	sum += (__u16)~port_before;
	sum += port_after;
	sum = (sum & 0xffffffff) + (sum >> 32);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return (__u16)~sum;
}

#endif
