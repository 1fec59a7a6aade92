/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef PM_PICK_LBLCR_H
#define PM_PICK_LBLCR_H

/*
 * lblcr: an address has a set of servers, which grows while they are loaded and loses its most loaded
 * member after a day without a change (IPVS's lblcr_expiration).
 */

/* Is that member still a server of the service, and up? */
static __always_inline struct pm_server *pm_member(__u32 slot, __u32 id)
{
	struct pm_server *server = bpf_map_lookup_elem(&pm_servers, &slot);

	return server && slot && server->service == id && server->flags & PM_SERVER_UP ? server :
											 NULL;
}

/* Of the set in pm_scratch the member that bears least for its weight, the newest of equals; 0: none may get connections. */
__noinline __u32 pm_least_member(__u32 id)
{
	struct pm_connection_wish *wish = pm_wish();
	__u64 best_cost = 0, best_weight = 0;
	__u32 best = 0, count;

	if (!wish)
		return 0;
	count = wish->set.count;
	for (__u32 i = 0; i < PM_SET_MEMBERS; i++) {
		struct pm_server *server;
		struct pm_load *load;
		__u64 cost, weight;
		__u32 slot;

		if (i >= count)
			break;
		slot = wish->set.members[(count - 1 - i) & (PM_SET_MEMBERS - 1)];
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

/* Likewise the one that bears most for its weight, the newest of equals; 0: there is none. */
__noinline __u32 pm_most_member(__u32 id)
{
	struct pm_connection_wish *wish = pm_wish();
	__u64 most_cost = 0, most_weight = 0;
	__u32 most = 0, count;

	if (!wish)
		return 0;
	count = wish->set.count;
	for (__u32 i = 0; i < PM_SET_MEMBERS; i++) {
		struct pm_server *server;
		struct pm_load *load;
		__u64 cost;
		__u32 slot;

		if (i >= count)
			break;
		slot = wish->set.members[(count - 1 - i) & (PM_SET_MEMBERS - 1)];
		server = pm_member(slot, id);
		load = bpf_map_lookup_elem(&pm_loads, &slot);
		if (!server || !load || !server->weight)
			continue;
		cost = pm_overhead_of(load);
		if (!most || most_cost * server->weight < cost * most_weight) {
			most = slot;
			most_cost = cost;
			most_weight = server->weight;
		}
	}
	return most;
}

static __always_inline __u32 pm_pick_lblcr(const struct pm_service *service, __u32 mark)
{
	__u32 known = pm_recall(service->id, mark);
	__u32 slot = known ? pm_least_member(service->id) : 0;

	if (known & PM_SET_IS_DUE) {
		__u32 most = pm_most_member(service->id);

		if (most)
			pm_remove_member(service->id, mark, most);
	}
	if (pm_may_stay(service, slot))
		return slot;
	slot = pm_least_of(service);
	if (slot)
		pm_add_member(service->id, mark, slot);
	return slot;
}

#endif
