/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef PM_ROAD_H
#define PM_ROAD_H

/*
 * The client's road: a check of this node that goes to the virtual address, by one real server.
 *
 * The check's socket is connected to the real server's own address and bears a mark that names the
 * server's slot, so the kernel routes its packets and finds the neighbour as for any other. On the
 * way out (tc egress) the destination becomes the virtual address, with the frame still on its way to
 * that server; on the way in (XDP) the answer's source becomes the server's own address again. The
 * real server sees a client; the kernel's TCP sees a connection to the server. What is forwarded for
 * clients comes by neither: it leaves from XDP, below tc, and is not addressed to this node.
 *
 * A server at the far end of a tunnel gets the check within a packet to itself, as it gets clients'
 * packets; its answer comes as it is. The way out is in road_out.h, what is IPv6's in road6.h.
 *
 * In pm_roads a virtual address of IPv6 is its number, which no address of IPv4 looks like (RFC 6890:
 * 0.0.0.0/8 is nobody's), and this node's own is folded: its ports are never used twice at a time.
 */

#define PM_ROAD_MARK 0x504d0000u /* "PM"; the low half is the slot */
#define PM_ROAD_MARK_MASK 0xffff0000u
#define PM_ROAD_WORDS (2 * PM_PREFILTER_WORDS) /* where its bitmap begins: addresses that check */

#define PM_ICMP_ECHO_REPLY 0
#define PM_ICMP_UNREACHABLE 3
#define PM_ICMP_ECHO 8
#define PM_ICMP_BYTES 8
#define PM_ICMP6_ECHO_REPLY 129

/* RFC 792, and RFC 4443 §4.1: an echo's identifier is where ports are. */
struct pm_echo {
	__u8 type;
	__u8 code;
	__be16 check;
	__be16 id;
	__be16 sequence;
};

struct pm_ports {
	__be16 source;
	__be16 target;
};

/* The names of both ends, as a packet to the server has them; an echo's identifier is the source's. */
static __always_inline bool pm_road_ports(const void *l4, const void *end, __u8 proto,
					  struct pm_road_key *key)
{
	const struct pm_ports *ports = l4;
	const struct pm_echo *echo = l4;

	if (proto == IPPROTO_ICMP || proto == IPPROTO_ICMPV6) {
		if ((const void *)(echo + 1) > end)
			return false;
		key->sport = echo->id;
		return true;
	}
	if (proto != IPPROTO_TCP && proto != IPPROTO_UDP)
		return false;
	if ((const void *)(ports + 1) > end)
		return false;
	key->sport = ports->source;
	key->vport = ports->target;
	return true;
}

static __always_inline void pm_remember_checker(__be32 address)
{
	__u32 bit = (bpf_ntohl(address) * 0x9e3779b1u) >> 17;
	__u32 word = PM_ROAD_WORDS + (bit >> 6);
	__u64 *bits = bpf_map_lookup_elem(&pm_prefilter, &word);

	/* A bit that another CPU's store undoes is set again by the next packet. */
	if (bits && !((*bits >> (bit & 63)) & 1))
		*bits |= 1ull << (bit & 63);
}

/*
 * Did this node send that packet, as a check? A real server without the virtual address that is a
 * router as well sends it back here, and balancing it would have another server answer. @source is
 * the packet's, of IPv6 folded.
 */
static __always_inline bool pm_is_own_check(const struct pm_packet *packet, __be32 source)
{
	struct pm_road_key key = {
		.vip = packet->daddr,
		.source = source,
		.vport = packet->dport,
		.sport = packet->sport,
		.proto = packet->proto,
	};

	return pm_may_be_in(PM_ROAD_WORDS, source) && bpf_map_lookup_elem(&pm_roads, &key);
}

/*
 * What the network says of a check's packet: that quoted packet gets the address back that the
 * socket knows. Its IP checksum takes up the difference, so the sum over the message stays.
 */
static __always_inline enum pm_verdict pm_road_error(struct iphdr *ip, void *end)
{
	struct iphdr *inner = (void *)(ip + 1) + PM_ICMP_BYTES;
	struct pm_road_key key = {};
	struct pm_road *road;

	if ((void *)(inner + 1) > end || inner->version != 4 || inner->ihl != sizeof(*inner) / 4 ||
	    inner->saddr != ip->daddr || !pm_may_be_vip(inner->daddr))
		return PM_NOT_VIP;
	if (!pm_road_ports(inner + 1, end, inner->protocol, &key))
		return PM_NOT_VIP;
	key.vip = inner->daddr;
	key.source = inner->saddr;
	key.proto = inner->protocol;
	road = bpf_map_lookup_elem(&pm_roads, &key);
	if (!road)
		return PM_NOT_VIP;
	inner->check = pm_checksum_after(inner->check, inner->daddr, road->rip, 0, 0);
	inner->daddr = road->rip;
	/* From the VIP, which is this node's, it would be dropped as a martian. */
	if (ip->saddr == key.vip) {
		ip->check = pm_checksum_after(ip->check, key.vip, road->rip, 0, 0);
		ip->saddr = road->rip;
	}
	return PM_ROAD_ANSWER;
}

/*
 * On the way in: a packet to this node that a real server may have sent from the virtual address.
 * PM_NOT_VIP if it is not the answer to a check.
 */
__noinline int pm_road_answer(struct xdp_md *ctx)
{
	void *end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = (void *)(long)ctx->data;
	struct iphdr *ip = (void *)(eth + 1);
	struct pm_road_key key = {};
	struct pm_ports *ports;
	struct pm_echo *echo;
	struct pm_road *road;
	__be32 rip;
	__be16 rport;
	__u8 proto;

	if ((void *)(ip + 1) > end || ip->version != 4 || ip->ihl != sizeof(*ip) / 4 ||
	    ip->frag_off & bpf_htons(PM_IP_MORE_FRAGMENTS | PM_IP_OFFSET))
		return PM_NOT_VIP;
	proto = ip->protocol;
	ports = (void *)(ip + 1);
	echo = (void *)(ip + 1);
	if (proto == IPPROTO_ICMP) {
		if ((void *)(echo + 1) > end)
			return PM_NOT_VIP;
		if (echo->type == PM_ICMP_UNREACHABLE)
			return pm_road_error(ip, end);
		if (echo->type != PM_ICMP_ECHO_REPLY)
			return PM_NOT_VIP;
		key.sport = echo->id;
	} else {
		if ((proto != IPPROTO_TCP && proto != IPPROTO_UDP) || (void *)(ports + 1) > end)
			return PM_NOT_VIP;
		key.sport = ports->target;
		key.vport = ports->source;
	}
	key.vip = ip->saddr;
	key.source = ip->daddr;
	key.proto = proto;
	road = bpf_map_lookup_elem(&pm_roads, &key);
	if (!road)
		return PM_NOT_VIP;
	rip = road->rip;
	rport = road->rport;

	if (proto == IPPROTO_TCP) {
		struct tcphdr *tcp = (void *)(ip + 1);

		if ((void *)(tcp + 1) > end)
			return PM_NOT_VIP;
		tcp->check = pm_checksum_after(tcp->check, key.vip, rip, key.vport, rport);
		tcp->source = rport;
	} else if (proto == IPPROTO_UDP) {
		struct udphdr *udp = (void *)(ip + 1);

		if ((void *)(udp + 1) > end)
			return PM_NOT_VIP;
		/* RFC 768: zero means that there is none. */
		if (udp->check)
			udp->check = pm_checksum_after(udp->check, key.vip, rip, key.vport, rport) ?: 0xffff;
		udp->source = rport;
	}
	ip->check = pm_checksum_after(ip->check, key.vip, rip, 0, 0);
	ip->saddr = rip;
	return PM_ROAD_ANSWER;
}

/* Asked of every packet that is not addressed to a VIP: two loads for nearly all of them. */
static __always_inline bool pm_may_be_road_answer(const struct iphdr *ip)
{
	return pm_may_be_vip(ip->saddr) || ip->protocol == IPPROTO_ICMP;
}

#endif
