/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef PM_PARSE_H
#define PM_PARSE_H

#define PM_IP_DONT_FRAGMENT 0x4000
#define PM_IP_MORE_FRAGMENTS 0x2000
#define PM_IP_OFFSET 0x1fff
#define PM_IP_OPTIONS_MAX 40

static __always_inline struct pm_address pm_address_of(__be32 v4)
{
	return (struct pm_address){ .words = { 0, 0, bpf_htonl(0xffff), v4 } };
}

/* The first byte is the highest, as in pm_peer. */
static __always_inline __u64 pm_mac_bits(const __u8 *mac)
{
	__u32 high;
	__u16 low;

	__builtin_memcpy(&high, mac, sizeof(high));
	__builtin_memcpy(&low, mac + sizeof(high), sizeof(low));
	return ((__u64)bpf_ntohl(high) << 16) | bpf_ntohs(low);
}

/* C# computes the same (Prefilter.cs); keep both or neither. */
static __always_inline bool pm_may_be_in(__u32 first_word, __be32 address)
{
	__u32 bit = (bpf_ntohl(address) * 0x9e3779b1u) >> 17;
	__u32 word = first_word + (bit >> 6);
	__u64 *bits = bpf_map_lookup_elem(&pm_prefilter, &word);

	return bits && (*bits >> (bit & 63)) & 1;
}

/* All of an IPv6 address in the 32 bits that these bitmaps are over. C# computes the same. */
static __always_inline __be32 pm_folded(const struct pm_address *address)
{
	return bpf_htonl(bpf_ntohl(address->words[0]) * 0x27d4eb2fu +
			 bpf_ntohl(address->words[1]) * 0xc2b2ae35u +
			 bpf_ntohl(address->words[2]) * 0x85ebca6bu + bpf_ntohl(address->words[3]));
}

static __always_inline bool pm_may_be_vip(__be32 address)
{
	return pm_may_be_in(0, address);
}

/* A server whose answers come back to be translated. */
static __always_inline bool pm_may_answer(__be32 address)
{
	return pm_may_be_in(PM_PREFILTER_WORDS, address);
}

/* RFC 791 §3.1: the sum over a correct header, its checksum included, is all ones. */
static __always_inline bool pm_ip_checksum_is_right(const struct iphdr *ip, const void *end)
{
	const __u32 *words = (const __u32 *)ip;
	const void *options = ip + 1;
	__u64 sum = (__u64)words[0] + words[1] + words[2] + words[3] + words[4];
	__u32 options_bytes = ((__u32)ip->ihl - 5) * 4;

	if (options_bytes) {
		for (__u32 at = 0; at < PM_IP_OPTIONS_MAX; at += 4) {
			const __u32 *word = options + at;

			if (at >= options_bytes)
				break;
			if ((const void *)(word + 1) > end)
				return false;
			sum += *word;
		}
	}

	/* Fifteen words at most: 36 bits, 21, 17, 16. */
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return sum == 0xffff;
}

/* The low bits of the flags' byte, RFC 9293 §3.1. */
#define PM_TCP_FLAGS_AT 13
#define PM_TCP_FIN_BIT 1
#define PM_TCP_SYN_BIT 2
#define PM_TCP_RST_BIT 4
#define PM_TCP_ACK_BIT 16

/* IPVS asks in this order: RST, SYN, FIN, ACK. */
#define PM_EVENT_OF(flags)                                                                         \
	((flags) & PM_TCP_RST_BIT   ? PM_EVENT_RST                                                 \
	 : (flags) & PM_TCP_SYN_BIT ? PM_EVENT_SYN                                                 \
	 : (flags) & PM_TCP_FIN_BIT ? PM_EVENT_FIN                                                 \
	 : (flags) & PM_TCP_ACK_BIT ? PM_EVENT_ACK                                                 \
				    : PM_EVENT_OTHER)
#define PM_EVENTS_OF_4(flags)                                                                      \
	PM_EVENT_OF(flags), PM_EVENT_OF((flags) + 1), PM_EVENT_OF((flags) + 2),                    \
		PM_EVENT_OF((flags) + 3)

/* Looked up instead of asked: one load for each packet instead of four branches. */
const __u8 pm_events[32] = {
	PM_EVENTS_OF_4(0),  PM_EVENTS_OF_4(4),  PM_EVENTS_OF_4(8),  PM_EVENTS_OF_4(12),
	PM_EVENTS_OF_4(16), PM_EVENTS_OF_4(20), PM_EVENTS_OF_4(24), PM_EVENTS_OF_4(28),
};

static __always_inline __u8 pm_event_of(const struct tcphdr *tcp)
{
	const __u8 *bytes = (const __u8 *)tcp;

	return pm_events[bytes[PM_TCP_FLAGS_AT] & (sizeof(pm_events) - 1)];
}

static __always_inline bool pm_is_balanced(__u8 proto)
{
	return proto == IPPROTO_TCP || proto == IPPROTO_UDP || proto == IPPROTO_SCTP;
}

/*
 * What is judged by the IP header alone, but for what has to be known before its end can be found.
 * PM_NOT_TCP: a fragment, also the first; these are pm_datagram's.
 */
static __always_inline enum pm_verdict pm_judge_ip(const struct iphdr *ip, const void *end)
{
	if (!pm_ip_checksum_is_right(ip, end))
		return PM_BAD_IP_CHECKSUM;
	return ip->frag_off & bpf_htons(PM_IP_MORE_FRAGMENTS | PM_IP_OFFSET) ? PM_NOT_TCP :
									       PM_CONTINUE;
}

/* All protocols begin with the ports. On PM_CONTINUE @bucket is the packet's place in the table. */
static __always_inline void pm_fill_in(const struct iphdr *ip, const struct udphdr *ports,
				       __u8 proto, __u8 event, struct pm_packet *packet,
				       struct pm_bucket **bucket)
{
	packet->saddr = ip->saddr;
	packet->daddr = ip->daddr;
	packet->sport = ports->source;
	packet->dport = ports->dest;
	packet->proto = proto;
	packet->event = event;
	packet->is_first_fragment = 0;
	packet->family = PM_V4;
	packet->salt = 0;
	packet->bytes = bpf_ntohs(ip->tot_len);
	pm_hash(packet);
	*bucket = pm_bucket_of(packet);
}

/*
 * IPv4 and TCP, after an Ethernet header. Nothing is judged before the address is known to be a
 * VIP's. On PM_CONTINUE the packet is filled in and @bucket is its place in the connection table;
 * on PM_NOT_TCP only what leads to the end of the header is judged.
 */
static __always_inline enum pm_verdict
pm_parse_ip(struct iphdr *ip, const void *end, struct pm_packet *packet, struct pm_bucket **bucket)
{
	struct tcphdr *tcp;
	__u32 header_bytes, total_bytes;
	enum pm_verdict verdict;

	if ((const void *)(ip + 1) > end)
		return PM_TRUNCATED_IP;
	if (!pm_may_be_vip(ip->daddr))
		return PM_NOT_VIP;

	header_bytes = ip->ihl * 4;
	total_bytes = bpf_ntohs(ip->tot_len);
	if (ip->version != 4 || header_bytes < sizeof(*ip) || total_bytes < header_bytes ||
	    (const void *)ip + total_bytes > end)
		return PM_BAD_IP_HEADER;
	if (ip->protocol != IPPROTO_TCP)
		return PM_NOT_TCP;

	tcp = (void *)ip + header_bytes;
	if ((const void *)(tcp + 1) > end) {
		verdict = pm_judge_ip(ip, end);
		return verdict == PM_CONTINUE ? PM_TRUNCATED_TCP : verdict;
	}
	pm_fill_in(ip, (void *)tcp, IPPROTO_TCP, pm_event_of(tcp), packet, bucket);

	verdict = pm_judge_ip(ip, end);
	if (verdict != PM_CONTINUE)
		return verdict;
	if (total_bytes < header_bytes + sizeof(*tcp) || tcp->doff < sizeof(*tcp) / 4)
		return PM_TRUNCATED_TCP;
	return *bucket ? PM_CONTINUE : PM_INTERNAL;
}

/*
 * The same of what pm_parse_ip found to be no TCP, or a fragment. PM_FRAGMENT_PASSED: a later one, of
 * which nothing is filled in.
 */
static __always_inline enum pm_verdict pm_parse_datagram(struct iphdr *ip, const void *end,
							 struct pm_packet *packet,
							 struct pm_bucket **bucket)
{
	__u32 header_bytes = ip->ihl * 4, total_bytes = bpf_ntohs(ip->tot_len);
	struct udphdr *udp = (void *)ip + header_bytes;
	struct tcphdr *tcp = (void *)ip + header_bytes;
	struct pm_sctp *sctp = (void *)ip + header_bytes;
	enum pm_verdict verdict = pm_judge_ip(ip, end);

	if (verdict == PM_BAD_IP_CHECKSUM)
		return verdict;
	if (!pm_is_balanced(ip->protocol))
		return PM_NOT_TCP;
	if (ip->frag_off & bpf_htons(PM_IP_OFFSET))
		return PM_FRAGMENT_PASSED;
	if (ip->protocol == IPPROTO_TCP) {
		if (header_bytes < sizeof(*ip) || (const void *)(tcp + 1) > end ||
		    total_bytes < header_bytes + sizeof(*tcp) || tcp->doff < sizeof(*tcp) / 4)
			return PM_TRUNCATED_TCP;
		pm_fill_in(ip, (void *)tcp, IPPROTO_TCP, pm_event_of(tcp), packet, bucket);
	} else if (ip->protocol == IPPROTO_SCTP) {
		if (header_bytes < sizeof(*ip) || (const void *)(sctp + 1) > end ||
		    total_bytes < header_bytes + sizeof(*sctp))
			return PM_TRUNCATED_SCTP;
		pm_fill_in(ip, (void *)sctp, IPPROTO_SCTP, pm_sctp_event(sctp, end), packet, bucket);
	} else {
		if (header_bytes < sizeof(*ip) || (const void *)(udp + 1) > end ||
		    total_bytes < header_bytes + sizeof(*udp) ||
		    bpf_ntohs(udp->len) < sizeof(*udp))
			return PM_TRUNCATED_UDP;
		pm_fill_in(ip, udp, IPPROTO_UDP, PM_EVENT_DATAGRAM, packet, bucket);
	}
	packet->is_first_fragment = verdict == PM_NOT_TCP;
	return *bucket ? PM_CONTINUE : PM_INTERNAL;
}

#endif
