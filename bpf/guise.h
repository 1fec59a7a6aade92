/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef PM_GUISE_H
#define PM_GUISE_H

/*
 * Full NAT: the server sees the client as one of this node's addresses, with a port of ours, so it needs
 * neither the virtual address nor a way back to the client. What it sees is the client's guise. A guise
 * has one wearer, a connection, for as long as that has an entry: pm_guises leads from the entry to it,
 * pm_wearers back, and who puts one there first has it. It is taken when the first packet is sent, and
 * let go of with the entry; where nobody retires entries (control is gone), whoever finds a guise taken
 * looks whether its wearer is over.
 */

static __always_inline bool pm_is_guised(const struct pm_server *server)
{
	return server->flags & PM_SERVER_GUISED;
}

/* Does it lead back to that connection? */
static __always_inline bool pm_is_worn_by(const struct pm_guise *guise,
					  const struct pm_flow_name *name)
{
	const struct pm_wearer *wearer = bpf_map_lookup_elem(&pm_wearers, guise);

	return wearer && wearer->flow.key == name->key && wearer->flow.bucket == name->bucket;
}

static __always_inline bool pm_is_same_guise(const struct pm_guise *one,
					     const struct pm_guise *other)
{
	const __u32 *left = (const void *)one, *right = (const void *)other;
	__u32 differs = 0;

#pragma unroll
	for (__u32 i = 0; i < sizeof(*one) / sizeof(*left); i++)
		differs |= left[i] ^ right[i];
	return !differs;
}

/* An entry of full NAT has ended. Not static: rare, with a stack of its own. */
__noinline int pm_guise_end(__u64 key, __u32 bucket)
{
	struct pm_flow_name name = { .key = key, .bucket = bucket };
	struct pm_guise *found = bpf_map_lookup_elem(&pm_guises, &name), guise;

	if (!found)
		return 0;
	guise = *found;
	/* First what leads to it: one that leads to nobody's would be replaced meanwhile. */
	bpf_map_delete_elem(&pm_guises, &name);
	if (pm_is_worn_by(&guise, &name))
		bpf_map_delete_elem(&pm_wearers, &guise);
	return 0;
}

static __always_inline void pm_guise_release(const struct pm_flow *flow, __u32 bucket)
{
	if (flow->flags & PM_FLOW_GUISED)
		pm_guise_end(*(const __u64 *)flow, bucket);
}

/*
 * The guise of the connection of the packet in pm_scratch, into wish->guise; PM_NOT_TCP: it has none,
 * PM_NOT_ARMED: this node does not own its address. One that is another's by now is none: its answers
 * would be that one's. Not static: verified once.
 */
__noinline int pm_guise_known(void)
{
	struct pm_connection_wish *wish = pm_wish();
	struct pm_guise *known;

	if (!wish)
		return PM_INTERNAL;
	wish->name.key = wish->packet.key;
	wish->name.bucket = wish->packet.hash & pm_constants.bucket_mask;
	known = bpf_map_lookup_elem(&pm_guises, &wish->name);
	if (!known)
		return PM_NOT_TCP;
	wish->guise = *known;
	if (!pm_is_worn_by(&wish->guise, &wish->name))
		return PM_NOT_TCP;
	return pm_owns(&wish->guise.local) ? PM_CONTINUE : PM_NOT_ARMED;
}

/* Who wears wish->guise, into wish->wearer. */
static __always_inline enum pm_verdict pm_wearer_of(struct pm_connection_wish *wish)
{
	struct pm_wearer *wearer = bpf_map_lookup_elem(&pm_wearers, &wish->guise);

	if (!wearer)
		return PM_NOT_VIP;
	wish->wearer = *wearer;
	wish->origin.vip = wish->wearer.vip;
	return PM_CONTINUE;
}

/* The same for who has its registers full. Not static: verified once. */
__noinline int pm_wearer_known(void)
{
	struct pm_connection_wish *wish = pm_wish();

	return wish ? pm_wearer_of(wish) : PM_INTERNAL;
}

/*
 * Has nobody the guise in pm_scratch any more, though it is still written down? If so it is free now, by
 * the one call of several that answers so. Not static: verified once, not for each try.
 */
__noinline int pm_guise_is_left(void)
{
	struct pm_connection_wish *wish = pm_wish();
	struct pm_wearer *wearer;
	struct pm_bucket *bucket;
	struct pm_guise *known;
	__u32 index;

	if (!wish)
		return 0;
	wearer = bpf_map_lookup_elem(&pm_wearers, &wish->guise);
	if (!wearer)
		return 0;
	wish->wearer.flow = wearer->flow;
	index = wish->wearer.flow.bucket;
	bucket = bpf_map_lookup_elem(&pm_flows, &index);
	if (!bucket)
		return 0;
#pragma unroll
	for (int i = 0; i < PM_BUCKET_ENTRIES; i++) {
		struct pm_flow *flow = &bucket->entries[i];

		if (*(const volatile __u64 *)flow == wish->wearer.flow.key &&
		    flow->flags & PM_FLOW_GUISED &&
		    !pm_is_past(wish->packet.now, flow->expiry))
			return 0;
	}
	if (bpf_map_delete_elem(&pm_wearers, &wish->guise))
		return 0;
	/* The client may have begun anew from its port, and have another. */
	known = bpf_map_lookup_elem(&pm_guises, &wish->wearer.flow);
	if (known && pm_is_same_guise(known, &wish->guise))
		bpf_map_delete_elem(&pm_guises, &wish->wearer.flow);
	return 1;
}

/*
 * The entry of the packet in pm_scratch has a guise from now on; 0: there is no such entry. Not static: for
 * the stack's sake.
 */
__noinline int pm_flow_dress(void)
{
	struct pm_connection_wish *wish = pm_wish();
	struct pm_bucket *bucket = wish ? pm_bucket_of(&wish->packet) : NULL;
	struct pm_lock *lock = wish ? pm_lock_of(wish->packet.hash & pm_constants.bucket_mask) : NULL;
	struct pm_flow *flow;

	if (!bucket || !lock)
		return 0;
	bpf_spin_lock(&lock->lock);
	flow = pm_flow_find(bucket, &wish->packet);
	if (flow)
		flow->flags |= PM_FLOW_GUISED;
	bpf_spin_unlock(&lock->lock);
	return !!flow;
}

/* Who takes a guise. */
static __always_inline void pm_guise_describe(struct pm_connection_wish *wish, __u32 slot)
{
	wish->wearer.client = wish->client;
	if (wish->packet.family == PM_V6) {
		wish->wearer.vip = wish->target;
	} else {
		wish->wearer.vip.words[0] = 0;
		wish->wearer.vip.words[1] = 0;
		wish->wearer.vip.words[2] = bpf_htonl(0xffff);
		wish->wearer.vip.words[3] = wish->packet.daddr;
	}
	wish->wearer.port = wish->packet.sport;
	wish->wearer.vport = wish->packet.dport;
	wish->wearer.server = slot;
}

/* Writes down who wears wish->guise from now on. False: somebody does. */
static __always_inline bool pm_guise_put_on(struct pm_connection_wish *wish)
{
	/* Finding out who has it writes over this. */
	wish->wearer.flow = wish->name;
	return !bpf_map_update_elem(&pm_wearers, &wish->guise, &wish->wearer, BPF_NOEXIST);
}

/*
 * Draws one guise, into wish->guise; PM_NO_LOCAL_PORT: another connection has it. Ports are drawn by
 * chance over all addresses: what is in use, however densely, does not decide how long the search is,
 * and ports that were let go of rest. Not static: a new connection only, and a stack of its own.
 */
__noinline int pm_guise_draw(__u32 service)
{
	struct pm_connection_wish *wish = pm_wish();
	struct pm_pool *pool = bpf_map_lookup_elem(&pm_pools, &service);
	__u32 chance = bpf_get_prandom_u32(), count, at;

	if (!wish || !pool)
		return PM_INTERNAL;
	count = pool->count;
	if (!count || count > PM_POOL)
		return PM_NO_LOCAL_PORT;
	at = (chance >> 16) % count;
	/* Or the compiler, which knows that, leaves the next line's bound out; the verifier does not. */
	barrier_var(at);
	wish->guise.local = pool->addresses[at & (PM_POOL - 1)];
	wish->guise.port = bpf_htons(PM_GUISE_PORT + (chance & 0xffff) % PM_GUISE_PORTS);
	return pm_guise_put_on(wish) || (pm_guise_is_left() && pm_guise_put_on(wish)) ?
		       PM_CONTINUE :
		       PM_NO_LOCAL_PORT;
}

/*
 * Takes a guise for the connection of the packet in pm_scratch, whose server is at @slot, into
 * wish->guise. Not static: a new connection only.
 */
__noinline int pm_guise_take(__u32 slot)
{
	struct pm_connection_wish *wish = pm_wish();
	struct pm_server *server = bpf_map_lookup_elem(&pm_servers, &slot);
	int verdict = PM_NO_LOCAL_PORT;
	struct pm_guise *known;

	if (!wish || !server)
		return PM_INTERNAL;
	if (!pm_flow_dress())
		return PM_NO_LOCAL_PORT;
	wish->guise.rip = server->rip;
	wish->guise.rport = server->rport ?: wish->packet.dport;
	wish->guise.proto = wish->packet.proto;
	wish->guise.family = wish->packet.family;
	pm_guise_describe(wish, slot);
	for (__u32 i = 0; i < PM_GUISE_TRIES && verdict == PM_NO_LOCAL_PORT; i++)
		verdict = pm_guise_draw(server->service);
	if (verdict != PM_CONTINUE)
		return verdict;
	if (bpf_map_update_elem(&pm_guises, &wish->name, &wish->guise, BPF_NOEXIST)) {
		known = bpf_map_lookup_elem(&pm_guises, &wish->name);
		if (known && pm_is_worn_by(known, &wish->name)) {
			/* Another CPU has a packet of the connection, too, and was first: its guise stands. */
			bpf_map_delete_elem(&pm_wearers, &wish->guise);
			wish->guise = *known;
			return pm_owns(&wish->guise.local) ? PM_CONTINUE : PM_NOT_ARMED;
		}
		/* Left over of a former connection, and another's by now; or there is no room. */
		if (bpf_map_update_elem(&pm_guises, &wish->name, &wish->guise, BPF_ANY)) {
			bpf_map_delete_elem(&pm_wearers, &wish->guise);
			return PM_NO_LOCAL_PORT;
		}
	}
	/* Who ended the entry before it had a guise has let go of none. */
	if (!pm_flow_dress()) {
		bpf_map_delete_elem(&pm_guises, &wish->name);
		bpf_map_delete_elem(&pm_wearers, &wish->guise);
		return PM_NO_LOCAL_PORT;
	}
	return pm_owns(&wish->guise.local) ? PM_CONTINUE : PM_NOT_ARMED;
}

/*
 * The packet in pm_scratch came from the server at @slot to what may be a guise: it becomes its
 * wearer's. Not static: it is one of many records, and has a stack of its own.
 */
__noinline int pm_unmask(__u32 slot)
{
	struct pm_connection_wish *wish = pm_wish();
	struct pm_server *server = bpf_map_lookup_elem(&pm_servers, &slot);
	struct pm_packet *packet;

	if (!wish || !server)
		return 0;
	packet = &wish->packet;
	wish->guise.local = wish->asked.client;
	wish->guise.rip = server->rip;
	wish->guise.port = wish->asked.client_port;
	wish->guise.rport = wish->asked.server_port;
	wish->guise.proto = wish->asked.proto;
	wish->guise.family = server->family;
	if (pm_wearer_of(wish) != PM_CONTINUE || wish->wearer.server != slot ||
	    !pm_owns(&wish->guise.local))
		return 0;
	wish->client = wish->wearer.client;
	packet->sport = wish->wearer.port;
	packet->dport = wish->wearer.vport;
	if (server->family == PM_V6) {
		packet->daddr = server->proto == PM_MARK_PROTO ? pm_folded(&wish->wearer.vip) :
								 server->vip;
		pm_hash_client(&wish->client, packet);
	} else {
		packet->daddr = wish->wearer.vip.words[3];
		packet->saddr = wish->wearer.client.words[3];
	}
	return 1;
}

#endif
