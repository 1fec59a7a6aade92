/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef PM_TEMPLATE_H
#define PM_TEMPLATE_H

/*
 * IPVS keeps a template that still controls connections, in steps of a minute, after its own time
 * is up.
 */
#define PM_TEMPLATE_EXTRA_SECONDS 60

static __always_inline void pm_template_key_of(struct pm_template_key *key, __be32 saddr,
					       __be32 netmask, __be32 vip, __be16 vport, __u8 proto)
{
	key->client = saddr & netmask;
	key->vip = vip;
	key->vport = vport;
	key->proto = proto;
	key->pad = 0;
}

/* The template that the connection holds a reference on. */
static __always_inline struct pm_template *pm_template_of(const struct pm_flow *flow)
{
	struct pm_server *server;
	struct pm_template_key key;
	__u32 slot = flow->server;

	if (!(flow->flags & PM_FLOW_TEMPLATE))
		return NULL;
	server = bpf_map_lookup_elem(&pm_servers, &slot);
	if (!server)
		return NULL;
	pm_template_key_of(&key, flow->saddr, server->netmask, server->vip, server->vport,
			   server->proto);
	return bpf_map_lookup_elem(&pm_templates, &key);
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

/* A retired connection lets go of its template. */
static __always_inline void pm_template_release(const struct pm_flow *flow)
{
	struct pm_template *template = pm_template_of(flow);

	if (template)
		__sync_fetch_and_add(&template->refs, -1);
}

/* The slot may have gone to another service's server since. */
static __always_inline bool pm_template_is_usable(const struct pm_template_key *key, __u32 slot)
{
	struct pm_server *server = bpf_map_lookup_elem(&pm_servers, &slot);

	return server && (server->flags & PM_SERVER_UP) && server->vip == key->vip &&
	       server->vport == key->vport && server->proto == key->proto;
}

/*
 * The server this client is bound to, or 0. A quiesced server (weight 0) keeps its clients, one
 * that is down does not.
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

	if (pm_template_is_over(template, packet->now))
		template->flags = 0;
	template->server = packet->server;
	template->expiry = fresh.expiry;
	__sync_fetch_and_add(&template->refs, 1);
	return true;
}

static __always_inline void pm_template_assure(const struct pm_flow *flow)
{
	struct pm_template *template = pm_template_of(flow);

	if (template)
		template->flags |= PM_TEMPLATE_ASSURED;
}

static __always_inline void pm_template_unbind(const struct pm_template_key *key)
{
	struct pm_template *template = bpf_map_lookup_elem(&pm_templates, key);

	if (template)
		__sync_fetch_and_add(&template->refs, -1);
}

#endif
