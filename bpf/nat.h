/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef PM_NAT_H
#define PM_NAT_H

/*
 * Masquerading: the client's packets get the server's address and port, the server's answers those
 * of the virtual service. There is no second entry for the way back: the answer's source names the
 * servers it may be from (pm_backs), each of these a service, and that with the answer's destination
 * the connection.
 */

#define PM_AF_INET 2

/* Where the ports are, and their checksum (NULL: SCTP has another); false: the frame ends before. */
static __always_inline bool pm_transport_of(struct iphdr *ip, void *end, __be16 **ports,
					    __be16 **check)
{
	__u32 header_bytes = ip->ihl * 4;
	struct tcphdr *tcp = (void *)ip + header_bytes;
	struct udphdr *udp = (void *)ip + header_bytes;

	if (header_bytes < sizeof(*ip))
		return false;
	if (ip->protocol == IPPROTO_SCTP) {
		if ((void *)ip + header_bytes + sizeof(struct pm_sctp) > end)
			return false;
		*ports = (void *)ip + header_bytes;
		*check = NULL;
		return true;
	}
	if (ip->protocol == IPPROTO_UDP) {
		if ((void *)(udp + 1) > end)
			return false;
		*ports = (void *)udp;
		*check = (__be16 *)&udp->check;
		return true;
	}
	if ((void *)(tcp + 1) > end)
		return false;
	*ports = (void *)tcp;
	*check = (__be16 *)&tcp->check;
	return true;
}

/* RFC 768: a checksum of zero is none, and one that comes to zero is all ones. */
static __always_inline void pm_replace(__be32 *addr, __be16 *port, __be16 *check, __u8 proto,
				       __be32 new_addr, __be16 new_port)
{
	if (proto != IPPROTO_UDP || *check) {
		*check = pm_checksum_after(*check, *addr, new_addr, *port, new_port);
		if (proto == IPPROTO_UDP && !*check)
			*check = 0xffff;
	}
	*addr = new_addr;
	*port = new_port;
}

/*
 * The same of SCTP, whose checksum is over the ports and all that follows: @bytes in the packet, if it
 * is whole. The address is the caller's.
 */
static __always_inline enum pm_verdict pm_map_sctp(struct pm_sctp *sctp, const void *end,
						   const bool is_target, __be16 new_port,
						   __u32 bytes, bool is_whole)
{
	__be16 *port = &sctp->ports[is_target];
	__u32 change;

	if ((void *)(sctp + 1) > end)
		return PM_INTERNAL;
	change = (__u16)(*port ^ new_port);
	if (!change)
		return PM_CONTINUE;
	if (!is_whole)
		return PM_SCTP_SPLIT;
	*port = new_port;
	sctp->check ^= pm_crc_change(change, bytes - (is_target ? sizeof(*port) : 0));
	return PM_CONTINUE;
}

static __always_inline enum pm_verdict pm_map_sctp4(struct iphdr *ip, const void *end,
						    const bool is_target, __be16 new_port)
{
	__u32 header_bytes = ip->ihl * 4;

	if (header_bytes < sizeof(*ip))
		return PM_INTERNAL;
	return pm_map_sctp((void *)ip + header_bytes, end, is_target, new_port,
			   bpf_ntohs(ip->tot_len) - header_bytes,
			   !(ip->frag_off & bpf_htons(PM_IP_MORE_FRAGMENTS)));
}

/* The client's packet becomes one to the server. */
static __always_inline enum pm_verdict pm_translate(struct iphdr *ip, void *end,
						    const struct pm_server *server)
{
	__be32 rip = server->rip;
	__be16 rport = server->rport;
	__be16 *ports, *check;

	ip->check = pm_checksum_after(ip->check, ip->daddr, rip, 0, 0);
	if (ip->frag_off & bpf_htons(PM_IP_OFFSET)) {
		ip->daddr = rip;
		return PM_CONTINUE;
	}
	if (!pm_transport_of(ip, end, &ports, &check))
		return PM_INTERNAL;
	if (!rport)
		rport = ports[1];
	if (!check) {
		ip->daddr = rip;
		return pm_map_sctp4(ip, end, true, rport);
	}
	pm_replace(&ip->daddr, &ports[1], check, ip->protocol, rip, rport);
	return PM_CONTINUE;
}

/*
 * Where the client of the answer in pm_scratch wanted to go; false: it is not known. Not static: has
 * registers of its own.
 */
__noinline int pm_recall_origin(__u32 family)
{
	struct pm_connection_wish *wish = pm_wish();
	struct pm_origin *origin;

	if (!wish)
		return 0;
	origin = bpf_map_lookup_elem(&pm_origins, &wish->asked);
	if (!origin)
		return 0;
	wish->origin = *origin;
	wish->packet.daddr = family == PM_V6 ? pm_folded(&wish->origin.vip) :
					       wish->origin.vip.words[3];
	wish->packet.dport = wish->origin.vport;
	return 1;
}

/*
 * Is the packet in pm_scratch, whose source is the client of a connection, one of this server's? If
 * so its connection moves on. Not static: verified once, not in each turn of the loop.
 */
__noinline int pm_answers(__u32 slot)
{
	struct pm_connection_wish *wish = pm_wish();
	struct pm_server *server = bpf_map_lookup_elem(&pm_servers, &slot);
	struct pm_packet *packet;
	struct pm_bucket *bucket;
	struct pm_flow *flow;

	if (!wish || !server)
		return 0;
	packet = &wish->packet;
	packet->daddr = server->vip;
	/* Of all ports the server has the client's own. */
	packet->dport = server->vport ?: wish->asked.server_port;
	if (pm_is_guised(server)) {
		if (!pm_unmask(slot))
			return 0;
	} else if (pm_is_marked(server)) {
		wish->asked.server = slot;
		if (!pm_recall_origin(packet->family))
			return 0;
	}
	pm_hash(packet);
	bucket = pm_bucket_of(packet);
	if (!bucket)
		return 0;
	flow = pm_flow_find(bucket, packet);
	if (!flow || flow->server != slot)
		return 0;
	packet->is_moved = pm_flow_advance(flow, packet);
	return 1;
}

/* The slot of the server that the packet in pm_scratch answers for, beginning with @slot; or 0. */
__noinline __u32 pm_answering(__u32 slot)
{
	for (__u32 i = 0; i < PM_BACKS_MAX; i++) {
		struct pm_server *server;

		if (pm_answers(slot))
			return slot;
		server = bpf_map_lookup_elem(&pm_servers, &slot);
		if (!server || !server->next_back)
			break;
		slot = server->next_back;
	}
	return 0;
}

/* The same of all records that answer from that place. */
static __always_inline __u32 pm_answering_at(const struct pm_service_key *key)
{
	__u32 *first = bpf_map_lookup_elem(&pm_backs, key);

	return first ? pm_answering(*first) : 0;
}

/* answer_tell.h */
int pm_refuse_answer(struct xdp_md *ctx, __u32 room);
int pm_refuse_answer6(struct xdp_md *ctx, __u32 room);

/*
 * Sends the answer where the kernel would route it, else where the client's first packet came from:
 * the stack, which nothing passes through, may not know that neighbour, or not be a router. Not static:
 * its look-up of a route wants a stack of its own.
 */
__noinline int pm_send_answer(struct xdp_md *ctx)
{
	struct ethhdr *eth = (void *)(long)ctx->data;
	struct iphdr *ip = (void *)(eth + 1);
	struct bpf_fib_lookup route = {};
	struct pm_address client;
	struct pm_way *way;
	__u32 ifindex;
	long found;

	if ((void *)(ip + 1) > (void *)(long)ctx->data_end)
		return PM_INTERNAL;
	route.family = PM_AF_INET;
	route.tos = ip->tos;
	route.l4_protocol = ip->protocol;
	route.tot_len = bpf_ntohs(ip->tot_len);
	route.ipv4_src = ip->saddr;
	route.ipv4_dst = ip->daddr;
	route.ifindex = ctx->ingress_ifindex;
	client = pm_address_of(ip->daddr);
	found = bpf_fib_lookup(ctx, &route, sizeof(route), 0);
	if (found == BPF_FIB_LKUP_RET_SUCCESS) {
		__builtin_memcpy(eth->h_dest, route.dmac, sizeof(eth->h_dest));
		__builtin_memcpy(eth->h_source, route.smac, sizeof(eth->h_source));
		ifindex = route.ifindex;
	} else if (found == BPF_FIB_LKUP_RET_NO_NEIGH ||
		   found == BPF_FIB_LKUP_RET_FWD_DISABLED ||
		   found == BPF_FIB_LKUP_RET_NOT_FWDED) {
		way = bpf_map_lookup_elem(&pm_ways, &client);
		if (!way)
			return found == BPF_FIB_LKUP_RET_NO_NEIGH ? PM_ANSWER_PASSED :
								    PM_ANSWER_UNROUTED;
		__builtin_memcpy(eth->h_dest, way->target_mac, sizeof(eth->h_dest));
		__builtin_memcpy(eth->h_source, way->source_mac, sizeof(eth->h_source));
		ifindex = way->ifindex;
	} else if (found == BPF_FIB_LKUP_RET_FRAG_NEEDED) {
		/* What fits stands in the place of the packet's length (mtu_result, 5.12). */
		return pm_refuse_answer(ctx, route.tot_len);
	} else {
		return PM_ANSWER_UNROUTED;
	}

	pm_decrement_ttl(ip);
	if (ifindex == ctx->ingress_ifindex)
		return PM_ANSWER_FORWARDED;
	return pm_redirect_answer(ctx, ifindex);
}

/*
 * Whose answer the packet in pm_scratch is, if it is one: its server in @found. Its source is the
 * connection's client; @key is the place it comes from, @ttl how far it may go.
 */
static __always_inline enum pm_verdict pm_find_answering(struct pm_packet *packet,
							 struct pm_service_key *key, __u8 ttl,
							 struct pm_server **found)
{
	struct pm_server *server;
	__u32 slot = pm_answering_at(key);

	if (!slot) {
		/* Of a service by a mark, with a port of the server's own, or the client's. */
		key->proto = PM_MARK_PROTO;
		slot = pm_answering_at(key);
	}
	if (!slot && key->port) {
		key->port = 0;
		slot = pm_answering_at(key);
		if (!slot) {
			/* Of a service of all ports. */
			key->proto = packet->proto;
			slot = pm_answering_at(key);
		}
	}
	if (!slot)
		return PM_NOT_VIP;
	/* Not where it moved: there the stack is full. */
	if (packet->is_moved)
		pm_replay(slot);
	server = bpf_map_lookup_elem(&pm_servers, &slot);
	if (!server)
		return PM_INTERNAL;
	if ((server->owner_flags & PM_OWNER_NEEDS_LEASE) &&
	    !pm_lease_holds(server->lease, server->owner_flags))
		return PM_NOT_ARMED;
	if (ttl <= 1)
		return PM_ANSWER_EXPIRED;
	pm_count_answer(slot, packet->bytes);
	packet->server = slot;
	*found = server;
	return PM_CONTINUE;
}

/*
 * The source of an answer's later fragment in pm_scratch is a server by NAT: which. @ttl is how far
 * it may go, @bytes its length.
 */
static __always_inline enum pm_verdict pm_find_following(__u8 ttl, __u32 bytes,
							 struct pm_server **found)
{
	struct pm_connection_wish *wish = pm_wish();
	struct pm_server *server;
	__u32 slot;

	if (!wish || pm_fragment_server() != PM_CONTINUE)
		return PM_NOT_VIP;
	slot = wish->packet.server;
	server = bpf_map_lookup_elem(&pm_servers, &slot);
	if (!server)
		return PM_INTERNAL;
	if ((server->owner_flags & PM_OWNER_NEEDS_LEASE) &&
	    !pm_lease_holds(server->lease, server->owner_flags))
		return PM_NOT_ARMED;
	if (ttl <= 1)
		return PM_ANSWER_EXPIRED;
	pm_count_answer(slot, bytes);
	pm_count(PM_NOTE_FRAGMENT_FOLLOWED);
	*found = server;
	return PM_CONTINUE;
}

/* Whom pm_recall_origin is to ask for. */
static __always_inline void pm_ask_origin(struct pm_connection_wish *wish,
					  const struct pm_service_key *key, struct pm_address client)
{
	wish->asked.client = client;
	wish->asked.client_port = wish->packet.sport;
	wish->asked.server_port = key->port;
	wish->asked.proto = key->proto;
	wish->asked.pad = 0;
}

static __always_inline enum pm_verdict pm_find_answering4(const struct iphdr *ip,
							  struct pm_service_key *key, __be32 client,
							  __be16 client_port, __u8 event,
							  struct pm_server **found)
{
	struct pm_connection_wish *wish = pm_wish();

	if (!wish)
		return PM_INTERNAL;
	wish->packet = (struct pm_packet){
		.saddr = client,
		.sport = client_port,
		.proto = key->proto,
		.event = PM_EVENT_OUTPUT + event,
		.bytes = bpf_ntohs(ip->tot_len),
		.now = (__u32)bpf_jiffies64(),
	};
	pm_ask_origin(wish, key, pm_address_of(client));
	return pm_find_answering(&wish->packet, key, ip->ttl, found);
}

/*
 * An error about a client's packet, as a server's that has no listener at a UDP port, or of a router on the
 * way there that the packet is too large for. Whose it is tells what is quoted; it goes on from the
 * virtual address, as with IPVS. What is left to do is to send it.
 */
__noinline int pm_answer_error(struct xdp_md *ctx)
{
	void *end = (void *)(long)ctx->data_end;
	struct iphdr *ip = (void *)(long)ctx->data + sizeof(struct ethhdr);
	struct pm_connection_wish *wish;
	struct pm_server *server = NULL;
	struct pm_service_key key = {};
	struct pm_quoted quoted;
	enum pm_verdict verdict;

	if ((void *)(ip + 1) > end || !pm_quoted_in(ip, end, &quoted) ||
	    quoted.ip->saddr != ip->daddr || !pm_may_answer(quoted.ip->daddr))
		return PM_NOT_VIP;
	key.addr = quoted.ip->daddr;
	key.port = quoted.ports[1];
	key.proto = quoted.ip->protocol;
	verdict = pm_find_answering4(ip, &key, quoted.ip->saddr, quoted.ports[0], PM_EVENT_NOTHING,
				     &server);
	if (verdict != PM_CONTINUE)
		return verdict;
	if (!server)
		return PM_INTERNAL;
	wish = pm_wish();
	if (!wish)
		return PM_INTERNAL;
	pm_replace_quoted(&quoted, &quoted.ip->daddr, &quoted.ports[1], wish->packet.daddr,
			  wish->packet.dport);
	ip->check = pm_checksum_after(ip->check, ip->saddr, wish->packet.daddr, 0, 0);
	ip->saddr = wish->packet.daddr;
	if (pm_is_guised(server)) {
		pm_replace_quoted(&quoted, &quoted.ip->saddr, &quoted.ports[0], wish->packet.saddr,
				  wish->packet.sport);
		ip->check = pm_checksum_after(ip->check, ip->daddr, wish->packet.saddr, 0, 0);
		ip->daddr = wish->packet.saddr;
	}
	return PM_CONTINUE;
}

/* The other fragments of the answer in pm_scratch go after this one. */
static __always_inline void pm_answer_note(const struct iphdr *ip)
{
	struct pm_connection_wish *wish = pm_wish();

	if (!wish)
		return;
	pm_fragment_of(ip, &wish->fragment);
	pm_fragment_note(wish->packet.server);
}

/* A later fragment of an answer. What is left to do is to send it. */
__noinline int pm_answer_fragment(struct xdp_md *ctx)
{
	void *end = (void *)(long)ctx->data_end;
	struct iphdr *ip = (void *)(long)ctx->data + sizeof(struct ethhdr);
	struct pm_connection_wish *wish = pm_wish();
	struct pm_server *server = NULL;
	enum pm_verdict verdict;
	__be32 vip;

	if (!wish || (void *)(ip + 1) > end)
		return PM_INTERNAL;
	pm_fragment_of(ip, &wish->fragment);
	verdict = pm_find_following(ip->ttl, bpf_ntohs(ip->tot_len), &server);
	if (verdict != PM_CONTINUE)
		return verdict;
	if (!server)
		return PM_INTERNAL;
	if (pm_is_guised(server)) {
		__be32 client;

		verdict = pm_guise_known();
		if (verdict == PM_CONTINUE)
			verdict = pm_wearer_known();
		if (verdict != PM_CONTINUE)
			return verdict;
		client = wish->wearer.client.words[3];
		ip->check = pm_checksum_after(ip->check, ip->daddr, client, 0, 0);
		ip->daddr = client;
	}
	vip = pm_is_marked(server) ? wish->origin.vip.words[3] : server->vip;
	ip->check = pm_checksum_after(ip->check, ip->saddr, vip, 0, 0);
	ip->saddr = vip;
	return PM_CONTINUE;
}

/* A packet to no VIP: its source may be a server that is reached by NAT, or it an error about a packet to one. */
__noinline int pm_answer(struct xdp_md *ctx)
{
	void *end = (void *)(long)ctx->data_end;
	struct iphdr *ip = (void *)(long)ctx->data + sizeof(struct ethhdr);
	struct pm_server *server = NULL;
	struct pm_connection_wish *wish;
	struct pm_service_key key = {};
	__be16 *ports, *check;
	enum pm_verdict verdict;
	__u8 event;

	if ((void *)(ip + 1) > end || ip->version != 4 ||
	    (!pm_may_answer(ip->saddr) && ip->protocol != IPPROTO_ICMP))
		return PM_NOT_VIP;
	if (ip->frag_off & bpf_htons(PM_IP_OFFSET)) {
		verdict = pm_answer_fragment(ctx);
		return verdict == PM_CONTINUE ? pm_send_answer(ctx) : verdict;
	}
	if (ip->protocol == IPPROTO_ICMP) {
		verdict = pm_answer_error(ctx);
		return verdict == PM_CONTINUE ? pm_send_answer(ctx) : verdict;
	}
	if (!pm_is_balanced(ip->protocol))
		return PM_NOT_VIP;
	if (!pm_transport_of(ip, end, &ports, &check))
		return PM_NOT_VIP;
	event = ip->protocol == IPPROTO_UDP  ? PM_EVENT_DATAGRAM :
		ip->protocol == IPPROTO_SCTP ? pm_sctp_event((void *)ports, end) :
					       pm_event_of((void *)ports);
	key.addr = ip->saddr;
	key.port = ports[0];
	key.proto = ip->protocol;
	verdict = pm_find_answering4(ip, &key, ip->daddr, ports[1], event, &server);
	if (verdict != PM_CONTINUE)
		return verdict;
	if (!server)
		return PM_INTERNAL;
	if (ip->frag_off & bpf_htons(PM_IP_MORE_FRAGMENTS))
		pm_answer_note(ip);
	wish = pm_wish();
	if (!wish)
		return PM_INTERNAL;
	ip->check = pm_checksum_after(ip->check, ip->saddr, wish->packet.daddr, 0, 0);
	if (!check) {
		ip->saddr = wish->packet.daddr;
		verdict = pm_map_sctp4(ip, end, false, wish->packet.dport);
		return verdict == PM_CONTINUE ? pm_send_answer(ctx) : verdict;
	}
	pm_replace(&ip->saddr, &ports[0], check, ip->protocol, wish->packet.daddr,
		   wish->packet.dport);
	if (pm_is_guised(server)) {
		ip->check = pm_checksum_after(ip->check, ip->daddr, wish->packet.saddr, 0, 0);
		pm_replace(&ip->daddr, &ports[1], check, ip->protocol, wish->packet.saddr,
			   wish->packet.sport);
	}
	return pm_send_answer(ctx);
}

#endif
