/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef PM_SCRATCH_H
#define PM_SCRATCH_H

/* What never leaves the program: what it finds out about a packet on its way. */

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
