/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef PM_NAT6_H
#define PM_NAT6_H

/* What nat.h is for IPv4; the ports are wherever the extension headers end. */

#define PM_AF_INET6 10

/* What that number stands for; NULL: nothing. */
static __always_inline const struct pm_address *pm_address_at(__be32 number)
{
	__u32 at = bpf_ntohl(number);

	return bpf_map_lookup_elem(&pm_addresses, &at);
}

/* pm_replace6 of SCTP. */
static __always_inline enum pm_verdict pm_replace_sctp6(struct xdp_md *ctx, __u32 ports_at,
							struct ipv6hdr *ip, struct in6_addr *addr,
							const struct pm_address *new_addr,
							const bool is_target, __be16 new_port,
							bool is_whole)
{
	void *end = (void *)(long)ctx->data_end, *data = (void *)(long)ctx->data;

	if (ports_at > 2 * PM_IP6_REACH)
		return PM_INTERNAL;
	__builtin_memcpy(addr, new_addr, sizeof(*addr));
	return pm_map_sctp(data + ports_at, end, is_target, new_port,
			   bpf_ntohs(ip->payload_len) + sizeof(*ip) + sizeof(struct ethhdr) - ports_at,
			   is_whole);
}

/*
 * Replaces an address and one of the ports @ports_at bytes into the frame, the second if @is_target.
 * False: the frame ends before.
 */
static __always_inline bool pm_replace6(struct xdp_md *ctx, __u32 ports_at, __u8 proto,
					struct in6_addr *addr, const struct pm_address *new_addr,
					bool is_target, __be16 new_port)
{
	void *end = (void *)(long)ctx->data_end, *data = (void *)(long)ctx->data;
	struct tcphdr *tcp;
	struct udphdr *udp;
	__be16 *port;
	__u16 *check;

	if (ports_at > 2 * PM_IP6_REACH)
		return false;
	tcp = data + ports_at;
	udp = data + ports_at;
	if ((void *)(udp + 1) > end)
		return false;
	port = is_target ? &udp->dest : &udp->source;
	if (proto == IPPROTO_TCP) {
		if ((void *)(tcp + 1) > end)
			return false;
		check = &tcp->check;
	} else {
		check = &udp->check;
	}
	/* RFC 6936: of UDP a checksum of zero may be none here, too. */
	if (proto != IPPROTO_UDP || *check) {
		*check = pm_checksum_after6(*check, (void *)addr, new_addr->words, *port, new_port);
		if (proto == IPPROTO_UDP && !*check)
			*check = 0xffff;
	}
	__builtin_memcpy(addr, new_addr, sizeof(*addr));
	*port = new_port;
	return true;
}

/* The client's packet in pm_scratch becomes one to the server. */
static __always_inline enum pm_verdict pm_translate6(struct xdp_md *ctx, struct ipv6hdr *ip,
						     const struct pm_server *server)
{
	const struct pm_connection_wish *wish = pm_wish();
	const struct pm_address *rip = pm_address_at(server->rip);

	if (!wish || !rip)
		return PM_INTERNAL;
	if (wish->packet.proto == IPPROTO_SCTP)
		return pm_replace_sctp6(ctx, wish->packet.ports_at, ip, &ip->daddr, rip, true,
					server->rport ?: wish->packet.dport, !wish->packet.is_first_fragment);
	return pm_replace6(ctx, wish->packet.ports_at, wish->packet.proto, &ip->daddr, rip, true,
			   server->rport ?: wish->packet.dport) ? PM_CONTINUE : PM_INTERNAL;
}

/*
 * Replaces an address and a port in what is quoted, and the same address of the error itself: its
 * checksum is over that one, too.
 */
static __always_inline void pm_replace_quoted6(struct pm_quoted6 *quoted, struct in6_addr *inner,
					       __be16 *port, struct in6_addr *outer,
					       const struct pm_address *new_addr, __be16 new_port)
{
	__u16 check = quoted->icmp->check;

	check = pm_checksum_after6(check, (void *)inner, new_addr->words, *port, new_port);
	quoted->icmp->check = pm_checksum_after6(check, (void *)outer, new_addr->words, 0, 0);
	__builtin_memcpy(inner, new_addr, sizeof(*inner));
	__builtin_memcpy(outer, new_addr, sizeof(*outer));
	*port = new_port;
}

static __always_inline enum pm_verdict
pm_find_answering6(const struct ipv6hdr *ip, const struct in6_addr *from, __be16 port,
		   const struct in6_addr *client, __be16 client_port, __u8 proto, __u8 event,
		   struct pm_server **found)
{
	struct pm_connection_wish *wish = pm_wish();
	struct pm_service_key key = {};
	__u32 *number;

	if (!wish)
		return PM_INTERNAL;
	__builtin_memcpy(&wish->target, from, sizeof(wish->target));
	number = bpf_map_lookup_elem(&pm_numbers, &wish->target);
	if (!number)
		return PM_NOT_VIP;
	key.addr = *number;
	key.port = port;
	key.proto = proto;
	key.family = PM_V6;
	wish->packet = (struct pm_packet){
		.sport = client_port,
		.proto = proto,
		.event = PM_EVENT_OUTPUT + event,
		.bytes = bpf_ntohs(ip->payload_len) + sizeof(*ip),
		.now = (__u32)bpf_jiffies64(),
	};
	pm_name6(wish, client, 0);
	pm_ask_origin(wish, &key, wish->client);
	return pm_find_answering(&wish->packet, &key, ip->hop_limit, found);
}

/* What the client of the answer in pm_scratch, which @server sent, has asked for. */
static __always_inline const struct pm_address *pm_vip_of6(const struct pm_server *server)
{
	struct pm_connection_wish *wish = pm_wish();

	if (!wish)
		return NULL;
	/* "pointer arithmetic on map_value_or_null" without (5.10). */
	barrier_var(wish);
	return pm_is_marked(server) ? &wish->origin.vip : pm_address_at(server->vip);
}

static __always_inline __be16 pm_vport_of6(const struct pm_server *server)
{
	struct pm_connection_wish *wish = pm_wish();

	if (!wish)
		return server->vport;
	barrier_var(wish);
	return wish->packet.dport;
}

/* An error about a client's packet; see pm_answer_error. What is left to do is to send it. */
__noinline int pm_answer_error6(struct xdp_md *ctx)
{
	struct ipv6hdr *ip;
	const struct pm_address *vip;
	struct pm_server *server = NULL;
	struct pm_quoted6 quoted;
	enum pm_verdict verdict;

	if (!pm_quoted_in6(ctx, &quoted))
		return PM_NOT_VIP;
	ip = (void *)(long)ctx->data + sizeof(struct ethhdr);
	if ((void *)(ip + 1) > (void *)(long)ctx->data_end ||
	    !pm_is_same(&quoted.ip->saddr, &ip->daddr) ||
	    !pm_may_answer(pm_folded((void *)&quoted.ip->daddr)))
		return PM_NOT_VIP;
	verdict = pm_find_answering6(ip, &quoted.ip->daddr, quoted.ports[1], &ip->daddr, quoted.ports[0],
				     quoted.proto, PM_EVENT_NOTHING, &server);
	if (verdict != PM_CONTINUE)
		return verdict;
	vip = server ? pm_vip_of6(server) : NULL;
	if (!vip)
		return PM_INTERNAL;
	pm_replace_quoted6(&quoted, &quoted.ip->daddr, &quoted.ports[1], &ip->saddr, vip,
			   pm_vport_of6(server));
	if (pm_is_guised(server)) {
		struct pm_connection_wish *wish = pm_wish();

		if (!wish)
			return PM_INTERNAL;
		pm_replace_quoted6(&quoted, &quoted.ip->saddr, &quoted.ports[0], &ip->daddr,
				   &wish->client, wish->packet.sport);
	}
	return PM_CONTINUE;
}

/* See pm_send_answer. */
__noinline int pm_send_answer6(struct xdp_md *ctx)
{
	struct ethhdr *eth = (void *)(long)ctx->data;
	struct ipv6hdr *ip = (void *)(eth + 1);
	struct bpf_fib_lookup route = {};
	struct pm_connection_wish *wish = pm_wish();
	struct pm_way *way;
	__u32 ifindex;
	long found;

	if (!wish || (void *)(ip + 1) > (void *)(long)ctx->data_end)
		return PM_INTERNAL;
	route.family = PM_AF_INET6;
	route.l4_protocol = ip->nexthdr;
	route.tot_len = bpf_ntohs(ip->payload_len) + sizeof(*ip);
	route.ifindex = ctx->ingress_ifindex;
	__builtin_memcpy(route.ipv6_src, &ip->saddr, sizeof(route.ipv6_src));
	__builtin_memcpy(route.ipv6_dst, &ip->daddr, sizeof(route.ipv6_dst));
	found = bpf_fib_lookup(ctx, &route, sizeof(route), 0);
	if (found == BPF_FIB_LKUP_RET_SUCCESS) {
		__builtin_memcpy(eth->h_dest, route.dmac, sizeof(eth->h_dest));
		__builtin_memcpy(eth->h_source, route.smac, sizeof(eth->h_source));
		ifindex = route.ifindex;
	} else if (found == BPF_FIB_LKUP_RET_NO_NEIGH ||
		   found == BPF_FIB_LKUP_RET_FWD_DISABLED ||
		   found == BPF_FIB_LKUP_RET_NOT_FWDED) {
		way = bpf_map_lookup_elem(&pm_ways, &wish->client);
		if (!way)
			return found == BPF_FIB_LKUP_RET_NO_NEIGH ? PM_ANSWER_PASSED :
								    PM_ANSWER_UNROUTED;
		__builtin_memcpy(eth->h_dest, way->target_mac, sizeof(eth->h_dest));
		__builtin_memcpy(eth->h_source, way->source_mac, sizeof(eth->h_source));
		ifindex = way->ifindex;
	} else if (found == BPF_FIB_LKUP_RET_FRAG_NEEDED) {
		return pm_refuse_answer6(ctx, route.tot_len);
	} else {
		return PM_ANSWER_UNROUTED;
	}
	ip->hop_limit -= 1;
	if (ifindex == ctx->ingress_ifindex)
		return PM_ANSWER_FORWARDED;
	return pm_redirect_answer(ctx, ifindex);
}

static __always_inline void pm_note_ports_at(__u32 ports_at)
{
	struct pm_connection_wish *wish = pm_wish();

	if (wish)
		wish->packet.ports_at = ports_at;
}

static __always_inline void pm_answer_note6(const struct ipv6hdr *ip)
{
	struct pm_connection_wish *wish = pm_wish();

	if (!wish)
		return;
	pm_fragment_of6(ip, &wish->fragment);
	pm_fragment_note(wish->packet.server);
}

/* A later fragment of an answer. What is left to do is to send it. */
static __always_inline enum pm_verdict pm_answer_fragment6(struct xdp_md *ctx)
{
	void *end = (void *)(long)ctx->data_end;
	struct ipv6hdr *ip = (void *)(long)ctx->data + sizeof(struct ethhdr);
	struct pm_connection_wish *wish = pm_wish();
	struct pm_server *server = NULL;
	const struct pm_address *vip;
	enum pm_verdict verdict;

	if (!wish || (void *)(ip + 1) > end)
		return PM_INTERNAL;
	pm_fragment_of6(ip, &wish->fragment);
	verdict = pm_find_following(ip->hop_limit, bpf_ntohs(ip->payload_len) + sizeof(*ip), &server);
	if (verdict != PM_CONTINUE)
		return verdict;
	if (!server)
		return PM_INTERNAL;
	/* For pm_send_answer6, and pm_refuse_answer6. */
	wish->client = wish->fragment.target;
	wish->packet.ports_at = 0;
	if (pm_is_guised(server)) {
		verdict = pm_guise_known();
		if (verdict == PM_CONTINUE)
			verdict = pm_wearer_known();
		if (verdict != PM_CONTINUE)
			return verdict;
		wish->client = wish->wearer.client;
		__builtin_memcpy(&ip->daddr, &wish->client, sizeof(ip->daddr));
	}
	vip = pm_vip_of6(server);
	if (!vip)
		return PM_INTERNAL;
	__builtin_memcpy(&ip->saddr, vip, sizeof(ip->saddr));
	return PM_CONTINUE;
}

/* The answer of a server by full NAT, whose source is the VIP by now, goes to the wearer of its target. */
static __always_inline enum pm_verdict pm_answer_guised6(struct xdp_md *ctx, __u32 ports_at, __u8 proto)
{
	struct ipv6hdr *ip = (void *)(long)ctx->data + sizeof(struct ethhdr);
	struct pm_connection_wish *wish = pm_wish();

	if (!wish || (void *)(ip + 1) > (void *)(long)ctx->data_end)
		return PM_INTERNAL;
	return pm_replace6(ctx, ports_at, proto, &ip->daddr, &wish->client, true,
			   wish->packet.sport) ?
		       PM_CONTINUE :
		       PM_INTERNAL;
}

/*
 * A packet to no VIP whose source may be a server that is reached by NAT; @upper is what pm_upper_layer
 * says of it. PM_CONTINUE: send it.
 */
__noinline int pm_answer6(struct xdp_md *ctx, __u32 upper)
{
	__u32 ports_at = (upper & PM_UPPER_OFFSET) + sizeof(struct ethhdr);
	struct pm_server *server = NULL;
	const struct pm_address *vip;
	enum pm_verdict verdict;
	struct ipv6hdr *ip;
	struct tcphdr *tcp;
	struct udphdr *udp;
	struct pm_sctp *sctp;
	void *end, *data;
	__u8 proto = upper >> PM_UPPER_PROTO_AT, event = PM_EVENT_DATAGRAM;

	if (upper & PM_UPPER_FRAGMENT)
		return pm_answer_fragment6(ctx);
	/* A sum of its own, or what is bounded is a number that no pointer is made of (5.10). */
	barrier_var(ports_at);
	if (!pm_is_balanced(proto) || ports_at > 2 * PM_IP6_REACH)
		return PM_NOT_VIP;
	data = (void *)(long)ctx->data;
	end = (void *)(long)ctx->data_end;
	ip = data + sizeof(struct ethhdr);
	tcp = data + ports_at;
	udp = data + ports_at;
	if ((void *)(ip + 1) > end || (void *)(udp + 1) > end)
		return PM_NOT_VIP;
	if (proto == IPPROTO_TCP) {
		if ((void *)(tcp + 1) > end)
			return PM_NOT_VIP;
		event = pm_event_of(tcp);
	} else if (proto == IPPROTO_SCTP) {
		sctp = data + ports_at;
		if ((void *)(sctp + 1) > end)
			return PM_NOT_VIP;
		event = pm_sctp_event(sctp, end);
	}
	verdict = pm_find_answering6(ip, &ip->saddr, udp->source, &ip->daddr, udp->dest, proto, event,
				     &server);
	if (verdict != PM_CONTINUE)
		return verdict;
	vip = server ? pm_vip_of6(server) : NULL;
	if (!vip)
		return PM_INTERNAL;
	/* For pm_refuse_answer6. */
	pm_note_ports_at(ports_at);
	if (upper & PM_UPPER_FIRST_FRAGMENT)
		pm_answer_note6(ip);
	if (proto == IPPROTO_SCTP)
		return pm_replace_sctp6(ctx, ports_at, ip, &ip->saddr, vip, false,
					pm_vport_of6(server), !(upper & PM_UPPER_FIRST_FRAGMENT));
	if (!pm_replace6(ctx, ports_at, proto, &ip->saddr, vip, false, pm_vport_of6(server)))
		return PM_INTERNAL;
	return pm_is_guised(server) ? pm_answer_guised6(ctx, ports_at, proto) : PM_CONTINUE;
}

#endif
