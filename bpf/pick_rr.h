/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef PM_PICK_RR_H
#define PM_PICK_RR_H

/*
 * The next place after @place whose server is not overloaded: how many places on, or 0. Not static:
 * see pm_usable_at.
 */
__noinline __u32 pm_next_not_overloaded(__u32 ring_at, __u32 length, __u32 place)
{
	for (__u32 i = 1; i < PM_PICK_MAX; i++) {
		if (i >= length)
			break;
		/* A counter set back to zero would be known: a state more in each turn. */
		if (pm_usable_at(ring_at + (place + i) % length))
			return i;
	}
	return 0;
}

/*
 * rr and wrr: one period of the scheduler's sequence lies in the ring, built by C#. A fetching add
 * would make each place unique, but is not in kernels before 5.12; two CPUs that read the same
 * place choose the same server once.
 */
static __always_inline __u32 pm_pick_rr(const struct pm_service *service)
{
	__u32 id = service->id, length = service->ring_length, place, slot, skipped;
	struct pm_cursor *cursor = bpf_map_lookup_elem(&pm_cursors, &id);

	if (!cursor || !length)
		return 0;
	place = (__u32)(cursor->next % length);
	slot = pm_slot_at(service->ring_at + place);
	if (!pm_is_slot_overloaded(slot)) {
		__sync_fetch_and_add(&cursor->next, 1);
		return slot;
	}

	skipped = pm_next_not_overloaded(service->ring_at, length, place);
	if (!skipped)
		return 0;
	__sync_fetch_and_add(&cursor->next, skipped + 1);
	place += skipped;
	if (place >= length)
		place -= length;
	return pm_slot_at(service->ring_at + place);
}

#endif
