/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef PM_REWRITE_H
#define PM_REWRITE_H

/* Direct routing: the frame goes to the server's MAC, the packet stays the client's. */
static __always_inline enum pm_verdict pm_send_frame(struct xdp_md *ctx, struct ethhdr *eth,
						     const struct pm_server *server)
{
	/* Twelve bytes in two stores; the compiler's own copy of unaligned ones is twelve. */
	*(__u64 *)eth->h_dest = *(const __u64 *)server->target_mac;
	*(__u32 *)&eth->h_source[2] = *(const __u32 *)&server->source_mac[2];
	if (server->ifindex == ctx->ingress_ifindex)
		return PM_FORWARDED;
	if (server->flags & PM_SERVER_TAGGED)
		return pm_send_tagged(ctx, server->ifindex);
	return bpf_redirect_map(&pm_devices, server->ifindex, XDP_ABORTED) == XDP_REDIRECT
		       ? PM_REDIRECTED
		       : PM_REDIRECT_FAILED;
}

static __always_inline enum pm_verdict pm_send(struct xdp_md *ctx, struct ethhdr *eth,
					       struct iphdr *ip, const struct pm_server *server)
{
	pm_decrement_ttl(ip);
	return pm_send_frame(ctx, eth, server);
}

static __always_inline enum pm_verdict pm_send6(struct xdp_md *ctx, struct ethhdr *eth,
						struct ipv6hdr *ip, const struct pm_server *server)
{
	ip->hop_limit -= 1;
	return pm_send_frame(ctx, eth, server);
}

#include "tell.h"
#include "answer_tell.h"
#include "tunnel.h"
#include "guise_send.h"

/*
 * Where nothing is to be sent, and where more than the Ethernet header changes. A global function for
 * the registers' sake: the way above is that of most packets.
 */
__noinline int pm_forward_otherwise(struct xdp_md *ctx, __u32 slot)
{
	struct pm_server *server = bpf_map_lookup_elem(&pm_servers, &slot);
	void *end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = (void *)(long)ctx->data;
	struct iphdr *ip = (void *)(eth + 1);
	enum pm_verdict verdict;

	if (!server || (void *)(ip + 1) > end)
		return PM_INTERNAL;
	if (server->flags & PM_SERVER_LOCAL)
		return PM_LOCAL;
	if (!(server->flags & PM_SERVER_HAS_MAC))
		return PM_NEXT_HOP_UNKNOWN;
	if (ip->ttl <= 1)
		return PM_TTL_EXPIRED;
	if (server->flags & PM_SERVER_TUNNEL)
		return pm_encapsulate(ctx, slot);
	if (pm_is_too_large(ctx, server, bpf_ntohs(ip->tot_len)))
		return pm_does_not_fit(server->mtu);
	if (pm_is_guised(server))
		return pm_send_guised(ctx, slot);
	if (server->flags & PM_SERVER_NAT) {
		verdict = ip->protocol == IPPROTO_ICMP ? pm_translate_error(ip, end, server)
						       : pm_translate(ip, end, server);
		if (verdict != PM_CONTINUE)
			return verdict;
	}
	return pm_send(ctx, eth, ip, server);
}

/* @bytes is the packet's length. */
static __always_inline enum pm_verdict pm_forward(struct xdp_md *ctx, struct ethhdr *eth,
						  struct iphdr *ip, const struct pm_server *server,
						  __u32 slot, __u32 bytes)
{
	if ((server->flags & (PM_SERVER_LOCAL | PM_SERVER_HAS_MAC | PM_SERVER_NAT |
			      PM_SERVER_TUNNEL)) != PM_SERVER_HAS_MAC ||
	    ip->ttl <= 1 || bytes > server->mtu)
		return pm_forward_otherwise(ctx, slot);
	return pm_send(ctx, eth, ip, server);
}

/* Where a packet of IPv6 is sent from here at all, by any method. */
static __always_inline enum pm_verdict pm_may_send6(const struct xdp_md *ctx,
						    const struct ipv6hdr *ip,
						    const struct pm_server *server)
{
	if (server->flags & PM_SERVER_LOCAL)
		return PM_LOCAL;
	if (!(server->flags & PM_SERVER_HAS_MAC))
		return PM_NEXT_HOP_UNKNOWN;
	if (ip->hop_limit <= 1)
		return PM_TTL_EXPIRED;
	/* A tunnel's own header counts: asked there. */
	if (!(server->flags & PM_SERVER_TUNNEL) &&
	    pm_is_too_large(ctx, server, bpf_ntohs(ip->payload_len) + sizeof(*ip)))
		return pm_does_not_fit(server->mtu);
	return PM_CONTINUE;
}

/* The packet in pm_scratch. */
static __always_inline enum pm_verdict pm_forward6(struct xdp_md *ctx, struct ethhdr *eth,
						   struct ipv6hdr *ip,
						   const struct pm_server *server, __u32 slot)
{
	enum pm_verdict verdict = pm_may_send6(ctx, ip, server);

	if (verdict != PM_CONTINUE)
		return verdict;
	if (server->flags & PM_SERVER_TUNNEL)
		return pm_encapsulate6(ctx, slot);
	if (pm_is_guised(server))
		return pm_send_guised6(ctx, slot);
	if (server->flags & PM_SERVER_NAT) {
		verdict = pm_translate6(ctx, ip, server);
		if (verdict != PM_CONTINUE)
			return verdict;
	}
	return pm_send6(ctx, eth, ip, server);
}

#endif
