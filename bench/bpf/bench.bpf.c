/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#include <stdbool.h>
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/tcp.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

/*
 * The measured and what it is measured against. Every packet is written anew from a template before it is handed on, so
 * that flows vary and no program sees what it did to the packet before: a test run repeats on one buffer.
 */

#define BENCH_FRAME_BYTES 80 /* room for the longest */
#define BENCH_BYTES 64       /* of a frame of IPv4 */
#define BENCH_BYTES6 80
#define BENCH_PORTS_BITS 14
#define BENCH_FIRST_PORT 1024
/* The words of the packet that differ from the template's; the flags are in the second byte of theirs. */
#define BENCH_CHECKSUM_AT (ETH_HLEN + 8)
#define BENCH_SOURCE_AT (ETH_HLEN + 12)
#define BENCH_PORTS_AT (ETH_HLEN + 20)
#define BENCH_FLAGS_AT (ETH_HLEN + 32)
#define BENCH_WRITTEN_BYTES (ETH_HLEN + 40)
/* The same of IPv6: the last word of the source address. */
#define BENCH_SOURCE6_AT (ETH_HLEN + 20)
#define BENCH_PORTS6_AT (ETH_HLEN + 40)
#define BENCH_FLAGS6_AT (ETH_HLEN + 52)
#define BENCH_WRITTEN_BYTES6 (ETH_HLEN + 60)
#define BENCH_TCP_SYN 0x02

#pragma clang diagnostic push
#pragma clang diagnostic error "-Wpadded"

/* C# writes it (TrafficRecord.cs). */
struct bench_traffic {
	__u8 frame[BENCH_FRAME_BYTES]; /* the last two bytes of the source address are zero */
	__u64 next;      /* packets so far */
	__u32 flow_mask; /* flows - 1 */
	__u32 opens;     /* 1: each flow's packets are a SYN and one more; 0: all are as the template */
	__u32 checksum;  /* of the template's IPv4 header, before the last complement, without its own field */
	__u32 stride;    /* odd: flows come in the order of its multiples */
	__u32 is_v6;
	__u32 bytes;     /* of a frame */
};
_Static_assert(sizeof(struct bench_traffic) == 112, "C# writes it");

struct bench_key {
	__be32 saddr;
	__be32 daddr;
	__be16 sport;
	__be16 dport;
	__u32 proto;
};
_Static_assert(sizeof(struct bench_key) == 16, "a key of 16 bytes is what is measured");

#pragma clang diagnostic pop

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct bench_traffic);
} bench_traffic SEC(".maps");

/* Holds the program under test. */
struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} bench_subject SEC(".maps");

/* As many entries as Pointsman's connection table has. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, struct bench_key);
	__type(value, __u64);
} bench_flows SEC(".maps");

/* 0: frames that reached bench_sink. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} bench_received SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} bench_device SEC(".maps");

static __always_inline struct bench_traffic *bench_traffic_of(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&bench_traffic, &zero);
}

/*
 * In the sizes that programs read: what the processor has just stored can be loaded again at once only from within one
 * store, and a card's packets, which come from memory, never wait for that. Words whose bits are in @skip differ.
 */
static __always_inline void bench_copy(void *data, const __u8 *frame, const int bytes, const __u32 skip)
{
	for (int at = 0; at < ETH_HLEN; at += 2)
		*(volatile __u16 *)(data + at) = *(const __u16 *)(frame + at);
	for (int at = ETH_HLEN; at < bytes; at += 4) {
		if (!(skip & 1u << (at - ETH_HLEN) / 4))
			*(volatile __u32 *)(data + at) = *(const __u32 *)(frame + at);
	}
}

#define BENCH_WORD(at) (1u << ((at) - ETH_HLEN) / 4)

/* What tells a flow's packet from another's. */
struct bench_flow {
	__be32 source; /* the low part of its address */
	__u32 port;    /* as it stands beside the other one */
	bool opens;
};

static __always_inline struct bench_flow bench_next(struct bench_traffic *traffic)
{
	__u64 packet = traffic->next;
	__u32 flow = ((__u32)(packet >> traffic->opens) * traffic->stride) & traffic->flow_mask;

	traffic->next = packet + 1;
	return (struct bench_flow){
		.source = bpf_htonl(flow >> BENCH_PORTS_BITS),
		.port = bpf_htons(BENCH_FIRST_PORT + (flow & ((1 << BENCH_PORTS_BITS) - 1))),
		.opens = traffic->opens && !(packet & 1),
	};
}

static __always_inline __u32 bench_flags(const struct bench_flow *flow, __u32 flags)
{
	return flow->opens ? (flags & ~0xff00u) | (BENCH_TCP_SYN << 8) : flags;
}

static __always_inline bool bench_write6(struct xdp_md *ctx, struct bench_traffic *traffic)
{
	void *data = (void *)(long)ctx->data;
	struct bench_flow flow;

	if (data + BENCH_BYTES6 > (void *)(long)ctx->data_end)
		return false;
	flow = bench_next(traffic);
	bench_copy(data, traffic->frame, BENCH_WRITTEN_BYTES6,
		   BENCH_WORD(BENCH_SOURCE6_AT) | BENCH_WORD(BENCH_PORTS6_AT) | BENCH_WORD(BENCH_FLAGS6_AT));
	*(volatile __u32 *)(data + BENCH_SOURCE6_AT) = flow.source;
	*(volatile __u32 *)(data + BENCH_PORTS6_AT) = *(const __u32 *)(traffic->frame + BENCH_PORTS6_AT) | flow.port;
	*(volatile __u32 *)(data + BENCH_FLAGS6_AT) =
		bench_flags(&flow, *(const __u32 *)(traffic->frame + BENCH_FLAGS6_AT));
	return true;
}

/* Writes the next packet of the next flow. */
static __always_inline bool bench_write(struct xdp_md *ctx, struct bench_traffic *traffic)
{
	void *data = (void *)(long)ctx->data;
	struct bench_flow flow;
	__u32 sum;

	if (traffic->is_v6)
		return bench_write6(ctx, traffic);
	if (data + BENCH_BYTES > (void *)(long)ctx->data_end)
		return false;
	flow = bench_next(traffic);
	sum = traffic->checksum + (flow.source >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);

	bench_copy(data, traffic->frame, BENCH_WRITTEN_BYTES,
		   BENCH_WORD(BENCH_CHECKSUM_AT) | BENCH_WORD(BENCH_SOURCE_AT) | BENCH_WORD(BENCH_PORTS_AT) |
			   BENCH_WORD(BENCH_FLAGS_AT));
	*(volatile __u32 *)(data + BENCH_CHECKSUM_AT) =
		(*(const __u32 *)(traffic->frame + BENCH_CHECKSUM_AT) & 0xffff) | (~sum << 16);
	*(volatile __u32 *)(data + BENCH_SOURCE_AT) =
		*(const __u32 *)(traffic->frame + BENCH_SOURCE_AT) | flow.source;
	*(volatile __u32 *)(data + BENCH_PORTS_AT) = *(const __u32 *)(traffic->frame + BENCH_PORTS_AT) | flow.port;
	*(volatile __u32 *)(data + BENCH_FLAGS_AT) =
		bench_flags(&flow, *(const __u32 *)(traffic->frame + BENCH_FLAGS_AT));
	return true;
}

static __always_inline void bench_swap_macs(struct ethhdr *eth)
{
	__u8 mac[ETH_ALEN];

	__builtin_memcpy(mac, eth->h_dest, ETH_ALEN);
	__builtin_memcpy(eth->h_dest, eth->h_source, ETH_ALEN);
	__builtin_memcpy(eth->h_source, mac, ETH_ALEN);
}

static __always_inline bool bench_key_of(void *data, void *end, struct bench_key *key)
{
	struct iphdr *ip = data + sizeof(struct ethhdr);
	struct tcphdr *tcp = (void *)(ip + 1);

	if ((void *)(tcp + 1) > end)
		return false;
	key->saddr = ip->saddr;
	key->daddr = ip->daddr;
	key->sport = tcp->source;
	key->dport = tcp->dest;
	key->proto = ip->protocol;
	return true;
}

/* The test run's entry: a packet for the program under test. */
SEC("xdp")
int bench_source(struct xdp_md *ctx)
{
	struct bench_traffic *traffic = bench_traffic_of();
	int grown;

	if (!traffic)
		return XDP_ABORTED;
	grown = (int)(ctx->data_end - ctx->data) - (int)traffic->bytes;
	/* The program before has put a tunnel's header in front of it, and a test run goes on with what it left. */
	if (grown > 0 && bpf_xdp_adjust_head(ctx, grown))
		return XDP_ABORTED;
	if (!bench_write(ctx, traffic))
		return XDP_ABORTED;
	bpf_tail_call(ctx, &bench_subject, 0);
	return XDP_ABORTED;
}

/* Sends packets out of the interface that the live test run names. */
SEC("xdp")
int bench_generate(struct xdp_md *ctx)
{
	struct bench_traffic *traffic = bench_traffic_of();

	if (!traffic || !bench_write(ctx, traffic))
		return XDP_ABORTED;
	return XDP_TX;
}

/* The floor: what a test run costs by itself. */
SEC("xdp")
int bench_empty(struct xdp_md *ctx)
{
	return XDP_PASS;
}

/* The least that forwards. */
SEC("xdp")
int bench_forward(struct xdp_md *ctx)
{
	void *end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = (void *)(long)ctx->data;

	if ((void *)(eth + 1) > end)
		return XDP_DROP;
	bench_swap_macs(eth);
	return XDP_TX;
}

/* The same, between two interfaces. */
SEC("xdp")
int bench_redirect(struct xdp_md *ctx)
{
	void *end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = (void *)(long)ctx->data;

	if ((void *)(eth + 1) > end)
		return XDP_DROP;
	bench_swap_macs(eth);
	return bpf_redirect_map(&bench_device, 0, XDP_ABORTED);
}

/* The least that forwards by connection: one look-up of the five-tuple in a hash map. */
SEC("xdp")
int bench_lookup(struct xdp_md *ctx)
{
	void *end = (void *)(long)ctx->data_end;
	void *data = (void *)(long)ctx->data;
	struct bench_key key = {};

	if (!bench_key_of(data, end, &key))
		return XDP_DROP;
	if (!bpf_map_lookup_elem(&bench_flows, &key))
		return XDP_DROP;
	bench_swap_macs(data);
	return XDP_TX;
}

/* Puts the packet's flow into the map that bench_lookup asks. */
SEC("xdp")
int bench_insert(struct xdp_md *ctx)
{
	void *end = (void *)(long)ctx->data_end;
	void *data = (void *)(long)ctx->data;
	struct bench_key key = {};
	__u64 one = 1;

	if (!bench_key_of(data, end, &key))
		return XDP_DROP;
	return bpf_map_update_elem(&bench_flows, &key, &one, BPF_ANY) ? XDP_ABORTED : XDP_PASS;
}

/* Where frames end that went through. */
SEC("xdp")
int bench_sink(struct xdp_md *ctx)
{
	__u32 zero = 0;
	__u64 *received = bpf_map_lookup_elem(&bench_received, &zero);

	if (received)
		*received += 1;
	return XDP_DROP;
}

char _license[] SEC("license") = "Dual BSD/GPL";
