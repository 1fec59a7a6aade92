/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef PM_PICK_LBLCR_H
#define PM_PICK_LBLCR_H

/*
 * lblcr: an address has a set of servers, which grows while they are loaded and loses its most loaded
 * member after a day without a change (IPVS's lblcr_expiration). A service has one address, so it has
 * one set. CPUs that change it at once may lose one of their changes: it is a memory of what was
 * good, not of what has to be.
 */

#define PM_SET_SECONDS 86400

/* Is that member still a server of the service, and up? */
static __always_inline struct pm_server *pm_member(__u32 slot, __u32 id)
{
	struct pm_server *server = bpf_map_lookup_elem(&pm_servers, &slot);

	return server && slot && server->service == id && server->flags & PM_SERVER_UP ? server :
											 NULL;
}

/* The member that bears least for its weight, the newest of equals; 0: none may get connections. */
__noinline __u32 pm_least_member(__u32 id)
{
	struct pm_set *set = bpf_map_lookup_elem(&pm_sets, &id);
	__u64 best_cost = 0, best_weight = 0;
	__u32 best = 0, count;

	if (!set)
		return 0;
	count = set->count;
	for (__u32 i = 0; i < PM_SET_MEMBERS; i++) {
		struct pm_server *server;
		struct pm_load *load;
		__u64 cost, weight;
		__u32 slot;

		if (i >= count)
			break;
		slot = set->members[(count - 1 - i) & (PM_SET_MEMBERS - 1)];
		server = pm_member(slot, id);
		load = bpf_map_lookup_elem(&pm_loads, &slot);
		if (!server || !load || pm_is_overloaded(load))
			continue;
		cost = pm_overhead_of(load);
		weight = server->weight;
		if (!weight)
			continue;
		if (!best || best_cost * weight > cost * best_weight) {
			best = slot;
			best_cost = cost;
			best_weight = weight;
		}
	}
	return best;
}

/* Drops the member that bears most for its weight, the newest of equals. */
__noinline __u32 pm_drop_member(__u32 id)
{
	struct pm_set *set = bpf_map_lookup_elem(&pm_sets, &id);
	__u64 most_cost = 0, most_weight = 0;
	__u32 most = PM_SET_MEMBERS, count;

	if (!set)
		return 0;
	count = set->count;
	for (__u32 i = 0; i < PM_SET_MEMBERS; i++) {
		__u32 at = (count - 1 - i) & (PM_SET_MEMBERS - 1), slot;
		struct pm_server *server;
		struct pm_load *load;
		__u64 cost;

		if (i >= count)
			break;
		slot = set->members[at];
		server = pm_member(slot, id);
		load = bpf_map_lookup_elem(&pm_loads, &slot);
		if (!server || !load || !server->weight)
			continue;
		cost = pm_overhead_of(load);
		if (most == PM_SET_MEMBERS || most_cost * server->weight < cost * most_weight) {
			most = at;
			most_cost = cost;
			most_weight = server->weight;
		}
	}
	if (most == PM_SET_MEMBERS)
		return 0;
	for (__u32 i = 0; i < PM_SET_MEMBERS - 1; i++) {
		if (i >= most)
			set->members[i] = set->members[i + 1];
	}
	set->count = count - 1;
	return 1;
}

/* A set that is full keeps whom it has. */
__noinline __u32 pm_add_member(__u32 id, __u32 slot)
{
	struct pm_set *set = bpf_map_lookup_elem(&pm_sets, &id);
	__u32 count;

	if (!set)
		return 0;
	count = set->count;
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
	return 1;
}

static __always_inline __u32 pm_pick_lblcr(const struct pm_service *service, __u32 now)
{
	__u32 id = service->id, zero = 0, slot;
	struct pm_set *set = bpf_map_lookup_elem(&pm_sets, &id);
	struct pm_settings *settings = bpf_map_lookup_elem(&pm_settings, &zero);

	if (!set || !settings)
		return 0;
	slot = pm_least_member(id);
	if (set->count > 1 &&
	    (__s32)(now - set->modified) > (__s32)(settings->ticks_per_second * PM_SET_SECONDS) &&
	    pm_drop_member(id))
		set->modified = now;
	if (pm_may_stay(service, slot))
		return slot;
	slot = pm_least_of(service);
	if (slot && pm_add_member(id, slot))
		set->modified = now;
	return slot;
}

#endif
