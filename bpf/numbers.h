/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef PM_NUMBERS_H
#define PM_NUMBERS_H

/*
 * How many there are of what, and what numbers in records stand for. C# shares them as it does the
 * records (types.h). Many are IPVS's own.
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

enum pm_family {
	PM_V4 = 0,
	PM_V6 = 1,
};

#endif
