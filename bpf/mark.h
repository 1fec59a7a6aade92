/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef PM_MARK_H
#define PM_MARK_H

/*
 * Services by a mark of the firewall. XDP is asked before netfilter, so no packet that comes in bears a
 * mark; and a mark does not leave the kernel. So control has the kernel route what is marked into a pair
 * of interfaces of its own, with a next hop for each mark whose MAC address is the mark. What arrives at
 * the far end has been marked by then, and tells by which: this program is attached there.
 */

/* The first two bytes of those addresses; the far end's own has the mark zero, which is none. */
#define PM_MARK_PREFIX 0x0250

/* The mark of the frame, which becomes one for the interface itself. */
static __always_inline __be32 pm_take_mark(struct ethhdr *eth)
{
	__be16 prefix;
	__u16 high, low;

	__builtin_memcpy(&prefix, eth->h_dest, sizeof(prefix));
	__builtin_memcpy(&high, eth->h_dest + 2, sizeof(high));
	__builtin_memcpy(&low, eth->h_dest + 4, sizeof(low));
	if (prefix != bpf_htons(PM_MARK_PREFIX))
		return 0;
	__builtin_memset(eth->h_dest + 2, 0, 4);
	return (__be32)low << 16 | high;
}

/* Not static: verified once, with a stack of its own. */
__noinline int pm_marked4(struct xdp_md *ctx, __u32 mark)
{
	void *end = (void *)(long)ctx->data_end;
	struct iphdr *ip = (void *)(long)ctx->data + sizeof(struct ethhdr);
	struct pm_address target;
	__u32 header_bytes, total_bytes;

	if ((void *)(ip + 1) > end)
		return PM_TRUNCATED_IP;
	header_bytes = ip->ihl * 4;
	total_bytes = bpf_ntohs(ip->tot_len);
	/* "register with unbounded min value" without (5.10). */
	barrier_var(total_bytes);
	total_bytes &= 0xffff;
	if (ip->version != 4 || header_bytes < sizeof(*ip) || total_bytes < header_bytes ||
	    (void *)ip + total_bytes > end)
		return PM_BAD_IP_HEADER;
	target = pm_address_of(ip->daddr);
	if (!pm_owns(&target))
		return PM_NOT_ARMED;
	return pm_datagram(ctx, mark);
}

__noinline int pm_marked6(struct xdp_md *ctx, __u32 mark)
{
	void *end = (void *)(long)ctx->data_end;
	struct ipv6hdr *ip = (void *)(long)ctx->data + sizeof(struct ethhdr);
	struct pm_address target;

	if ((void *)(ip + 1) > end)
		return PM_TRUNCATED_IP;
	__builtin_memcpy(&target, &ip->daddr, sizeof(target));
	if (!pm_owns(&target))
		return PM_NOT_ARMED;
	return pm_packet6(ctx, mark);
}

static __always_inline enum pm_verdict pm_decide_marked(struct xdp_md *ctx)
{
	struct ethhdr *eth = (void *)(long)ctx->data;
	enum pm_verdict verdict;
	__be16 ether_type;
	__be32 mark;

	if ((void *)(eth + 1) > (void *)(long)ctx->data_end)
		return PM_TRUNCATED_ETH;
	ether_type = *(__be16 *)((void *)(eth + 1) - sizeof(ether_type));
	mark = pm_take_mark(eth);
	if (!mark)
		return PM_NOT_SERVICE;
	if (ether_type == bpf_htons(ETH_P_IP)) {
		verdict = pm_marked4(ctx, mark);
		return verdict == PM_FRAGMENT_PASSED ? pm_follow(ctx) : verdict;
	}
	if (ether_type == bpf_htons(ETH_P_IPV6)) {
		verdict = pm_marked6(ctx, mark);
		return verdict == PM_FRAGMENT_PASSED ? pm_follow6(ctx) : verdict;
	}
	return PM_NOT_IP;
}

SEC("xdp")
int pm_marked(struct xdp_md *ctx)
{
	enum pm_verdict verdict = pm_decide_marked(ctx);

	if (verdict == PM_TTL_EXPIRED || verdict == PM_TOO_BIG)
		verdict = pm_tell_sender(ctx, verdict);
	pm_count(verdict);
	return pm_action_of(verdict);
}

#endif
