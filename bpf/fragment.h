/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef PM_FRAGMENT_H
#define PM_FRAGMENT_H

/*
 * Only the first fragment of a packet has its ports. It is balanced like any packet and leaves a note
 * (pm_fragments) by which the others of that packet, known by addresses and identification, go after
 * it. Nothing is held back: what arrives before the first finds no note and is lost to its server.
 */

#define PM_FRAGMENT_SECONDS 30 /* as long as Linux waits for the rest of a packet */

/* RFC 791 §3.2: these four tell which packet a fragment is of. */
static __always_inline void pm_fragment_of(const struct iphdr *ip, struct pm_fragment_key *key)
{
	key->source = pm_address_of(ip->saddr);
	key->target = pm_address_of(ip->daddr);
	key->id = ip->id;
	key->proto = ip->protocol;
}

/* RFC 8200 §4.5: these three; pm_upper_layer has written the last. */
static __always_inline void pm_fragment_of6(const struct ipv6hdr *ip, struct pm_fragment_key *key)
{
	__builtin_memcpy(&key->source, &ip->saddr, sizeof(key->source));
	__builtin_memcpy(&key->target, &ip->daddr, sizeof(key->target));
	key->proto = 0;
}

/*
 * The packet in pm_scratch is a first fragment and goes to the server at @slot; 0: up the stack. Not
 * static: it is rare, and the packet's ways have their registers full.
 */
__noinline int pm_fragment_note(__u32 slot)
{
	struct pm_connection_wish *wish = pm_wish();
	struct pm_server *server = bpf_map_lookup_elem(&pm_servers, &slot);
	__u32 zero = 0;
	struct pm_settings *settings = bpf_map_lookup_elem(&pm_settings, &zero);

	if (!wish || !server || !settings)
		return 0;
	wish->first.server = slot;
	wish->first.service = *(const __u64 *)&server->vip;
	wish->first.expiry =
		(__u32)bpf_jiffies64() + settings->ticks_per_second * PM_FRAGMENT_SECONDS;
	wish->first.hash = wish->packet.hash;
	wish->first.key = wish->packet.key;
	wish->first.vip = wish->origin.vip;
	bpf_map_update_elem(&pm_fragments, &wish->fragment, &wish->first, BPF_ANY);
	pm_count(PM_NOTE_FRAGMENT_FIRST);
	return 0;
}

/* What a first fragment leaves behind, whatever became of it; where it was dropped, so are the others. */
static __always_inline void pm_fragment_note_verdict(const struct pm_packet *packet,
						     enum pm_verdict verdict)
{
	if (verdict == PM_CONTINUE)
		pm_fragment_note(packet->server);
	else if (pm_action_of(verdict) == XDP_PASS)
		pm_fragment_note(0);
}

/*
 * The server that the first fragment of the packet in pm_scratch went to, in wish->packet.server. On
 * anything but PM_CONTINUE, that is what becomes of this one. Not static: verified once.
 */
__noinline int pm_fragment_server(void)
{
	struct pm_connection_wish *wish = pm_wish();
	struct pm_fragment *first;
	struct pm_server *server;
	struct pm_vip *vip;
	__u32 slot;

	if (!wish)
		return PM_INTERNAL;
	first = bpf_map_lookup_elem(&pm_fragments, &wish->fragment);
	if (!first || pm_is_past((__u32)bpf_jiffies64(), first->expiry)) {
		vip = bpf_map_lookup_elem(&pm_vips, &wish->fragment.target);
		if (!vip)
			return PM_NOT_VIP;
		/* The stack of a node that may be its server puts packets together in any order. */
		if (vip->owner_flags & PM_OWNER_HAS_LOCAL ||
		    (vip->owner_flags & PM_OWNER_NEEDS_LEASE &&
		     !pm_lease_holds(vip->lease, vip->owner_flags)))
			return PM_FRAGMENT_PASSED;
		return PM_FRAGMENT_EARLY;
	}
	slot = first->server;
	if (!slot)
		return PM_FRAGMENT_PASSED;
	server = bpf_map_lookup_elem(&pm_servers, &slot);
	/* The slot may have gone to another service's server since. */
	if (!server || *(const __u64 *)&server->vip != first->service)
		return PM_SERVER_GONE;
	wish->packet.server = slot;
	wish->packet.hash = first->hash;
	wish->packet.key = first->key;
	wish->origin.vip = first->vip;
	return PM_CONTINUE;
}

#endif
