/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef PM_ARP_H
#define PM_ARP_H

#define PM_ARP_REQUEST 1

#pragma clang diagnostic push
#pragma clang diagnostic error "-Wpadded"

/* RFC 826, for Ethernet and IPv4. */
struct pm_arp {
	__be16 hardware;
	__be16 protocol;
	__u8 hardware_bytes;
	__u8 protocol_bytes;
	__be16 operation;
	__u8 sender_mac[6];
	__u8 sender_addr[4];
	__u8 target_mac[6];
	__u8 target_addr[4];
};

#pragma clang diagnostic pop

/*
 * The lease of a VIP whose owner must renew it, or NULL. Not asked of the prefilter, which knows the
 * addresses of services only: an instance of VRRP may hold others.
 */
static __always_inline struct pm_lease *pm_lease_of(const struct pm_address *address)
{
	struct pm_address key = *address;
	struct pm_vip *vip = bpf_map_lookup_elem(&pm_vips, &key);

	if (!vip || !(vip->owner_flags & PM_OWNER_NEEDS_LEASE))
		return NULL;
	return bpf_map_lookup_elem(&pm_leases, &vip->lease);
}

/*
 * The dead man's switch: the stack would go on answering for a VIP that is still on the interface
 * of a node whose control process died. And the successor's announcement ends what is left of an
 * unrenewed lease; a living owner settles that by VRRP, whoever announces. What cannot be read is
 * left to the stack.
 */
static __always_inline enum pm_verdict pm_judge_arp(const struct pm_arp *arp, const void *end)
{
	struct pm_address address = pm_address_of(0);
	struct pm_lease *lease;

	if ((const void *)(arp + 1) > end)
		return PM_ARP;
	if (arp->protocol != bpf_htons(ETH_P_IP) || arp->protocol_bytes != sizeof(arp->target_addr))
		return PM_ARP;

	__builtin_memcpy(&address.words[3], arp->sender_addr, sizeof(arp->sender_addr));
	lease = pm_lease_of(&address);
	if (lease && !pm_claims(lease))
		lease->forwards_until = 0;

	if (arp->operation != bpf_htons(PM_ARP_REQUEST))
		return PM_ARP;
	__builtin_memcpy(&address.words[3], arp->target_addr, sizeof(arp->target_addr));
	lease = pm_lease_of(&address);
	return lease && !pm_claims(lease) ? PM_ARP_LEASE_LAPSED : PM_ARP;
}

static __noinline enum pm_verdict pm_arp(struct xdp_md *ctx)
{
	void *end = (void *)(long)ctx->data_end;

	return pm_judge_arp((void *)(long)ctx->data + sizeof(struct ethhdr), end);
}

#endif
