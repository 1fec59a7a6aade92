/* SPDX-License-Identifier: GPL-2.0 */
/* What every port of the lab's switch carries: a native XDP program at this end of a veth pair is what lets the other
 * end transmit with XDP_TX. It changes nothing and passes everything.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("xdp")
int pm_lab_pass(struct xdp_md *ctx)
{
	return XDP_PASS;
}

char _license[] SEC("license") = "GPL";
