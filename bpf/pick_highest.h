/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef PM_PICK_HIGHEST_H
#define PM_PICK_HIGHEST_H

#define PM_HIGHEST_STRETCHES 32

/*
 * The first of @length servers of the ring that is not overloaded; of ovf, that has not more active
 * connections than its weight. Not static: see pm_usable_at.
 */
__noinline __u32 pm_first_with_room(__u32 ring_at, __u32 length, __u32 scheduler)
{
	for (__u32 i = 0; i < PM_PICK_MAX; i++) {
		__u32 slot;
		struct pm_load *load;

		if (i >= length)
			break;
		slot = pm_slot_at(ring_at + i);
		load = bpf_map_lookup_elem(&pm_loads, &slot);
		if (!load || pm_is_overloaded(load))
			continue;
		if (scheduler == PM_OVF && load->active > pm_weight_of(slot))
			continue;
		return slot;
	}
	return 0;
}

/* fo, ovf: the ring lists the servers that have a weight, the highest first, of equals the newest. */
static __always_inline __u32 pm_pick_highest(const struct pm_service *service)
{
	__u32 length = service->ring_length, start = 0;

	for (__u32 i = 0; i < PM_HIGHEST_STRETCHES; i++) {
		__u32 slot;

		if (start >= length)
			break;
		slot = pm_first_with_room(service->ring_at + start, length - start, service->scheduler);
		if (slot)
			return slot;
		start += PM_PICK_MAX;
	}
	return 0;
}

#endif
