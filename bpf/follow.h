/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef PM_FOLLOW_H
#define PM_FOLLOW_H

/* Later fragments to a VIP, by what the first left behind (fragment.h). */

/* May the fragment in pm_scratch go after the first? */
static __always_inline enum pm_verdict pm_may_follow(const struct pm_connection_wish *wish,
						     const __u8 *source_mac,
						     const struct pm_server *server)
{
	enum pm_verdict verdict = pm_may_balance(&wish->packet, &wish->client, source_mac, 0,
						 server->owner_flags, server->lease);

	if (verdict == PM_CONTINUE && !(server->flags & PM_SERVER_UP))
		return PM_SERVER_GONE;
	return verdict;
}

/* A later fragment to a VIP. */
__noinline int pm_follow(struct xdp_md *ctx)
{
	void *end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = (void *)(long)ctx->data;
	struct iphdr *ip = (void *)(eth + 1);
	struct pm_connection_wish *wish = pm_wish();
	struct pm_server *server;
	enum pm_verdict verdict;
	__u32 slot;

	if (!wish || (void *)(ip + 1) > end)
		return PM_INTERNAL;
	pm_fragment_of(ip, &wish->fragment);
	wish->packet.saddr = ip->saddr;
	wish->packet.family = PM_V4;
	verdict = pm_fragment_server();
	if (verdict != PM_CONTINUE)
		return verdict;
	slot = wish->packet.server;
	server = bpf_map_lookup_elem(&pm_servers, &slot);
	if (!server)
		return PM_INTERNAL;
	verdict = pm_may_follow(wish, eth->h_source, server);
	if (verdict != PM_CONTINUE)
		return verdict;
	pm_count_packet(slot, bpf_ntohs(ip->tot_len));
	pm_count(PM_NOTE_FRAGMENT_FOLLOWED);
	return pm_forward(ctx, eth, ip, server, slot, bpf_ntohs(ip->tot_len));
}

/* The same of IPv6; pm_parse_ip6 has written whose packet it is of. */
__noinline int pm_follow6(struct xdp_md *ctx)
{
	void *end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = (void *)(long)ctx->data;
	struct ipv6hdr *ip = (void *)(eth + 1);
	struct pm_connection_wish *wish = pm_wish();
	const struct pm_address *rip;
	struct pm_server *server;
	enum pm_verdict verdict;
	__u32 slot;

	if (!wish || (void *)(ip + 1) > end)
		return PM_INTERNAL;
	wish->client = wish->fragment.source;
	wish->packet.family = PM_V6;
	verdict = pm_fragment_server();
	if (verdict != PM_CONTINUE)
		return verdict;
	slot = wish->packet.server;
	server = bpf_map_lookup_elem(&pm_servers, &slot);
	if (!server)
		return PM_INTERNAL;
	verdict = pm_may_follow(wish, eth->h_source, server);
	if (verdict != PM_CONTINUE)
		return verdict;
	pm_count_packet(slot, bpf_ntohs(ip->payload_len) + sizeof(*ip));
	pm_count(PM_NOTE_FRAGMENT_FOLLOWED);
	verdict = pm_may_send6(ctx, ip, server);
	if (verdict != PM_CONTINUE)
		return verdict;
	if (server->flags & PM_SERVER_TUNNEL)
		return pm_encapsulate6(ctx, slot);
	if (server->flags & PM_SERVER_NAT) {
		rip = pm_address_at(server->rip);
		if (!rip)
			return PM_INTERNAL;
		if (pm_is_guised(server)) {
			verdict = pm_guise_known();
			if (verdict != PM_CONTINUE)
				return verdict;
			__builtin_memcpy(&ip->saddr, &wish->guise.local, sizeof(ip->saddr));
		}
		__builtin_memcpy(&ip->daddr, rip, sizeof(ip->daddr));
	}
	return pm_send6(ctx, eth, ip, server);
}

#endif
