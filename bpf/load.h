/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef PM_LOAD_H
#define PM_LOAD_H

/* How many connections each server has, and whether they are too many (IPVS's thresholds). */

/* The tree over its service's servers (tree.h) learns what has become of that one. */
int pm_replay(__u32 slot);

static __always_inline void pm_load_count(struct pm_load *load, __u8 state, int count)
{
	if (pm_tcp_is_active(state))
		__sync_fetch_and_add(&load->active, count);
	else
		__sync_fetch_and_add(&load->inactive, count);
}

static __always_inline void pm_load_begin(__u32 server, __u8 state)
{
	struct pm_load *load = bpf_map_lookup_elem(&pm_loads, &server);

	if (!load)
		return;
	pm_load_count(load, state, 1);
	if (load->upper && load->active + load->inactive >= load->upper)
		load->overloaded = 1;
	if (load->leaf)
		pm_replay(server);
}

static __always_inline void pm_load_end(__u32 server, __u8 state)
{
	struct pm_load *load = bpf_map_lookup_elem(&pm_loads, &server);

	if (!load)
		return;
	pm_load_count(load, state, -1);
	if (load->overloaded && load->active + load->inactive < load->recovers_below)
		load->overloaded = 0;
	if (load->leaf)
		pm_replay(server);
}

/* Whether pm_replay has to be called: by the caller, which knows how much of the stack is left. */
static __always_inline bool pm_load_move(__u32 server, __u8 before, __u8 after)
{
	struct pm_load *load = bpf_map_lookup_elem(&pm_loads, &server);

	if (!load)
		return false;
	pm_load_count(load, before, -1);
	pm_load_count(load, after, 1);
	return load->leaf;
}

/*
 * Asked again of the counts: with two CPUs at once the last connection may end before the mark is
 * set.
 */
static __always_inline bool pm_is_overloaded(const struct pm_load *load)
{
	return load->overloaded && load->active + load->inactive >= load->recovers_below;
}

#endif
