/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#include <stdbool.h>
#include <stddef.h>
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/tcp.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "verdict.h"
#include "types.h"
#include "maps.h"
#include "parse.h"
#include "own.h"
#include "arp.h"
#include "tcp_state.h"
#include "template.h"
#include "flow.h"
#include "pick.h"
#include "connect.h"
#include "rewrite.h"
#include "control.h"

const volatile union pm_exported pm_exported;

/* An entry acts only for the service it names: its server's record is the same service's, or it is no entry. */
static __always_inline bool pm_serves(const struct pm_server *server, const struct pm_packet *packet)
{
	return server->vip == packet->daddr && server->vport == packet->dport &&
	       server->proto == packet->proto;
}

/* The rest of the way of a packet without a usable entry; @gone is the server that its entry names, or 0. */
static __always_inline enum pm_verdict pm_connect_packet(struct pm_packet *packet, __u32 gone)
{
	struct pm_packet *scratch = pm_scratch_packet();
	enum pm_verdict verdict;

	if (!scratch)
		return PM_INTERNAL;
	*scratch = *packet;
	verdict = pm_connect(gone);
	packet->server = scratch->server;
	return verdict;
}

/* Finds the packet's server: by its connection, else by its service. packet->server is the slot to use on CONTINUE. */
static __always_inline enum pm_verdict pm_find_server(struct pm_packet *packet)
{
	__u32 index = packet->hash & pm_constants.bucket_mask, gone = 0;
	struct pm_bucket *bucket = bpf_map_lookup_elem(&pm_flows, &index);
	struct pm_server *server;
	enum pm_verdict verdict;
	struct pm_flow *flow;
	bool is_up;

	if (!bucket)
		return PM_INTERNAL;
	flow = packet->is_first_fragment ? NULL : pm_flow_find(bucket, packet);
	if (!flow)
		goto connect;
	packet->server = flow->server;
	server = bpf_map_lookup_elem(&pm_servers, &packet->server);
	if (!server || !pm_serves(server, packet)) {
		gone = flow->server;
		goto connect;
	}
	verdict = pm_may_balance(packet, server->owner_flags, server->lease);
	if (verdict != PM_CONTINUE)
		return verdict;

	is_up = server->flags & PM_SERVER_UP;
	if (packet->event == PM_EVENT_SYN && (!is_up || pm_tcp_is_over(flow->state))) {
		gone = is_up ? 0 : flow->server;
		goto connect;
	}
	if (!is_up)
		return PM_SERVER_GONE;

	pm_flow_advance(flow, packet);
	return PM_CONTINUE;

connect:
	return pm_connect_packet(packet, gone);
}

static __always_inline enum pm_verdict pm_decide(struct xdp_md *ctx)
{
	void *end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = (void *)(long)ctx->data;
	struct iphdr *ip = (void *)(eth + 1);
	struct pm_packet packet;
	struct pm_server *server;
	enum pm_verdict verdict;

	if ((void *)(eth + 1) > end)
		return PM_TRUNCATED_ETH;
	if (eth->h_proto != bpf_htons(ETH_P_IP)) {
		if (eth->h_proto == bpf_htons(ETH_P_ARP))
			return pm_arp(ctx);
		if (eth->h_proto == bpf_htons(ETH_P_8021Q) || eth->h_proto == bpf_htons(ETH_P_8021AD))
			return PM_VLAN;
		return PM_NOT_IPV4;
	}

	verdict = pm_parse_ip(ip, end, &packet);
	if (verdict != PM_CONTINUE)
		return verdict;
	packet.source_mac = pm_mac_bits(eth->h_source);
	packet.now = (__u32)bpf_jiffies64();
	packet.hash = pm_hash(&packet);

	verdict = pm_find_server(&packet);
	if (verdict != PM_CONTINUE)
		return verdict;
	server = bpf_map_lookup_elem(&pm_servers, &packet.server);
	if (!server)
		return PM_INTERNAL;
	pm_count_packet(packet.server, packet.bytes);
	return pm_forward(ctx, eth, ip, server);
}

SEC("xdp")
int pm_xdp(struct xdp_md *ctx)
{
	enum pm_verdict verdict = pm_decide(ctx);

	pm_count(verdict);
	return pm_action_of(verdict);
}

/* For interfaces that only have to be able to receive what XDP sends into them (the far end of a veth). */
SEC("xdp")
int pm_pass(struct xdp_md *ctx __attribute__((unused)))
{
	return XDP_PASS;
}

char _license[] SEC("license") = "Dual BSD/GPL";
