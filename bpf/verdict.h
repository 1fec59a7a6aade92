/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef PM_VERDICT_H
#define PM_VERDICT_H

/*
 * The one list of what can become of a frame. C# reads the names from the object's BTF, so a line
 * added here is a counter with that name everywhere. Columns: name, XDP action.
 *
 * NOTE lines are not verdicts: they count something that happened on the way to one.
 */
#define PM_VERDICTS(X)                                                                             \
	X(TRUNCATED_ETH, XDP_PASS) /* too short for an Ethernet header */                          \
	X(VLAN, XDP_PASS)          /* tagged: the VLAN interface above balances it, or nobody */   \
	X(NOT_IP, XDP_PASS)        /* neither IPv4, IPv6 nor ARP */                                \
	X(ARP, XDP_PASS)           /* ARP that the stack may answer */                             \
	X(ARP_LEASE_LAPSED, XDP_DROP) /* asks for an address this node does not own (any more) */  \
	X(ND, XDP_PASS)            /* neighbour discovery that the stack may answer */             \
	X(ND_LEASE_LAPSED, XDP_DROP) /* asks for an address this node does not own (any more) */   \
	X(TRUNCATED_IP, XDP_PASS)  /* no whole IP header: the stack drops and counts it */         \
	X(NOT_VIP, XDP_PASS)       /* not addressed to a virtual service's address */              \
	X(BAD_IP_HEADER, XDP_DROP) /* version, header length or total length cannot be */          \
	X(BAD_IP_CHECKSUM, XDP_DROP)                                                               \
	X(NOT_TCP, XDP_PASS)       /* to a VIP, but neither TCP, UDP nor SCTP (ping) */            \
	X(FRAGMENT_EARLY, XDP_DROP) /* of a packet whose first fragment, with its ports, did not come */ \
	X(FRAGMENT_PASSED, XDP_PASS) /* a later fragment: the first is the stack's, or may be */    \
	X(TRUNCATED_TCP, XDP_DROP)                                                                 \
	X(TRUNCATED_UDP, XDP_DROP)                                                                 \
	X(TRUNCATED_SCTP, XDP_DROP)                                                                \
	X(NOT_SERVICE, XDP_PASS)   /* to a VIP, but to a port that is not balanced */              \
	X(NOT_ARMED, XDP_PASS)     /* this node does not own the VIP now: it is a real server */   \
	X(FROM_PEER_DIRECTOR, XDP_PASS) /* balanced already, by the other director */              \
	X(NO_CONNECTION, XDP_PASS) /* TCP or SCTP, no SYN or INIT and unknown: the stack refuses */ \
	X(NO_SERVER, XDP_DROP)     /* none usable, and a local server must not step in */          \
	X(NO_SERVER_REFUSED, XDP_PASS) /* none usable: the stack refuses at once */                \
	X(NO_CALL_ID, XDP_DROP)    /* begins a connection of a service by Call-IDs, and has none */   \
	X(SERVER_GONE, XDP_DROP)   /* the connection's server is down or was removed */            \
	X(NEXT_HOP_UNKNOWN, XDP_DROP) /* the server's neighbour is not resolved */                 \
	X(TTL_EXPIRED, XDP_DROP)   /* and nobody may be told: an error itself, or a later fragment */ \
	X(TTL_EXPIRED_TOLD, XDP_TX) /* the client is told */                                       \
	X(ANSWER_EXPIRED, XDP_PASS) /* a NAT server's answer: the stack tells it, as a router does */ \
	X(LOCAL, XDP_PASS)         /* this node is the chosen server */                            \
	X(FORWARDED, XDP_TX)       /* sent back out of the interface it came in by */              \
	X(REDIRECTED, XDP_REDIRECT) /* sent out of another interface */                            \
	X(REDIRECT_FAILED, XDP_DROP) /* the server's interface is not known to the data path */    \
	X(ANSWER_FORWARDED, XDP_TX) /* a NAT server's answer, back out of its interface */         \
	X(ANSWER_REDIRECTED, XDP_REDIRECT) /* a NAT server's answer, out of another interface */   \
	X(ANSWER_PASSED, XDP_PASS) /* a NAT server's answer, for the stack to find the neighbour of */ \
	X(ANSWER_UNROUTED, XDP_DROP) /* no way to the client of a NAT server */                    \
	X(ROAD_ANSWER, XDP_PASS)   /* answers a check of this node that went to the VIP */         \
	X(ROAD_RETURNED, XDP_DROP) /* a check of this node that a server sends back: it is a router */ \
	X(TOO_BIG_TOLD, XDP_TX)    /* too large for the way to the server: the client is told what fits */ \
	X(TOO_BIG, XDP_DROP)       /* and nobody may be told: an error itself, or a later fragment */ \
	X(ANSWER_TOO_BIG_TOLD, XDP_TX) /* a NAT server's answer, too large for the way: the server is told */ \
	X(NO_HEADROOM, XDP_DROP)   /* the driver leaves no room for a tunnel's header */           \
	X(SCTP_SPLIT, XDP_DROP)    /* SCTP in fragments, to another port (NAT): its checksum is over all */ \
	X(TABLE_FULL, XDP_DROP)    /* no room for a connection that cannot be without (NAT) */     \
	X(NO_LOCAL_PORT, XDP_DROP) /* full NAT: the ports of the local addresses that were tried are taken */ \
	X(INTERNAL, XDP_PASS)      /* a table look-up failed that cannot fail: a bug, counted */   \
	X(NOTE_TABLE_FULL_STATELESS, XDP_PASS) /* no room: balanced by hash, without an entry */   \
	X(NOTE_TEMPLATE_FULL, XDP_PASS) /* no room: scheduled without persistence */               \
	X(NOTE_EVICTED_CLOSED, XDP_PASS) /* a closed connection's entry gave way to a new one */   \
	X(NOTE_EVICTED_EMBRYONIC, XDP_PASS) /* a half-open connection's entry gave way */          \
	X(NOTE_RESCHEDULED, XDP_PASS) /* a SYN on an entry that is closed or whose server is gone */ \
	X(NOTE_FRAGMENT_FIRST, XDP_PASS) /* a first fragment, by which the others will go */       \
	X(NOTE_FRAGMENT_FOLLOWED, XDP_PASS) /* a later one went after it */

enum pm_verdict {
#define PM_NAME(name, action) PM_##name,
	PM_VERDICTS(PM_NAME)
#undef PM_NAME
	PM_VERDICT_COUNT,
	PM_CONTINUE = PM_VERDICT_COUNT, /* not a verdict: go on */
};

/* A table: without jump tables a switch is a chain of comparisons. */
const __u8 pm_actions[64] = {
#define PM_ACTION(name, action) [PM_##name] = action,
	PM_VERDICTS(PM_ACTION)
#undef PM_ACTION
};
_Static_assert(PM_VERDICT_COUNT <= sizeof(pm_actions), "each verdict has an action");

static __always_inline int pm_action_of(enum pm_verdict verdict)
{
	return pm_actions[verdict & (sizeof(pm_actions) - 1)];
}

#endif
