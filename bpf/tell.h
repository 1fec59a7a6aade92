/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef PM_TELL_H
#define PM_TELL_H

/*
 * What a router tells the sender of a packet that it does not pass on: that the next link takes less
 * (RFC 1191, RFC 8201), or that it has come too far. It speaks with the address that the packet was for,
 * as the kernel does for an address of its own.
 */

#define PM_TOLD_TTL 64
#define PM_TOLD_BYTES6 72 /* of the packet, behind its IPv6 header */
#define PM_TOLD_WORDS 64  /* of two bytes, the most that are summed up */

/* Type and code. */
#define PM_SAY_TOO_BIG (PM_ICMP_UNREACHABLE << 8 | 4)
#define PM_SAY_EXPIRED (PM_ICMP_TIME_EXCEEDED << 8)
#define PM_SAY_TOO_BIG6 (2 << 8)
#define PM_SAY_EXPIRED6 (3 << 8)

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
 * Turns the packet into what is told of it. Its header and eight bytes are quoted, which RFC 792 asks
 * for. Zero: the frame has not even those. Not static: its stack is its own.
 */
__noinline int pm_tell(struct xdp_md *ctx, __u32 what, __u32 rest)
{
	const __u32 more = sizeof(struct iphdr) + sizeof(struct pm_icmp);
	struct iphdr *ip = (void *)(long)ctx->data + sizeof(struct ethhdr);
	void *end = (void *)(long)ctx->data_end;
	struct pm_icmp *icmp;
	__u32 quoted_bytes;
	__be32 client, vip;

	if ((void *)(ip + 1) > end)
		return 0;
	client = ip->saddr;
	vip = ip->daddr;
	quoted_bytes = ip->ihl * 4 + 8;
	if (!pm_make_answer(ctx, sizeof(struct ethhdr) + quoted_bytes, more))
		return 0;
	ip = (void *)(long)ctx->data + sizeof(struct ethhdr);
	end = (void *)(long)ctx->data_end;
	icmp = (void *)(ip + 1);
	if ((void *)(icmp + 1) > end)
		return 0;
	__builtin_memset(ip, 0, sizeof(*ip) + sizeof(*icmp));
	ip->version = 4;
	ip->ihl = sizeof(*ip) / 4;
	ip->tot_len = bpf_htons(more + quoted_bytes);
	ip->ttl = PM_TOLD_TTL;
	ip->protocol = IPPROTO_ICMP;
	ip->saddr = vip;
	ip->daddr = client;
	ip->check = pm_check_of(pm_sum_of(ip, end, sizeof(*ip) / 2));
	icmp->type = what >> 8;
	icmp->code = (__u8)what;
	icmp->rest = rest;
	icmp->check = pm_check_of(pm_sum_of(icmp, end, (sizeof(*icmp) + quoted_bytes) / 2));
	return 1;
}

/* The same by ICMPv6, RFC 4443 §3. */
__noinline int pm_tell6(struct xdp_md *ctx, __u32 what, __u32 rest)
{
	const __u32 more = sizeof(struct ipv6hdr) + sizeof(struct pm_icmp);
	struct ipv6hdr *ip = (void *)(long)ctx->data + sizeof(struct ethhdr), *quoted;
	void *end = (void *)(long)ctx->data_end;
	struct pm_icmp *icmp;
	__u32 quoted_bytes;
	__u64 sum;

	if ((void *)(ip + 1) > end)
		return 0;
	/* Of a short one, all; an odd byte is left, for sums are of words. */
	quoted_bytes = bpf_ntohs(ip->payload_len);
	barrier_var(quoted_bytes);
	quoted_bytes = (quoted_bytes < PM_TOLD_BYTES6 ? quoted_bytes & ~1u : PM_TOLD_BYTES6) +
		       sizeof(struct ipv6hdr);
	if (!pm_make_answer(ctx, sizeof(struct ethhdr) + quoted_bytes, more))
		return 0;
	ip = (void *)(long)ctx->data + sizeof(struct ethhdr);
	end = (void *)(long)ctx->data_end;
	icmp = (void *)(ip + 1);
	quoted = (void *)(icmp + 1);
	if ((void *)(quoted + 1) > end)
		return 0;
	__builtin_memset(ip, 0, sizeof(*ip) + sizeof(*icmp));
	ip->version = 6;
	ip->payload_len = bpf_htons(sizeof(*icmp) + quoted_bytes);
	ip->nexthdr = IPPROTO_ICMPV6;
	ip->hop_limit = PM_TOLD_TTL;
	__builtin_memcpy(&ip->saddr, &quoted->daddr, sizeof(ip->saddr));
	__builtin_memcpy(&ip->daddr, &quoted->saddr, sizeof(ip->daddr));
	icmp->type = what >> 8;
	icmp->code = (__u8)what;
	icmp->rest = rest;
	/* RFC 8200 §8.1: over the addresses, the length and the protocol, too. */
	sum = (__u64)ip->payload_len + bpf_htons(IPPROTO_ICMPV6);
	sum += pm_sum_of(&ip->saddr, end, 2 * sizeof(ip->saddr) / 2);
	sum += pm_sum_of(icmp, end, (sizeof(*icmp) + quoted_bytes) / 2);
	icmp->check = pm_check_of(sum);
	return 1;
}

/* For pm_tell_sender. Not static: rare, and its stack is its own. */
__noinline int pm_does_not_fit(__u32 room)
{
	struct pm_connection_wish *wish = pm_wish();

	if (!wish)
		return PM_INTERNAL;
	wish->room = room;
	return PM_TOO_BIG;
}

/*
 * Is a packet of so many bytes more than the way to its server takes? What comes in by an interface in the
 * generic mode may be several that the kernel has put together: going back out of there it is taken
 * apart again. By another interface the kernel itself refuses it, whatever it is.
 */
static __always_inline bool pm_is_too_large(const struct xdp_md *ctx,
					    const struct pm_server *server, __u32 bytes)
{
	return bytes > server->mtu && server->mtu &&
	       !(server->flags & PM_SERVER_MERGES && server->ifindex == ctx->ingress_ifindex);
}

/*
 * What is told of a client's packet with this verdict; it is as it came, for all else was too deep: what
 * finds out that a packet does not fit leaves what does in pm_scratch. RFC 1122 §3.2.2: of errors there
 * are no errors, and none of later fragments. One that may be split is told of, too: nobody here can make
 * two of it, and a sender that heeds this does so itself.
 */
__noinline int pm_tell_sender(struct xdp_md *ctx, __u32 verdict)
{
	struct ethhdr *eth = (void *)(long)ctx->data;
	void *end = (void *)(long)ctx->data_end;
	struct iphdr *ip = (void *)(eth + 1);
	struct ipv6hdr *ip6 = (void *)(eth + 1);
	const struct pm_connection_wish *wish = pm_wish();
	const bool is_expired = verdict == PM_TTL_EXPIRED;
	__be16 ether_type;
	int is_told;

	if (!wish || (void *)(ip + 1) > end)
		return PM_INTERNAL;
	ether_type = *(__be16 *)((void *)(eth + 1) - sizeof(ether_type));
	if (ether_type == bpf_htons(ETH_P_IP)) {
		if (ip->protocol == IPPROTO_ICMP || ip->frag_off & bpf_htons(PM_IP_OFFSET))
			return verdict;
		is_told = is_expired ? pm_tell(ctx, PM_SAY_EXPIRED, 0) :
				       pm_tell(ctx, PM_SAY_TOO_BIG, bpf_htonl(wish->room));
	} else {
		if ((void *)(ip6 + 1) > end)
			return PM_INTERNAL;
		if (ip6->nexthdr == IPPROTO_ICMPV6)
			return verdict;
		is_told = is_expired ? pm_tell6(ctx, PM_SAY_EXPIRED6, 0) :
				       pm_tell6(ctx, PM_SAY_TOO_BIG6, bpf_htonl(wish->room));
	}
	return !is_told ? (int)verdict : is_expired ? PM_TTL_EXPIRED_TOLD : PM_TOO_BIG_TOLD;
}

#endif
