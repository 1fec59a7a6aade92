/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef PM_ANSWER_TELL_H
#define PM_ANSWER_TELL_H

/*
 * An answer of a server by NAT that is larger than the way to its client takes: the server is told. The
 * answer is the virtual service's by now, and what is quoted has to be what the server sent, so its ends
 * become again what they were. Its checksum is left: the packet goes nowhere, and who is told by so few
 * bytes cannot ask for it. The stack is not left to tell, because it would send on what may be split, or
 * what the generic mode has put together, with the server's own address.
 */

/* @room: what the way takes; before 5.12 the look-up leaves there what it was asked for, and nobody is told. */
__noinline int pm_refuse_answer(struct xdp_md *ctx, __u32 room)
{
	void *end = (void *)(long)ctx->data_end;
	struct iphdr *ip = (void *)(long)ctx->data + sizeof(struct ethhdr);
	struct pm_connection_wish *wish = pm_wish();
	struct pm_server *server;
	__u32 slot, header_bytes;
	__be16 *ports;

	if (!wish || (void *)(ip + 1) > end)
		return PM_INTERNAL;
	/* RFC 1122 §3.2.2 */
	if (ip->protocol == IPPROTO_ICMP || ip->frag_off & bpf_htons(PM_IP_OFFSET) ||
	    room >= bpf_ntohs(ip->tot_len))
		return PM_ANSWER_UNROUTED;
	slot = wish->packet.server;
	server = bpf_map_lookup_elem(&pm_servers, &slot);
	header_bytes = ip->ihl * 4;
	ports = (void *)ip + header_bytes;
	if (!server || header_bytes < sizeof(*ip) || (void *)(ports + 2) > end)
		return PM_INTERNAL;
	ip->check = pm_checksum_after(ip->check, ip->saddr, server->rip, 0, 0);
	ip->saddr = server->rip;
	ports[0] = wish->asked.server_port;
	if (pm_is_guised(server)) {
		ip->check = pm_checksum_after(ip->check, ip->daddr, wish->guise.local.words[3], 0, 0);
		ip->daddr = wish->guise.local.words[3];
		ports[1] = wish->guise.port;
	}
	return pm_tell(ctx, PM_SAY_TOO_BIG, bpf_htonl(room)) ? PM_ANSWER_TOO_BIG_TOLD :
								 PM_ANSWER_UNROUTED;
}

/* The same of IPv6; where the ports are, pm_answer6 has left in pm_scratch. */
__noinline int pm_refuse_answer6(struct xdp_md *ctx, __u32 room)
{
	void *end = (void *)(long)ctx->data_end, *data = (void *)(long)ctx->data;
	struct ipv6hdr *ip = data + sizeof(struct ethhdr);
	struct pm_connection_wish *wish = pm_wish();
	const struct pm_address *rip;
	struct pm_server *server;
	__u32 slot, ports_at;
	__be16 *ports;

	if (!wish || (void *)(ip + 1) > end)
		return PM_INTERNAL;
	ports_at = wish->packet.ports_at;
	/* Errors and later fragments have none. */
	if (!ports_at || ports_at > 2 * PM_IP6_REACH ||
	    room >= bpf_ntohs(ip->payload_len) + sizeof(*ip))
		return PM_ANSWER_UNROUTED;
	slot = wish->packet.server;
	server = bpf_map_lookup_elem(&pm_servers, &slot);
	rip = server ? pm_address_at(server->rip) : NULL;
	ports = data + ports_at;
	if (!rip || (void *)(ports + 2) > end)
		return PM_INTERNAL;
	__builtin_memcpy(&ip->saddr, rip, sizeof(ip->saddr));
	ports[0] = wish->asked.server_port;
	if (pm_is_guised(server)) {
		__builtin_memcpy(&ip->daddr, &wish->guise.local, sizeof(ip->daddr));
		ports[1] = wish->guise.port;
	}
	return pm_tell6(ctx, PM_SAY_TOO_BIG6, bpf_htonl(room)) ? PM_ANSWER_TOO_BIG_TOLD :
								   PM_ANSWER_UNROUTED;
}

#endif
