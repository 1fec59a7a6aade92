/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef PM_PICK_H
#define PM_PICK_H

/* What lies at that place of the ring; 0: nothing. */
static __always_inline __u32 pm_slot_at(__u32 at)
{
	__u64 *place = bpf_map_lookup_elem(&pm_ring, &at);

	return place ? (__u32)*place : 0;
}

static __always_inline bool pm_is_slot_overloaded(__u32 slot)
{
	struct pm_load *load = bpf_map_lookup_elem(&pm_loads, &slot);

	return !load || pm_is_overloaded(load);
}

static __always_inline __u64 pm_weight_of(__u32 slot)
{
	struct pm_server *server = bpf_map_lookup_elem(&pm_servers, &slot);

	return server ? server->weight : 0;
}

/* The bit of a place or node of a tree (tree.h) that says: a server there is half idle, as lblc has it. */
#define PM_HALF_IDLE_AT 63

#define PM_SLOT_OF(usable) ((__u32)((usable) >> 32))
#define PM_WEIGHT_OF(usable) ((__u32)(usable))

/*
 * The server at that place of the ring if it may get new connections, above its weight; else 0. Not
 * static: a global function is verified once by itself, not in each turn of the loops that call it.
 */
__noinline __u64 pm_usable_at(__u32 at)
{
	__u32 slot = pm_slot_at(at);
	__u64 weight = pm_weight_of(slot);

	return weight && !pm_is_slot_overloaded(slot) ? (__u64)slot << 32 | weight : 0;
}

#include "pick_rr.h"
#include "pick_least.h"
#include "pick_highest.h"
#include "pick_hash.h"
#include "pick_twos.h"
#include "locality.h"
#include "pick_lblc.h"
#include "pick_lblcr.h"

/*
 * Asks the scheduler of the service in pm_scratch for a server for the packet there; 0: none is
 * usable. Not static: a global function is verified once by itself, while the choice inlined into
 * pm_connect makes a state of all that follows for each scheduler ("BPF program is too large",
 * 6.18).
 */
__noinline __u32 pm_pick(void)
{
	struct pm_connection_wish *wish = pm_wish();
	const struct pm_service *service;

	if (!wish)
		return 0;
	service = &wish->service;
	switch (service->scheduler) {
	case PM_RR:
	case PM_WRR:
		return pm_pick_rr(service);
	case PM_LC:
	case PM_WLC:
	case PM_SED:
	case PM_NQ:
		return pm_pick_least(service, service->scheduler);
	case PM_FO:
	case PM_OVF:
		return pm_pick_highest(service);
	case PM_SH:
		return pm_pick_sh(service, wish);
	case PM_DH:
		return pm_pick_dh(service, wish);
	case PM_MH:
		return pm_pick_mh(service, wish);
	case PM_TWOS:
		return pm_pick_twos(service);
	case PM_LBLC:
		return pm_pick_lblc(service, wish->packet.mark);
	case PM_LBLCR:
		return pm_pick_lblcr(service, wish->packet.mark);
	default:
		return 0;
	}
}

/*
 * Without an entry: the same packet always finds the same server, and of those whose server stays few
 * find another when servers come and go (ConsistentShares.cs).
 */
static __always_inline __u32 pm_pick_stateless(const struct pm_service *service,
					       const struct pm_packet *packet)
{
	if (service->scheduler == PM_SH || service->scheduler == PM_DH ||
	    service->scheduler == PM_MH)
		return pm_pick();
	if (service->share_length)
		return pm_slot_at(service->share_at + packet->hash % service->share_length);
	if (!service->ring_length)
		return 0;
	return pm_slot_at(service->ring_at + packet->hash % service->ring_length);
}

#endif
