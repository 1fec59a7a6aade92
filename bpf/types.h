/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef PM_TYPES_H
#define PM_TYPES_H

/*
 * The records that C# shares with the kernel side. Their mirrors, and those of the numbers, (BpfTypes.g.cs)
 * are generated from this object's BTF. Whoever changes the meaning or layout of anything here or in
 * numbers.h raises PM_LAYOUT: the maps' pin names carry it.
 */

#pragma clang diagnostic push
#pragma clang diagnostic error "-Wpadded"

/* IPv4 as ::ffff:a.b.c.d. A part of hash keys. */
struct pm_address {
	__be32 words[4];
};

/*
 * An IPv6 address of a service or server is a number here (pm_numbers, pm_addresses), where one of
 * IPv4 is itself; the family beside it tells which.
 */

/*
 * One connection, a quarter of a cache line: memory is what many connections cost. Of an IPv6 client
 * saddr and tag are 48 bits of a keyed hash; the address itself is in pm_clients, where only what is
 * rare looks. Its service is
 * not in it, because its server's record names that; the tag, a part of the keyed hash over the
 * whole five-tuple, tells apart what one client port has with several services. The first eight
 * bytes are compared at once (pm_key_of). server is written last and cleared first.
 */
struct pm_flow {
	__be32 saddr;
	__be16 sport;
	__u16 tag;
	__u32 expiry; /* low half of jiffies */
	__u16 server; /* slot; zero: empty */
	__u8 state;   /* enum pm_state */
	__u8 flags;   /* enum pm_flow_flag */
};
_Static_assert(sizeof(struct pm_flow) == 16, "pm_flow is part of the map ABI");

struct pm_bucket {
	struct pm_flow entries[PM_BUCKET_ENTRIES];
};

/* Whose connections those in the bucket are, of IPv6. */
struct pm_clients {
	struct pm_address entries[PM_BUCKET_ENTRIES];
};

/* What a server is to the data path, in a cache line. Identity is fixed while the slot is used. */
struct pm_server {
	__u8 target_mac[6]; /* both as they stand in an Ethernet header */
	__u8 source_mac[6];
	__u32 ifindex;
	__u16 flags;       /* enum pm_server_flag */
	__u16 owner_flags; /* enum pm_owner_flag */
	__u16 lease;
	__u16 service;     /* id */
	__be32 client_gaps; /* as its service's */
	__u32 weight;
	__be32 vip;        /* these four are compared at once (pm_service_bits_of) */
	__be16 vport;
	__u8 proto;        /* zero: the slot is free */
	__u8 family;       /* of the service */
	__be32 rip;
	__be16 rport;
	__u16 order;       /* place in the configuration */
	__u8 method;       /* IPVS number of the forwarding method */
	__u8 prefix_length; /* of the service's persistence, in an address of 128 bits */
	__u16 mtu;         /* the largest packet that the way to it takes; zero: not known */
	__u8 tunnel;       /* enum pm_tunnel; by tunnels only, as its port and source */
	__u8 rules;        /* enum pm_rule, of its service */
	__be16 tunnel_port; /* of GUE */
	__u32 next_back;   /* slot of the next one that answers from the same place, by NAT */
	__be32 tunnel_source; /* this node's end, of the family of rip */
};
_Static_assert(sizeof(struct pm_server) == 64, "pm_server is part of the map ABI");

struct pm_service_key {
	__be32 addr;
	__be16 port;
	__u8 proto;
	__u8 family;
};

struct pm_service {
	__u32 id;
	__u32 lease;
	__u16 owner_flags;
	__u8 scheduler;
	__u8 flags;        /* enum pm_service_flag */
	__u32 ring_at;     /* extent in pm_ring: the scheduler's server slots, newest first */
	__u32 ring_length;
	__u32 root_at;     /* in pm_ring: of the tree over the ring (tree.h); zero: there is none */
	__u32 share_at;    /* extent in pm_ring: where what finds no room goes, by its hash */
	__u32 share_length; /* zero: there is none, the ring is used for that */
	__u32 persistence_ticks; /* zero: not persistent */
	__u32 persistence_seconds;
	__u16 prefix_length; /* of its clients' networks, in an address of 128 bits */
	__u16 rules;         /* enum pm_rule */
	__be32 client_gaps;  /* bits of IPv4 among those that do not count all the same */
};

struct pm_vip {
	__u32 lease;
	__u32 owner_flags;
};

/*
 * Both ends in jiffies, one store each; zero: released. Who answers ARP draws clients to itself, so
 * that right ends first; who still forwards only serves those that come anyway.
 */
struct pm_lease {
	__u64 claims_until;
	__u64 forwards_until;
	__u64 renewals;
};

struct pm_peer {
	__u64 mac; /* first byte highest */
	struct pm_address addr;
	__u32 used;
	__u32 pad;
};

/* All in one value: they are walked for each packet of a service that this node serves too. */
struct pm_peer_list {
	struct pm_peer entries[PM_PEERS];
};

/*
 * A bit for the low six of each MAC in pm_peers: a frame without its bit is from none of them. Each
 * writer has a word.
 */
struct pm_peer_filter {
	__u64 heard;
	__u64 planned;
};

struct pm_template_key {
	struct pm_address client; /* masked; of a call its hash */
	__be32 vip;
	__be16 vport;
	__u8 proto;
	__u8 family; /* enum pm_family, and PM_TEMPLATE_CALL */
};

/* What the template of a call is of. Hashed as it stands. */
struct pm_call {
	struct pm_address client; /* masked */
	__u8 id[PM_CALL_ID];      /* zeroes behind it */
	__u32 length;
	__u32 pad;                /* zero */
};

struct pm_template {
	__u32 server;
	__u32 expiry; /* low half of jiffies */
	__u32 refs;   /* connections it controls */
	__u32 flags;  /* enum pm_template_flag */
};

/* A connection, or a template, that another director told of: what pm_arrive is given. */
struct pm_arrival {
	struct pm_address client; /* IPv4 as it stands in keys */
	struct pm_address target; /* what the client asked for, likewise */
	__be32 name;     /* of the target, as packets of the connection are hashed by it */
	__be16 sport;
	__be16 dport;
	__be32 mark;     /* of the firewall, which names its service; zero: the target does */
	__u32 server;    /* slot */
	__u32 replaced;  /* slot of the server that its entry may name until now; zero: none */
	__u32 ticks;     /* until it is over */
	__u8 proto;
	__u8 family;
	__u8 state;      /* enum pm_state */
	__u8 flags;      /* enum pm_arrival_flag */
	__u32 pad;
};
_Static_assert(sizeof(struct pm_arrival) == 64, "pm_arrival is what C# writes");

struct pm_load {
	__u32 active;
	__u32 inactive;
	__u32 upper;          /* from so many connections on it is overloaded; zero: never */
	__u32 recovers_below; /* until there are fewer than these */
	__u32 overloaded;
	__u32 last_weight;    /* above zero, once it had one; control's memory for mh */
	__u32 lower;          /* as it was set */
	__u32 leaf;           /* its place in pm_ring, if that has a tree; zero: it is in none. Control's */
};

struct pm_counters {
	__u64 connections;
	__u64 packets;
	__u64 bytes; /* layer 3 */
	__u64 packets_out;
	__u64 bytes_out;
};

/* Where a client's packets came from, and so where answers find it. */
struct pm_way {
	__u8 target_mac[6]; /* both as they stand in an Ethernet header */
	__u8 source_mac[6];
	__u32 ifindex;
};

/* What a frame gets that goes out of a VLAN's interface, as it stands in the frame. */
struct pm_tags {
	__u32 device; /* index of the interface below */
	__be16 proto;
	__be16 tci;
	__be16 inner_proto; /* zero: there is one tag */
	__be16 inner_tci;
};

/* A check on the client's road, by both its ends as the real server has them. */
struct pm_road_key {
	__be32 vip;
	__be32 source;
	__be16 vport;
	__be16 sport; /* an echo's identifier; then vport is zero */
	__u8 proto;
	__u8 pad[3];  /* zero: this struct is a hash key */
};

/* The end that the checker's socket knows. */
struct pm_road {
	__be32 rip;
	__be16 rport;
	__u16 pad;
};

/* Which packet a fragment is of. */
struct pm_fragment_key {
	struct pm_address source;
	struct pm_address target;
	__be32 id;
	__u8 proto;  /* of IPv6 zero: its fragments need not agree on it */
	__u8 pad[3]; /* zero: this struct is a hash key */
};

/* Where its first fragment went. */
struct pm_fragment {
	__u64 service; /* of the server: these eight bytes of it (pm_service_bits_of) */
	__u32 server;  /* slot; zero: up the stack */
	__u32 expiry;  /* low half of jiffies */
	__u32 hash;    /* of the connection */
	__u32 pad;
	__u64 key;     /* of its entry */
	struct pm_address vip; /* what the client knows the server by */
};

/* Which connection: what its entry begins with, and where that stands. */
struct pm_flow_name {
	__u64 key;
	__u32 bucket;
	__u32 pad; /* zero: this struct is a hash key */
};

/* As whom a server by full NAT sees a client, and by what the server is known there. */
struct pm_guise {
	struct pm_address local;
	__be32 rip; /* of IPv6 its number */
	__be16 port;
	__be16 rport;
	__u8 proto;
	__u8 family;
	__u8 pad[2]; /* zero: this struct is a hash key */
};

/* Who that is, and what for. */
struct pm_wearer {
	struct pm_address client;
	struct pm_address vip;
	__be16 port;
	__be16 vport;
	__u32 server; /* slot */
	struct pm_flow_name flow;
};

/* The addresses of this node that a service by full NAT has. */
struct pm_pool {
	__u32 count;
	__u32 pad;
	struct pm_address addresses[PM_POOL];
};

/* A connection as its server's answers tell of it, where the service has many addresses or ports. */
struct pm_origin_key {
	struct pm_address client;
	__be16 client_port;
	__be16 server_port; /* as the server has it */
	__u16 server;       /* slot */
	__u8 proto;
	__u8 pad;           /* zero: this struct is a hash key */
};

/* What the client asked for. */
struct pm_origin {
	struct pm_address vip;
	__be16 vport;
	__u16 pad;
};

struct pm_lock {
	struct bpf_spin_lock lock;
};

struct pm_cursor {
	__u64 next;
};

/* Whom lblcr sends the connections to an address to, the newest last; of lblc one at most. */
struct pm_set {
	__u64 used;     /* jiffies, as of its last connection */
	__u64 modified; /* likewise */
	__u32 count;
	__u16 members[PM_SET_MEMBERS]; /* slots */
	__u32 pad;
};

/* An address that clients ask a service for. */
struct pm_destination {
	struct pm_address address;
	__u32 service; /* id */
};

struct pm_settings {
	__u64 seed[2];
	__u32 ticks_per_second;
	__u32 layout;
	__u32 timeout_ticks[PM_STATES]; /* by enum pm_state */
	__u64 swept_at; /* jiffies: when control has last looked for what is over */
};

/* What one load of the program is made for. */
struct pm_constants {
	__u64 seed[2];
	__u32 bucket_mask;
	__u32 slack_ticks; /* an expiry may be early by so much, for most packets not to write it */
};

#pragma clang diagnostic pop

/* Keeps the enums in the BTF, for the generator of the C# mirrors. */
union pm_exported {
	enum pm_limit limit;
	enum pm_family family;
	enum pm_tunnel tunnel;
	enum pm_state state;
	enum pm_tcp_event tcp_event;
	enum pm_flow_flag flow_flag;
	enum pm_template_flag template_flag;
	enum pm_server_flag server_flag;
	enum pm_owner_flag owner_flag;
	enum pm_scheduler scheduler;
	enum pm_service_flag service_flag;
	enum pm_rule rule;
	enum pm_arrival_flag arrival_flag;
	struct pm_arrival arrival;
	enum pm_verdict verdict;
};

#endif
