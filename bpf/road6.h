/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef PM_ROAD6_H
#define PM_ROAD6_H

/* The way back of the client's road by IPv6: what road.h has for IPv4. No answer has extension headers. */

/* The check between the VIP @from and this node's own address @to; NULL: there is none. */
static __always_inline struct pm_road *pm_road_of6(struct pm_road_key *key,
						   const struct in6_addr *from,
						   const struct in6_addr *to)
{
	struct pm_connection_wish *wish = pm_wish();
	__u32 *number;

	if (!wish)
		return NULL;
	__builtin_memcpy(&wish->target, from, sizeof(wish->target));
	number = bpf_map_lookup_elem(&pm_numbers, &wish->target);
	if (!number)
		return NULL;
	key->vip = *number;
	key->source = pm_folded((const void *)to);
	return bpf_map_lookup_elem(&pm_roads, key);
}

/* See pm_road_error. Here the checksum of the message is over what it quotes, and its own addresses. */
static __always_inline enum pm_verdict pm_road_error6(struct ipv6hdr *ip, void *end)
{
	struct pm_icmp *icmp = (void *)(ip + 1);
	struct ipv6hdr *inner = (void *)(icmp + 1);
	const struct pm_address *rip;
	struct pm_road_key key = {};
	struct pm_road *road;
	bool is_from_vip;
	__u16 check;

	if ((void *)(inner + 1) > end || inner->version != 6 ||
	    !pm_is_same(&inner->saddr, &ip->daddr) ||
	    !pm_may_be_vip(pm_folded((void *)&inner->daddr)))
		return PM_NOT_VIP;
	key.proto = inner->nexthdr;
	if (!pm_road_ports(inner + 1, end, key.proto, &key))
		return PM_NOT_VIP;
	road = pm_road_of6(&key, &inner->daddr, &inner->saddr);
	rip = road ? pm_address_at(road->rip) : NULL;
	if (!rip)
		return PM_NOT_VIP;
	is_from_vip = pm_is_same(&ip->saddr, &inner->daddr);
	check = pm_checksum_after6(icmp->check, (void *)&inner->daddr, rip->words, 0, 0);
	/* From the VIP, which is this node's, it would be dropped. */
	if (is_from_vip) {
		check = pm_checksum_after6(check, (void *)&ip->saddr, rip->words, 0, 0);
		__builtin_memcpy(&ip->saddr, rip, sizeof(ip->saddr));
	}
	icmp->check = check;
	__builtin_memcpy(&inner->daddr, rip, sizeof(inner->daddr));
	return PM_ROAD_ANSWER;
}

/* See pm_road_answer. */
__noinline int pm_road_answer6(struct xdp_md *ctx)
{
	void *end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = (void *)(long)ctx->data;
	struct ipv6hdr *ip = (void *)(eth + 1);
	struct pm_ports *ports = (void *)(ip + 1);
	struct pm_echo *echo = (void *)(ip + 1);
	struct udphdr *udp = (void *)(ip + 1);
	struct tcphdr *tcp = (void *)(ip + 1);
	const struct pm_address *rip;
	struct pm_road_key key = {};
	struct pm_road *road;
	__u16 *check;
	__u8 proto;

	if ((void *)(echo + 1) > end || ip->version != 6)
		return PM_NOT_VIP;
	proto = ip->nexthdr;
	key.proto = proto;
	if (proto == IPPROTO_ICMPV6) {
		if (echo->type == PM_ICMP6_UNREACHABLE)
			return pm_road_error6(ip, end);
		if (echo->type != PM_ICMP6_ECHO_REPLY)
			return PM_NOT_VIP;
		key.sport = echo->id;
		check = (void *)&echo->check;
	} else if (proto == IPPROTO_TCP) {
		if ((void *)(tcp + 1) > end)
			return PM_NOT_VIP;
		check = &tcp->check;
	} else if (proto == IPPROTO_UDP) {
		if ((void *)(udp + 1) > end)
			return PM_NOT_VIP;
		check = &udp->check;
	} else {
		return PM_NOT_VIP;
	}
	if (proto != IPPROTO_ICMPV6) {
		key.sport = ports->target;
		key.vport = ports->source;
	}
	road = pm_road_of6(&key, &ip->saddr, &ip->daddr);
	rip = road ? pm_address_at(road->rip) : NULL;
	if (!rip)
		return PM_NOT_VIP;

	if (proto == IPPROTO_ICMPV6) {
		*check = pm_checksum_after6(*check, (void *)&ip->saddr, rip->words, 0, 0);
	} else {
		/* RFC 6936: zero means that there is none, where it may. */
		if (proto == IPPROTO_TCP || *check)
			*check = pm_checksum_after6(*check, (void *)&ip->saddr, rip->words,
						    key.vport, road->rport);
		if (proto == IPPROTO_UDP && !*check)
			*check = 0xffff;
		ports->source = road->rport;
	}
	__builtin_memcpy(&ip->saddr, rip, sizeof(ip->saddr));
	return PM_ROAD_ANSWER;
}

#endif
