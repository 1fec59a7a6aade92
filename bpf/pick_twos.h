/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef PM_PICK_TWOS_H
#define PM_PICK_TWOS_H

/* The weights of the servers that may get connections, added up. Not static: see pm_usable_at. */
__noinline __u64 pm_usable_weight(__u32 ring_at, __u32 length)
{
	__u64 sum = 0;

	for (__u32 i = 0; i < PM_PICK_MAX; i++) {
		if (i >= length)
			break;
		sum += PM_WEIGHT_OF(pm_usable_at(ring_at + i));
	}
	return sum;
}

/* Walks on until the weights reach @draw. Not static: see pm_usable_at. */
__noinline __u32 pm_drawn(__u32 ring_at, __u32 length, __u64 draw)
{
	__u64 sum = 0;
	__u32 last = 0;

	for (__u32 i = 0; i < PM_PICK_MAX; i++) {
		__u64 usable;

		if (i >= length)
			break;
		usable = pm_usable_at(ring_at + i);
		if (!usable)
			continue;
		last = PM_SLOT_OF(usable);
		sum += PM_WEIGHT_OF(usable);
		if (sum >= draw)
			break;
	}
	return last;
}

/* The better of two that are drawn by weight. Of more than PM_PICK_MAX servers the first ones. */
static __always_inline __u32 pm_pick_twos(const struct pm_service *service)
{
	__u32 at = service->ring_at, length = service->ring_length, first, second;
	/* Both ends are drawn, as in IPVS. */
	__u64 draws = pm_usable_weight(at, length) + 1;
	struct pm_load *first_load, *second_load;

	first = pm_drawn(at, length, bpf_get_prandom_u32() % draws);
	second = pm_drawn(at, length, bpf_get_prandom_u32() % draws);
	first_load = bpf_map_lookup_elem(&pm_loads, &first);
	second_load = bpf_map_lookup_elem(&pm_loads, &second);
	if (!first_load || !second_load)
		return 0;
	return pm_overhead_of(first_load) * pm_weight_of(second) >
			       pm_overhead_of(second_load) * pm_weight_of(first)
		       ? second
		       : first;
}

#endif
