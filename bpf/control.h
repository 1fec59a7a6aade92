/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef PM_CONTROL_H
#define PM_CONTROL_H

/*
 * What user space cannot do by writing memory: read the packets' clock, and take the table's locks.
 * Run by BPF_PROG_TEST_RUN; arguments and results are in cb[] of the context. They are tc programs
 * because an XDP program's test run costs milliseconds, and SEC("syscall") is not in kernels
 * before 5.14.
 */

/* out: cb[0] low, cb[1] high half of jiffies. */
SEC("tc")
int pm_now(struct __sk_buff *skb)
{
	__u64 now = bpf_jiffies64();

	skb->cb[0] = (__u32)now;
	/* Two stores: one of eight bytes is "invalid bpf_context access" (6.18). */
	barrier();
	skb->cb[1] = (__u32)(now >> 32);
	return 0;
}

/*
 * in: cb[0] first bucket; out: cb[0] the one after the last, cb[1] += entries retired. Run with
 * repeat for a range. It is control who writes down that it has swept: where nothing is over it does
 * not come here.
 */
SEC("tc")
int pm_sweep(struct __sk_buff *skb)
{
	__u32 first = skb->cb[0];

	skb->cb[1] += pm_sweep_run(first);
	/* As in pm_now. */
	barrier();
	skb->cb[0] = first + PM_SWEEP_BUCKETS;
	return 0;
}

#endif
