/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef PM_TREE_H
#define PM_TREE_H

/*
 * Of schedulers that compare (lc, wlc, sed, nq, lblc, lblcr) the best of a service's servers lies
 * ready: two and two they have played, the winners again, and the root is who has won them all. A
 * connection that begins, moves or ends replays its server's way to the root, level by level with the
 * loads of that moment. The tree is in pm_ring, behind the places whose servers it compares:
 *
 *   length, scheduler | place 0 .. length - 1 | winners of two places each | winners of two of those | .. root
 *
 * A level has half as many as the one before, rounded up. Control lays it (LoadTrees.cs); a place is
 * never written but for its bit at PM_HALF_IDLE_AT, the nodes by packets and control alike. Each reads
 * what it compares and then writes, so of two CPUs at once one may leave a winner of the loads of a
 * moment before. Nobody but who stands at the root gets connections, and each of those replays its whole
 * way: a wrong winner does not stay longer than until its next connection, and control looks once
 * a second. docs/decisions/0023-tree.md
 */

#define PM_PLACE_OF(word) ((__u32)((word) >> 32) & 0x7fffffff)

/* Whether @load may get connections at @weight. */
static __always_inline bool pm_may_play(const struct pm_load *load, __u64 weight)
{
	return weight && !pm_is_overloaded(load);
}

/*
 * One match: the winner of the two at @at and @other_at (the same, where one has nobody to play) into
 * the node at @node_at. Not static: a global function is verified once by itself, not in each turn of
 * the loop around, and has a stack of its own.
 */
__noinline int pm_play(__u32 at, __u32 other_at, __u32 node_at, __u32 scheduler)
{
	__u64 *word = bpf_map_lookup_elem(&pm_ring, &at), winner, weight, other_weight;
	struct pm_server *server, *other_server;
	struct pm_load *load, *other_load;
	__u32 slot, other;

	if (!word)
		return 0;
	winner = *word;
	word = bpf_map_lookup_elem(&pm_ring, &other_at);
	if (!word)
		return 0;
	slot = (__u32)winner;
	other = (__u32)*word;
	winner = (winner | *word) >> PM_HALF_IDLE_AT << PM_HALF_IDLE_AT;
	load = bpf_map_lookup_elem(&pm_loads, &slot);
	other_load = bpf_map_lookup_elem(&pm_loads, &other);
	server = bpf_map_lookup_elem(&pm_servers, &slot);
	other_server = bpf_map_lookup_elem(&pm_servers, &other);
	if (!load || !other_load || !server || !other_server)
		return 0;
	/* Slot 0 has no weight: nobody. */
	weight = server->weight;
	other_weight = other_server->weight;
	if (!pm_may_play(other_load, other_weight))
		winner |= pm_may_play(load, weight) ? slot : 0;
	else if (!pm_may_play(load, weight))
		winner |= other;
	else if (scheduler == PM_LC)
		winner |= pm_overhead_of(load) > pm_overhead_of(other_load) ? other : slot;
	else
		winner |= pm_cost_of(load, scheduler) * other_weight >
					  pm_cost_of(other_load, scheduler) * weight ?
				  other :
				  slot;
	word = bpf_map_lookup_elem(&pm_ring, &node_at);
	/* What stands there already stays in the caches of other CPUs. */
	if (word && *word != winner)
		*word = winner;
	return 0;
}

/* Not static: as pm_play. */
__noinline int pm_replay(__u32 slot)
{
	struct pm_load *load = bpf_map_lookup_elem(&pm_loads, &slot);
	__u32 at, place, length, scheduler;
	__u64 *word, active, mark;

	if (!load)
		return 0;
	at = load->leaf;
	active = load->active;
	word = bpf_map_lookup_elem(&pm_ring, &at);
	/* The place may be another's by now. */
	if (!word || (__u32)*word != slot)
		return 0;
	place = PM_PLACE_OF(*word);
	/* The sign of a difference: a branch would be a state more in each turn of the loop. */
	mark = (active * 2 - pm_weight_of(slot)) >> PM_HALF_IDLE_AT << PM_HALF_IDLE_AT;
	mark |= (__u64)place << 32 | slot;
	if (*word != mark)
		*word = mark;
	at -= place + 1;
	word = bpf_map_lookup_elem(&pm_ring, &at);
	if (!word)
		return 0;
	length = (__u32)*word;
	scheduler = (__u32)(*word >> 32);
	at += 1;
	for (__u32 i = 0; i < PM_TREE_LEVELS; i++) {
		__u32 has_next = ((place | 1) - length) >> 31, node_at = at + length + (place >> 1);

		pm_play(at + (place & ~1u), at + (place & ~1u) + has_next, node_at, scheduler);
		at += length;
		place >>= 1;
		length = (length + 1) >> 1;
		if (length <= 1)
			break;
	}
	return 0;
}

#endif
