/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef PM_PICK_LBLC_H
#define PM_PICK_LBLC_H

/* A server has less than half of the active connections that its weight allows. */
__noinline __u32 pm_is_any_half_idle(__u32 ring_at, __u32 length)
{
	for (__u32 i = 0; i < PM_PICK_MAX; i++) {
		struct pm_load *load;
		__u32 slot;

		if (i >= length)
			break;
		slot = pm_slot_at(ring_at + i);
		load = bpf_map_lookup_elem(&pm_loads, &slot);
		if (load && (__u64)load->active * 2 < pm_weight_of(slot))
			return 1;
	}
	return 0;
}

/* The same, from the root of the service's tree where there is one. */
static __always_inline bool pm_has_half_idle(const struct pm_service *service)
{
	__u32 at = service->root_at;
	__u64 *root = bpf_map_lookup_elem(&pm_ring, &at);

	return at && root ? *root >> PM_HALF_IDLE_AT :
			    pm_is_any_half_idle(service->ring_at, service->ring_length);
}

/* wlc's choice. */
static __always_inline __u32 pm_least_of(const struct pm_service *service)
{
	return pm_winner(service) ?:
	       pm_least_cost(service->ring_at, service->ring_length, 0, PM_WLC);
}

static __always_inline bool pm_may_stay(const struct pm_service *service, __u32 slot)
{
	struct pm_server *server = bpf_map_lookup_elem(&pm_servers, &slot);
	struct pm_load *load = bpf_map_lookup_elem(&pm_loads, &slot);

	if (!slot || !server || !load || server->service != service->id || !server->weight ||
	    !(server->flags & PM_SERVER_UP))
		return false;
	return load->active <= server->weight ||
	       !pm_has_half_idle(service);
}

/* The server of the address that is asked for, unless it is loaded while another is half idle. */
static __always_inline __u32 pm_pick_lblc(const struct pm_service *service, __u32 mark)
{
	__u32 slot = pm_recall(service->id, mark) & PM_SLOT_MASK;

	if (pm_may_stay(service, slot))
		return slot;
	slot = pm_least_of(service);
	if (slot)
		pm_add_member(service->id, mark, slot);
	return slot;
}

#endif
