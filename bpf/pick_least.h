/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef PM_PICK_LEAST_H
#define PM_PICK_LEAST_H

/*
 * What a server has to bear, as IPVS weighs it: an active connection counts 257, an inactive one 1.
 */
static __always_inline __u64 pm_overhead_of(const struct pm_load *load)
{
	return ((__u64)load->active << 8) + load->active + load->inactive;
}

/*
 * What a connection costs there; divided by the weight it is what is compared. fo and ovf do not ask,
 * but without a case of theirs the compiler makes branches of it that the verifier of 6.18 walks in
 * each turn of the loops around ("BPF program is too large").
 */
static __always_inline __u64 pm_cost_of(const struct pm_load *load, __u32 scheduler)
{
	__u64 idle;

	switch (scheduler) {
	case PM_NQ:
		/* One that is idle costs nothing: the first of them is taken. Without a branch, as above. */
		idle = (__u64)load->active - 1;
		barrier_var(idle);
		return (__u64)load->active + 1 - (idle >> 63);
	case PM_SED:
		return (__u64)load->active + 1;
	case PM_FO:
	case PM_OVF:
		return 1;
	default:
		return pm_overhead_of(load);
	}
}

/*
 * The best of @length servers of the ring, beginning @start places into the extent. Not static: a
 * global function is verified once by itself, while a loop inlined into each of its callers' states
 * is more than the verifier walks
 * ("BPF program is too large", 6.18).
 */
__noinline __u32 pm_least_cost(__u32 ring_at, __u32 length, __u32 start, __u32 scheduler)
{
	__u64 best_cost = 0, best_weight = 0;
	__u32 best = 0;

	for (__u32 i = 0; i < PM_PICK_MAX; i++) {
		__u32 at = start + i, slot;
		__u64 cost, weight;
		struct pm_load *load;

		if (i >= length)
			break;
		if (at >= length)
			at -= length;
		slot = pm_slot_at(ring_at + at);
		load = bpf_map_lookup_elem(&pm_loads, &slot);
		if (!load || pm_is_overloaded(load))
			continue;
		cost = pm_cost_of(load, scheduler);
		weight = scheduler == PM_LC ? 1 : pm_weight_of(slot);
		if (!best || best_cost * weight > cost * best_weight) {
			best = slot;
			best_cost = cost;
			best_weight = weight;
		}
	}
	return best;
}

/* Who has won the service's tree (tree.h); 0: it has none, or nobody there may get connections. */
static __always_inline __u32 pm_winner(const struct pm_service *service)
{
	return service->root_at ? pm_slot_at(service->root_at) : 0;
}

/*
 * lc, wlc, sed, nq: the ring lists the servers that have a weight, newest first; of equals the first
 * stays. Without a tree (twos; a service that another version laid out, until the next plan) a service
 * with more than PM_PICK_MAX servers is compared in stretches: each connection goes to the best of the
 * next stretch, which keeps the cost of a connection bounded and the load even.
 */
static __always_inline __u32 pm_pick_least(const struct pm_service *service, __u32 scheduler)
{
	__u32 id = service->id, length = service->ring_length, start = 0, slot = pm_winner(service);

	if (slot)
		return slot;
	if (length > PM_PICK_MAX) {
		struct pm_cursor *cursor = bpf_map_lookup_elem(&pm_cursors, &id);

		if (!cursor)
			return 0;
		start = (__u32)((cursor->next * PM_PICK_MAX) % length);
		__sync_fetch_and_add(&cursor->next, 1);
	}
	return pm_least_cost(service->ring_at, length, start, scheduler);
}

#endif
