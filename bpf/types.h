/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef PM_TYPES_H
#define PM_TYPES_H

/*
 * Everything that C# shares with the kernel side. Its mirrors (BpfTypes.g.cs) are generated from
 * this object's BTF. Whoever changes the meaning or layout of anything here raises PM_LAYOUT: the
 * maps' pin names carry it.
 */

enum pm_limit {
	PM_LAYOUT = 24,
	PM_FLOW_KEY = 1, /* raised when a flow's bucket, key or tag come about otherwise: an upgrade then forgets flows */
	PM_BUCKET_ENTRIES = 4,
	PM_LOCKS = 1024,
	PM_SERVERS = 65536,  /* slot 0 means none; a flow has 16 bits for it */
	PM_SERVICES = 4096,
	PM_LEASES = 1024,
	PM_VIPS = 16384,
	PM_ADDRESSES = 131072, /* of IPv6, of services and servers; 0 means none */
	PM_PEERS = 256,
	PM_MARK_PROTO = 255,   /* where a service is named by a mark of the firewall, in place of its protocol */
	PM_ORIGINS = 131072,   /* connections of services whose name does not tell where they went */
	PM_GUISES = 262144,    /* connections by full NAT */
	PM_GUISE_TRIES = 32,   /* ports that are tried for one */
	PM_GUISE_PORT = 1024,  /* the first that they get; below the ones that Linux gives its own programs, */
	PM_GUISE_PORTS = 31744, /* which begin at 32768 (ip_local_port_range) */
	PM_POOL = 16,          /* local addresses of a service by full NAT */
	PM_PEERS_HEARD = 16,  /* the first ones are the VRRP process's, the others the plan's */
	PM_PREFILTER_WORDS = 512, /* of each of three: VIPs, servers whose answers come back, checkers */
	PM_WAYS = 16384,       /* clients of NAT whose way back is remembered */
	PM_ROADS = 32768,      /* checks under way by the client's road */
	PM_FRAGMENTS = 16384,  /* packets under way in pieces, the latest */
	PM_BACKS_MAX = 64,     /* services that share one server by NAT */
	PM_RING = 786432,      /* two thirds for rings and their trees, one for shares */
	PM_DEVICES = 256,
	PM_TAGS = 4096,      /* VLANs' interfaces of this host */
	PM_PICK_MAX = 128,   /* servers that are walked for one connection; the verifier of 6.1 walks each */
	PM_TREE_LEVELS = 16, /* of matches among PM_SERVERS (tree.h) */
	PM_HASH_LENGTH = 256,  /* places in a table of sh or dh */
	PM_MAGLEV_LENGTH = 4093, /* places in a table of mh */
	PM_SET_MEMBERS = 64,     /* servers that lblcr remembers for an address */
	PM_DESTINATIONS = 32768, /* addresses that lblc and lblcr remember, of services by a mark */
	PM_CALL_ID = 128,        /* bytes of a Call-ID, as IPVS has it */
	PM_CALLERS = 32768,      /* connections of IPv6 by the persistence engine sip */
	PM_TEMPLATE_CALL = 128,  /* beside a template's family: it is a call's, and names no client */
	PM_MAGLEV_TRIES = 1024,  /* places a fallback of mh tries */
	PM_SWEEP_BUCKETS = 32, /* per run of pm_sweep */
	PM_LATE_SECONDS = 5,   /* without a sweep, and packets do it */
	PM_LATE_RUNS = 512,    /* one of them, at most: a tenth of a millisecond while little is over */
	PM_LATE_RETIRED = 1024, /* or until so many are retired */
	PM_ARRIVALS = 32,      /* in one frame for pm_arrive */
	PM_STATES = 32,
};

/*
 * IPVS numbers and names; INPUT-ONLY reaches NONE, ESTABLISHED and SYN_RECV .. CLOSE. IPVS has one
 * state for UDP; ours differ in who gives way when there is no room, and last equally long.
 */
enum pm_state {
	PM_TCP_NONE = 0,
	PM_TCP_ESTABLISHED = 1,
	PM_TCP_SYN_SENT = 2,
	PM_TCP_SYN_RECV = 3,
	PM_TCP_FIN_WAIT = 4,
	PM_TCP_TIME_WAIT = 5,
	PM_TCP_CLOSE = 6,
	PM_TCP_CLOSE_WAIT = 7,
	PM_TCP_LAST_ACK = 8,
	PM_TCP_LISTEN = 9,
	PM_TCP_SYNACK = 10,
	PM_UDP_NEW = 11,      /* one datagram, perhaps forged */
	PM_UDP_KNOWN = 12,    /* the client sent another */
	PM_UDP_ANSWERED = 13, /* the server's were seen (NAT) */
	/* IPVS's numbers and sixteen. */
	PM_SCTP_NONE = 16,
	PM_SCTP_INIT1 = 17,
	PM_SCTP_INIT = 18,
	PM_SCTP_COOKIE_SENT = 19,
	PM_SCTP_COOKIE_REPLIED = 20,
	PM_SCTP_COOKIE_WAIT = 21,
	PM_SCTP_COOKIE = 22,
	PM_SCTP_COOKIE_ECHOED = 23,
	PM_SCTP_ESTABLISHED = 24,
	PM_SCTP_SHUTDOWN_SENT = 25,
	PM_SCTP_SHUTDOWN_RECEIVED = 26,
	PM_SCTP_SHUTDOWN_ACK_SENT = 27,
	PM_SCTP_REJECTED = 28,
	PM_SCTP_CLOSED = 29,
};

enum pm_tcp_event {
	PM_EVENT_SYN = 0,
	PM_EVENT_FIN = 1,
	PM_EVENT_ACK = 2,
	PM_EVENT_RST = 3,
	PM_EVENT_OTHER = 4, /* no flag of these: closes, as in IPVS */
	PM_EVENT_DATAGRAM = 5, /* UDP */
	PM_EVENT_NOTHING = 6, /* moves nothing: of an error that speaks of the connection */
	/*
	 * Chunks of SCTP. Its states are others than TCP's, so that what means about the same may have the
	 * same number; of what begins a connection nobody has to ask the protocol.
	 */
	PM_CHUNK_INIT = PM_EVENT_SYN,
	PM_CHUNK_SHUTDOWN = PM_EVENT_FIN,
	PM_CHUNK_DATA = PM_EVENT_ACK, /* and all others */
	PM_CHUNK_ABORT = PM_EVENT_RST,
	PM_CHUNK_ERROR = PM_EVENT_OTHER,
	PM_CHUNK_INIT_ACK = 7,
	PM_CHUNK_COOKIE_ECHO = 8,
	PM_CHUNK_COOKIE_ACK = 9,
	PM_CHUNK_SHUTDOWN_ACK = 10,
	PM_CHUNK_SHUTDOWN_COMPLETE = 11,
	/* Added to those above where both directions are seen (NAT): */
	PM_EVENT_INPUT = 16,  /* the client's */
	PM_EVENT_OUTPUT = 32, /* the server's */
};

enum pm_flow_flag {
	PM_FLOW_TEMPLATE = 1, /* holds a reference on its persistence template */
	PM_FLOW_V6 = 2,       /* its client's address is in pm_clients */
	PM_FLOW_GUISED = 4,   /* its server knows the client by what is in pm_guises */
	PM_FLOW_TOLD = 8,     /* by NAT, told of by another director: no packet of its client was seen here yet */
	PM_FLOW_CALL = 16,    /* of a call: in pm_clients is its template's hash, and who its client is in pm_callers */
};

enum pm_template_flag {
	PM_TEMPLATE_ASSURED = 1, /* one of its connections was established */
};

enum pm_arrival_flag {
	PM_ARRIVAL_TEMPLATE = 1, /* of persistence, and no connection */
	PM_ARRIVAL_ASSURED = 2,  /* the template is */
	PM_ARRIVAL_YIELDS = 4,   /* a template that is here already stands */
};

enum pm_server_flag {
	PM_SERVER_UP = 1,
	PM_SERVER_LOCAL = 2,
	PM_SERVER_HAS_MAC = 4,
	PM_SERVER_PLANNED = 8, /* in the plan; otherwise the record waits for its last connection */
	PM_SERVER_NAT = 16,    /* addresses are translated, both ways */
	PM_SERVER_TUNNEL = 32, /* packets are sent whole within others */
	PM_SERVER_V6 = 64,     /* its own address is of IPv6, whatever its service's is */
	PM_SERVER_TAGGED = 128, /* the interface to it is a VLAN's */
	PM_SERVER_GUISED = 256, /* by NAT, and it sees clients as addresses of this node */
	PM_SERVER_SUMMED = 512, /* by a tunnel whose packets bear a checksum (GUE, GRE) */
	PM_SERVER_REMCSUM = 1024, /* that was asked for by --tun-remcsum, which makes no other packets here */
	PM_SERVER_MERGES = 2048, /* what comes in by the interface to it may be several packets put together (generic mode) */
};

/* IPVS's numbers. */
enum pm_tunnel {
	PM_IPIP = 0,
	PM_GUE = 1,
	PM_GRE = 2,
};

/* For services and server records alike: what has to be asked before anything is forwarded. */
enum pm_owner_flag {
	PM_OWNER_NEEDS_LEASE = 1,
	PM_OWNER_HAS_LOCAL = 2, /* this node is one of its servers: beware of other directors */
};

enum pm_scheduler {
	PM_RR = 0,
	PM_WRR = 1,
	PM_LC = 2,
	PM_WLC = 3,
	PM_SED = 4,
	PM_NQ = 5,
	PM_FO = 6,
	PM_OVF = 7,
	PM_SH = 8,
	PM_DH = 9,
	PM_MH = 10,
	PM_TWOS = 11,
	PM_LBLC = 12,
	PM_LBLCR = 13,
};

/* IPVS's numbers. */
enum pm_service_flag {
	PM_SERVICE_ONE_PACKET = 0x04, /* each datagram is scheduled, none is remembered */
	PM_SERVICE_FALLBACK = 0x08,
	PM_SERVICE_PORT = 0x10,
	PM_SERVICE_CALLS = 0x80, /* no number of IPVS: the persistence engine sip */
};

/* What IPVS has as sysctls of all services, of one. */
enum pm_rule {
	PM_RULE_REUSE_CHOSEN = 0x01,     /* conn_reuse_mode was set: the two below say to what; else 1 */
	PM_RULE_REUSE_CLOSED = 0x02,
	PM_RULE_REUSE_FIN_WAIT = 0x04,   /* where answers are not seen */
	PM_RULE_EXPIRE_NODEST = 0x08,    /* expire_nodest_conn */
	PM_RULE_EXPIRE_QUIESCENT = 0x10, /* expire_quiescent_template */
	PM_RULE_SLOPPY = 0x20,           /* sloppy_tcp, sloppy_sctp */
};

#pragma clang diagnostic push
#pragma clang diagnostic error "-Wpadded"

/* IPv4 as ::ffff:a.b.c.d. A part of hash keys. */
struct pm_address {
	__be32 words[4];
};

enum pm_family {
	PM_V4 = 0,
	PM_V6 = 1,
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

/* What the parser learnt of a packet; never leaves the program. */
struct pm_packet {
	__be32 saddr;
	__be32 daddr;
	__be16 sport;
	__be16 dport;
	__u8 proto;
	__u8 event; /* enum pm_tcp_event */
	__u8 is_first_fragment;
	__u8 family; /* enum pm_family; of IPv6 saddr and salt are a hash, daddr is a number */
	__u64 key;   /* what its connection's entry begins with */
	__u32 bytes; /* layer 3 */
	__u32 hash;
	__u32 now;   /* low half of jiffies */
	__u32 server; /* slot chosen */
	__u16 salt;
	__u16 ports_at; /* of IPv6: bytes from the beginning of the frame */
	__be32 mark; /* of the firewall, which names its service; zero: its address does */
	__u8 ttl;       /* filled in for pm_connect */
	__u8 is_wild;   /* filled in by pm_admit: its service names no port */
	__u8 is_moved;  /* by pm_answers: the tree of its server has to learn of it */
	__u8 pad;
};

/* What an entry leaves behind that has ended or given way. */
struct pm_left {
	struct pm_flow flow;
	struct pm_address client; /* of IPv6 only */
};

/* What became of an arrival. */
enum pm_arrived {
	PM_ARRIVED_NEW,
	PM_ARRIVED_MOVED,  /* one that was here took its state and time */
	PM_ARRIVED_STANDS, /* what is here stands */
	PM_ARRIVED_FULL,
};

/* What pm_connect is told of a packet, and tells: its server. */
struct pm_connection_wish {
	struct pm_packet packet;
	struct pm_way way; /* back to where it came from */
	struct pm_service service; /* for the schedulers */
	struct pm_address client;  /* IPv4 as it stands in keys: from pm_connect on */
	struct pm_address target;  /* of IPv6 only */
	struct pm_template_key binding; /* its client's or call's, if the service is persistent */
	struct pm_call call;       /* of services by the persistence engine sip only */
	__u32 call_state;          /* enum pm_call_state */
	__u32 call_name;           /* so many bytes of the name were there */
	struct pm_left victim;     /* what gave way to the packet's connection */
	struct pm_fragment_key fragment; /* of fragments only, and what the first leaves behind */
	struct pm_fragment first;
	struct pm_origin_key asked; /* of services that are named by less than an address and a port */
	struct pm_origin origin;
	struct pm_flow_name name;  /* of services by full NAT only, as what follows */
	struct pm_guise guise;
	struct pm_wearer wearer;
	struct pm_destination destination; /* of lblc and lblcr by a mark only */
	struct pm_set set;         /* of lblcr, as it was found */
	__u32 room; /* that the way has, or the tunnel, for which the packet is too large */
};

#endif
