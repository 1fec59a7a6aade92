/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef PM_TUNNEL_H
#define PM_TUNNEL_H

/*
 * A packet is sent whole within another, to a server that takes it out again: by IP in IP (RFC 2003,
 * RFC 2473), by GRE (RFC 2784) or by GUE, version 0, over UDP. Any family goes within any other. The
 * outer header takes room from what a link carries, and only the client can send smaller packets: it
 * is told, in the words of a router (RFC 1191, RFC 8201).
 */

#define PM_IP_DONT_FRAGMENT 0x4000
#define PM_TOLD_TTL 64
#define PM_TOLD_BYTES6 72 /* of a packet that is too large, behind its IPv6 header */
#define PM_TOLD_WORDS 64  /* of two bytes, the most that are summed up */
#define PM_ICMP_FRAGMENTATION_NEEDED 4
#define PM_ICMP6_PACKET_TOO_BIG 2

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

/* The sum of @count words of two bytes; what the frame does not have counts nothing. */
static __always_inline __u64 pm_sum_of(const void *from, const void *end, __u32 count)
{
	__u64 sum = 0;

#pragma clang loop unroll(disable)
	for (__u32 i = 0; i < PM_TOLD_WORDS; i++) {
		const __u16 *word = from + 2 * i;

		/* Or the compiler compares one pointer and reads by another. */
		barrier_var(word);
		if (i >= count || (const void *)(word + 1) > end)
			break;
		sum += *word;
	}
	return sum;
}

static __always_inline __u16 pm_check_of(__u64 sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return (__u16)~sum;
}

/* Cuts the frame to @kept bytes and puts @more before them, behind its Ethernet header, turned round. */
static __always_inline bool pm_make_answer(struct xdp_md *ctx, __u32 kept, __u32 more)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	__u32 bytes = (__u32)(ctx->data_end - ctx->data);
	struct ethhdr *eth = data, before;

	if ((void *)(eth + 1) > end || bytes < kept)
		return false;
	__builtin_memcpy(&before, eth, sizeof(before));
	if (bpf_xdp_adjust_tail(ctx, (int)kept - (int)bytes) ||
	    bpf_xdp_adjust_head(ctx, -(int)more))
		return false;
	eth = (void *)(long)ctx->data;
	if ((void *)(eth + 1) > (void *)(long)ctx->data_end)
		return false;
	__builtin_memcpy(eth->h_dest, before.h_source, sizeof(eth->h_dest));
	__builtin_memcpy(eth->h_source, before.h_dest, sizeof(eth->h_source));
	eth->h_proto = before.h_proto;
	return true;
}

/*
 * Turns the packet into the answer of a router whose next link takes no more than @mtu. Its header and
 * eight bytes are quoted, which RFC 792 asks for. Not static: its stack is its own.
 */
__noinline int pm_tell_too_big(struct xdp_md *ctx, __u32 mtu)
{
	const __u32 more = sizeof(struct iphdr) + sizeof(struct pm_icmp);
	struct iphdr *ip = (void *)(long)ctx->data + sizeof(struct ethhdr);
	void *end = (void *)(long)ctx->data_end;
	struct pm_icmp *icmp;
	__u32 quoted_bytes;
	__be32 client, vip;

	if ((void *)(ip + 1) > end)
		return PM_INTERNAL;
	client = ip->saddr;
	vip = ip->daddr;
	quoted_bytes = ip->ihl * 4 + 8;
	if (!pm_make_answer(ctx, sizeof(struct ethhdr) + quoted_bytes, more))
		return PM_TOO_BIG;
	ip = (void *)(long)ctx->data + sizeof(struct ethhdr);
	end = (void *)(long)ctx->data_end;
	icmp = (void *)(ip + 1);
	if ((void *)(icmp + 1) > end)
		return PM_INTERNAL;
	__builtin_memset(ip, 0, sizeof(*ip) + sizeof(*icmp));
	ip->version = 4;
	ip->ihl = sizeof(*ip) / 4;
	ip->tot_len = bpf_htons(more + quoted_bytes);
	ip->ttl = PM_TOLD_TTL;
	ip->protocol = IPPROTO_ICMP;
	ip->saddr = vip;
	ip->daddr = client;
	ip->check = pm_check_of(pm_sum_of(ip, end, sizeof(*ip) / 2));
	icmp->type = PM_ICMP_UNREACHABLE;
	icmp->code = PM_ICMP_FRAGMENTATION_NEEDED;
	icmp->rest = bpf_htonl(mtu);
	icmp->check = pm_check_of(pm_sum_of(icmp, end, (sizeof(*icmp) + quoted_bytes) / 2));
	return PM_TOO_BIG_TOLD;
}

/* The same by ICMPv6, RFC 4443 §3.2. */
__noinline int pm_tell_too_big6(struct xdp_md *ctx, __u32 mtu)
{
	const __u32 more = sizeof(struct ipv6hdr) + sizeof(struct pm_icmp);
	const __u32 quoted_bytes = sizeof(struct ipv6hdr) + PM_TOLD_BYTES6;
	struct ipv6hdr *ip, *quoted;
	struct pm_icmp *icmp;
	void *end;
	__u64 sum;

	if (!pm_make_answer(ctx, sizeof(struct ethhdr) + quoted_bytes, more))
		return PM_TOO_BIG;
	ip = (void *)(long)ctx->data + sizeof(struct ethhdr);
	end = (void *)(long)ctx->data_end;
	icmp = (void *)(ip + 1);
	quoted = (void *)(icmp + 1);
	if ((void *)(quoted + 1) > end)
		return PM_INTERNAL;
	__builtin_memset(ip, 0, sizeof(*ip) + sizeof(*icmp));
	ip->version = 6;
	ip->payload_len = bpf_htons(sizeof(*icmp) + quoted_bytes);
	ip->nexthdr = IPPROTO_ICMPV6;
	ip->hop_limit = PM_TOLD_TTL;
	__builtin_memcpy(&ip->saddr, &quoted->daddr, sizeof(ip->saddr));
	__builtin_memcpy(&ip->daddr, &quoted->saddr, sizeof(ip->daddr));
	icmp->type = PM_ICMP6_PACKET_TOO_BIG;
	icmp->rest = bpf_htonl(mtu);
	/* RFC 8200 §8.1: over the addresses, the length and the protocol, too. */
	sum = (__u64)ip->payload_len + bpf_htons(IPPROTO_ICMPV6);
	sum += pm_sum_of(&ip->saddr, end, 2 * sizeof(ip->saddr) / 2);
	sum += pm_sum_of(icmp, end, (sizeof(*icmp) + quoted_bytes) / 2);
	icmp->check = pm_check_of(sum);
	return PM_TOO_BIG_TOLD;
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
	ip->frag_off = inner->is_df ? bpf_htons(PM_IP_DONT_FRAGMENT) : 0;
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
		/* RFC 1122 §3.2.2: of errors there are no errors. */
		return inner.is_df && ip->protocol != IPPROTO_ICMP ? pm_tell_too_big(ctx, room) :
								     PM_TOO_BIG;
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
		return ip->nexthdr == IPPROTO_ICMPV6 ? PM_TOO_BIG : pm_tell_too_big6(ctx, room);
	ip->hop_limit -= 1;
	inner.ttl = ip->hop_limit;
	return pm_wrap(ctx, slot, &inner);
}

#endif
