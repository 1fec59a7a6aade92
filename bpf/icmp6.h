/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef PM_ICMP6_H
#define PM_ICMP6_H

/* What icmp.h is for IPv4: errors of RFC 4443 §3 quote the packet that they speak of. */

#define PM_ICMP6_UNREACHABLE 1
#define PM_ICMP6_PARAMETER_PROBLEM 4

struct pm_quoted6 {
	struct pm_icmp *icmp;
	struct ipv6hdr *ip;
	__be16 *ports;
	__u8 proto;
};

/* False: no error, or none about TCP or UDP with ports in it. */
static __always_inline bool pm_quoted_in6(struct xdp_md *ctx, struct pm_quoted6 *quoted)
{
	int upper = pm_upper_layer(ctx, sizeof(struct ethhdr));
	__u32 at = upper & PM_UPPER_OFFSET;
	void *end, *data;
	struct pm_icmp *icmp;

	if (((upper >> PM_UPPER_PROTO_AT) & 0xff) != IPPROTO_ICMPV6 || upper & PM_UPPER_FRAGMENT ||
	    upper & PM_UPPER_FIRST_FRAGMENT || at > PM_IP6_REACH / 2)
		return false;
	at += sizeof(struct ethhdr);
	data = (void *)(long)ctx->data;
	end = (void *)(long)ctx->data_end;
	icmp = data + at;
	if ((void *)(icmp + 1) > end || icmp->type < PM_ICMP6_UNREACHABLE ||
	    icmp->type > PM_ICMP6_PARAMETER_PROBLEM)
		return false;
	/* Packet pointers do not outlive the call. */
	upper = pm_upper_layer(ctx, at + sizeof(*icmp));
	if (!upper || upper & PM_UPPER_FRAGMENT)
		return false;
	quoted->proto = upper >> PM_UPPER_PROTO_AT;
	if (!pm_is_balanced(quoted->proto))
		return false;
	data = (void *)(long)ctx->data;
	end = (void *)(long)ctx->data_end;
	quoted->icmp = data + at;
	quoted->ip = (void *)(quoted->icmp + 1);
	if ((void *)(quoted->ip + 1) > end)
		return false;
	at += sizeof(*icmp) + (upper & PM_UPPER_OFFSET);
	if (at > 2 * PM_IP6_REACH)
		return false;
	quoted->ports = data + at;
	return (void *)quoted->ports + sizeof(struct udphdr) <= end;
}

static __always_inline bool pm_is_same(const struct in6_addr *left, const struct in6_addr *right)
{
	const __u32 *a = (const void *)left, *b = (const void *)right;

	return a[0] == b[0] && a[1] == b[1] && a[2] == b[2] && a[3] == b[3];
}

#endif
