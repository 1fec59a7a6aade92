/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef PM_PICK_TWOS_H
#define PM_PICK_TWOS_H

#define PM_TWOS_HALVINGS 18 /* of more places than there are servers */
#define PM_TWOS_DRAWS 8	    /* before those drawn are taken to be overloaded, all of them */

/* The weights up to and with that place of the ring, added up. */
static __always_inline __u64 pm_weights_to(__u32 at)
{
	__u64 *place = bpf_map_lookup_elem(&pm_ring, &at);

	return place ? *place >> 32 : 0;
}

/*
 * One step of pm_draw: how many places are known not to reach @draw, if the next @step are among
 * them or not. Not static: see pm_usable_at.
 */
__noinline __u32 pm_passed(__u32 ring_at, __u32 length, __u32 passed, __u32 step, __u64 draw)
{
	__u32 next = passed + step;

	return next < length && pm_weights_to(ring_at + next - 1) < draw ? next : passed;
}

/*
 * A server drawn by weight if it is not overloaded; else 0. It is the one whose weight, added to all
 * before it, reaches what was drawn. Not static: see pm_usable_at.
 */
__noinline __u32 pm_draw(__u32 ring_at, __u32 length)
{
	/* Both ends are drawn, as in IPVS. */
	__u64 draw = bpf_get_prandom_u32() % (pm_weights_to(ring_at + length - 1) + 1);
	__u32 passed = 0, slot;

	for (__u32 i = 0; i < PM_TWOS_HALVINGS; i++)
		passed = pm_passed(ring_at, length, passed, 1u << (PM_TWOS_HALVINGS - 1) >> i, draw);
	slot = pm_slot_at(ring_at + passed);
	return pm_is_slot_overloaded(slot) ? 0 : slot;
}

static __always_inline __u32 pm_draw_usable(const struct pm_service *service)
{
	__u32 slot = 0;

	for (__u32 i = 0; i < PM_TWOS_DRAWS && !slot; i++)
		slot = pm_draw(service->ring_at, service->ring_length);
	return slot;
}

/*
 * The better of two that are drawn by weight. Where nearly all are overloaded, the best of those that
 * are not.
 */
static __always_inline __u32 pm_pick_twos(const struct pm_service *service)
{
	struct pm_load *first_load, *second_load;
	__u32 first, second;

	if (!service->ring_length)
		return 0;
	first = pm_draw_usable(service);
	second = pm_draw_usable(service);
	if (!first || !second)
		return pm_pick_least(service, PM_WLC);
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
