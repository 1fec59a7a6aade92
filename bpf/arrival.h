/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef PM_ARRIVAL_H
#define PM_ARRIVAL_H

/*
 * Connections and templates that another director has told of. The control process has read the message, found
 * the service and the server, and decided that the entry is wanted; here it is put into the tables under their
 * locks, so that counts stay exact.
 *
 * A run in user space's context can be interrupted by a packet, so nothing of it lies in pm_scratch.
 */

/* The arrival on its way into the tables. One caller at a time. Not pinned. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct pm_connection_wish);
} pm_arriving SEC(".maps");

#define PM_ARRIVALS_AT 16 /* bytes into the frame: behind an Ethernet header, for the alignment's sake */

/* What a packet of the connection would be. */
static __always_inline void pm_arrival_read(struct pm_connection_wish *wish,
					    const struct pm_arrival *arrival)
{
	struct pm_packet *packet = &wish->packet;

	wish->client = arrival->client;
	wish->target = arrival->target;
	packet->daddr = arrival->name;
	packet->sport = arrival->sport;
	packet->dport = arrival->dport;
	packet->proto = arrival->proto;
	packet->family = arrival->family;
	packet->mark = arrival->mark;
	packet->server = arrival->server;
	packet->now = (__u32)bpf_jiffies64();
	packet->saddr = wish->client.words[3];
	packet->salt = 0;
	if (packet->family == PM_V6)
		pm_hash_client(&wish->client, packet);
	pm_hash(packet);
}

/* A live entry of this connection and server takes the state and the time. */
static __always_inline bool pm_flow_move(struct pm_bucket *bucket, struct pm_lock *lock,
					 const struct pm_packet *packet, __u32 expiry, __u8 state)
{
	bool found = false;
	__u8 before = state;

	bpf_spin_lock(&lock->lock);
#pragma unroll
	for (__u32 i = 0; i < PM_BUCKET_ENTRIES; i++) {
		struct pm_flow *flow = &bucket->entries[i];

		if (pm_flow_has_key(flow, packet) && flow->server == packet->server &&
		    !pm_is_past(packet->now, flow->expiry)) {
			before = flow->state;
			flow->state = state;
			flow->expiry = expiry;
			found = true;
		}
		barrier_var(found);
		barrier_var(before);
	}
	bpf_spin_unlock(&lock->lock);
	if (found && pm_tcp_is_active(before) != pm_tcp_is_active(state) &&
	    pm_load_move(packet->server, before, state))
		pm_replay(packet->server);
	return found;
}

static __always_inline enum pm_arrived pm_arrive_flow(struct pm_connection_wish *wish,
						      const struct pm_server *server,
						      const struct pm_arrival *arrival)
{
	struct pm_packet *packet = &wish->packet;
	__u32 index = packet->hash & pm_constants.bucket_mask, placed = 0;
	struct pm_clients *clients = bpf_map_lookup_elem(&pm_clients, &index);
	struct pm_bucket *bucket = bpf_map_lookup_elem(&pm_flows, &index);
	__u32 expiry = packet->now + arrival->ticks, replaced = arrival->replaced;
	__u8 flags = packet->family == PM_V6 ? PM_FLOW_V6 : 0;
	struct pm_lock *lock = pm_lock_of(index);
	__u8 state = arrival->state;

	if (!bucket || !clients || !lock)
		return PM_ARRIVED_FULL;
	/* What bears a mark comes by the stack, which knows a way back. */
	if (server->flags & PM_SERVER_NAT && !pm_is_marked(server))
		flags |= PM_FLOW_TOLD;
	if (pm_flow_move(bucket, lock, packet, expiry, state))
		return PM_ARRIVED_MOVED;
	wish->victim.flow.server = 0;
	switch (pm_flow_insert(bucket, clients, lock, wish, replaced, expiry, state, flags,
			       &wish->victim, &placed)) {
	case PM_INSERT_FULL:
		return PM_ARRIVED_FULL;
	case PM_INSERT_FOUND:
		return PM_ARRIVED_STANDS;
	case PM_INSERTED:
		pm_settle_victim(&wish->victim, packet);
		pm_load_begin(packet->server, state);
		return PM_ARRIVED_NEW;
	}
	return PM_ARRIVED_FULL;
}

/* Connections told of hold no reference on their template: it stands by its own time, which is told anew. */
static __always_inline enum pm_arrived pm_arrive_template(struct pm_connection_wish *wish,
							  const struct pm_server *server,
							  const struct pm_arrival *arrival)
{
	struct pm_template_key *key = &wish->binding;
	struct pm_packet *packet = &wish->packet;
	__u32 flags = arrival->flags & PM_ARRIVAL_ASSURED ? PM_TEMPLATE_ASSURED : 0;
	struct pm_template fresh = {
		.server = packet->server,
		.expiry = packet->now + arrival->ticks,
		.flags = flags,
	};
	struct pm_template *template;
	bool is_over;

	pm_template_key_of(key, &wish->client, server->prefix_length, server->client_gaps,
			   server->vip, server->vport, server->proto, server->family);
	template = bpf_map_lookup_elem(&pm_templates, key);
	if (!template)
		return bpf_map_update_elem(&pm_templates, key, &fresh, BPF_NOEXIST) ? PM_ARRIVED_FULL :
										     PM_ARRIVED_NEW;
	is_over = pm_template_is_over(template, packet->now);
	if (!is_over && arrival->flags & PM_ARRIVAL_YIELDS)
		return PM_ARRIVED_STANDS;
	if (is_over)
		template->flags = 0;
	template->flags |= flags;
	template->server = fresh.server;
	template->expiry = fresh.expiry;
	return PM_ARRIVED_MOVED;
}

static __always_inline enum pm_arrived pm_arrive_one(const struct pm_arrival *arrival)
{
	__u32 zero = 0, slot = arrival->server;
	struct pm_connection_wish *wish = bpf_map_lookup_elem(&pm_arriving, &zero);
	struct pm_server *server = bpf_map_lookup_elem(&pm_servers, &slot);
	enum pm_arrived arrived;

	if (!wish || !server || !server->proto)
		return PM_ARRIVED_STANDS;
	pm_arrival_read(wish, arrival);
	if (arrival->flags & PM_ARRIVAL_TEMPLATE)
		return pm_arrive_template(wish, server, arrival);
	arrived = pm_arrive_flow(wish, server, arrival);
	/* Its service names no port, or not even an address. */
	if (!server->vport && arrived == PM_ARRIVED_NEW)
		pm_note_origin_of(wish, server);
	return arrived;
}

/*
 * in: cb[0] which of the arrivals in the frame; out: cb[0] the next, of cb[1] to cb[4] one more: new, moved,
 * stands, full. Run with repeat for all of them.
 */
SEC("tc")
int pm_arrive(struct __sk_buff *skb)
{
	void *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
	__u32 index = skb->cb[0] & (PM_ARRIVALS - 1);
	struct pm_arrival *arrival = data + PM_ARRIVALS_AT + index * sizeof(*arrival);
	enum pm_arrived arrived;

	if ((void *)(arrival + 1) > end)
		return 0;
	skb->cb[0] = index + 1;
	arrived = pm_arrive_one(arrival);
	if (arrived == PM_ARRIVED_NEW)
		skb->cb[1] += 1;
	else if (arrived == PM_ARRIVED_MOVED)
		skb->cb[2] += 1;
	else if (arrived == PM_ARRIVED_STANDS)
		skb->cb[3] += 1;
	else
		skb->cb[4] += 1;
	return 0;
}

#endif
