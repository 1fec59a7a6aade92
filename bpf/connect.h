/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef PM_CONNECT_H
#define PM_CONNECT_H

/*
 * The established path does not come here; a function of its own keeps its registers off that path.
 */

static __always_inline enum pm_verdict pm_no_server(const struct pm_service *service)
{
	/*
	 * The stack would hand the connection to a server on this node that health checks took out.
	 */
	return service->owner_flags & PM_OWNER_HAS_LOCAL ? PM_NO_SERVER : PM_NO_SERVER_REFUSED;
}

/* Without one the answers of a NAT server find no way back. */
static __always_inline bool pm_needs_entry(__u32 slot)
{
	struct pm_server *server = bpf_map_lookup_elem(&pm_servers, &slot);

	return server && server->flags & PM_SERVER_NAT;
}

/* The way back of the connection in pm_scratch, should the kernel not know it when an answer comes. */
static __always_inline void pm_remember_way(const struct pm_connection_wish *wish)
{
	/* What bears a mark came by the stack, which knows a way back. */
	if (!wish->packet.mark && pm_needs_entry(wish->packet.server))
		bpf_map_update_elem(&pm_ways, &wish->client, &wish->way, BPF_ANY);
}

/* Where the packet came from. */
static __always_inline void pm_way_of(const struct xdp_md *ctx, const struct ethhdr *eth,
				      struct pm_way *way)
{
	__builtin_memcpy(way->target_mac, eth->h_source, sizeof(way->target_mac));
	__builtin_memcpy(way->source_mac, eth->h_dest, sizeof(way->source_mac));
	way->ifindex = ctx->ingress_ifindex;
}

/*
 * The client of a connection that another director told of shows itself; its way back is not told, and
 * the kernel may not know it. Not static: it is rare, and its registers are its own.
 */
__noinline int pm_meet(struct xdp_md *ctx)
{
	void *end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = (void *)(long)ctx->data;
	struct ipv6hdr *ip6 = (void *)(eth + 1);
	struct iphdr *ip = (void *)(eth + 1);
	struct pm_connection_wish *wish = pm_wish();

	if (!wish || (void *)(ip + 1) > end)
		return 0;
	if (eth->h_proto == bpf_htons(ETH_P_IPV6)) {
		if ((void *)(ip6 + 1) > end)
			return 0;
		__builtin_memcpy(&wish->client, &ip6->saddr, sizeof(wish->client));
	} else {
		wish->client = pm_address_of(ip->saddr);
	}
	pm_way_of(ctx, eth, &wish->way);
	bpf_map_update_elem(&pm_ways, &wish->client, &wish->way, BPF_ANY);
	return 0;
}

static __always_inline enum pm_verdict pm_connect_stateless(const struct pm_service *service,
							    struct pm_packet *packet)
{
	packet->server = pm_pick_stateless(service, packet);
	if (!packet->server)
		return pm_no_server(service);
	if (pm_needs_entry(packet->server))
		return pm_may_begin(packet->event) ? PM_TABLE_FULL : PM_NO_CONNECTION;
	pm_count(PM_NOTE_TABLE_FULL_STATELESS);
	return PM_CONTINUE;
}

/* By what the packet's service is known. */
static __always_inline struct pm_service_key pm_service_named_by(const struct pm_packet *packet)
{
	return (struct pm_service_key){
		.addr = packet->mark ?: packet->daddr,
		.port = packet->mark || packet->is_wild ? 0 : packet->dport,
		.proto = packet->mark ? PM_MARK_PROTO : packet->proto,
		.family = packet->family,
	};
}

/* Where the client of a new connection wanted to go: its server's answers do not tell, nor does its service. */
static __always_inline void pm_note_origin_of(struct pm_connection_wish *wish,
					      const struct pm_server *server)
{
	wish->asked.client = wish->client;
	wish->asked.client_port = wish->packet.sport;
	wish->asked.server_port = server->flags & PM_SERVER_NAT && server->rport ?
					  server->rport :
					  wish->packet.dport;
	wish->asked.server = wish->packet.server;
	wish->asked.proto = wish->packet.proto;
	wish->origin.vip = wish->packet.family == PM_V6 ? wish->target :
							  pm_address_of(wish->packet.daddr);
	wish->origin.vport = wish->packet.dport;
	bpf_map_update_elem(&pm_origins, &wish->asked, &wish->origin, BPF_ANY);
}

/* The same of the connection in pm_scratch. Not static: it is rare, and has a stack of its own. */
__noinline int pm_note_origin(void)
{
	struct pm_connection_wish *wish = pm_wish();
	struct pm_server *server;
	__u32 slot;

	if (!wish)
		return 0;
	slot = wish->packet.server;
	server = bpf_map_lookup_elem(&pm_servers, &slot);
	if (server)
		pm_note_origin_of(wish, server);
	return 0;
}

static __always_inline void pm_settle_victim(const struct pm_left *left,
					     const struct pm_packet *packet)
{
	const struct pm_flow *victim = &left->flow;

	if (!victim->server)
		return;
	pm_load_end(victim->server, victim->state);
	pm_guise_release(victim, packet->hash & pm_constants.bucket_mask);
	pm_template_release(victim, &left->client);
	if (pm_is_past(packet->now, victim->expiry))
		return;
	if (pm_flow_has_key(victim, packet))
		pm_count(PM_NOTE_RESCHEDULED);
	else if (pm_is_embryonic(victim->state))
		pm_count(PM_NOTE_EVICTED_EMBRYONIC);
	else
		pm_count(PM_NOTE_EVICTED_CLOSED);
}

static __always_inline bool pm_is_of_calls(const struct pm_service *service)
{
	return service->flags & PM_SERVICE_CALLS;
}

static __always_inline enum pm_verdict pm_schedule(const struct pm_service *service,
						   struct pm_bucket *bucket,
						   struct pm_connection_wish *wish, __u32 gone)
{
	struct pm_packet *packet = &wish->packet;
	__u32 index = packet->hash & pm_constants.bucket_mask;
	struct pm_clients *clients = bpf_map_lookup_elem(&pm_clients, &index);
	__u32 zero = 0, placed = 0;
	struct pm_settings *settings = bpf_map_lookup_elem(&pm_settings, &zero);
	struct pm_lock *lock = pm_lock_of(packet->hash & pm_constants.bucket_mask);
	__u8 state = pm_tcp_advance(packet->event, packet->proto == IPPROTO_SCTP ? PM_SCTP_NONE :
										   PM_TCP_NONE);
	__u8 flags = packet->family == PM_V6 ? PM_FLOW_V6 : 0;
	struct pm_template_key *key = &wish->binding;
	struct pm_server *server;
	struct pm_left *victim = &wish->victim;
	enum pm_insert outcome;

	if (!settings || !lock || !clients)
		return PM_INTERNAL;
	victim->flow.server = 0;

	packet->server = 0;
	if (service->persistence_ticks)
		packet->server = pm_template_server(key, packet);
	if (!packet->server)
		packet->server = pm_pick();
	if (!packet->server)
		return pm_no_server(service);
	if (service->persistence_ticks && (!pm_is_of_calls(service) || pm_call_keep())) {
		if (pm_template_bind(key, packet, service->persistence_ticks))
			flags |= pm_is_of_calls(service) ? PM_FLOW_TEMPLATE | PM_FLOW_CALL :
							   PM_FLOW_TEMPLATE;
		else if (pm_is_of_calls(service))
			pm_call_forget();
	}

	/* A mark may be on packets of any protocol. */
	if (service->flags & PM_SERVICE_ONE_PACKET && packet->proto == IPPROTO_UDP) {
		if (flags & PM_FLOW_TEMPLATE)
			pm_template_unbind(key);
		pm_count_connection(packet->server);
		return PM_CONTINUE;
	}

	outcome = pm_flow_insert(bucket, clients, lock, wish, gone,
				 packet->now + pm_timeout_of(settings, state), state, flags,
				 victim, &placed);
	if (outcome != PM_INSERTED && (flags & PM_FLOW_TEMPLATE))
		pm_template_unbind(key);
	switch (outcome) {
	case PM_INSERT_FULL:
		/* A bound client keeps its server even so. */
		if (flags & PM_FLOW_TEMPLATE && pm_needs_entry(packet->server))
			return PM_TABLE_FULL;
		if (flags & PM_FLOW_TEMPLATE) {
			pm_count(PM_NOTE_TABLE_FULL_STATELESS);
			return PM_CONTINUE;
		}
		return pm_connect_stateless(service, packet);
	case PM_INSERT_FOUND:
		packet->server = placed;
		server = bpf_map_lookup_elem(&pm_servers, &placed);
		if (!server || !pm_serves(server, packet))
			return pm_connect_stateless(service, packet);
		return PM_CONTINUE;
	case PM_INSERTED:
		pm_settle_victim(victim, packet);
		pm_load_begin(packet->server, state);
		pm_count_connection(packet->server);
		pm_remember_way(wish);
		if (packet->is_wild)
			pm_note_origin();
		if (flags & PM_FLOW_CALL && flags & PM_FLOW_V6)
			pm_call_note_client();
		return PM_CONTINUE;
	}
	return PM_INTERNAL;
}

static __always_inline bool pm_may_schedule(const struct pm_connection_wish *wish)
{
	return pm_may_begin(wish->packet.event) ||
	       (wish->service.rules & PM_RULE_SLOPPY && wish->packet.event != PM_EVENT_RST);
}

/* The template of the packet in pm_scratch, should it have a persistent service. Not static: as pm_admit. */
__noinline int pm_bind_to(struct xdp_md *ctx)
{
	struct pm_connection_wish *wish = pm_wish();
	struct pm_service *service;
	struct pm_service_key name;

	if (!wish)
		return PM_INTERNAL;
	service = &wish->service;
	name = pm_service_named_by(&wish->packet);
	pm_template_key_of(&wish->binding, &wish->client, service->prefix_length,
			   service->client_gaps, name.addr, name.port, name.proto, name.family);
	return pm_is_of_calls(service) ? pm_call_of(ctx) : PM_CONTINUE;
}

/*
 * The service of the packet in pm_scratch, copied there; PM_CONTINUE if this node balances it. Not
 * static: with a stack of its own, because pm_connect's is full.
 */
__noinline int pm_admit(void)
{
	struct pm_connection_wish *wish = pm_wish();
	struct pm_service_key key;
	struct pm_packet *packet;
	struct pm_service *service;

	if (!wish)
		return PM_INTERNAL;
	packet = &wish->packet;
	packet->is_wild = 0;
	key = pm_service_named_by(packet);
	service = bpf_map_lookup_elem(&pm_services, &key);
	if (!service && key.port) {
		/* That of all ports, as IPVS has it: after the one of this port. */
		key.port = 0;
		service = bpf_map_lookup_elem(&pm_services, &key);
	}
	if (!service)
		return PM_NOT_SERVICE;
	packet->is_wild = !key.port;
	if (pm_is_own_check(packet, packet->family == PM_V6 ? pm_folded(&wish->client) : packet->saddr))
		return PM_ROAD_RETURNED;
	if (packet->family == PM_V4)
		wish->client = pm_address_of(packet->saddr);
	wish->service = *service;
	return pm_may_balance(packet, &wish->client, wish->way.target_mac, packet->ttl,
			      service->owner_flags, service->lease);
}

/*
 * The packet in pm_scratch has no usable entry. @gone is the server that its entry names if that
 * may be replaced, or 0; on return the packet's server is the one to use. Not static: a global
 * function is verified once by itself, not in each of its callers' states ("BPF program is too
 * large", 6.18); before 5.12 it takes no pointer but the context, hence the scratch map.
 */
__noinline int pm_connect(struct xdp_md *ctx, __u32 gone)
{
	struct pm_connection_wish *wish = pm_wish();
	enum pm_verdict verdict = pm_admit();
	struct pm_bucket *bucket;
	__u32 index;

	if (!wish)
		return PM_INTERNAL;
	if (verdict != PM_CONTINUE)
		return verdict;
	if (pm_may_schedule(wish) && wish->service.persistence_ticks) {
		verdict = pm_bind_to(ctx);
		if (verdict != PM_CONTINUE)
			return verdict;
	}
	index = wish->packet.hash & pm_constants.bucket_mask;
	bucket = bpf_map_lookup_elem(&pm_flows, &index);
	if (!bucket)
		return PM_INTERNAL;
	if (pm_may_schedule(wish))
		return pm_schedule(&wish->service, bucket, wish, gone);
	if (pm_bucket_is_full(bucket, &wish->packet))
		return pm_connect_stateless(&wish->service, &wish->packet);
	return PM_NO_CONNECTION;
}

#endif
