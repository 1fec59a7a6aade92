/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef PM_TEMPLATE_H
#define PM_TEMPLATE_H

/*
 * Which bits of a word the network takes, if @bits are left to it. Without a branch, because four words
 * of three ways each are 81 for the verifier; a function of its own would be one call too deep (5.10).
 */
static __always_inline __u32 pm_mask_of(__s32 bits)
{
	__s32 below = bits >> 31, above;

	barrier_var(below);
	bits &= ~below;
	above = (32 - bits) >> 31;
	barrier_var(above);
	bits = (bits & ~above) | (32 & above);
	return bpf_htonl((__u32)(0xffffffff00000000ULL >> bits));
}

static __always_inline void pm_template_key_of(struct pm_template_key *key,
					       const struct pm_address *client, __u32 prefix_length,
					       __be32 gaps, __be32 vip, __be16 vport, __u8 proto, __u8 family)
{
	/* At once, since pm_template_note has no room on the stack for what waits. */
	__be32 last = client->words[3] & ~gaps;

	barrier_var(last);
	key->vip = vip;
	key->vport = vport;
	key->proto = proto;
	key->family = family;
#pragma unroll
	for (int i = 0; i < 3; i++)
		key->client.words[i] = client->words[i] & pm_mask_of((__s32)prefix_length - 32 * i);
	key->client.words[3] = last & pm_mask_of((__s32)prefix_length - 96);
}

/*
 * Signed: control may delete a template that is over in the moment in which a packet binds to it.
 * The next one of the same client then is let go of once more than it was held, and ends earlier
 * instead of never.
 */
static __always_inline bool pm_template_is_over(const struct pm_template *template, __u32 now)
{
	return pm_is_past(now, template->expiry) && (__s32)template->refs <= 0;
}

/*
 * To the template that a connection with the server at @slot holds a reference on: it lets go, or was
 * established. @high and @low are the halves of its client. Not static: verified once, with a stack of
 * its own.
 */
__noinline int pm_template_note(__u32 slot, __u64 high, __u64 low, __u32 is_over)
{
	struct pm_server *server = bpf_map_lookup_elem(&pm_servers, &slot);
	struct pm_template_key key;
	struct pm_template *template;
	__u64 client[2] = { high, low };

	if (!server)
		return 0;
	pm_template_key_of(&key, (void *)client, server->prefix_length, server->client_gaps,
			   server->vip, server->vport, server->proto, server->family);
	template = bpf_map_lookup_elem(&pm_templates, &key);
	if (!template)
		return 0;
	if (is_over)
		__sync_fetch_and_add(&template->refs, -1);
	else
		template->flags |= PM_TEMPLATE_ASSURED;
	return 0;
}

/*
 * The template of a call, by its hash's halves, of a connection with the server at @slot; NULL: it is gone.
 */
static __always_inline struct pm_template *pm_call_template(const struct pm_server *server, __u64 high,
							    __u64 low)
{
	struct pm_template_key key = {
		.vip = server->vip,
		.vport = server->vport,
		.proto = server->proto,
		.family = server->family | PM_TEMPLATE_CALL,
	};

	((__u64 *)&key.client)[0] = high;
	((__u64 *)&key.client)[1] = low;
	return bpf_map_lookup_elem(&pm_templates, &key);
}

/* A connection of a call lets go of its template. Not static: as pm_template_note. */
__noinline int pm_call_release(__u32 slot, __u64 high, __u64 low)
{
	struct pm_server *server = bpf_map_lookup_elem(&pm_servers, &slot);
	struct pm_template *template = server ? pm_call_template(server, high, low) : NULL;

	if (template)
		__sync_fetch_and_add(&template->refs, -1);
	return 0;
}

/*
 * A connection of a call was established: which, in that bucket, says its key. Not static: as
 * pm_template_note.
 */
__noinline int pm_call_assure(__u32 index, __u64 key)
{
	struct pm_bucket *bucket = bpf_map_lookup_elem(&pm_flows, &index);
	struct pm_clients *clients = bpf_map_lookup_elem(&pm_clients, &index);
	struct pm_template *template;
	struct pm_server *server;
	__u32 slot, at = 0;

	if (!bucket || !clients)
		return 0;
#pragma unroll
	for (__u32 i = 1; i < PM_BUCKET_ENTRIES; i++) {
		if (*(const volatile __u64 *)&bucket->entries[i] == key)
			at = i;
	}
	at &= PM_BUCKET_ENTRIES - 1;
	if (!(bucket->entries[at].flags & PM_FLOW_CALL))
		return 0;
	slot = bucket->entries[at].server;
	server = bpf_map_lookup_elem(&pm_servers, &slot);
	if (!server)
		return 0;
	template = pm_call_template(server, pm_high_of(&clients->entries[at]),
				    pm_low_of(&clients->entries[at]));
	if (template)
		template->flags |= PM_TEMPLATE_ASSURED;
	return 0;
}

/* @client is read of IPv6 only. */
static __always_inline void pm_template_tell(const struct pm_flow *flow,
					     const struct pm_address *client, __u32 is_over)
{
	if (!(flow->flags & PM_FLOW_TEMPLATE))
		return;
	if (flow->flags & PM_FLOW_V6)
		pm_template_note(flow->server, pm_high_of(client), pm_low_of(client), is_over);
	else
		pm_template_note(flow->server, 0, pm_low_of_v4(flow->saddr), is_over);
}

/* A retired connection lets go of its template. @client is what pm_clients has of it. */
static __always_inline void pm_template_release(const struct pm_flow *flow,
						const struct pm_address *client)
{
	if (flow->flags & PM_FLOW_CALL)
		pm_call_release(flow->server, pm_high_of(client), pm_low_of(client));
	else if (flow->flags & PM_FLOW_TEMPLATE)
		pm_template_tell(flow, client, 1);
}

/* The slot may have gone to another service's server since. */
static __always_inline bool pm_template_is_usable(const struct pm_template_key *key, __u32 slot)
{
	struct pm_server *server = bpf_map_lookup_elem(&pm_servers, &slot);

	if (server && server->rules & PM_RULE_EXPIRE_QUIESCENT && !server->weight)
		return false;
	return server && (server->flags & PM_SERVER_UP) && server->vip == key->vip &&
	       server->vport == key->vport && server->proto == key->proto &&
	       server->family == (key->family & ~PM_TEMPLATE_CALL);
}

/*
 * The server this client is bound to, or 0. A quiesced server (weight 0) keeps its clients unless its
 * service says otherwise, one that is down does not.
 */
static __always_inline __u32 pm_template_server(const struct pm_template_key *key,
						const struct pm_packet *packet)
{
	struct pm_template *template = bpf_map_lookup_elem(&pm_templates, key);

	if (!template)
		return 0;
	if (pm_template_is_over(template, packet->now))
		return 0;
	return pm_template_is_usable(key, template->server) ? template->server : 0;
}

/*
 * Binds the client to packet->server from now on; the template holds a reference for the connection
 * to come.
 */
static __always_inline bool pm_template_bind(const struct pm_template_key *key,
					     struct pm_packet *packet, __u32 ticks)
{
	struct pm_template *template = bpf_map_lookup_elem(&pm_templates, key);
	struct pm_template fresh = {
		.server = packet->server,
		.expiry = packet->now + ticks,
		.refs = 1,
	};

	if (!template) {
		if (!bpf_map_update_elem(&pm_templates, key, &fresh, BPF_NOEXIST))
			return true;
		template = bpf_map_lookup_elem(&pm_templates, key);
		if (!template) {
			pm_count(PM_NOTE_TEMPLATE_FULL);
			return false;
		}
		/* Another CPU bound this client a moment ago: its choice stands. */
		packet->server = template->server;
	}

	if (pm_template_is_over(template, packet->now) || template->server != packet->server)
		template->flags = 0;
	template->server = packet->server;
	template->expiry = fresh.expiry;
	__sync_fetch_and_add(&template->refs, 1);
	return true;
}

static __always_inline void pm_template_assure(const struct pm_flow *flow,
					       const struct pm_packet *packet)
{
	struct pm_connection_wish *wish = pm_wish();

	if (flow->flags & PM_FLOW_CALL)
		pm_call_assure(packet->hash & pm_constants.bucket_mask, packet->key);
	else if (wish)
		pm_template_tell(flow, &wish->client, 0);
}

static __always_inline void pm_template_unbind(const struct pm_template_key *key)
{
	struct pm_template *template = bpf_map_lookup_elem(&pm_templates, key);

	if (template)
		__sync_fetch_and_add(&template->refs, -1);
}

#endif
