/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef PM_CONTROL_H
#define PM_CONTROL_H

/*
 * What user space cannot do by writing memory: read the packets' clock, and take the table's locks.
 * Run by BPF_PROG_TEST_RUN; arguments and results are in cb[] of the context. They are tc programs
 * because an XDP program's test run costs milliseconds, and SEC("syscall") is not in kernels
 * before 5.14.
 */

/* out: cb[0] low, cb[1] high half of jiffies. */
SEC("tc")
int pm_now(struct __sk_buff *skb)
{
	__u64 now = bpf_jiffies64();

	skb->cb[0] = (__u32)now;
	/* Two stores: one of eight bytes is "invalid bpf_context access" (6.18). */
	barrier();
	skb->cb[1] = (__u32)(now >> 32);
	return 0;
}

/*
 * Was that entry over, and is it retired now? A global function for the verifier's sake: walked anew
 * for each entry of the sweep, it is more than Linux 5.10 looks at.
 */
__noinline int pm_flow_retire(__u32 index, __u32 entry, __u32 now)
{
	struct pm_bucket *bucket = bpf_map_lookup_elem(&pm_flows, &index);
	struct pm_clients *clients = bpf_map_lookup_elem(&pm_clients, &index);
	struct pm_lock *lock = pm_lock_of(index);
	struct pm_left retired = {};
	struct pm_flow *flow;

	if (!bucket || !clients || !lock || entry >= PM_BUCKET_ENTRIES)
		return 0;
	flow = &bucket->entries[entry];
	bpf_spin_lock(&lock->lock);
	if (flow->server && pm_is_past(now, flow->expiry)) {
		retired.flow = *flow;
		if (flow->flags & PM_FLOW_V6)
			retired.client = clients->entries[entry];
		flow->server = 0;
	}
	bpf_spin_unlock(&lock->lock);
	if (!retired.flow.server)
		return 0;
	pm_load_end(retired.flow.server, retired.flow.state);
	pm_guise_release(&retired.flow, index);
	pm_template_release(&retired.flow, &retired.client);
	return 1;
}

/*
 * in: cb[0] first bucket; out: cb[0] the one after the last, cb[1] += entries retired. Run with
 * repeat for a range.
 */
SEC("tc")
int pm_sweep(struct __sk_buff *skb)
{
	__u32 first = skb->cb[0], retired = 0;
	__u32 now = (__u32)bpf_jiffies64();

	for (__u32 i = 0; i < PM_SWEEP_BUCKETS; i++) {
		__u32 index = first + i;
		struct pm_bucket *bucket = bpf_map_lookup_elem(&pm_flows, &index);

		if (!bucket)
			break;
		for (__u32 j = 0; j < PM_BUCKET_ENTRIES; j++) {
			struct pm_flow *flow = &bucket->entries[j];

			if (flow->server && pm_is_past(now, flow->expiry))
				retired += pm_flow_retire(index, j, now);
		}
	}

	skb->cb[0] = first + PM_SWEEP_BUCKETS;
	skb->cb[1] += retired;
	return 0;
}

#endif
