/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef PM_MAPS_H
#define PM_MAPS_H

/*
 * All state lives here, pinned by C#. "Control" is the control process, "packets" the XDP program.
 * Arrays that both sides touch are mmapable; user space never inserts into pm_flows, since it
 * cannot take the locks. Hashes are not preallocated: a preallocated element is used again at once,
 * under the eyes of a packet that still reads it.
 */

/*
 * bucket -> four connections. Packets insert under a lock and change state under it; sweeps
 * retire (sweep.h). Control only reads. Bound: chosen at load time, a power of two.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, struct pm_bucket);
} pm_flows SEC(".maps");

/*
 * bucket -> the clients of its connections of IPv6. Written with the entry, under its lock. Control
 * reads.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, struct pm_clients);
} pm_clients SEC(".maps");

/*
 * bucket & (PM_LOCKS - 1) -> lock. A value with a spin lock cannot be mapped, hence an array of its
 * own.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, PM_LOCKS);
	__type(key, __u32);
	__type(value, struct pm_lock);
} pm_locks SEC(".maps");

/* slot -> server. Written by control, read by packets. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, PM_SERVERS);
	__type(key, __u32);
	__type(value, struct pm_server);
} pm_servers SEC(".maps");

/* slot -> connections now, and their limits. Packets and sweeps count, control sets limits. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, PM_SERVERS);
	__type(key, __u32);
	__type(value, struct pm_load);
} pm_loads SEC(".maps");

/* slot -> what went there. Packets add; control reads, and zeroes a slot that it frees. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, PM_SERVERS);
	__type(key, __u32);
	__type(value, struct pm_counters);
} pm_server_counters SEC(".maps");

/*
 * service id -> counts of servers whose slots were freed, so that the service's sums never go back.
 * Control only.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, PM_SERVICES);
	__type(key, __u32);
	__type(value, struct pm_counters);
} pm_retired SEC(".maps");

/*
 * address, port, protocol -> service. Written by control; an update replaces the value as a whole.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, PM_SERVICES);
	__type(key, struct pm_service_key);
	__type(value, struct pm_service);
} pm_services SEC(".maps");

/*
 * Extents of server slots (an array element takes eight bytes at least). Control writes a new
 * extent, then turns the service to it.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, PM_RING);
	__type(key, __u32);
	__type(value, __u64);
} pm_ring SEC(".maps");

/* service id -> how many connections the ring has placed. Packets write, control reads. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, PM_SERVICES);
	__type(key, __u32);
	__type(value, struct pm_cursor);
} pm_cursors SEC(".maps");

/*
 * service id -> who serves its address, by lblc or lblcr. Packets write; control empties that of a service that
 * begins, and takes out a server whose slot is given away.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, PM_SERVICES);
	__type(key, __u32);
	__type(value, struct pm_set);
} pm_sets SEC(".maps");

/*
 * service by a mark, address that was asked for -> who serves it, likewise. Packets insert and write, control
 * likewise. Bound: those that nobody has asked for longest give way. One that has just done so may still be
 * written by a packet that had found it, and be another's by then: whoever stands there wrongly is no server of
 * that service, or a server of it like any other.
 */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, PM_DESTINATIONS);
	__type(key, struct pm_destination);
	__type(value, struct pm_set);
} pm_destinations SEC(".maps");

/*
 * address -> the lease of a VIP, for what carries no port (ARP, neighbour discovery). Also of those
 * that no service has. Written by control.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, PM_VIPS);
	__type(key, struct pm_address);
	__type(value, struct pm_vip);
} pm_vips SEC(".maps");

/*
 * IPv6 address -> its number, of those of services and servers. Written by control, as is the way
 * back.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, PM_ADDRESSES);
	__type(key, struct pm_address);
	__type(value, __u32);
} pm_numbers SEC(".maps");

/* number -> IPv6 address; all zero: free. Zero is nobody's number. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, PM_ADDRESSES);
	__type(key, __u32);
	__type(value, struct pm_address);
} pm_addresses SEC(".maps");

/*
 * Three bitmaps over a hash of an address: VIPs', NAT servers', and this node's own that it checks
 * from. Most frames that are neither to the first nor from one of the others end here. Written by
 * control, the third by pm_road.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 3 * PM_PREFILTER_WORDS);
	__type(key, __u32);
	__type(value, __u64);
} pm_prefilter SEC(".maps");

/* slot -> ownership lease. Written by the VRRP process, read by packets. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, PM_LEASES);
	__type(key, __u32);
	__type(value, struct pm_lease);
} pm_leases SEC(".maps");

/* Other directors. The first PM_PEERS_HEARD are the VRRP process's, the others control's. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct pm_peer_list);
} pm_peers SEC(".maps");

/* Spares most frames the walk over pm_peers, and is written by whoever writes there. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct pm_peer_filter);
} pm_peer_filter SEC(".maps");

/*
 * client network, VIP, port, protocol -> server. Packets insert and refer; control deletes what is
 * over.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1024);
	__type(key, struct pm_template_key);
	__type(value, struct pm_template);
} pm_templates SEC(".maps");

/* call's template -> what it is of. Packets insert, before the template; control deletes, with it, and reads. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1024);
	__type(key, struct pm_template_key);
	__type(value, struct pm_call);
} pm_calls SEC(".maps");

/* connection of a call -> its client, of IPv6. Packets write; control reads it for listings. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, PM_CALLERS);
	__type(key, struct pm_flow_name);
	__type(value, struct pm_address);
} pm_callers SEC(".maps");

/*
 * address, port, protocol of a server that is reached by NAT -> slot of the first of its records
 * (pm_server.next_back leads to the others). Written by control.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, PM_SERVERS);
	__type(key, struct pm_service_key);
	__type(value, __u32);
} pm_backs SEC(".maps");

/* client of NAT -> way back, for when the kernel knows none. Packets only. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, PM_WAYS);
	__type(key, struct pm_address);
	__type(value, struct pm_way);
} pm_ways SEC(".maps");

/* fragmented packet -> where its first fragment went. Packets only. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, PM_FRAGMENTS);
	__type(key, struct pm_fragment_key);
	__type(value, struct pm_fragment);
} pm_fragments SEC(".maps");

/*
 * connection as its server knows it -> what its client asked for, of services by a mark. Packets write;
 * control reads it for listings.
 */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, PM_ORIGINS);
	__type(key, struct pm_origin_key);
	__type(value, struct pm_origin);
} pm_origins SEC(".maps");

/* connection by full NAT -> as whom its server knows the client. Packets and pm_sweep only. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, PM_GUISES);
	__type(key, struct pm_flow_name);
	__type(value, struct pm_guise);
} pm_guises SEC(".maps");

/* The way back: each of those is one connection's at a time. Packets and pm_sweep only. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, PM_GUISES);
	__type(key, struct pm_guise);
	__type(value, struct pm_wearer);
} pm_wearers SEC(".maps");

/* service id -> its local addresses. Written by control before the service is. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, PM_SERVICES);
	__type(key, __u32);
	__type(value, struct pm_pool);
} pm_pools SEC(".maps");

/* check by the client's road -> the server's own end. Written by pm_road, read by packets. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, PM_ROADS);
	__type(key, struct pm_road_key);
	__type(value, struct pm_road);
} pm_roads SEC(".maps");

/* verdict -> count. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, PM_VERDICT_COUNT);
	__type(key, __u32);
	__type(value, __u64);
} pm_verdicts SEC(".maps");

/* index of a VLAN's interface -> its tags. Written by control. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, PM_TAGS);
	__type(key, __u32);
	__type(value, struct pm_tags);
} pm_tags SEC(".maps");

/*
 * interface index -> interface, for redirects; of a VLAN's interface the one below. Written by control.
 */
struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP_HASH);
	__uint(max_entries, PM_DEVICES);
	__type(key, __u32);
	__type(value, __u32);
} pm_devices SEC(".maps");

/*
 * One record. Written by control when the maps are created, on `ipvsadm --set`, and each second, when it
 * has swept.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct pm_settings);
} pm_settings SEC(".maps");

/* The packet on its way through pm_connect; nothing in it outlives the packet. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct pm_connection_wish);
} pm_scratch SEC(".maps");

static __always_inline struct pm_connection_wish *pm_wish(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&pm_scratch, &zero);
}

/*
 * Set by C# from the pinned maps before the verifier sees them. A section of its own: the struct is
 * all there is in it.
 */
const volatile struct pm_constants pm_constants SEC(".rodata.load") = {
	.seed = { 0x9ae16a3b2f90404full, 0xc949d7c7509e6557ull },
	.bucket_mask = 1023,
	.slack_ticks = 1,
};

static __always_inline void pm_count(enum pm_verdict verdict)
{
	__u32 key = verdict;
	__u64 *count = bpf_map_lookup_elem(&pm_verdicts, &key);

	if (count)
		*count += 1;
}

static __always_inline void pm_count_connection(__u32 server)
{
	struct pm_counters *counters = bpf_map_lookup_elem(&pm_server_counters, &server);

	if (counters)
		counters->connections += 1;
}

static __always_inline void pm_count_packet(__u32 server, __u32 bytes)
{
	struct pm_counters *counters = bpf_map_lookup_elem(&pm_server_counters, &server);

	if (counters) {
		counters->packets += 1;
		counters->bytes += bytes;
	}
}

static __always_inline void pm_count_answer(__u32 server, __u32 bytes)
{
	struct pm_counters *counters = bpf_map_lookup_elem(&pm_server_counters, &server);

	if (counters) {
		counters->packets_out += 1;
		counters->bytes_out += bytes;
	}
}

#endif
