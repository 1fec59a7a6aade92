/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef PM_PICK_WLC_H
#define PM_PICK_WLC_H

/*
 * What a server has to bear, as IPVS weighs it: an active connection counts 257, an inactive one 1.
 */
static __always_inline __u64 pm_overhead_of(__u32 slot)
{
	struct pm_load *load = bpf_map_lookup_elem(&pm_loads, &slot);

	if (!load)
		return 0;
	return ((__u64)load->active << 8) + load->active + load->inactive;
}

static __always_inline __u64 pm_weight_of(__u32 slot)
{
	struct pm_server *server = bpf_map_lookup_elem(&pm_servers, &slot);

	return server ? server->weight : 0;
}

/*
 * The best of @count servers of the ring, beginning @start places into the extent. Not static: a
 * global function is verified once by itself, while a loop inlined into each of its callers' states
 * is more than the verifier walks
 * ("BPF program is too large", 6.18).
 */
__noinline __u32 pm_least_loaded(__u32 ring_at, __u32 length, __u32 start, __u32 weighted)
{
	__u64 best_overhead = 0, best_weight = 0;
	__u32 best = 0;

	for (__u32 i = 0; i < PM_PICK_MAX; i++) {
		__u32 at = start + i, slot;
		__u64 overhead, weight, *place;

		if (i >= length)
			break;
		if (at >= length)
			at -= length;
		at += ring_at;
		place = bpf_map_lookup_elem(&pm_ring, &at);
		if (!place)
			break;
		slot = (__u32)*place;
		overhead = pm_overhead_of(slot);
		weight = weighted ? pm_weight_of(slot) : 1;
		if (!best || best_overhead * weight > overhead * best_weight) {
			best = slot;
			best_overhead = overhead;
			best_weight = weight;
		}
	}
	return best;
}

/*
 * wlc: least overhead per weight; lc: least overhead. The ring lists the usable servers, newest
 * first; of equals the first stays. A service with more than PM_PICK_MAX servers is compared in
 * stretches: each connection goes to the best of the next stretch, which keeps the cost of a
 * connection bounded and the load even.
 */
static __always_inline __u32 pm_pick_least(const struct pm_service *service, bool weighted)
{
	__u32 id = service->id, length = service->ring_length, start = 0;

	if (length > PM_PICK_MAX) {
		struct pm_cursor *cursor = bpf_map_lookup_elem(&pm_cursors, &id);

		if (!cursor)
			return 0;
		start = (__u32)((cursor->next * PM_PICK_MAX) % length);
		__sync_fetch_and_add(&cursor->next, 1);
	}
	return pm_least_loaded(service->ring_at, length, start, weighted);
}

#endif
