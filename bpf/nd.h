/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef PM_ND_H
#define PM_ND_H

#define PM_ND_SOLICITATION 135
#define PM_ND_ADVERTISEMENT 136
/* RFC 4861 §7.1: what came over a router is not to be believed. */
#define PM_ND_HOP_LIMIT 255

#pragma clang diagnostic push
#pragma clang diagnostic error "-Wpadded"

/* RFC 4861 §4.3, §4.4: solicitations and advertisements begin alike. */
struct pm_nd {
	__u8 type;
	__u8 code;
	__be16 checksum;
	__be32 flags;
	struct pm_address target;
};

#pragma clang diagnostic pop

/*
 * What arp.h is for IPv4. A solicitation from the unspecified address asks whether the target is
 * still free (RFC 4862 §5.4): a successor that is told "no" by a dead master would not take it.
 */
static __always_inline enum pm_verdict pm_judge_nd(const struct ipv6hdr *ip, const void *end)
{
	const struct pm_nd *nd = (const void *)(ip + 1);
	struct pm_lease *lease;

	if ((const void *)(nd + 1) > end || ip->nexthdr != IPPROTO_ICMPV6 ||
	    ip->hop_limit != PM_ND_HOP_LIMIT || nd->code)
		return PM_NOT_VIP;
	if (nd->type != PM_ND_SOLICITATION && nd->type != PM_ND_ADVERTISEMENT)
		return PM_NOT_VIP;

	lease = pm_lease_of(&nd->target);
	if (!lease || pm_claims(lease))
		return PM_ND;
	if (nd->type == PM_ND_SOLICITATION)
		return PM_ND_LEASE_LAPSED;
	lease->forwards_until = 0;
	return PM_ND;
}

static __noinline enum pm_verdict pm_neighbour(struct xdp_md *ctx)
{
	void *end = (void *)(long)ctx->data_end;

	return pm_judge_nd((void *)(long)ctx->data + sizeof(struct ethhdr), end);
}

#endif
