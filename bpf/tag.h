/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef PM_TAG_H
#define PM_TAG_H

/*
 * A VLAN's interface cannot send what XDP hands over: it has no queues of its own. So what goes out of
 * one gets the VLAN's tag here (IEEE 802.1Q, two of them where one stands on another) and goes out of
 * the interface below. What comes in by one needs nothing: the program is attached to it as well, in
 * the generic mode, behind the kernel's own taking off of tags.
 */

struct pm_tag_header {
	__be16 tci;
	__be16 ether_type;
};

/* Puts one tag behind the addresses. False: the driver leaves no room. */
static __always_inline bool pm_push_tag(struct xdp_md *ctx, __be16 proto, __be16 tci)
{
	struct pm_tag_header *tag;
	struct ethhdr *eth;
	__u64 high;
	__u32 low;

	if (bpf_xdp_adjust_head(ctx, -(int)sizeof(*tag)))
		return false;
	eth = (void *)(long)ctx->data;
	tag = (void *)(eth + 1);
	if ((void *)(tag + 1) > (void *)(long)ctx->data_end)
		return false;
	/* Both addresses move to the front; the type stays where it is, as the tag's own. */
	__builtin_memcpy(&high, (void *)eth + sizeof(*tag), sizeof(high));
	__builtin_memcpy(&low, (void *)eth + sizeof(*tag) + sizeof(high), sizeof(low));
	__builtin_memcpy(eth, &high, sizeof(high));
	__builtin_memcpy((void *)eth + sizeof(high), &low, sizeof(low));
	eth->h_proto = proto;
	tag->tci = tci;
	return true;
}

/*
 * Makes the frame one of the interface @ifindex, should that be a VLAN's; PM_CONTINUE: @device is the
 * interface to send it by.
 */
static __always_inline enum pm_verdict pm_tag(struct xdp_md *ctx, __u32 ifindex, __u32 *device)
{
	struct pm_tags *tags = bpf_map_lookup_elem(&pm_tags, &ifindex);

	*device = ifindex;
	if (!tags)
		return PM_CONTINUE;
	/* The inner one first. */
	if (tags->inner_proto && !pm_push_tag(ctx, tags->inner_proto, tags->inner_tci))
		return PM_NO_HEADROOM;
	if (!pm_push_tag(ctx, tags->proto, tags->tci))
		return PM_NO_HEADROOM;
	*device = tags->device;
	return PM_CONTINUE;
}

/* Sends the frame to a server on a VLAN. Not static: rare, and its stack is its own. */
__noinline int pm_send_tagged(struct xdp_md *ctx, __u32 ifindex)
{
	enum pm_verdict verdict;
	__u32 device;

	verdict = pm_tag(ctx, ifindex, &device);
	if (verdict != PM_CONTINUE)
		return verdict;
	/* Without a tag it would be a frame of the interface below. */
	if (device == ifindex)
		return PM_REDIRECT_FAILED;
	if (device == ctx->ingress_ifindex)
		return PM_FORWARDED;
	return bpf_redirect_map(&pm_devices, ifindex, XDP_ABORTED) == XDP_REDIRECT ?
		       PM_REDIRECTED :
		       PM_REDIRECT_FAILED;
}

/* Sends an answer out of an interface other than the one it came by, which may be a VLAN's. */
static __always_inline enum pm_verdict pm_redirect_answer(struct xdp_md *ctx, __u32 ifindex)
{
	enum pm_verdict verdict;
	__u32 device;

	verdict = pm_tag(ctx, ifindex, &device);
	if (verdict != PM_CONTINUE)
		return verdict;
	if (device == ctx->ingress_ifindex)
		return PM_ANSWER_FORWARDED;
	return bpf_redirect(device, 0) == XDP_REDIRECT ? PM_ANSWER_REDIRECTED : PM_ANSWER_UNROUTED;
}

#endif
