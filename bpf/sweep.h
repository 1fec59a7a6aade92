/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef PM_SWEEP_H
#define PM_SWEEP_H

/*
 * Connections past their time are taken out of the counts here: by control about once a second
 * (control.h), and where it has not for PM_LATE_SECONDS, by packets that have no entry of their own. On
 * the way of the others nothing is asked. A pass over the whole table is due each second, as by control:
 * a packet does as much of it as time has gone by since the last that did, at most PM_LATE_RUNS or
 * until PM_LATE_RETIRED entries have gone. So what it costs in all does not depend on how many
 * connections begin, and where few do each of them frees much.
 *
 * Both may be at it at once, on several CPUs: an entry is retired under its bucket's lock, by one of them.
 */

/* How far packets have come. Not pinned: another load of the program begins anew. */
struct pm_turn {
	__u64 at;     /* jiffies: when the last of them swept */
	__u32 bucket; /* the next */
	__u32 pad;
};

/* One record. Packets only; of two CPUs at once both may sweep the same buckets, which does no harm. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct pm_turn);
} pm_turns SEC(".maps");

/*
 * Was that entry over, and is it retired now? A global function for the verifier's sake: walked anew
 * for each entry of the sweep, it is more than Linux 5.10 looks at. Packets call it in the middle of
 * their way, so nothing of it lies in pm_scratch.
 */
__noinline int pm_flow_retire(__u32 index, __u32 entry, __u32 now)
{
	struct pm_bucket *bucket = bpf_map_lookup_elem(&pm_flows, &index);
	struct pm_clients *clients = bpf_map_lookup_elem(&pm_clients, &index);
	struct pm_lock *lock = pm_lock_of(index);
	struct pm_left retired;
	struct pm_flow *flow;

	if (!bucket || !clients || !lock || entry >= PM_BUCKET_ENTRIES)
		return 0;
	flow = &bucket->entries[entry];
	retired.flow.server = 0;
	bpf_spin_lock(&lock->lock);
	if (flow->server && pm_is_past(now, flow->expiry)) {
		retired.flow = *flow;
		/* Of IPv4 nobody reads it, but for a call. */
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

/* The highest bit: an entry is there, and past its time. Without a branch, as most buckets have none. */
static __always_inline __u32 pm_over_bit(const struct pm_flow *flow, __u32 now)
{
	return (0u - flow->server) & ~(now - flow->expiry);
}

/*
 * Retires what is over in PM_SWEEP_BUCKETS buckets from that one on; how many entries. Not static: verified
 * once, not in each turn of the loop around.
 */
__noinline int pm_sweep_run(__u32 first)
{
	__u32 now = (__u32)bpf_jiffies64(), retired = 0;

	for (__u32 i = 0; i < PM_SWEEP_BUCKETS; i++) {
		__u32 index = first + i, over = 0;
		struct pm_bucket *bucket = bpf_map_lookup_elem(&pm_flows, &index);

		if (!bucket)
			break;
#pragma unroll
		for (__u32 j = 0; j < PM_BUCKET_ENTRIES; j++)
			over |= pm_over_bit(&bucket->entries[j], now);
		if (!(over >> 31))
			continue;
		for (__u32 j = 0; j < PM_BUCKET_ENTRIES; j++) {
			if (pm_over_bit(&bucket->entries[j], now) >> 31)
				retired += pm_flow_retire(index, j, now);
		}
	}
	return retired;
}

/* Has nobody swept for long? */
static __always_inline bool pm_is_late(void)
{
	__u32 zero = 0;
	struct pm_settings *settings = bpf_map_lookup_elem(&pm_settings, &zero);

	/* Signed: another CPU's clock may be a tick ahead. */
	return settings && (__s64)(bpf_jiffies64() - settings->swept_at) >
				   (__s64)((__u64)settings->ticks_per_second * PM_LATE_SECONDS);
}

/*
 * A packet's share; how many entries were retired. Not static: it is rare, and its registers are its own.
 */
__noinline int pm_sweep_late(void)
{
	__u32 zero = 0, buckets = pm_constants.bucket_mask + 1, due = buckets, bucket, retired = 0;
	struct pm_settings *settings = bpf_map_lookup_elem(&pm_settings, &zero);
	struct pm_turn *turn = bpf_map_lookup_elem(&pm_turns, &zero);
	__u64 now = bpf_jiffies64(), passed;

	if (!settings || !turn)
		return 0;
	passed = now - turn->at;
	if (!passed)
		return 0;
	turn->at = now;
	if (passed < settings->ticks_per_second)
		due = passed * buckets / settings->ticks_per_second;
	bucket = turn->bucket;
	for (__u32 i = 0; i < PM_LATE_RUNS; i++) {
		if (i * PM_SWEEP_BUCKETS > due || retired >= PM_LATE_RETIRED)
			break;
		retired += pm_sweep_run(bucket);
		bucket = (bucket + PM_SWEEP_BUCKETS) & (buckets - 1);
	}
	turn->bucket = bucket;
	return retired;
}

#endif
