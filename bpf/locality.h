/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef PM_LOCALITY_H
#define PM_LOCALITY_H

/*
 * What lblc and lblcr remember: for each address that clients ask for, who has served it. A service with an
 * address of its own has one record, by its id; packets with a mark may ask for any address, and each has a
 * record of its own. What nobody has asked for in a day is forgotten (IPVS's lblc_expiration, lblcr_expiration);
 * it is looked at when somebody does again. CPUs that change a record at once may lose one of their changes: it
 * is a memory of what was good, not of what has to be.
 */

#define PM_LOCALITY_SECONDS 86400

/* In jiffies; without settings nothing is ever too old. */
static __always_inline __u64 pm_day(void)
{
	__u32 zero = 0;
	struct pm_settings *settings = bpf_map_lookup_elem(&pm_settings, &zero);

	return settings ? (__u64)settings->ticks_per_second * PM_LOCALITY_SECONDS : ~0ull;
}

/* That of the service @id; by a @mark that of the address in pm_scratch. */
static __always_inline struct pm_set *pm_set_of(__u32 id, __u32 mark)
{
	struct pm_connection_wish *wish;

	if (!mark)
		return bpf_map_lookup_elem(&pm_sets, &id);
	wish = pm_wish();
	return wish ? bpf_map_lookup_elem(&pm_destinations, &wish->destination) : NULL;
}

/* What pm_recall answers beside the slot. */
#define PM_SLOT_MASK 0xffff
#define PM_SET_IS_DUE 0x10000 /* it has several members, and did not change for a day */

/*
 * Looks for the record of the address that the packet in pm_scratch asks for, which is in use from now on; its
 * eldest member, if there is one that is not forgotten. lblcr's is copied to pm_scratch: who walks over the
 * members has one map to look into, not one of two ("BPF program is too large", 6.18). Not static: pm_pick's
 * stack is full.
 */
__noinline __u32 pm_recall(__u32 id, __u32 mark)
{
	struct pm_connection_wish *wish = pm_wish();
	__u64 now = bpf_jiffies64(), day = pm_day();
	struct pm_set *set;

	if (!wish)
		return 0;
	if (mark) {
		wish->destination.address = wish->packet.family == PM_V6 ?
						    wish->target :
						    pm_address_of(wish->packet.daddr);
		wish->destination.service = id;
	}
	set = pm_set_of(id, mark);
	if (!set || !set->count)
		return 0;
	if (now - set->used >= day) {
		set->count = 0;
		return 0;
	}
	/* What stands there already stays in the caches of other CPUs. */
	if (set->used != now)
		set->used = now;
	if (wish->service.scheduler == PM_LBLCR)
		wish->set = *set;
	return set->members[0] |
	       (set->count > 1 && now - set->modified > day ? PM_SET_IS_DUE : 0);
}

/*
 * Adds a member to the record that pm_recall has looked for, or to a new one. Whom there is no room for is not
 * remembered. Not static: as pm_recall.
 */
__noinline __u32 pm_add_member(__u32 id, __u32 mark, __u32 slot)
{
	struct pm_connection_wish *wish = pm_wish();
	struct pm_set *set = pm_set_of(id, mark);
	__u64 now = bpf_jiffies64();
	__u32 count;

	if (!wish)
		return 0;
	if (!set) {
		wish->set.count = 0;
		bpf_map_update_elem(&pm_destinations, &wish->destination, &wish->set, BPF_NOEXIST);
		set = pm_set_of(id, mark);
		if (!set)
			return 0;
	}
	if (set->used != now)
		set->used = now;
	count = wish->service.scheduler == PM_LBLC ? 0 : set->count;
	for (__u32 i = 0; i < PM_SET_MEMBERS; i++) {
		if (i >= count)
			break;
		if (set->members[i] == slot)
			return 0;
	}
	if (count >= PM_SET_MEMBERS)
		return 0;
	set->members[count & (PM_SET_MEMBERS - 1)] = slot;
	set->count = count + 1;
	set->modified = now;
	return 1;
}

/* Takes one out; those behind it move up. Without a branch: the verifier walks each turn for each. */
__noinline __u32 pm_remove_member(__u32 id, __u32 mark, __u32 slot)
{
	struct pm_set *set = pm_set_of(id, mark);
	__u32 count, gone = 0;

	if (!set)
		return 0;
	count = set->count;
	for (__u32 i = 0; i < PM_SET_MEMBERS; i++) {
		__u32 is_it = ((set->members[i] ^ slot) - 1) & (i - count);

		is_it >>= 31;
		barrier_var(is_it);
		gone |= is_it;
		set->members[i] = set->members[(i + gone) & (PM_SET_MEMBERS - 1)];
	}
	set->count = count - gone;
	set->modified = bpf_jiffies64();
	return gone;
}

#endif
