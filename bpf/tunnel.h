/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef PM_TUNNEL_H
#define PM_TUNNEL_H

/*
 * A packet is sent whole within another, to a server that takes it out again: by IP in IP (RFC 2003,
 * RFC 2473), by GRE (RFC 2784) or by GUE, version 0, over UDP. Any family goes within any other. The
 * outer header takes room from what a link carries, and only the client can send smaller packets: it
 * is told, in the words of a router (RFC 1191, RFC 8201).
 */

struct pm_gre {
	__be16 flags; /* zero: no checksum, no key, version 0 */
	__be16 protocol;
};

/* UDP and what GUE puts behind it. */
struct pm_gue {
	struct udphdr udp;
	__u8 head; /* version 0, no options */
	__u8 proto;
	__be16 flags;
};

/* What the inner packet tells the outer one's header. */
struct pm_inner {
	__be16 ether_type;
	__u16 bytes;
	__u8 proto;
	__u8 tos;
	__u8 ttl;
	__u8 is_df;
};

static __always_inline __u32 pm_tunnel_bytes(const struct pm_server *server)
{
	__u32 bytes = server->flags & PM_SERVER_V6 ? sizeof(struct ipv6hdr) : sizeof(struct iphdr);

	return server->tunnel == PM_GUE	  ? bytes + sizeof(struct pm_gue)
	       : server->tunnel == PM_GRE ? bytes + sizeof(struct pm_gre)
					  : bytes;
}

static __always_inline __u8 pm_outer_proto(const struct pm_server *server, __u8 inner)
{
	return server->tunnel == PM_GUE	  ? IPPROTO_UDP
	       : server->tunnel == PM_GRE ? IPPROTO_GRE
					  : inner;
}

/* What stands between the outer header and the inner one. False: the frame ends before. */
static __always_inline bool pm_write_shim(void *at, const void *end, const struct pm_server *server,
					  const struct pm_inner *inner, __u32 hash)
{
	struct pm_gue *gue = at;
	struct pm_gre *gre = at;

	if (server->tunnel == PM_GUE) {
		if ((void *)(gue + 1) > end)
			return false;
		/* A port for each flow: what spreads flows over ways keeps one together. */
		gue->udp.source = bpf_htons(0xc000 | (hash & 0x3fff));
		gue->udp.dest = server->tunnel_port;
		gue->udp.len = bpf_htons(sizeof(*gue) + inner->bytes);
		gue->udp.check = 0;
		gue->head = 0;
		gue->proto = inner->proto;
		gue->flags = 0;
	} else if (server->tunnel == PM_GRE) {
		if ((void *)(gre + 1) > end)
			return false;
		gre->flags = 0;
		gre->protocol = inner->ether_type;
	}
	return true;
}

static __always_inline bool pm_write_outer4(struct ethhdr *eth, const void *end, __u32 bytes,
					    const struct pm_server *server,
					    const struct pm_inner *inner, __u32 hash)
{
	struct iphdr *ip = (void *)(eth + 1);

	if ((void *)(ip + 1) > end)
		return false;
	eth->h_proto = bpf_htons(ETH_P_IP);
	__builtin_memset(ip, 0, sizeof(*ip));
	ip->version = 4;
	ip->ihl = sizeof(*ip) / 4;
	ip->tos = inner->tos;
	ip->tot_len = bpf_htons(inner->bytes + bytes);
	/* What may be split on the way is told apart by its number (RFC 6864 §4.3). */
	if (inner->is_df)
		ip->frag_off = bpf_htons(PM_IP_DONT_FRAGMENT);
	else
		ip->id = (__be16)bpf_get_prandom_u32();
	ip->ttl = inner->ttl;
	ip->protocol = pm_outer_proto(server, inner->proto);
	ip->saddr = server->tunnel_source;
	ip->daddr = server->rip;
	ip->check = pm_check_of(pm_sum_of(ip, end, sizeof(*ip) / 2));
	return pm_write_shim(ip + 1, end, server, inner, hash);
}

static __always_inline bool pm_write_outer6(struct ethhdr *eth, const void *end, __u32 bytes,
					    const struct pm_server *server,
					    const struct pm_inner *inner, __u32 hash)
{
	const struct pm_address *source = pm_address_at(server->tunnel_source);
	const struct pm_address *target = pm_address_at(server->rip);
	struct ipv6hdr *ip = (void *)(eth + 1);

	if (!source || !target || (void *)(ip + 1) > end)
		return false;
	eth->h_proto = bpf_htons(ETH_P_IPV6);
	__builtin_memset(ip, 0, sizeof(*ip));
	ip->version = 6;
	ip->priority = inner->tos >> 4;
	ip->flow_lbl[0] = inner->tos << 4;
	ip->payload_len = bpf_htons(inner->bytes + bytes - sizeof(*ip));
	ip->nexthdr = pm_outer_proto(server, inner->proto);
	ip->hop_limit = inner->ttl;
	__builtin_memcpy(&ip->saddr, source, sizeof(ip->saddr));
	__builtin_memcpy(&ip->daddr, target, sizeof(ip->daddr));
	return pm_write_shim(ip + 1, end, server, inner, hash);
}

/* Puts the packet into one to the server at @slot, and sends that. */
static __always_inline enum pm_verdict pm_wrap(struct xdp_md *ctx, __u32 slot,
					       const struct pm_inner *inner)
{
	struct pm_server *server = bpf_map_lookup_elem(&pm_servers, &slot);
	const struct pm_connection_wish *wish = pm_wish();
	struct ethhdr *eth;
	__u32 bytes;
	void *end;
	bool is_written;

	if (!server || !wish)
		return PM_INTERNAL;
	bytes = pm_tunnel_bytes(server);
	if (bpf_xdp_adjust_head(ctx, -(int)bytes))
		return PM_NO_HEADROOM;
	eth = (void *)(long)ctx->data;
	end = (void *)(long)ctx->data_end;
	if ((void *)(eth + 1) > end)
		return PM_INTERNAL;
	is_written = server->flags & PM_SERVER_V6 ?
			     pm_write_outer6(eth, end, bytes, server, inner, wish->packet.hash) :
			     pm_write_outer4(eth, end, bytes, server, inner, wish->packet.hash);
	return is_written ? pm_send_frame(ctx, eth, server) : PM_INTERNAL;
}

/* For pm_tell_sender. */
static __always_inline enum pm_verdict pm_does_not_fit(__u32 room)
{
	struct pm_connection_wish *wish = pm_wish();

	if (!wish)
		return PM_INTERNAL;
	wish->room = room;
	return PM_TOO_BIG;
}

/*
 * A client's packet, or an error about a server's, to the server at @slot by its tunnel; whether it may
 * be sent was asked. Not static: its stack is its own.
 */
__noinline int pm_encapsulate(struct xdp_md *ctx, __u32 slot)
{
	struct pm_server *server = bpf_map_lookup_elem(&pm_servers, &slot);
	void *end = (void *)(long)ctx->data_end;
	struct iphdr *ip = (void *)(long)ctx->data + sizeof(struct ethhdr);
	struct pm_inner inner = { .ether_type = bpf_htons(ETH_P_IP), .proto = IPPROTO_IPIP };
	__u32 room;

	if (!server || (void *)(ip + 1) > end)
		return PM_INTERNAL;
	inner.bytes = bpf_ntohs(ip->tot_len);
	inner.tos = ip->tos;
	inner.is_df = !!(ip->frag_off & bpf_htons(PM_IP_DONT_FRAGMENT));
	room = server->mtu - pm_tunnel_bytes(server);
	if (inner.bytes > room)
		return pm_does_not_fit(room);
	pm_decrement_ttl(ip);
	inner.ttl = ip->ttl;
	return pm_wrap(ctx, slot, &inner);
}

__noinline int pm_encapsulate6(struct xdp_md *ctx, __u32 slot)
{
	struct pm_server *server = bpf_map_lookup_elem(&pm_servers, &slot);
	void *end = (void *)(long)ctx->data_end;
	struct ipv6hdr *ip = (void *)(long)ctx->data + sizeof(struct ethhdr);
	struct pm_inner inner = { .ether_type = bpf_htons(ETH_P_IPV6), .proto = IPPROTO_IPV6 };
	__u32 room;

	if (!server || (void *)(ip + 1) > end)
		return PM_INTERNAL;
	inner.bytes = bpf_ntohs(ip->payload_len) + sizeof(*ip);
	inner.tos = ip->priority << 4 | ip->flow_lbl[0] >> 4;
	inner.is_df = 1;
	room = server->mtu - pm_tunnel_bytes(server);
	if (inner.bytes > room)
		return pm_does_not_fit(room);
	ip->hop_limit -= 1;
	inner.ttl = ip->hop_limit;
	return pm_wrap(ctx, slot, &inner);
}

#endif
