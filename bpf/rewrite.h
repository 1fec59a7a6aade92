/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef PM_REWRITE_H
#define PM_REWRITE_H

/* RFC 1624: the checksum of a header whose TTL is one less. */
static __always_inline void pm_decrement_ttl(struct iphdr *ip)
{
	__u32 check = ip->check;

	check += bpf_htons(0x0100);
	ip->check = (__u16)(check + (check >= 0xffff));
	ip->ttl -= 1;
}

/* Direct routing: the frame goes to the server's MAC, the packet stays the client's. */
static __always_inline enum pm_verdict pm_forward(struct xdp_md *ctx, struct ethhdr *eth,
						  struct iphdr *ip, const struct pm_server *server)
{
	if (server->flags & PM_SERVER_LOCAL)
		return PM_LOCAL;
	if (!(server->flags & PM_SERVER_HAS_MAC))
		return PM_NEXT_HOP_UNKNOWN;
	if (ip->ttl <= 1)
		return PM_TTL_EXPIRED;

	pm_decrement_ttl(ip);
	/* Twelve bytes in two stores; the compiler's own copy of unaligned ones is twelve. */
	*(__u64 *)eth->h_dest = *(const __u64 *)server->target_mac;
	*(__u32 *)&eth->h_source[2] = *(const __u32 *)&server->source_mac[2];
	if (server->ifindex == ctx->ingress_ifindex)
		return PM_FORWARDED;
	return bpf_redirect_map(&pm_devices, server->ifindex, XDP_ABORTED) == XDP_REDIRECT
		       ? PM_REDIRECTED
		       : PM_REDIRECT_FAILED;
}

#endif
