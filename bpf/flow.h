/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef PM_FLOW_H
#define PM_FLOW_H

/*
 * The connection table. Look-ups take no lock. An entry is inserted, replaced, retired and changes
 * its state only under its bucket's lock, so each change is counted exactly once; the counters
 * themselves are added to after the lock is let go, because nothing may be called while it is held.
 * The time stamp is written without it: a flow is on one queue.
 */

enum pm_insert {
	PM_INSERTED,
	PM_INSERT_FOUND, /* another CPU was first; its server stands */
	PM_INSERT_FULL,
};

/* How gladly an entry gives way. An established connection never does. */
enum pm_rank {
	PM_RANK_KEEP,
	PM_RANK_EMBRYONIC,
	PM_RANK_CLOSED,
	PM_RANK_EXPIRED,
	PM_RANK_EMPTY,
	PM_RANK_SAME,
};

static __always_inline bool pm_flow_has_key(const struct pm_flow *flow,
					    const struct pm_packet *packet)
{
	return *(const volatile __u64 *)flow == packet->key;
}

static __always_inline struct pm_flow *pm_flow_find(struct pm_bucket *bucket,
						    const struct pm_packet *packet)
{
#pragma unroll
	for (int i = 0; i < PM_BUCKET_ENTRIES; i++) {
		struct pm_flow *flow = &bucket->entries[i];

		if (pm_flow_has_key(flow, packet) && flow->server &&
		    !pm_is_past(packet->now, flow->expiry))
			return flow;
	}
	return NULL;
}

/* Eight bytes of struct pm_server, from vip on. */
static __always_inline __u64 pm_service_bits_of(__be32 vip, __be16 vport, __u8 proto, __u8 family)
{
	struct pm_service_key key = {
		.addr = vip,
		.port = vport,
		.proto = proto,
		.family = family,
	};

	return *(const __u64 *)&key;
}

/*
 * An entry acts only for the service that its server belongs to; a tag can be the same by chance. That
 * of all ports has the port 0, and any is its own: told without a branch, for the verifier's sake.
 */
static __always_inline bool pm_serves(const struct pm_server *server,
				      const struct pm_packet *packet)
{
	__u16 any = ((__u64)server->vport - 1) >> 48;
	__u64 differs = *(const __u64 *)&server->vip ^
			(packet->mark ? pm_service_bits_of(packet->mark, 0, PM_MARK_PROTO, packet->family) :
					pm_service_bits_of(packet->daddr, packet->dport,
							   packet->proto, packet->family));

	return !(differs & ~pm_service_bits_of(0, any, 0, 0));
}

/* Its service does not tell which address a connection went to, nor which port. */
static __always_inline bool pm_is_marked(const struct pm_server *server)
{
	return server->proto == PM_MARK_PROTO;
}

static __always_inline struct pm_lock *pm_lock_of(__u32 bucket)
{
	__u32 key = bucket & (PM_LOCKS - 1);

	return bpf_map_lookup_elem(&pm_locks, &key);
}

static __always_inline __u32 pm_timeout_of(const struct pm_settings *settings, __u8 state)
{
	return settings->timeout_ticks[state & (PM_STATES - 1)];
}

/*
 * Moves the connection by one packet of its client. Most packets write nothing: the table's lines
 * stay clean. Whether pm_replay has to be called for its server.
 */
static __always_inline bool pm_flow_advance(struct pm_flow *flow, const struct pm_packet *packet)
{
	__u32 zero = 0;
	struct pm_settings *settings = bpf_map_lookup_elem(&pm_settings, &zero);
	__u8 state = flow->state;
	__u8 next = pm_tcp_advance(packet->event, state);
	bool is_moved = next != state, is_told = false;
	__u32 expiry;

	if (!settings)
		return false;

	if (is_moved) {
		struct pm_lock *lock = pm_lock_of(packet->hash & pm_constants.bucket_mask);
		__u32 server;
		bool moved = false;

		if (!lock)
			return false;
		bpf_spin_lock(&lock->lock);
		server = flow->server;
		state = flow->state;
		next = pm_tcp_advance(packet->event, state);
		if (pm_flow_has_key(flow, packet)) {
			flow->state = next;
			moved = true;
		}
		bpf_spin_unlock(&lock->lock);

		if (!moved)
			return false;
		if (pm_tcp_is_active(state) != pm_tcp_is_active(next))
			is_told = pm_load_move(server, state, next);
		if (pm_assures(next))
			pm_template_assure(flow, packet);
	}

	expiry = packet->now + pm_timeout_of(settings, next);
	/* Unsigned: a timeout that was made shorter is written too. */
	if (is_moved || expiry - flow->expiry > pm_constants.slack_ticks)
		flow->expiry = expiry;
	return is_told;
}

static __always_inline __u32 pm_rank_of(const struct pm_flow *flow, const struct pm_packet *packet)
{
	if (!flow->server)
		return PM_RANK_EMPTY;
	if (pm_flow_has_key(flow, packet))
		return PM_RANK_SAME;
	if (pm_is_past(packet->now, flow->expiry))
		return PM_RANK_EXPIRED;
	if (pm_is_embryonic(flow->state))
		return PM_RANK_EMBRYONIC;
	if (pm_tcp_is_active(flow->state) || pm_is_kept(flow->state))
		return PM_RANK_KEEP;
	return PM_RANK_CLOSED;
}

/* The rank above, the age below: of equals the one that expires first gives way. */
static __always_inline __u32 pm_score_of(const struct pm_flow *flow, const struct pm_packet *packet)
{
	__u32 left = flow->expiry - packet->now;

	if (pm_is_past(packet->now, flow->expiry))
		left = 0;
	if (left > 0x0fffffff)
		left = 0x0fffffff;
	return (pm_rank_of(flow, packet) << 28) | (0x0fffffff - left);
}

/*
 * Puts the packet's connection with packet->server into its bucket. An entry of the same key
 * stands, unless the caller replaces it: it is over, has expired, or its server is @gone. @victim
 * receives what gave way (server 0: nothing did), for the caller to settle; @server the server that
 * now serves the key.
 */
static __always_inline enum pm_insert pm_flow_insert(struct pm_bucket *bucket,
						     struct pm_clients *clients,
						     struct pm_lock *lock,
						     const struct pm_connection_wish *wish,
						     __u32 gone, __u32 expiry, __u8 state,
						     __u8 flags, struct pm_left *victim,
						     __u32 *server)
{
	const struct pm_packet *packet = &wish->packet;
	enum pm_insert outcome = PM_INSERTED;
	__u32 best = 0, best_index = 0, rank;
	struct pm_flow *place;

	bpf_spin_lock(&lock->lock);
#pragma unroll
	for (__u32 i = 0; i < PM_BUCKET_ENTRIES; i++) {
		__u32 score = pm_score_of(&bucket->entries[i], packet);

		if (score > best) {
			best = score;
			best_index = i;
		}
		/* One state instead of one per path to it: the verifier's walk is short. */
		barrier_var(best);
		barrier_var(best_index);
	}

	best_index &= PM_BUCKET_ENTRIES - 1;
	place = &bucket->entries[best_index];
	rank = best >> 28;
	if (rank == PM_RANK_KEEP) {
		outcome = PM_INSERT_FULL;
	} else if (rank == PM_RANK_SAME && !pm_is_past(packet->now, place->expiry) &&
		   !pm_tcp_is_over(place->state) && place->server != gone) {
		outcome = PM_INSERT_FOUND;
		*server = place->server;
	} else {
		victim->flow = *place;
		if (place->flags & (PM_FLOW_V6 | PM_FLOW_CALL))
			victim->client = clients->entries[best_index];
		place->server = 0;
		barrier();
		*(__u64 *)place = packet->key;
		place->expiry = expiry;
		place->state = state;
		place->flags = flags;
		if (flags & PM_FLOW_CALL)
			clients->entries[best_index] = wish->binding.client;
		else if (flags & PM_FLOW_V6)
			clients->entries[best_index] = wish->client;
		/* Until now readers took it for empty. */
		barrier();
		place->server = packet->server;
	}
	bpf_spin_unlock(&lock->lock);
	return outcome;
}

/* No new connection fits here: every entry is established. */
static __always_inline bool pm_bucket_is_full(struct pm_bucket *bucket,
					      const struct pm_packet *packet)
{
#pragma unroll
	for (int i = 0; i < PM_BUCKET_ENTRIES; i++) {
		if (pm_rank_of(&bucket->entries[i], packet) != PM_RANK_KEEP)
			return false;
	}
	return true;
}

#endif
