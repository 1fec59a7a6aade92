/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef PM_IP6_H
#define PM_IP6_H

/*
 * What a packet of IPv6 is, RFC 8200. There is no checksum to judge; but extension headers may stand
 * before the ports, and these are walked by a function of its own, because few packets have them.
 */

#define PM_IP6_EXTENSIONS 6 /* more in one packet are nobody's */
#define PM_IP6_REACH 1023   /* bytes into the frame that are looked at */

/* RFC 8200 §4: all but those of fragments (§4.5) and authentication (RFC 4302 §2.2) begin so. */
struct pm_extension {
	__u8 next;
	__u8 length; /* in units of eight bytes, the first not counted; of four, less two (RFC 4302) */
	__be16 fragment;
	__be32 rest;
};

/* What pm_upper_layer answers; zero: there is none within reach. */
enum pm_upper {
	PM_UPPER_OFFSET = 0xffff,     /* bytes from the IPv6 header */
	PM_UPPER_PROTO_AT = 16,       /* eight bits */
	PM_UPPER_FIRST_FRAGMENT = 1 << 24,
	PM_UPPER_FRAGMENT = 1 << 25,  /* a later one: what is there is no header */
};

#define PM_IP6_MORE_FRAGMENTS 1
#define PM_IP6_OFFSET 0xfff8

static __always_inline bool pm_is_extension(__u8 proto)
{
	return proto == IPPROTO_HOPOPTS || proto == IPPROTO_ROUTING || proto == IPPROTO_DSTOPTS ||
	       proto == IPPROTO_FRAGMENT || proto == IPPROTO_AH;
}

/*
 * What follows the IPv6 header that begins @base bytes into the frame, behind its extension headers.
 * Which packet a fragment is of is left in pm_scratch. Not static: verified once.
 */
__noinline int pm_upper_layer(struct xdp_md *ctx, __u32 base)
{
	struct pm_connection_wish *wish = pm_wish();
	void *end = (void *)(long)ctx->data_end, *data = (void *)(long)ctx->data;
	__u32 offset, flags = 0;
	struct ipv6hdr *ip;
	__u8 next;

	if (base > PM_IP6_REACH)
		return 0;
	ip = data + base;
	if ((void *)(ip + 1) > end)
		return 0;
	next = ip->nexthdr;
	offset = base + sizeof(*ip);
	for (int i = 0; i <= PM_IP6_EXTENSIONS; i++) {
		struct pm_extension *header;

		if (!pm_is_extension(next))
			return flags | next << PM_UPPER_PROTO_AT | (offset - base);
		if (offset > PM_IP6_REACH)
			return 0;
		header = data + offset;
		if ((void *)(header + 1) > end)
			return 0;
		if (next == IPPROTO_FRAGMENT) {
			if (wish)
				wish->fragment.id = header->rest;
			/* RFC 6946: one that is the first and the last is none. */
			if (header->fragment & bpf_htons(PM_IP6_OFFSET))
				return PM_UPPER_FRAGMENT | header->next << PM_UPPER_PROTO_AT |
				       (offset - base);
			if (header->fragment & bpf_htons(PM_IP6_MORE_FRAGMENTS))
				flags |= PM_UPPER_FIRST_FRAGMENT;
			offset += sizeof(*header);
		} else if (next == IPPROTO_AH) {
			offset += (header->length + 2) * 4;
		} else {
			offset += (header->length + 1) * 8;
		}
		next = header->next;
	}
	return 0;
}

/* Whose it is, and whom it is for: the packet's own addresses, or turned round what an error quotes. */
static __always_inline void pm_name6(struct pm_connection_wish *wish,
				     const struct in6_addr *client, __u32 service)
{
	__builtin_memcpy(&wish->client, client, sizeof(wish->client));
	wish->packet.daddr = service;
	wish->packet.family = PM_V6;
	pm_hash_client(&wish->client, &wish->packet);
}

/*
 * A packet to a VIP into pm_scratch. @number is its VIP's. On PM_CONTINUE @bucket is its place in the
 * connection table.
 */
static __always_inline enum pm_verdict pm_parse_ip6(struct xdp_md *ctx,
						    struct pm_connection_wish *wish, __u32 number,
						    struct pm_bucket **bucket)
{
	void *end = (void *)(long)ctx->data_end;
	struct ipv6hdr *ip = (void *)(long)ctx->data + sizeof(struct ethhdr);
	struct pm_packet *packet = &wish->packet;
	__u32 payload_bytes, upper, offset;
	struct tcphdr *tcp;
	struct udphdr *udp;
	struct pm_sctp *sctp;
	__u8 proto;

	if ((void *)(ip + 1) > end)
		return PM_INTERNAL;
	payload_bytes = bpf_ntohs(ip->payload_len);
	if (ip->version != 6 || (void *)(ip + 1) + payload_bytes > end)
		return PM_BAD_IP_HEADER;
	upper = ip->nexthdr << PM_UPPER_PROTO_AT | sizeof(*ip);
	if (pm_is_extension(ip->nexthdr)) {
		upper = pm_upper_layer(ctx, sizeof(struct ethhdr));
		end = (void *)(long)ctx->data_end;
		ip = (void *)(long)ctx->data + sizeof(struct ethhdr);
		if ((void *)(ip + 1) > end)
			return PM_INTERNAL;
		if (upper & (PM_UPPER_FRAGMENT | PM_UPPER_FIRST_FRAGMENT))
			pm_fragment_of6(ip, &wish->fragment);
	}
	if (upper & PM_UPPER_FRAGMENT)
		return PM_FRAGMENT_PASSED;
	offset = upper & PM_UPPER_OFFSET;
	proto = upper >> PM_UPPER_PROTO_AT;
	if (offset < sizeof(*ip))
		return PM_NOT_TCP;
	/* Two comparisons: made one, they bound a number that no pointer is made of (5.10). */
	barrier_var(offset);
	if (offset > 2 * PM_IP6_REACH)
		return PM_NOT_TCP;
	tcp = (void *)ip + offset;
	udp = (void *)ip + offset;
	sctp = (void *)ip + offset;
	if (proto == IPPROTO_TCP) {
		if ((void *)(tcp + 1) > end || payload_bytes + sizeof(*ip) < offset + sizeof(*tcp) ||
		    tcp->doff < sizeof(*tcp) / 4)
			return PM_TRUNCATED_TCP;
		packet->event = pm_event_of(tcp);
	} else if (proto == IPPROTO_UDP) {
		if ((void *)(udp + 1) > end || payload_bytes + sizeof(*ip) < offset + sizeof(*udp) ||
		    bpf_ntohs(udp->len) < sizeof(*udp))
			return PM_TRUNCATED_UDP;
		packet->event = PM_EVENT_DATAGRAM;
	} else if (proto == IPPROTO_SCTP) {
		if ((void *)(sctp + 1) > end || payload_bytes + sizeof(*ip) < offset + sizeof(*sctp))
			return PM_TRUNCATED_SCTP;
		packet->event = pm_sctp_event(sctp, end);
	} else {
		return PM_NOT_TCP;
	}
	packet->ports_at = sizeof(struct ethhdr) + offset;
	packet->sport = udp->source;
	packet->dport = udp->dest;
	packet->proto = proto;
	packet->is_first_fragment = !!(upper & PM_UPPER_FIRST_FRAGMENT);
	packet->bytes = payload_bytes + sizeof(*ip);
	pm_name6(wish, &ip->saddr, number);
	pm_hash(packet);
	*bucket = pm_bucket_of(packet);
	return *bucket ? PM_CONTINUE : PM_INTERNAL;
}

#endif
