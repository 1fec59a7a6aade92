/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef PM_PICK_RR_H
#define PM_PICK_RR_H

/*
 * rr and wrr: one period of the scheduler's sequence lies in the ring, built by C#. A fetching add
 * would make each place unique, but is not in kernels before 5.12; two CPUs that read the same
 * place choose the same server once.
 */
static __always_inline __u32 pm_pick_rr(const struct pm_service *service)
{
	__u32 id = service->id;
	struct pm_cursor *cursor = bpf_map_lookup_elem(&pm_cursors, &id);
	__u64 place, *slot;
	__u32 at;

	if (!cursor || !service->ring_length)
		return 0;
	place = cursor->next;
	__sync_fetch_and_add(&cursor->next, 1);
	at = service->ring_at + (__u32)(place % service->ring_length);
	slot = bpf_map_lookup_elem(&pm_ring, &at);
	return slot ? (__u32)*slot : 0;
}

#endif
