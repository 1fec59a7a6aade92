/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef PM_ROAD_OUT_H
#define PM_ROAD_OUT_H

/* The client's road on its way out, at tc: a program of its own. See road.h. */

/* Of the outer packet; the check's own is PM_ROAD_TTL (own.h). */
#define PM_ROAD_OUTER_TTL 64

/* What goes before a check within a tunnel: the longest of them. */
struct pm_road_outer {
	union {
		struct iphdr v4;
		struct ipv6hdr v6;
	};
	union {
		struct {
			struct pm_gre gre;
			struct pm_gre_check gre_check;
		};
		struct pm_gue gue;
	};
};

/* What the outer packet is told of the one within. */
struct pm_road_inner {
	__u16 sum; /* of all its bytes, once its own checksum is filled in */
	__be16 ether_type;
	__u8 proto;
	bool is_summed;
	bool is_cut; /* it leaves as several, cut by the kernel or the card */
};

/*
 * A mark that somebody else gave, or of a slot that has another server by now, leads to none. NULL as
 * well for a server that clients reach at its own address (NAT), and by a tunnel across families: the
 * check's socket has the address of one.
 */
static __always_inline struct pm_server *pm_road_server(__u32 slot, __u8 family)
{
	struct pm_server *server = bpf_map_lookup_elem(&pm_servers, &slot);

	if (!server || !server->proto || server->family != family ||
	    server->flags & PM_SERVER_NAT ||
	    !!(server->flags & PM_SERVER_V6) != (family == PM_V6))
		return NULL;
	return server;
}

/*
 * Behind both headers there may be one of these; @addresses as in pm_write_shim. Of one packet that is
 * cut into several nobody fills in an outer checksum: GUE's is left out then, and what GRE has wrong is
 * sent again by TCP, uncut.
 */
static __always_inline void pm_road_shim(void *at, const struct pm_server *server, __u32 bytes,
					 const struct pm_road_inner *inner, __be16 port,
					 __u64 addresses)
{
	struct pm_gre *gre = at;
	struct pm_gue *gue = at;
	struct pm_gre_check *check = (void *)(gre + 1);

	if (server->tunnel == PM_GUE) {
		gue->udp.source = port;
		gue->udp.dest = server->tunnel_port;
		gue->udp.len = bpf_htons(bytes);
		gue->proto = inner->proto;
		if (inner->is_summed && !inner->is_cut)
			gue->udp.check = pm_gue_check(gue, inner->sum, addresses);
	} else if (server->tunnel == PM_GRE) {
		gre->protocol = inner->ether_type;
		if (inner->is_summed) {
			gre->flags = bpf_htons(PM_GRE_HAS_CHECKSUM);
			check->check = pm_check_of((__u64)gre->flags + gre->protocol + inner->sum);
		}
	}
}

/* The packet, made one to the VIP, goes within another to the server; @port tells GUE's flows apart. */
static __always_inline void pm_road_wrap(struct __sk_buff *skb, const struct pm_server *server,
					 struct pm_road_inner *inner, __be16 port)
{
	__u32 inner_bytes = skb->len - sizeof(struct ethhdr), more;
	bool is_v6 = server->flags & PM_SERVER_V6;
	struct pm_road_outer outer = {};
	__u64 flags;

	inner->is_summed = pm_is_summed(server);
	inner->is_cut = skb->gso_segs > 1;
	more = pm_tunnel_bytes(server, inner->is_summed);
	flags = is_v6 ? BPF_F_ADJ_ROOM_ENCAP_L3_IPV6 : BPF_F_ADJ_ROOM_ENCAP_L3_IPV4;
	if (server->tunnel == PM_GUE)
		flags |= BPF_F_ADJ_ROOM_ENCAP_L4_UDP;
	else if (server->tunnel == PM_GRE)
		flags |= BPF_F_ADJ_ROOM_ENCAP_L4_GRE;
	if (is_v6) {
		const struct pm_address *source = pm_address_at(server->tunnel_source);
		const struct pm_address *target = pm_address_at(server->rip);

		if (!source || !target)
			return;
		outer.v6.version = 6;
		outer.v6.payload_len = bpf_htons(inner_bytes + more - sizeof(outer.v6));
		outer.v6.nexthdr = pm_outer_proto(server, IPPROTO_IPV6);
		outer.v6.hop_limit = PM_ROAD_OUTER_TTL;
		__builtin_memcpy(&outer.v6.saddr, source, sizeof(outer.v6.saddr));
		__builtin_memcpy(&outer.v6.daddr, target, sizeof(outer.v6.daddr));
		pm_road_shim(&outer.v6 + 1, server, inner_bytes + more - sizeof(outer.v6), inner, port,
			     pm_address_sum(source) + pm_address_sum(target));
	} else {
		outer.v4.version = 4;
		outer.v4.ihl = sizeof(outer.v4) / 4;
		outer.v4.tot_len = bpf_htons(inner_bytes + more);
		outer.v4.ttl = PM_ROAD_OUTER_TTL;
		outer.v4.protocol = pm_outer_proto(server, IPPROTO_IPIP);
		outer.v4.saddr = server->tunnel_source;
		outer.v4.daddr = server->rip;
		outer.v4.check = pm_check_of(
			(__u64)bpf_csum_diff(NULL, 0, (__be32 *)&outer.v4, sizeof(outer.v4), 0));
		pm_road_shim(&outer.v4 + 1, server, inner_bytes + more - sizeof(outer.v4), inner, port,
			     (__u64)outer.v4.saddr + outer.v4.daddr);
	}
	if (bpf_skb_adjust_room(skb, (int)more, BPF_ADJ_ROOM_MAC, flags))
		return;
	/* Each length is a number of its own for the verifier. */
	if (is_v6) {
		if (server->tunnel == PM_GUE)
			bpf_skb_store_bytes(skb, sizeof(struct ethhdr), &outer,
					    sizeof(outer.v6) + sizeof(outer.gue), 0);
		else if (server->tunnel == PM_GRE && inner->is_summed)
			bpf_skb_store_bytes(skb, sizeof(struct ethhdr), &outer,
					    sizeof(outer.v6) + sizeof(outer.gre) +
						    sizeof(outer.gre_check), 0);
		else if (server->tunnel == PM_GRE)
			bpf_skb_store_bytes(skb, sizeof(struct ethhdr), &outer,
					    sizeof(outer.v6) + sizeof(outer.gre), 0);
		else
			bpf_skb_store_bytes(skb, sizeof(struct ethhdr), &outer, sizeof(outer.v6), 0);
	} else {
		if (server->tunnel == PM_GUE)
			bpf_skb_store_bytes(skb, sizeof(struct ethhdr), &outer,
					    sizeof(outer.v4) + sizeof(outer.gue), 0);
		else if (server->tunnel == PM_GRE && inner->is_summed)
			bpf_skb_store_bytes(skb, sizeof(struct ethhdr), &outer,
					    sizeof(outer.v4) + sizeof(outer.gre) +
						    sizeof(outer.gre_check), 0);
		else if (server->tunnel == PM_GRE)
			bpf_skb_store_bytes(skb, sizeof(struct ethhdr), &outer,
					    sizeof(outer.v4) + sizeof(outer.gre), 0);
		else
			bpf_skb_store_bytes(skb, sizeof(struct ethhdr), &outer, sizeof(outer.v4), 0);
	}
}

static __always_inline void pm_road_out4(struct __sk_buff *skb, __u32 slot)
{
	const __u32 l4_at = sizeof(struct ethhdr) + sizeof(struct iphdr);
	struct pm_server *server = pm_road_server(slot, PM_V4);
	void *end = (void *)(long)skb->data_end;
	struct iphdr *ip = (void *)(long)skb->data + sizeof(struct ethhdr);
	struct pm_road_key key = {};
	struct pm_road road = {};
	struct pm_road_inner inner = { .ether_type = bpf_htons(ETH_P_IP), .proto = IPPROTO_IPIP };
	__be32 vip, rip;
	__be16 vport, rport, ttl, new_ttl;
	__u8 proto;

	if (!server || (void *)(ip + 1) > end || ip->ihl != sizeof(*ip) / 4 ||
	    server->rip != ip->daddr)
		return;
	vip = server->vip;
	rip = server->rip;
	vport = server->vport;
	rport = server->rport;
	proto = ip->protocol;
	/* A word of the header: the protocol is its other half. */
	ttl = bpf_htons(ip->ttl << 8 | proto);
	new_ttl = bpf_htons(PM_ROAD_TTL << 8 | proto);
	if (proto == IPPROTO_ICMPV6 || !pm_road_ports(ip + 1, end, proto, &key))
		return;
	/* Of a service of all ports the check's own. */
	rport = rport ?: key.vport;
	vport = vport ?: rport;
	if (proto != IPPROTO_ICMP && key.vport != rport)
		return;

	key.vip = vip;
	key.source = ip->saddr;
	key.proto = proto;
	if (proto != IPPROTO_ICMP)
		key.vport = vport;
	road.rip = rip;
	road.rport = rport;
	pm_remember_checker(ip->saddr);
	bpf_map_update_elem(&pm_roads, &key, &road, BPF_ANY);

	/* The packet may be one whose checksum the card fills in: the helpers know. */
	if (proto == IPPROTO_TCP) {
		const __u32 check_at = l4_at + offsetof(struct tcphdr, check);

		bpf_l4_csum_replace(skb, check_at, rip, vip, BPF_F_PSEUDO_HDR | sizeof(vip));
		bpf_l4_csum_replace(skb, check_at, rport, vport, sizeof(vport));
	} else if (proto == IPPROTO_UDP) {
		const __u32 check_at = l4_at + offsetof(struct udphdr, check);

		bpf_l4_csum_replace(skb, check_at, rip, vip,
				    BPF_F_PSEUDO_HDR | BPF_F_MARK_MANGLED_0 | sizeof(vip));
		bpf_l4_csum_replace(skb, check_at, rport, vport,
				    BPF_F_MARK_MANGLED_0 | sizeof(vport));
	}
	if (proto != IPPROTO_ICMP)
		bpf_skb_store_bytes(skb, l4_at + offsetof(struct pm_ports, target), &vport,
				    sizeof(vport), 0);
	bpf_l3_csum_replace(skb, sizeof(struct ethhdr) + offsetof(struct iphdr, check), rip, vip,
			    sizeof(vip));
	bpf_l3_csum_replace(skb, sizeof(struct ethhdr) + offsetof(struct iphdr, check), ttl,
			    new_ttl, sizeof(new_ttl));
	bpf_skb_store_bytes(skb, sizeof(struct ethhdr) + offsetof(struct iphdr, ttl), &new_ttl,
			    sizeof(new_ttl), 0);
	bpf_skb_store_bytes(skb, sizeof(struct ethhdr) + offsetof(struct iphdr, daddr), &vip,
			    sizeof(vip), 0);
	if (!(server->flags & PM_SERVER_TUNNEL))
		return;
	/* As in pm_sum_of_inner: sockets of this node make checksums, or have them made. */
	if (proto != IPPROTO_ICMP)
		inner.sum = pm_check_of((__u64)key.source + vip + bpf_htons(proto) +
					bpf_htons(skb->len - l4_at));
	pm_road_wrap(skb, server, &inner, key.sport);
}

static __always_inline void pm_road_out6(struct __sk_buff *skb, __u32 slot)
{
	const __u32 l4_at = sizeof(struct ethhdr) + sizeof(struct ipv6hdr);
	struct pm_server *server = pm_road_server(slot, PM_V6);
	void *end = (void *)(long)skb->data_end;
	struct ipv6hdr *ip = (void *)(long)skb->data + sizeof(struct ethhdr);
	const struct pm_address *rip, *vip;
	struct pm_road_key key = {};
	struct pm_road road = {};
	const __u8 hop_limit = PM_ROAD_TTL;
	struct pm_road_inner inner = { .ether_type = bpf_htons(ETH_P_IPV6), .proto = IPPROTO_IPV6 };
	__be16 vport, rport;
	__u32 check_at, sum;
	__s64 diff;
	__u8 proto;

	if (!server || (void *)(ip + 1) > end)
		return;
	rip = pm_address_at(server->rip);
	vip = pm_address_at(server->vip);
	if (!rip || !vip || !pm_is_same((const void *)rip, &ip->daddr))
		return;
	vport = server->vport;
	rport = server->rport;
	proto = ip->nexthdr;
	if (proto == IPPROTO_ICMP || !pm_road_ports(ip + 1, end, proto, &key))
		return;
	rport = rport ?: key.vport;
	vport = vport ?: rport;
	if (proto != IPPROTO_ICMPV6 && key.vport != rport)
		return;

	/* As in pm_sum_of_inner6; that the hop limit changes is known. */
	sum = (__u32)((__u16 *)ip)[0] + ((__u16 *)ip)[1] + bpf_htons(proto << 8 | PM_ROAD_TTL) +
	      (__u16)~bpf_htons(proto);
	key.vip = server->vip;
	key.source = pm_folded((void *)&ip->saddr);
	key.proto = proto;
	if (proto != IPPROTO_ICMPV6)
		key.vport = vport;
	road.rip = server->rip;
	road.rport = rport;
	pm_remember_checker(key.source);
	bpf_map_update_elem(&pm_roads, &key, &road, BPF_ANY);

	check_at = l4_at + (proto == IPPROTO_TCP ? offsetof(struct tcphdr, check) :
			    proto == IPPROTO_UDP ? offsetof(struct udphdr, check) :
						   offsetof(struct pm_echo, check));
	diff = bpf_csum_diff((void *)rip, sizeof(*rip), (void *)vip, sizeof(*vip), 0);
	if (proto == IPPROTO_UDP)
		bpf_l4_csum_replace(skb, check_at, 0, diff, BPF_F_PSEUDO_HDR | BPF_F_MARK_MANGLED_0);
	else
		bpf_l4_csum_replace(skb, check_at, 0, diff, BPF_F_PSEUDO_HDR);
	if (proto != IPPROTO_ICMPV6) {
		bpf_l4_csum_replace(skb, check_at, rport, vport,
				    (proto == IPPROTO_UDP ? BPF_F_MARK_MANGLED_0 : 0) |
					    sizeof(vport));
		bpf_skb_store_bytes(skb, l4_at + offsetof(struct pm_ports, target), &vport,
				    sizeof(vport), 0);
	}
	bpf_skb_store_bytes(skb, sizeof(struct ethhdr) + offsetof(struct ipv6hdr, daddr), vip,
			    sizeof(*vip), 0);
	bpf_skb_store_bytes(skb, sizeof(struct ethhdr) + offsetof(struct ipv6hdr, hop_limit),
			    &hop_limit, sizeof(hop_limit), 0);
	if (!(server->flags & PM_SERVER_TUNNEL))
		return;
	inner.sum = (__u16)~pm_check_of(sum);
	pm_road_wrap(skb, server, &inner, key.sport);
}

/* TC_ACT_UNSPEC, always: whatever other filters there are decide. */
SEC("tc")
int pm_road(struct __sk_buff *skb)
{
	__u32 slot = skb->mark & ~PM_ROAD_MARK_MASK;
	const int unspec = -1;

	if ((skb->mark & PM_ROAD_MARK_MASK) != PM_ROAD_MARK)
		return unspec;
	if (skb->protocol == bpf_htons(ETH_P_IP)) {
		if (!bpf_skb_pull_data(skb, sizeof(struct ethhdr) + sizeof(struct iphdr) +
						    sizeof(struct pm_echo)))
			pm_road_out4(skb, slot);
	} else if (skb->protocol == bpf_htons(ETH_P_IPV6)) {
		if (!bpf_skb_pull_data(skb, sizeof(struct ethhdr) + sizeof(struct ipv6hdr) +
						    sizeof(struct pm_echo)))
			pm_road_out6(skb, slot);
	}
	return unspec;
}

#endif
