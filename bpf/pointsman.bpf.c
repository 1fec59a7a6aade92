/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#include <stdbool.h>
#include <stddef.h>
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/pkt_cls.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "verdict.h"
#include "numbers.h"
#include "types.h"
#include "scratch.h"
#include "maps.h"
#include "hash.h"
#include "sctp.h"
#include "parse.h"
#include "own.h"
#include "tcp_state.h"
#include "fragment.h"
#include "ip6.h"
#include "arp.h"
#include "nd.h"
#include "load.h"
#include "template.h"
#include "sip.h"
#include "flow.h"
#include "guise.h"
#include "sweep.h"
#include "pick.h"
#include "tree.h"
#include "checksum.h"
#include "crc32c.h"
#include "road.h"
#include "connect.h"
#include "tag.h"
#include "icmp.h"
#include "icmp6.h"
#include "nat.h"
#include "nat6.h"
#include "road6.h"
#include "rewrite.h"
#include "road_out.h"
#include "follow.h"
#include "control.h"
#include "arrival.h"
#include "guard.h"

const volatile union pm_exported pm_exported;

/* Both headers are known to be in the frame. */
static __always_inline __u8 pm_ttl_of(const struct pm_packet *packet, const struct ethhdr *eth)
{
	return packet->family == PM_V6 ? ((const struct ipv6hdr *)(eth + 1))->hop_limit :
					 ((const struct iphdr *)(eth + 1))->ttl;
}

/*
 * The way of a packet without a usable entry; @gone is the server that its entry names if that may
 * be replaced, or 0.
 */
static __always_inline enum pm_verdict pm_connect_packet(struct xdp_md *ctx,
							 struct pm_packet *packet,
							 const struct ethhdr *eth, __u32 gone,
							 struct pm_server **found)
{
	struct pm_connection_wish *wish = pm_wish();
	enum pm_verdict verdict;
	__u32 slot;

	if (!wish)
		return PM_INTERNAL;
	/* Before a server is chosen, or refused: by counts that are right. */
	if (pm_is_late())
		pm_sweep_late();
	packet->server = 0;
	wish->packet = *packet;
	wish->packet.ttl = pm_ttl_of(packet, eth);
	pm_way_of(ctx, eth, &wish->way);
	verdict = pm_connect(ctx, gone);
	if (verdict != PM_CONTINUE)
		return verdict;
	slot = wish->packet.server;
	packet->server = slot;
	*found = bpf_map_lookup_elem(&pm_servers, &slot);
	return *found ? PM_CONTINUE : PM_INTERNAL;
}

/* IPVS with expire_nodest_conn: a quiesced server's old client, unless bound to it, is scheduled anew. */
static __always_inline bool pm_is_left(const struct pm_server *server, const struct pm_flow *flow)
{
	return server->rules & PM_RULE_EXPIRE_NODEST && !server->weight &&
	       !(flow->flags & PM_FLOW_TEMPLATE);
}

/*
 * Finds the packet's server, by its connection, else by its service: its slot in the packet, its
 * record in @found. Keys of look-ups are variables of their own: a packet whose address is told to
 * a helper cannot live in registers.
 */
static __always_inline enum pm_verdict pm_find_server(struct xdp_md *ctx, struct pm_packet *packet,
						      const struct pm_address *client,
						      struct pm_bucket *bucket,
						      const struct ethhdr *eth,
						      struct pm_server **found)
{
	struct pm_server *server;
	enum pm_verdict verdict;
	struct pm_flow *flow;
	__u32 slot;

	flow = pm_flow_find(bucket, packet);
	if (!flow)
		goto unknown;
	slot = flow->server;
	barrier();
	/* Another CPU may have given the place away meanwhile. */
	if (!slot || !pm_flow_has_key(flow, packet))
		goto unknown;
	server = bpf_map_lookup_elem(&pm_servers, &slot);
	if (!server || !pm_serves(server, packet))
		goto unknown;
	verdict = pm_may_balance(packet, client, eth->h_source, pm_ttl_of(packet, eth),
				 server->owner_flags, server->lease);
	if (verdict != PM_CONTINUE)
		return verdict;

	if (packet->event == PM_EVENT_SYN) {
		if (!(server->flags & PM_SERVER_UP) || pm_is_left(server, flow))
			goto gone;
		/* A client that is bound to a server goes on where it was, as by IPVS. */
		if (!(flow->flags & PM_FLOW_TEMPLATE) &&
		    pm_is_reused(server->rules, flow->state, server->flags & PM_SERVER_NAT))
			goto unknown;
		if (packet->proto == IPPROTO_SCTP && server->flags & PM_SERVER_NAT)
			packet->event += PM_EVENT_INPUT;
	} else if ((server->flags & (PM_SERVER_UP | PM_SERVER_NAT)) != PM_SERVER_UP) {
		if (!(server->flags & PM_SERVER_UP)) {
			if (packet->event == PM_EVENT_DATAGRAM)
				goto gone;
			if (!(server->rules & PM_RULE_EXPIRE_NODEST))
				return PM_SERVER_GONE;
			flow->expiry = packet->now;
			return PM_NO_CONNECTION;
		}
		/* A SYN of TCP means the same with its answer seen or not. */
		packet->event += PM_EVENT_INPUT;
		if (flow->flags & PM_FLOW_TOLD) {
			flow->flags &= ~PM_FLOW_TOLD;
			pm_meet(ctx);
		}
	}

	if (pm_flow_advance(flow, packet))
		pm_replay(slot);
	packet->server = slot;
	*found = server;
	return PM_CONTINUE;

unknown:
	return pm_connect_packet(ctx, packet, eth, 0, found);
gone:
	return pm_connect_packet(ctx, packet, eth, slot, found);
}

/* What is left to do when a packet is parsed. */
static __always_inline enum pm_verdict pm_balance(struct xdp_md *ctx, struct ethhdr *eth,
						  struct iphdr *ip, struct pm_packet *packet,
						  const struct pm_address *client,
						  struct pm_bucket *bucket,
						  const bool may_be_fragment)
{
	struct pm_server *server = NULL;
	enum pm_verdict verdict;

	packet->now = (__u32)bpf_jiffies64();
	verdict = pm_find_server(ctx, packet, client, bucket, eth, &server);
	if (may_be_fragment && packet->is_first_fragment)
		pm_fragment_note_verdict(packet, verdict);
	if (verdict != PM_CONTINUE)
		return verdict;
	if (!server)
		return PM_INTERNAL;
	pm_count_packet(packet->server, packet->bytes);
	return pm_forward(ctx, eth, ip, server, packet->server, packet->bytes);
}

/*
 * ICMP to a VIP: an error goes to the server whose answer it speaks of, anything else is the stack's.
 * The connection neither moves nor is prolonged by what anybody can send.
 */
__noinline int pm_error(struct xdp_md *ctx)
{
	void *end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = (void *)(long)ctx->data;
	struct iphdr *ip = (void *)(eth + 1);
	struct pm_connection_wish *wish = pm_wish();
	struct pm_packet *packet;
	struct pm_quoted quoted;
	struct pm_server *server;
	struct pm_bucket *bucket;
	enum pm_verdict verdict;
	struct pm_flow *flow;
	__u32 slot;

	if (!wish || (void *)(ip + 1) > end)
		return PM_INTERNAL;
	if (pm_judge_ip(ip, end) == PM_BAD_IP_CHECKSUM)
		return PM_BAD_IP_CHECKSUM;
	if (!pm_quoted_in(ip, end, &quoted) || quoted.ip->saddr != ip->daddr)
		return PM_NOT_TCP;

	packet = &wish->packet;
	packet->mark = 0;
	packet->saddr = quoted.ip->daddr;
	packet->daddr = quoted.ip->saddr;
	packet->sport = quoted.ports[1];
	packet->dport = quoted.ports[0];
	packet->proto = quoted.ip->protocol;
	packet->family = PM_V4;
	packet->salt = 0;
	packet->now = (__u32)bpf_jiffies64();
	pm_hash(packet);
	bucket = pm_bucket_of(packet);
	if (!bucket)
		return PM_INTERNAL;
	flow = pm_flow_find(bucket, packet);
	if (!flow)
		return PM_NOT_TCP;
	slot = flow->server;
	server = bpf_map_lookup_elem(&pm_servers, &slot);
	if (!slot || !server || !pm_serves(server, packet))
		return PM_NOT_TCP;
	/* Who sent this packet counts, not who began the connection. */
	packet->saddr = ip->saddr;
	verdict = pm_may_balance(packet, &wish->client, eth->h_source, 0, server->owner_flags,
				 server->lease);
	if (verdict != PM_CONTINUE)
		return verdict;
	if (!(server->flags & PM_SERVER_UP))
		return PM_SERVER_GONE;
	pm_count_packet(slot, bpf_ntohs(ip->tot_len));
	return pm_forward(ctx, eth, ip, server, slot, bpf_ntohs(ip->tot_len));
}

/*
 * UDP, SCTP, first fragments, and all that bears a mark, after pm_parse_ip. A function of its own for the registers' sake: TCP's
 * way is a fifth shorter
 * where the protocol is known beforehand. Its packet lies in pm_scratch, since there is no room on the
 * stack ("combined stack size of 5 calls is 544", 6.18).
 */
__noinline int pm_datagram(struct xdp_md *ctx, __u32 mark)
{
	void *end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = (void *)(long)ctx->data;
	struct iphdr *ip = (void *)(eth + 1);
	struct pm_connection_wish *wish = pm_wish();
	struct pm_bucket *bucket;
	enum pm_verdict verdict;

	if (!wish || (void *)(ip + 1) > end)
		return PM_INTERNAL;
	wish->packet.mark = mark;
	verdict = pm_parse_datagram(ip, end, &wish->packet, &bucket);
	if (verdict != PM_CONTINUE)
		return verdict;
	if (wish->packet.is_first_fragment)
		pm_fragment_of(ip, &wish->fragment);
	return pm_balance(ctx, eth, ip, &wish->packet, &wish->client, bucket, true);
}

/* pm_error for IPv6, after pm_packet6 has found the VIP. */
__noinline int pm_error6(struct xdp_md *ctx, __u32 number)
{
	struct pm_connection_wish *wish = pm_wish();
	struct pm_quoted6 quoted;
	struct pm_server *server;
	struct pm_packet *packet;
	struct pm_bucket *bucket;
	enum pm_verdict verdict;
	struct pm_flow *flow;
	struct ethhdr *eth;
	struct ipv6hdr *ip;
	__u32 slot;

	if (!wish || !pm_quoted_in6(ctx, &quoted))
		return PM_NOT_TCP;
	eth = (void *)(long)ctx->data;
	ip = (void *)(eth + 1);
	if ((void *)(ip + 1) > (void *)(long)ctx->data_end ||
	    !pm_is_same(&quoted.ip->saddr, &ip->daddr))
		return PM_NOT_TCP;
	packet = &wish->packet;
	packet->mark = 0;
	packet->sport = quoted.ports[1];
	packet->dport = quoted.ports[0];
	packet->proto = quoted.proto;
	packet->now = (__u32)bpf_jiffies64();
	pm_name6(wish, &quoted.ip->daddr, number);
	pm_hash(packet);
	bucket = pm_bucket_of(packet);
	if (!bucket)
		return PM_INTERNAL;
	flow = pm_flow_find(bucket, packet);
	if (!flow)
		return PM_NOT_TCP;
	slot = flow->server;
	server = bpf_map_lookup_elem(&pm_servers, &slot);
	if (!slot || !server || !pm_serves(server, packet))
		return PM_NOT_TCP;
	/* Who sent this packet counts, not who began the connection. */
	__builtin_memcpy(&wish->client, &ip->saddr, sizeof(wish->client));
	verdict = pm_may_balance(packet, &wish->client, eth->h_source, 0, server->owner_flags,
				 server->lease);
	if (verdict != PM_CONTINUE)
		return verdict;
	if (!(server->flags & PM_SERVER_UP))
		return PM_SERVER_GONE;
	pm_count_packet(slot, bpf_ntohs(ip->payload_len) + sizeof(*ip));
	verdict = pm_may_send6(ctx, ip, server);
	if (verdict != PM_CONTINUE)
		return verdict;
	if (server->flags & PM_SERVER_TUNNEL)
		return pm_encapsulate6(ctx, slot);
	if (server->flags & PM_SERVER_NAT) {
		const struct pm_address *rip = pm_address_at(server->rip);

		if (!rip)
			return PM_INTERNAL;
		if (pm_is_guised(server)) {
			verdict = pm_guise_known();
			if (verdict != PM_CONTINUE)
				return verdict;
			/* From this node: the server may have no way to the router that says so. */
			pm_replace_quoted6(&quoted, &quoted.ip->daddr, &quoted.ports[1], &ip->saddr,
					   &wish->guise.local, wish->guise.port);
		}
		pm_replace_quoted6(&quoted, &quoted.ip->saddr, &quoted.ports[0], &ip->daddr, rip,
				   server->rport ?: quoted.ports[0]);
	}
	return pm_send6(ctx, eth, ip, server);
}

/* A packet to no VIP: where it goes if it is the answer of a server that is reached by NAT. */
static __always_inline enum pm_verdict pm_pass6(struct xdp_md *ctx, const struct ipv6hdr *ip)
{
	__be32 source = pm_folded((void *)&ip->saddr);
	enum pm_verdict verdict;
	__u32 upper;

	if (pm_may_be_vip(source) || ip->nexthdr == IPPROTO_ICMPV6) {
		verdict = pm_road_answer6(ctx);
		if (verdict != PM_NOT_VIP)
			return verdict;
	}
	if (!pm_may_answer(source) && ip->nexthdr != IPPROTO_ICMPV6)
		return PM_NOT_VIP;
	upper = pm_upper_layer(ctx, sizeof(struct ethhdr));
	if (!upper)
		return PM_NOT_VIP;
	/* Asked here: one from the other, they would be too deep. */
	verdict = (__u8)(upper >> PM_UPPER_PROTO_AT) == IPPROTO_ICMPV6 ? pm_answer_error6(ctx) :
									 pm_answer6(ctx, upper);
	return verdict == PM_CONTINUE ? pm_send_answer6(ctx) : verdict;
}

/*
 * IPv6. Its packet lies in pm_scratch, as in pm_datagram; it costs one look-up more than IPv4, which
 * finds its VIP's number.
 */
__noinline int pm_packet6(struct xdp_md *ctx, __u32 mark)
{
	void *end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = (void *)(long)ctx->data;
	struct ipv6hdr *ip = (void *)(eth + 1);
	struct pm_connection_wish *wish = pm_wish();
	struct pm_server *server = NULL;
	struct pm_bucket *bucket;
	enum pm_verdict verdict;
	__u32 *known, number;

	if (!wish)
		return PM_INTERNAL;
	if ((void *)(ip + 1) > end)
		return PM_TRUNCATED_IP;
	if (!mark && ip->nexthdr == IPPROTO_ICMPV6) {
		verdict = pm_judge_nd(ip, end);
		if (verdict != PM_NOT_VIP)
			return verdict;
	}
	__builtin_memcpy(&wish->target, &ip->daddr, sizeof(wish->target));
	if (mark) {
		/* Any address may be marked; few have a number. */
		number = pm_folded(&wish->target);
	} else {
		known = pm_may_be_vip(pm_folded(&wish->target)) ?
				bpf_map_lookup_elem(&pm_numbers, &wish->target) :
				NULL;
		if (!known)
			return pm_pass6(ctx, ip);
		number = *known;
	}
	wish->packet.mark = mark;
	verdict = pm_parse_ip6(ctx, wish, number, &bucket);
	if (verdict == PM_NOT_TCP)
		return mark ? PM_NOT_TCP : pm_error6(ctx, number);
	if (verdict != PM_CONTINUE)
		return verdict;
	eth = (void *)(long)ctx->data;
	ip = (void *)(eth + 1);
	if ((void *)(ip + 1) > (void *)(long)ctx->data_end)
		return PM_INTERNAL;
	wish->packet.now = (__u32)bpf_jiffies64();
	verdict = pm_find_server(ctx, &wish->packet, &wish->client, bucket, eth, &server);
	if (wish->packet.is_first_fragment)
		pm_fragment_note_verdict(&wish->packet, verdict);
	if (verdict != PM_CONTINUE)
		return verdict;
	if (!server)
		return PM_INTERNAL;
	pm_count_packet(wish->packet.server, wish->packet.bytes);
	return pm_forward6(ctx, eth, ip, server, wish->packet.server);
}

static __always_inline enum pm_verdict pm_decide(struct xdp_md *ctx)
{
	void *end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = (void *)(long)ctx->data;
	struct iphdr *ip = (void *)(eth + 1);
	struct pm_bucket *bucket = NULL;
	struct pm_packet packet;
	enum pm_verdict verdict;
	__be16 ether_type;

	if ((void *)(eth + 1) > end)
		return PM_TRUNCATED_ETH;
	/* struct ethhdr is packed: read through it, two bytes would be loaded one by one. */
	ether_type = *(__be16 *)((void *)(eth + 1) - sizeof(ether_type));
	if (ether_type != bpf_htons(ETH_P_IP)) {
		if (ether_type == bpf_htons(ETH_P_ARP))
			return pm_arp(ctx);
		if (ether_type == bpf_htons(ETH_P_IPV6)) {
			verdict = pm_packet6(ctx, 0);
			return verdict == PM_FRAGMENT_PASSED ? pm_follow6(ctx) : verdict;
		}
		if (ether_type == bpf_htons(ETH_P_8021Q) || ether_type == bpf_htons(ETH_P_8021AD))
			return PM_VLAN;
		return PM_NOT_IP;
	}

	packet.mark = 0;
	verdict = pm_parse_ip(ip, end, &packet, &bucket);
	if (verdict == PM_NOT_VIP) {
		if (pm_may_be_road_answer(ip)) {
			verdict = pm_road_answer(ctx);
			if (verdict != PM_NOT_VIP)
				return verdict;
			/* The call ends what the verifier knows of the packet. */
			return pm_answer(ctx);
		}
		/* A router's error about a packet on its way to a server tells nothing by its own source. */
		return pm_may_answer(ip->saddr) || ip->protocol == IPPROTO_ICMP ? pm_answer(ctx) :
										  verdict;
	}
	if (verdict == PM_NOT_TCP) {
		verdict = ip->protocol == IPPROTO_ICMP ? pm_error(ctx) : pm_datagram(ctx, 0);
		return verdict == PM_FRAGMENT_PASSED ? pm_follow(ctx) : verdict;
	}
	if (verdict != PM_CONTINUE)
		return verdict;
	return pm_balance(ctx, eth, ip, &packet, NULL, bucket, false);
}

SEC("xdp")
int pm_xdp(struct xdp_md *ctx)
{
	enum pm_verdict verdict = pm_decide(ctx);

	/* To an address of this node that is a VIP too, or looks like one. */
	if (verdict == PM_NOT_SERVICE || verdict == PM_NOT_TCP) {
		enum pm_verdict answer = pm_road_answer(ctx);

		if (answer == PM_NOT_VIP)
			answer = pm_road_answer6(ctx);
		if (answer == PM_NOT_VIP)
			answer = pm_answer(ctx);
		if (answer != PM_NOT_VIP)
			verdict = answer;
	}
	if (verdict == PM_TTL_EXPIRED || verdict == PM_TOO_BIG)
		verdict = pm_tell_sender(ctx, verdict);
	pm_count(verdict);
	return pm_action_of(verdict);
}

#include "mark.h"

/*
 * For interfaces that only have to be able to receive what XDP sends into them (the far end of a
 * veth).
 */
SEC("xdp")
int pm_pass(struct xdp_md *ctx __attribute__((unused)))
{
	return XDP_PASS;
}

char _license[] SEC("license") = "Dual BSD/GPL";
