/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef PM_OWN_H
#define PM_OWN_H

/*
 * A control process that died does not renew its leases; then this node stops claiming its VIPs by
 * itself.
 */
static __always_inline bool pm_claims(const struct pm_lease *lease)
{
	return bpf_jiffies64() < lease->claims_until;
}

/*
 * May packets to the VIP still be forwarded? Longer than it is claimed, so that clients who know no
 * other director yet are served until there is one - but not if this node is one of the servers:
 * its successor would forward to it, and nobody may balance that again.
 */
static __always_inline bool pm_lease_holds(__u32 slot, __u32 owner_flags)
{
	struct pm_lease *lease = bpf_map_lookup_elem(&pm_leases, &slot);

	if (!lease)
		return false;
	if (owner_flags & PM_OWNER_HAS_LOCAL)
		return pm_claims(lease);
	return bpf_jiffies64() < lease->forwards_until;
}

/* The halves of an address, as they stand in memory. */
static __always_inline __u64 pm_high_of(const struct pm_address *address)
{
	return (__u64)address->words[1] << 32 | address->words[0];
}

static __always_inline __u64 pm_low_of(const struct pm_address *address)
{
	return (__u64)address->words[3] << 32 | address->words[2];
}

static __always_inline __u64 pm_low_of_v4(__be32 address)
{
	return (__u64)address << 32 | bpf_htonl(0xffff);
}

/*
 * Forwarded by another director: from the MAC of one, but not from an address of that node's own
 * (then it is an ordinary client). A node may be listed more than once, with different addresses;
 * @high and @low are the halves of the packet's. A global function for the verifier's sake, like
 * pm_connect.
 */
__noinline int pm_walk_peers(__u64 mac, __u64 high, __u64 low)
{
	__u32 zero = 0;
	struct pm_peer_list *peers = bpf_map_lookup_elem(&pm_peers, &zero);
	int is_from_peer = 0;

	if (!peers)
		return 0;
	for (__u32 i = 0; i < PM_PEERS; i++) {
		struct pm_peer *peer = &peers->entries[i];

		if (!peer->used) {
			if (i >= PM_PEERS_HEARD)
				break;
			continue;
		}
		if (peer->mac != mac)
			continue;
		if (pm_high_of(&peer->addr) == high && pm_low_of(&peer->addr) == low)
			return 0;
		is_from_peer = 1;
	}
	return is_from_peer;
}

/*
 * The TTL of a check on the client's road (road_out.h). Such a packet that comes from a peer's MAC is
 * for this node, by whatever address it was sent: while both are master each would balance the
 * other's checks, and find it dead. No router has seen it (RFC 5082), and clients begin lower.
 */
#define PM_ROAD_TTL 255

static __always_inline bool pm_is_from_peer(__u64 mac, const struct pm_packet *packet,
					    const struct pm_address *client, __u8 ttl)
{
	__u32 zero = 0;
	struct pm_peer_filter *filter = bpf_map_lookup_elem(&pm_peer_filter, &zero);

	return filter && ((filter->heard | filter->planned) >> (mac & 63)) & 1 &&
	       (ttl == PM_ROAD_TTL ? pm_walk_peers(mac, ~0ull, ~0ull) :
		packet->family == PM_V6 ?
			pm_walk_peers(mac, pm_high_of(client), pm_low_of(client)) :
			pm_walk_peers(mac, 0, pm_low_of_v4(packet->saddr)));
}

/*
 * May this node balance the packet at all? Asked before any connection entry is acted on: entries
 * outlive a mastership, and a stale one would send the packet back to the director it came from,
 * for ever. @source_mac, @client, which is the packet's of IPv6, and @ttl are read only if one of the
 * service's servers is this node.
 */
static __always_inline enum pm_verdict pm_may_balance(const struct pm_packet *packet,
						      const struct pm_address *client,
						      const __u8 *source_mac, __u8 ttl,
						      __u32 owner_flags, __u32 lease)
{
	if ((owner_flags & PM_OWNER_NEEDS_LEASE) && !pm_lease_holds(lease, owner_flags))
		return PM_NOT_ARMED;
	if ((owner_flags & PM_OWNER_HAS_LOCAL) &&
	    pm_is_from_peer(pm_mac_bits(source_mac), packet, client, ttl))
		return PM_FROM_PEER_DIRECTOR;
	return PM_CONTINUE;
}

/*
 * Is the address this node's to use? Of those that move between nodes only what its lease says; a mark
 * names no address, nor does full NAT name the one that owns the service.
 */
static __always_inline bool pm_owns(const struct pm_address *address)
{
	struct pm_vip *vip = bpf_map_lookup_elem(&pm_vips, address);

	return !vip || !(vip->owner_flags & PM_OWNER_NEEDS_LEASE) ||
	       pm_lease_holds(vip->lease, vip->owner_flags);
}

#endif
