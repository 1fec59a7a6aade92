/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef PM_GUISE_SEND_H
#define PM_GUISE_SEND_H

/* Packets of clients, and errors about answers, to servers by full NAT (guise.h). */

/* Whose the packet is: the established way of TCP keeps that in registers. */
static __always_inline void pm_name4(struct pm_connection_wish *wish, const struct iphdr *ip,
				     const __be16 *ports)
{
	struct pm_packet *packet = &wish->packet;

	packet->saddr = ip->saddr;
	packet->daddr = ip->daddr;
	packet->sport = ports[0];
	packet->dport = ports[1];
	packet->proto = ip->protocol;
	packet->family = PM_V4;
	packet->salt = 0;
	packet->now = (__u32)bpf_jiffies64();
	wish->client = pm_address_of(ip->saddr);
	pm_hash(packet);
}

/* The source of what a server by full NAT gets; what is named by an error is named in pm_scratch already. */
static __always_inline enum pm_verdict pm_disguise(struct iphdr *ip, void *end, __u32 slot)
{
	struct pm_connection_wish *wish = pm_wish();
	__be16 *ports = NULL, *check = NULL;
	struct pm_quoted quoted;
	enum pm_verdict verdict;
	bool is_whole = !(ip->frag_off & bpf_htons(PM_IP_OFFSET)) && ip->protocol != IPPROTO_ICMP;
	__be32 local;

	if (!wish)
		return PM_INTERNAL;
	if (is_whole) {
		/* SCTP is by none of these services. */
		if (!pm_transport_of(ip, end, &ports, &check) || !check)
			return PM_INTERNAL;
		pm_name4(wish, ip, ports);
	}
	verdict = pm_guise_known();
	if (verdict == PM_NOT_TCP && is_whole)
		verdict = pm_guise_take(slot);
	if (verdict != PM_CONTINUE)
		return verdict;
	local = wish->guise.local.words[3];
	if (!is_whole && ip->protocol == IPPROTO_ICMP) {
		/* From this node: the server may have no way to the router that says so. */
		if (!pm_quoted_in(ip, end, &quoted))
			return PM_INTERNAL;
		pm_replace_quoted(&quoted, &quoted.ip->daddr, &quoted.ports[1], local,
				  wish->guise.port);
	}
	ip->check = pm_checksum_after(ip->check, ip->saddr, local, 0, 0);
	if (is_whole && ports && check)
		pm_replace(&ip->saddr, &ports[0], check, ip->protocol, local, wish->guise.port);
	else
		ip->saddr = local;
	return PM_CONTINUE;
}

/* Whether it may be sent was asked. Not static: its stack is its own. */
__noinline int pm_send_guised(struct xdp_md *ctx, __u32 slot)
{
	struct pm_server *server = bpf_map_lookup_elem(&pm_servers, &slot);
	void *end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = (void *)(long)ctx->data;
	struct iphdr *ip = (void *)(eth + 1);
	enum pm_verdict verdict;

	if (!server || (void *)(ip + 1) > end)
		return PM_INTERNAL;
	verdict = pm_disguise(ip, end, slot);
	if (verdict != PM_CONTINUE)
		return verdict;
	verdict = ip->protocol == IPPROTO_ICMP ? pm_translate_error(ip, end, server) :
						 pm_translate(ip, end, server);
	return verdict == PM_CONTINUE ? pm_send(ctx, eth, ip, server) : verdict;
}

/* The packet in pm_scratch. */
__noinline int pm_send_guised6(struct xdp_md *ctx, __u32 slot)
{
	struct pm_server *server = bpf_map_lookup_elem(&pm_servers, &slot);
	struct pm_connection_wish *wish = pm_wish();
	enum pm_verdict verdict;
	struct ethhdr *eth;
	struct ipv6hdr *ip;

	if (!server || !wish)
		return PM_INTERNAL;
	verdict = pm_guise_known();
	if (verdict == PM_NOT_TCP)
		verdict = pm_guise_take(slot);
	if (verdict != PM_CONTINUE)
		return verdict;
	eth = (void *)(long)ctx->data;
	ip = (void *)(eth + 1);
	if ((void *)(ip + 1) > (void *)(long)ctx->data_end)
		return PM_INTERNAL;
	if (!pm_replace6(ctx, wish->packet.ports_at, wish->packet.proto, &ip->saddr,
			 &wish->guise.local, false, wish->guise.port))
		return PM_INTERNAL;
	verdict = pm_translate6(ctx, ip, server);
	return verdict == PM_CONTINUE ? pm_send6(ctx, eth, ip, server) : verdict;
}

#endif
