/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef PM_TCP_STATE_H
#define PM_TCP_STATE_H

/*
 * The tables of IPVS. With direct routing only the client's half is seen (INPUT-ONLY), with NAT both
 * (INPUT and OUTPUT). Rows are events, columns states; TcpStateMachine and SctpStateMachine in C# are
 * the same, and a test compares them.
 */
#define NO PM_TCP_NONE
#define ES PM_TCP_ESTABLISHED
#define SS PM_TCP_SYN_SENT
#define SR PM_TCP_SYN_RECV
#define FW PM_TCP_FIN_WAIT
#define TW PM_TCP_TIME_WAIT
#define CL PM_TCP_CLOSE
#define CW PM_TCP_CLOSE_WAIT
#define LA PM_TCP_LAST_ACK
#define LI PM_TCP_LISTEN
#define SA PM_TCP_SYNACK
#define UN PM_UDP_NEW
#define UK PM_UDP_KNOWN
#define UA PM_UDP_ANSWERED
#define ZN PM_SCTP_NONE
#define I1 PM_SCTP_INIT1
#define IN PM_SCTP_INIT
#define QS PM_SCTP_COOKIE_SENT
#define QR PM_SCTP_COOKIE_REPLIED
#define QW PM_SCTP_COOKIE_WAIT
#define QC PM_SCTP_COOKIE
#define QE PM_SCTP_COOKIE_ECHOED
#define ZE PM_SCTP_ESTABLISHED
#define ZS PM_SCTP_SHUTDOWN_SENT
#define ZR PM_SCTP_SHUTDOWN_RECEIVED
#define ZA PM_SCTP_SHUTDOWN_ACK_SENT
#define ZJ PM_SCTP_REJECTED
#define ZC PM_SCTP_CLOSED
/* A row's states of SCTP, ZN I1 IN QS QR QW QC QE ZE ZS ZR ZA ZJ ZC. */
#define PM_SCTP(...) [PM_SCTP_NONE] = __VA_ARGS__

const __u8 pm_tcp_next[64][PM_STATES] = {
	/*                  NO  ES  SS  SR  FW  TW  CL  CW  LA  LI  SA */
	[PM_EVENT_SYN] = { SR, ES, ES, SR, SR, SR, SR, SR, SR, SR, SR,
		PM_SCTP(I1, IN, IN, IN, IN, IN, QC, QE, ZE, ZS, ZR, ZA, IN, IN) },
	[PM_EVENT_FIN] = { CL, FW, SS, TW, FW, TW, CL, CW, LA, LI, TW,
		PM_SCTP(ZR, I1, IN, QS, QR, QW, QC, QE, ZR, ZS, ZR, ZA, ZJ, ZC) },
	[PM_EVENT_ACK] = { ES, ES, SS, ES, FW, TW, CL, CW, CL, LI, ES,
		PM_SCTP(ZE, I1, IN, QS, QR, ZE, QC, QE, ZE, ZS, ZR, ZA, ZJ, ZC) },
	[PM_EVENT_RST] = { CL, CL, CL, SR, CL, CL, CL, CL, LA, LI, CL,
		PM_SCTP(ZC, ZC, ZC, ZC, ZC, ZJ, ZC, ZC, ZC, ZC, ZC, ZC, ZC, ZC) },
	[PM_EVENT_OTHER] = { CL, CL, CL, CL, CL, CL, CL, CL, CL, CL, CL,
		PM_SCTP(ZC, I1, IN, QS, QR, QW, QC, QE, ZE, ZS, ZR, ZA, ZJ, ZC) },
	[PM_CHUNK_INIT_ACK] = { PM_SCTP(QE, QE, QE, QE, QE, QE, QC, QE, ZE, ZS, ZR, ZA, ZJ, ZC) },
	[PM_CHUNK_COOKIE_ECHO] = { PM_SCTP(ZE, ZE, ZE, ZE, ZE, ZE, QC, QE, ZE, ZS, ZR, ZA, ZJ, ZC) },
	[PM_CHUNK_COOKIE_ACK] = { PM_SCTP(ZE, I1, IN, ZE, ZE, QW, ZE, ZE, ZE, ZS, ZR, ZA, ZJ, ZC) },
	[PM_CHUNK_SHUTDOWN_ACK] = { PM_SCTP(ZC, IN, IN, QS, QR, QW, QC, QE, ZC, ZC, ZR, ZC, ZJ, ZC) },
	[PM_CHUNK_SHUTDOWN_COMPLETE] = { PM_SCTP(ZC, ZC, ZC, ZC, ZC, QW, QC, QE, ZE, ZS, ZC, ZC, ZJ, ZC) },
	[PM_EVENT_DATAGRAM] = { UN, [UN] = UK, UK, UA },

	[PM_EVENT_INPUT + PM_EVENT_SYN] = { SR, ES, ES, SR, SR, SR, SR, SR, SR, SR, SR,
		PM_SCTP(I1, IN, IN, QS, QR, QW, QC, QE, ZE, ZS, ZR, ZA, IN, IN) },
	[PM_EVENT_INPUT + PM_EVENT_FIN] = { CL, CW, SS, TW, TW, TW, CL, CW, LA, LI, TW,
		PM_SCTP(ZR, I1, IN, QS, QR, QW, QC, QE, ZR, ZS, ZR, ZA, ZJ, ZC) },
	[PM_EVENT_INPUT + PM_EVENT_ACK] = { ES, ES, SS, ES, FW, TW, CL, CW, CL, LI, ES,
		PM_SCTP(ZE, I1, IN, QS, QR, QW, QC, QE, ZE, ZS, ZR, ZA, ZJ, ZC) },
	[PM_EVENT_INPUT + PM_EVENT_RST] = { CL, CL, CL, SR, CL, CL, CL, CL, LA, LI, SR,
		PM_SCTP(ZC, ZC, ZC, ZC, ZC, ZJ, ZC, ZC, ZC, ZC, ZC, ZC, ZC, ZC) },
	[PM_EVENT_INPUT + PM_EVENT_OTHER] = { CL, CL, CL, CL, CL, CL, CL, CL, CL, CL, CL,
		PM_SCTP(ZC, I1, IN, QS, QR, QW, QC, ZC, ZE, ZS, ZR, ZA, ZJ, ZC) },
	[PM_EVENT_INPUT + PM_CHUNK_INIT_ACK] = { PM_SCTP(QW, QW, QW, QS, QR, QC, QC, QE, ZE, ZS, ZR, ZA, ZJ, ZC) },
	[PM_EVENT_INPUT + PM_CHUNK_COOKIE_ECHO] = { PM_SCTP(QR, IN, IN, QR, QR, QW, QC, QE, ZE, ZS, ZR, ZA, ZJ, ZC) },
	[PM_EVENT_INPUT + PM_CHUNK_COOKIE_ACK] = { PM_SCTP(ZE, I1, IN, QS, QR, QW, QC, ZE, ZE, ZS, ZR, ZA, ZJ, ZC) },
	[PM_EVENT_INPUT + PM_CHUNK_SHUTDOWN_ACK] = { PM_SCTP(ZC, IN, IN, QS, QR, QW, QC, QE, ZE, ZC, ZR, ZC, ZJ, ZC) },
	[PM_EVENT_INPUT + PM_CHUNK_SHUTDOWN_COMPLETE] = { PM_SCTP(ZC, ZC, ZC, QS, QR, QW, QC, QE, ZE, ZS, ZR, ZC, ZJ, ZC) },
	[PM_EVENT_INPUT + PM_EVENT_DATAGRAM] = { UN, [UN] = UK, UK, UA },

	[PM_EVENT_OUTPUT + PM_EVENT_SYN] = { SS, ES, SS, SR, SS, SS, SS, SS, SS, LI, SR,
		PM_SCTP(QW, QW, QW, QW, QW, QW, QW, QW, ZE, QW, QW, QW, QW, QW) },
	[PM_EVENT_OUTPUT + PM_EVENT_FIN] = { TW, FW, SS, TW, FW, TW, CL, TW, LA, LI, TW,
		PM_SCTP(ZS, ZS, ZS, ZS, ZS, ZS, ZS, ZS, ZS, ZS, ZR, ZA, ZJ, ZC) },
	[PM_EVENT_OUTPUT + PM_EVENT_ACK] = { ES, ES, SS, ES, FW, TW, CL, CW, LA, ES, ES,
		PM_SCTP(ZE, I1, IN, QS, QR, QW, QC, QE, ZE, ZS, ZR, ZA, ZJ, ZC) },
	[PM_EVENT_OUTPUT + PM_EVENT_RST] = { CL, CL, SS, CL, CL, TW, CL, CL, CL, CL, CL,
		PM_SCTP(ZC, ZJ, ZC, ZC, ZC, ZC, ZC, ZC, ZC, ZC, ZC, ZC, ZC, ZC) },
	[PM_EVENT_OUTPUT + PM_EVENT_OTHER] = { CL, CL, CL, CL, CL, CL, CL, CL, CL, CL, CL,
		PM_SCTP(ZC, ZC, ZC, ZC, ZC, QW, QC, QE, ZE, ZS, ZR, ZA, ZJ, ZC) },
	[PM_EVENT_OUTPUT + PM_CHUNK_INIT_ACK] = { PM_SCTP(QS, QS, QS, QS, QR, QW, QC, QE, ZE, ZS, ZR, ZA, ZJ, ZC) },
	[PM_EVENT_OUTPUT + PM_CHUNK_COOKIE_ECHO] = { PM_SCTP(QE, QE, QE, QE, QE, QE, QE, QE, ZE, ZS, ZR, ZA, ZJ, ZC) },
	[PM_EVENT_OUTPUT + PM_CHUNK_COOKIE_ACK] = { PM_SCTP(ZE, ZE, ZE, ZE, ZE, ZE, ZE, ZE, ZE, ZS, ZR, ZA, ZJ, ZC) },
	[PM_EVENT_OUTPUT + PM_CHUNK_SHUTDOWN_ACK] = { PM_SCTP(ZA, ZA, ZA, ZA, ZA, QW, QC, QE, ZE, ZA, ZA, ZA, ZJ, ZC) },
	[PM_EVENT_OUTPUT + PM_CHUNK_SHUTDOWN_COMPLETE] = { PM_SCTP(ZC, I1, IN, QS, QR, QW, QC, QE, ZE, ZS, ZR, ZA, ZJ, ZC) },
	[PM_EVENT_OUTPUT + PM_EVENT_DATAGRAM] = { UA, [UN] = UA, UA, UA },
	[PM_EVENT_OUTPUT + PM_EVENT_NOTHING] = { NO, ES, SS, SR, FW, TW, CL, CW, LA, LI, SA, UN, UK, UA,
		PM_SCTP(ZN, I1, IN, QS, QR, QW, QC, QE, ZE, ZS, ZR, ZA, ZJ, ZC) },
};

#undef NO
#undef ES
#undef SS
#undef SR
#undef FW
#undef TW
#undef CL
#undef CW
#undef LA
#undef LI
#undef SA
#undef UN
#undef UK
#undef UA
#undef ZN
#undef I1
#undef IN
#undef QS
#undef QR
#undef QW
#undef QC
#undef QE
#undef ZE
#undef ZS
#undef ZR
#undef ZA
#undef ZJ
#undef ZC
#undef PM_SCTP

/* Jiffies wrap: half of their range is the past. */
static __always_inline bool pm_is_past(__u32 now, __u32 expiry)
{
	return (__s32)(now - expiry) >= 0;
}

static __always_inline __u8 pm_tcp_advance(__u8 event, __u8 state)
{
	return pm_tcp_next[event & 63][state & (PM_STATES - 1)];
}

/* Begins a connection where there is none, and finds another server where there is no more one. */
static __always_inline bool pm_may_begin(__u8 event)
{
	return event == PM_EVENT_SYN || event == PM_EVENT_DATAGRAM;
}

/* A state out of those in a set of bits. */
static __always_inline bool pm_is_of(__u8 state, __u32 states)
{
	return (states >> (state & (PM_STATES - 1))) & 1;
}

#define PM_ONLY(state) (1u << PM_##state)

/* IPVS: a client is bound for good once it was answered, or sent more than a SYN. */
static __always_inline bool pm_assures(__u8 state)
{
	return pm_is_of(state, PM_ONLY(TCP_ESTABLISHED) | PM_ONLY(UDP_ANSWERED) |
				       PM_ONLY(SCTP_ESTABLISHED));
}

/* Nobody knows yet whether there is anybody at the other end: the first to give way to others. */
static __always_inline bool pm_is_embryonic(__u8 state)
{
	return pm_is_of(state, PM_ONLY(TCP_SYN_RECV) | PM_ONLY(UDP_NEW) | PM_ONLY(SCTP_INIT1) |
				       PM_ONLY(SCTP_INIT) | PM_ONLY(SCTP_COOKIE_SENT));
}

static __always_inline bool pm_is_kept(__u8 state)
{
	return pm_is_of(state, PM_ONLY(UDP_KNOWN) | PM_ONLY(UDP_ANSWERED) |
				       PM_ONLY(SCTP_COOKIE_REPLIED) | PM_ONLY(SCTP_COOKIE) |
				       PM_ONLY(SCTP_COOKIE_ECHOED));
}

/* What IPVS shows as ActiveConn; of UDP none is. */
static __always_inline bool pm_tcp_is_active(__u8 state)
{
	return pm_is_of(state, PM_ONLY(TCP_ESTABLISHED) | PM_ONLY(TCP_SYN_SENT) |
				       PM_ONLY(TCP_SYN_RECV) | PM_ONLY(TCP_SYNACK) |
				       PM_ONLY(SCTP_ESTABLISHED));
}

/* An entry that may give way to a new connection of the same key: whether it does is asked below. */
static __always_inline bool pm_tcp_is_over(__u8 state)
{
	return pm_is_of(state, PM_ONLY(TCP_TIME_WAIT) | PM_ONLY(TCP_CLOSE) | PM_ONLY(TCP_FIN_WAIT) |
				       PM_ONLY(TCP_LAST_ACK) | PM_ONLY(SCTP_CLOSED));
}

/*
 * A SYN on such an entry is a new connection that uses an old port again: it is scheduled anew. The
 * server's service says where (enum pm_rule): conn_reuse_mode as IPVS has it, and IPVS's default 1
 * where it was not set. What is reused is over by the above as well.
 */
static __always_inline bool pm_is_reused(__u8 rules, __u8 state, bool answers_are_seen)
{
	__u32 states = 0;

	if (rules & PM_RULE_REUSE_CLOSED || !(rules & PM_RULE_REUSE_CHOSEN))
		states = PM_ONLY(TCP_TIME_WAIT) | PM_ONLY(TCP_CLOSE) | PM_ONLY(SCTP_CLOSED);
	if (rules & PM_RULE_REUSE_FIN_WAIT && !answers_are_seen)
		states |= PM_ONLY(TCP_FIN_WAIT);
	return pm_is_of(state, states);
}

#endif
