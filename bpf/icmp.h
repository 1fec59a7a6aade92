/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef PM_ICMP_H
#define PM_ICMP_H

/*
 * Errors speak of a packet and carry its beginning. One about an answer of a virtual service comes to
 * the VIP and belongs to the server that sent the answer: without it that server never learns that
 * its packets are too large for the way. One about a client's packet, which NAT changed, has to reach
 * the client as if it were about what the client sent.
 */

#define PM_ICMP_SOURCE_QUENCH 4
#define PM_ICMP_TIME_EXCEEDED 11
#define PM_ICMP_PARAMETER_PROBLEM 12

struct pm_icmp {
	__u8 type;
	__u8 code;
	__be16 check;
	__be32 rest;
};

static __always_inline bool pm_is_error(__u8 type)
{
	return type == PM_ICMP_UNREACHABLE || type == PM_ICMP_SOURCE_QUENCH ||
	       type == PM_ICMP_TIME_EXCEEDED || type == PM_ICMP_PARAMETER_PROBLEM;
}

/* What an error speaks of: the beginning of a packet, and the ports behind its header. */
struct pm_quoted {
	struct pm_icmp *icmp;
	struct iphdr *ip;
	__be16 *ports;
};

/* False: no error, or none about TCP, UDP or SCTP with ports in it (RFC 792: eight bytes are quoted). */
static __always_inline bool pm_quoted_in(struct iphdr *ip, void *end, struct pm_quoted *quoted)
{
	__u32 header_bytes = ip->ihl * 4, quoted_bytes;
	struct pm_icmp *icmp = (void *)ip + header_bytes;
	struct iphdr *inner = (void *)(icmp + 1);
	void *ports;

	if (header_bytes < sizeof(*ip) || (void *)(inner + 1) > end || !pm_is_error(icmp->type))
		return false;
	if (ip->frag_off & bpf_htons(PM_IP_MORE_FRAGMENTS | PM_IP_OFFSET))
		return false;
	quoted_bytes = inner->ihl * 4;
	if (inner->version != 4 || quoted_bytes < sizeof(*inner) ||
	    inner->frag_off & bpf_htons(PM_IP_OFFSET) ||
	    !pm_is_balanced(inner->protocol))
		return false;
	ports = (void *)inner + quoted_bytes;
	if (ports + sizeof(struct udphdr) > end)
		return false;
	quoted->icmp = icmp;
	quoted->ip = inner;
	quoted->ports = ports;
	return true;
}

/*
 * Replaces an address and a port in what is quoted, and has the three checksums over them follow. The
 * quoted transport's own is left: it is over what nobody has.
 */
static __always_inline void pm_replace_quoted(struct pm_quoted *quoted, __be32 *addr, __be16 *port,
					      __be32 new_addr, __be16 new_port)
{
	__u16 check = quoted->icmp->check, before = quoted->ip->check;

	check = pm_checksum_after(check, *addr, new_addr, *port, new_port);
	quoted->ip->check = pm_checksum_after(before, *addr, new_addr, 0, 0);
	quoted->icmp->check = pm_checksum_after(check, 0, 0, before, quoted->ip->check);
	*addr = new_addr;
	*port = new_port;
}

/* An error about an answer, on its way to the server of that answer, which is reached by NAT. */
static __always_inline enum pm_verdict pm_translate_error(struct iphdr *ip, void *end,
							  const struct pm_server *server)
{
	__be32 rip = server->rip;
	struct pm_quoted quoted;

	if (!pm_quoted_in(ip, end, &quoted))
		return PM_INTERNAL;
	pm_replace_quoted(&quoted, &quoted.ip->saddr, &quoted.ports[0], rip,
			  server->rport ?: quoted.ports[0]);
	ip->check = pm_checksum_after(ip->check, ip->daddr, rip, 0, 0);
	ip->daddr = rip;
	return PM_CONTINUE;
}

#endif
