/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef PM_TUNNEL_H
#define PM_TUNNEL_H

/*
 * A packet is sent whole within another, to a server that takes it out again: by IP in IP (RFC 2003,
 * RFC 2473), by GRE (RFC 2784) or by GUE, version 0, over UDP. Any family goes within any other. The
 * outer header takes room from what a link carries, and only the client can send smaller packets: it
 * is told, in the words of a router (RFC 1191, RFC 8201).
 */

/* RFC 2784 §2.1 */
#define PM_GRE_HAS_CHECKSUM 0x8000

struct pm_gre {
	__be16 flags; /* no key, version 0 */
	__be16 protocol;
};

/* Behind it, where the flags say so. */
struct pm_gre_check {
	__u16 check;
	__be16 reserved;
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
	__u8 is_summed; /* the outer packet bears a checksum: looked up once, for the record may change */
	__u8 pad;
	__u16 sum;      /* of all its bytes then, in words of two */
};

static __always_inline __u32 pm_tunnel_bytes(const struct pm_server *server, bool is_summed)
{
	__u32 bytes = server->flags & PM_SERVER_V6 ? sizeof(struct ipv6hdr) : sizeof(struct iphdr);

	if (server->tunnel == PM_GUE)
		return bytes + sizeof(struct pm_gue);
	if (server->tunnel != PM_GRE)
		return bytes;
	return bytes + sizeof(struct pm_gre) + (is_summed ? sizeof(struct pm_gre_check) : 0);
}

static __always_inline bool pm_is_summed(const struct pm_server *server)
{
	return server->flags & PM_SERVER_SUMMED;
}

static __always_inline __u8 pm_outer_proto(const struct pm_server *server, __u8 inner)
{
	return server->tunnel == PM_GUE	  ? IPPROTO_UDP
	       : server->tunnel == PM_GRE ? IPPROTO_GRE
					  : inner;
}

/* Of UDP, RFC 768; @addresses is the sum of the outer header's, and the length counts twice. */
static __always_inline __u16 pm_gue_check(const struct pm_gue *gue, __u16 inner, __u64 addresses)
{
	__u64 sum = addresses + inner + bpf_htons(IPPROTO_UDP) + gue->udp.len + gue->udp.len;

	sum += (__u64)gue->udp.source + gue->udp.dest + bpf_htons(gue->proto);
	return pm_check_of(sum) ?: 0xffff;
}

/* What stands between the outer header and the inner one. False: the frame ends before. */
static __always_inline bool pm_write_shim(void *at, const void *end, const struct pm_server *server,
					  const struct pm_inner *inner, __u32 hash, __u64 addresses)
{
	struct pm_gue *gue = at;
	struct pm_gre *gre = at;
	struct pm_gre_check *check = (void *)(gre + 1);

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
		if (inner->is_summed)
			gue->udp.check = pm_gue_check(gue, inner->sum, addresses);
	} else if (server->tunnel == PM_GRE) {
		if ((void *)(gre + 1) > end)
			return false;
		gre->flags = 0;
		gre->protocol = inner->ether_type;
		if (inner->is_summed) {
			if ((void *)(check + 1) > end)
				return false;
			gre->flags = bpf_htons(PM_GRE_HAS_CHECKSUM);
			check->reserved = 0;
			check->check = pm_check_of((__u64)gre->flags + gre->protocol + inner->sum);
		}
	}
	return true;
}

static __always_inline __u64 pm_address_sum(const struct pm_address *address)
{
	return (__u64)address->words[0] + address->words[1] + address->words[2] + address->words[3];
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
	return pm_write_shim(ip + 1, end, server, inner, hash, (__u64)ip->saddr + ip->daddr);
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
	return pm_write_shim(ip + 1, end, server, inner, hash,
			     pm_address_sum(source) + pm_address_sum(target));
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
	bytes = pm_tunnel_bytes(server, inner->is_summed);
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

#define PM_SUM_PIECE 512 /* bytes, the most that the helper takes (5.10) */
#define PM_SUM_PIECES 63
#define PM_SUM_AT_MASK 0x7fff /* above all pieces and a rest */

/*
 * At most one piece of @size bytes more. Where it is follows from @bytes alone: all ways to here are one for
 * the verifier, which else walks on from each turn of the loop ("BPF program is too large", 6.18).
 */
#define PM_SUM_REST(size)                                                                          \
	do {                                                                                       \
		at = bytes & PM_SUM_AT_MASK & ~(2 * (size) - 1);                                   \
		barrier_var(at);                                                                   \
		at &= PM_SUM_AT_MASK;                                                              \
		if (bytes & (size)) {                                                              \
			if (data + at + (size) > end)                                              \
				return -1;                                                         \
			sum = bpf_csum_diff(NULL, 0, data + at, (size), (__u32)sum);               \
		}                                                                                  \
	} while (0)

/*
 * The sum of the @bytes behind the Ethernet header, by looking at all of them; below zero: the frame has
 * not so many, or they are more than any card's frame has. Not static: its stack is its own.
 */
__noinline int pm_sum_all(struct xdp_md *ctx, __u32 bytes)
{
	void *data = (void *)(long)ctx->data + sizeof(struct ethhdr);
	const void *end = (void *)(long)ctx->data_end;
	__u64 sum = 0;
	__u32 at = 0;

	if (bytes > PM_SUM_AT_MASK)
		return -1;
#pragma clang loop unroll(disable)
	for (__u32 i = 0; i < PM_SUM_PIECES; i++) {
		if (at + PM_SUM_PIECE > bytes)
			break;
		if (data + at + PM_SUM_PIECE > end)
			return -1;
		sum = bpf_csum_diff(NULL, 0, data + at, PM_SUM_PIECE, (__u32)sum);
		at += PM_SUM_PIECE;
	}
	/* Anew, because of the first the verifier knows how many bytes were there in each turn. */
	barrier_var(ctx);
	data = (void *)(long)ctx->data + sizeof(struct ethhdr);
	end = (void *)(long)ctx->data_end;
	PM_SUM_REST(256);
	PM_SUM_REST(128);
	PM_SUM_REST(64);
	PM_SUM_REST(32);
	PM_SUM_REST(16);
	PM_SUM_REST(8);
	PM_SUM_REST(4);
	sum = (__u32)sum;
	at = bytes & PM_SUM_AT_MASK & ~3;
	barrier_var(at);
	at &= PM_SUM_AT_MASK;
	if (bytes & 2) {
		if (data + at + 2 > end)
			return -1;
		sum += *(__u16 *)(data + at);
		at += 2;
	}
	/* RFC 1071: as if a zero came behind it. */
	if (bytes & 1) {
		if (data + at + 1 > end)
			return -1;
		sum += bpf_htons(*(__u8 *)(data + at) << 8);
	}
	return (__u16)~pm_check_of(sum);
}

/*
 * The kernel's documentation calls it local checksum offload: a checksum that is right makes what it is
 * over sum up to the complement of its pseudo header, and the header of IPv4 sums up to nothing. So no
 * byte of the payload is looked at. Where a checksum is wrong, so is the outer one, and the server drops
 * the packet one step earlier. What has none that is known here (fragments, UDP without, SCTP, headers
 * between the two) is summed up whole, as IPVS does with all.
 */
static __always_inline int pm_sum_of_inner(struct xdp_md *ctx, const struct iphdr *ip,
					   const void *end, __u32 bytes)
{
	const struct udphdr *udp = (const void *)(ip + 1);
	const __u32 l4_bytes = bytes - sizeof(*ip);
	__u64 pseudo;

	if (ip->ihl != sizeof(*ip) / 4 ||
	    ip->frag_off & bpf_htons(PM_IP_MORE_FRAGMENTS | PM_IP_OFFSET))
		return pm_sum_all(ctx, bytes);
	/* RFC 792: without a pseudo header. */
	if (ip->protocol == IPPROTO_ICMP)
		return 0;
	if (ip->protocol == IPPROTO_UDP) {
		if ((const void *)(udp + 1) > end || !udp->check || bpf_ntohs(udp->len) != l4_bytes)
			return pm_sum_all(ctx, bytes);
	} else if (ip->protocol != IPPROTO_TCP) {
		return pm_sum_all(ctx, bytes);
	}
	pseudo = (__u64)ip->saddr + ip->daddr + bpf_htons(ip->protocol) + bpf_htons(l4_bytes);
	return pm_check_of(pseudo);
}

/* Of its header less its pseudo header the addresses and the length are gone. */
static __always_inline int pm_sum_of_inner6(struct xdp_md *ctx, const struct ipv6hdr *ip,
					    const void *end, __u32 bytes)
{
	const struct udphdr *udp = (const void *)(ip + 1);
	const __u16 *words = (const __u16 *)ip;
	__u64 sum;

	if (ip->nexthdr == IPPROTO_UDP) {
		if ((const void *)(udp + 1) > end || !udp->check || udp->len != ip->payload_len)
			return pm_sum_all(ctx, bytes);
	} else if (ip->nexthdr != IPPROTO_TCP && ip->nexthdr != IPPROTO_ICMPV6) {
		return pm_sum_all(ctx, bytes);
	}
	sum = (__u64)words[0] + words[1] + words[3] + (__u16)~bpf_htons(ip->nexthdr);
	return (__u16)~pm_check_of(sum);
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
	int sum;

	if (!server || (void *)(ip + 1) > end)
		return PM_INTERNAL;
	inner.bytes = bpf_ntohs(ip->tot_len);
	inner.tos = ip->tos;
	inner.is_df = !!(ip->frag_off & bpf_htons(PM_IP_DONT_FRAGMENT));
	inner.is_summed = pm_is_summed(server);
	room = server->mtu - pm_tunnel_bytes(server, inner.is_summed);
	if (inner.bytes > room)
		return pm_does_not_fit(room);
	pm_decrement_ttl(ip);
	inner.ttl = ip->ttl;
	if (inner.is_summed) {
		sum = pm_sum_of_inner(ctx, ip, end, inner.bytes);
		if (sum < 0)
			return PM_INTERNAL;
		inner.sum = sum;
	}
	return pm_wrap(ctx, slot, &inner);
}

__noinline int pm_encapsulate6(struct xdp_md *ctx, __u32 slot)
{
	struct pm_server *server = bpf_map_lookup_elem(&pm_servers, &slot);
	void *end = (void *)(long)ctx->data_end;
	struct ipv6hdr *ip = (void *)(long)ctx->data + sizeof(struct ethhdr);
	struct pm_inner inner = { .ether_type = bpf_htons(ETH_P_IPV6), .proto = IPPROTO_IPV6 };
	__u32 room;
	int sum;

	if (!server || (void *)(ip + 1) > end)
		return PM_INTERNAL;
	inner.bytes = bpf_ntohs(ip->payload_len) + sizeof(*ip);
	inner.tos = ip->priority << 4 | ip->flow_lbl[0] >> 4;
	inner.is_df = 1;
	inner.is_summed = pm_is_summed(server);
	room = server->mtu - pm_tunnel_bytes(server, inner.is_summed);
	if (inner.bytes > room)
		return pm_does_not_fit(room);
	ip->hop_limit -= 1;
	inner.ttl = ip->hop_limit;
	if (inner.is_summed) {
		sum = pm_sum_of_inner6(ctx, ip, end, inner.bytes);
		if (sum < 0)
			return PM_INTERNAL;
		inner.sum = sum;
	}
	return pm_wrap(ctx, slot, &inner);
}

#endif
