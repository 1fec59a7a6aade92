/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef PM_PICK_H
#define PM_PICK_H

#include "pick_rr.h"
#include "pick_wlc.h"

/* The service's scheduler; 0: no server is usable. */
static __always_inline __u32 pm_pick(const struct pm_service *service)
{
	switch (service->scheduler) {
	case PM_RR:
	case PM_WRR:
		return pm_pick_rr(service);
	case PM_LC:
	case PM_WLC:
		return pm_pick_least(service, service->scheduler == PM_WLC);
	default:
		return 0;
	}
}

/*
 * Without an entry: the same packet always finds the same server, as long as the set does not
 * change.
 */
static __always_inline __u32 pm_pick_stateless(const struct pm_service *service,
					       const struct pm_packet *packet)
{
	__u64 *slot;
	__u32 at;

	if (!service->ring_length)
		return 0;
	at = service->ring_at + packet->hash % service->ring_length;
	slot = bpf_map_lookup_elem(&pm_ring, &at);
	return slot ? (__u32)*slot : 0;
}

#endif
