/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef PM_GUARD_H
#define PM_GUARD_H

/*
 * The dead man's switch of a node that balances nothing: of all frames only those that ask for a
 * neighbour are looked at, everything else goes its way. At tc ingress where the kernel has links
 * for that (6.6), since XDP costs a host its large segments; else by XDP.
 */

static __always_inline enum pm_verdict pm_judge(void *data, void *end, __be16 ether_type)
{
	void *next = data + sizeof(struct ethhdr);

	return ether_type == bpf_htons(ETH_P_ARP) ? pm_judge_arp(next, end) :
						    pm_judge_nd(next, end);
}

SEC("tc")
int pm_guard_tc(struct __sk_buff *skb)
{
	__be16 ether_type = (__be16)skb->protocol;
	__u32 length = sizeof(struct ethhdr);
	enum pm_verdict verdict;

	if (ether_type == bpf_htons(ETH_P_ARP))
		length += sizeof(struct pm_arp);
	else if (ether_type == bpf_htons(ETH_P_IPV6))
		length += sizeof(struct ipv6hdr) + sizeof(struct pm_nd);
	else
		return TC_ACT_UNSPEC;
	/* A driver may leave all but the Ethernet header in pages. */
	if ((void *)(long)skb->data + length > (void *)(long)skb->data_end &&
	    bpf_skb_pull_data(skb, length))
		return TC_ACT_UNSPEC;
	verdict = pm_judge((void *)(long)skb->data, (void *)(long)skb->data_end, ether_type);
	pm_count(verdict);
	return pm_action_of(verdict) == XDP_DROP ? TC_ACT_SHOT : TC_ACT_UNSPEC;
}

SEC("xdp")
int pm_guard_xdp(struct xdp_md *ctx)
{
	void *end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = (void *)(long)ctx->data;
	enum pm_verdict verdict;

	if ((void *)(eth + 1) > end || (eth->h_proto != bpf_htons(ETH_P_ARP) &&
					eth->h_proto != bpf_htons(ETH_P_IPV6)))
		return XDP_PASS;
	verdict = eth->h_proto == bpf_htons(ETH_P_ARP) ? pm_arp(ctx) : pm_neighbour(ctx);
	pm_count(verdict);
	return pm_action_of(verdict);
}

#endif
