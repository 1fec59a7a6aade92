/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef PM_TCP_STATE_H
#define PM_TCP_STATE_H

/*
 * The tables of IPVS. With direct routing only the client's half is seen (INPUT-ONLY), with NAT both
 * (INPUT and OUTPUT). Rows are events, columns states; TcpStateMachine in C# is the same, and a test
 * compares the two.
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

const __u8 pm_tcp_next[32][PM_STATES] = {
	/*                  NO  ES  SS  SR  FW  TW  CL  CW  LA  LI  SA */
	[PM_EVENT_SYN] = { SR, ES, ES, SR, SR, SR, SR, SR, SR, SR, SR },
	[PM_EVENT_FIN] = { CL, FW, SS, TW, FW, TW, CL, CW, LA, LI, TW },
	[PM_EVENT_ACK] = { ES, ES, SS, ES, FW, TW, CL, CW, CL, LI, ES },
	[PM_EVENT_RST] = { CL, CL, CL, SR, CL, CL, CL, CL, LA, LI, CL },
	[PM_EVENT_OTHER] = { CL, CL, CL, CL, CL, CL, CL, CL, CL, CL, CL },
	[PM_EVENT_DATAGRAM] = { UN, [UN] = UK, UK, UA },

	[PM_EVENT_INPUT + PM_EVENT_SYN] = { SR, ES, ES, SR, SR, SR, SR, SR, SR, SR, SR },
	[PM_EVENT_INPUT + PM_EVENT_FIN] = { CL, CW, SS, TW, TW, TW, CL, CW, LA, LI, TW },
	[PM_EVENT_INPUT + PM_EVENT_ACK] = { ES, ES, SS, ES, FW, TW, CL, CW, CL, LI, ES },
	[PM_EVENT_INPUT + PM_EVENT_RST] = { CL, CL, CL, SR, CL, CL, CL, CL, LA, LI, SR },
	[PM_EVENT_INPUT + PM_EVENT_OTHER] = { CL, CL, CL, CL, CL, CL, CL, CL, CL, CL, CL },
	[PM_EVENT_INPUT + PM_EVENT_DATAGRAM] = { UN, [UN] = UK, UK, UA },

	[PM_EVENT_OUTPUT + PM_EVENT_SYN] = { SS, ES, SS, SR, SS, SS, SS, SS, SS, LI, SR },
	[PM_EVENT_OUTPUT + PM_EVENT_FIN] = { TW, FW, SS, TW, FW, TW, CL, TW, LA, LI, TW },
	[PM_EVENT_OUTPUT + PM_EVENT_ACK] = { ES, ES, SS, ES, FW, TW, CL, CW, LA, ES, ES },
	[PM_EVENT_OUTPUT + PM_EVENT_RST] = { CL, CL, SS, CL, CL, TW, CL, CL, CL, CL, CL },
	[PM_EVENT_OUTPUT + PM_EVENT_OTHER] = { CL, CL, CL, CL, CL, CL, CL, CL, CL, CL, CL },
	[PM_EVENT_OUTPUT + PM_EVENT_DATAGRAM] = { UA, [UN] = UA, UA, UA },
	[PM_EVENT_OUTPUT + PM_EVENT_NOTHING] = { NO, ES, SS, SR, FW, TW, CL, CW, LA, LI, SA, UN, UK, UA },
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

/* Jiffies wrap: half of their range is the past. */
static __always_inline bool pm_is_past(__u32 now, __u32 expiry)
{
	return (__s32)(now - expiry) >= 0;
}

static __always_inline __u8 pm_tcp_advance(__u8 event, __u8 state)
{
	return pm_tcp_next[event & 31][state & (PM_STATES - 1)];
}

/* Begins a connection where there is none, and finds another server where there is no more one. */
static __always_inline bool pm_may_begin(__u8 event)
{
	return event == PM_EVENT_SYN || event == PM_EVENT_DATAGRAM;
}

/* IPVS: a client is bound for good once it was answered, or sent more than a SYN. */
static __always_inline bool pm_assures(__u8 state)
{
	return state == PM_TCP_ESTABLISHED || state == PM_UDP_ANSWERED;
}

/* Nobody knows yet whether there is anybody at the other end: the first to give way to others. */
static __always_inline bool pm_is_embryonic(__u8 state)
{
	return state == PM_TCP_SYN_RECV || state == PM_UDP_NEW;
}

static __always_inline bool pm_is_kept(__u8 state)
{
	return state == PM_UDP_KNOWN || state == PM_UDP_ANSWERED;
}

/* What IPVS shows as ActiveConn; of UDP none is. */
static __always_inline bool pm_tcp_is_active(__u8 state)
{
	return state == PM_TCP_ESTABLISHED || state == PM_TCP_SYN_SENT ||
	       state == PM_TCP_SYN_RECV || state == PM_TCP_SYNACK;
}

/*
 * A SYN on such an entry is a new connection that uses an old port again: it is scheduled anew.
 * IPVS does so for TIME_WAIT and CLOSE (conn_reuse_mode 1). FIN_WAIT too is over here: with direct
 * routing every normal close ends in it, for two minutes, and its server may be long overloaded.
 */
static __always_inline bool pm_tcp_is_over(__u8 state)
{
	return state == PM_TCP_TIME_WAIT || state == PM_TCP_CLOSE || state == PM_TCP_FIN_WAIT ||
	       state == PM_TCP_LAST_ACK;
}

#endif
