/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef PM_PICK_HASH_H
#define PM_PICK_HASH_H

/* sh, dh and mh: a hash leads to a place of a table that C# built and laid into the ring. */

/* An address as IPVS hashes it: of IPv6 the four words, one over the other. */
static __always_inline __u32 pm_words_of(const struct pm_address *address)
{
	return bpf_ntohl(address->words[0] ^ address->words[1] ^ address->words[2] ^
			 address->words[3]);
}

static __always_inline __u32 pm_hash_sum_of(const struct pm_service *service,
					    const struct pm_connection_wish *wish)
{
	const struct pm_packet *packet = &wish->packet;
	__u32 sum = packet->family == PM_V6 ? pm_words_of(&wish->client) : bpf_ntohl(packet->saddr);

	return service->flags & PM_SERVICE_PORT ? sum + bpf_ntohs(packet->sport) : sum;
}

/* The kernel's hash_32 to eight bits. */
static __always_inline __u32 pm_hash_place_of(__u32 sum)
{
	return (sum * 0x61c88647u) >> 24;
}

/* Not static: see pm_usable_at. */
__noinline __u32 pm_pick_sh_fallback(__u32 ring_at, __u32 hash)
{
	for (__u32 i = 0; i < PM_HASH_LENGTH; i++) {
		__u64 usable =
			pm_usable_at(ring_at + ((hash + hash + i) & (PM_HASH_LENGTH - 1)));

		if (usable)
			return PM_SLOT_OF(usable);
	}
	return 0;
}

static __always_inline __u32 pm_pick_sh(const struct pm_service *service,
					const struct pm_connection_wish *wish)
{
	__u32 hash = pm_hash_place_of(pm_hash_sum_of(service, wish)), slot;

	if (service->ring_length != PM_HASH_LENGTH)
		return 0;
	slot = PM_SLOT_OF(pm_usable_at(service->ring_at + hash));
	if (slot || !(service->flags & PM_SERVICE_FALLBACK))
		return slot;
	return pm_pick_sh_fallback(service->ring_at, hash);
}

static __always_inline __u32 pm_pick_dh(const struct pm_service *service,
					const struct pm_connection_wish *wish)
{
	const struct pm_packet *packet = &wish->packet;
	__u32 sum = packet->family == PM_V6 ? pm_words_of(&wish->target) : bpf_ntohl(packet->daddr);

	if (service->ring_length != PM_HASH_LENGTH)
		return 0;
	return PM_SLOT_OF(pm_usable_at(service->ring_at + pm_hash_place_of(sum)));
}

/*
 * SipHash-1-3 of four bytes under IPVS's key, which is what the kernel calls hsiphash. Not static:
 * see pm_usable_at.
 */
__noinline __u32 pm_maglev_place_of(__u32 sum)
{
	const __u64 key = 2654435761ull;
	__u64 block = 4ull << 56 | sum;
	__u64 v0 = key ^ 0x736f6d6570736575ull;
	__u64 v1 = key ^ 0x646f72616e646f6dull;
	__u64 v2 = key ^ 0x6c7967656e657261ull;
	__u64 v3 = key ^ 0x7465646279746573ull ^ block;

	PM_SIP_ROUND(v0, v1, v2, v3);
	v0 ^= block;
	v2 ^= 0xff;
	PM_SIP_ROUND(v0, v1, v2, v3);
	PM_SIP_ROUND(v0, v1, v2, v3);
	PM_SIP_ROUND(v0, v1, v2, v3);
	return (__u32)(v0 ^ v1 ^ v2 ^ v3) % PM_MAGLEV_LENGTH;
}

/* Not static: see pm_usable_at. */
__noinline __u32 pm_pick_mh_fallback(__u32 ring_at, __u32 sum)
{
	__u32 hash = pm_maglev_place_of(sum);

	for (__u32 i = 0; i < PM_MAGLEV_TRIES; i++) {
		__u32 turned = (hash + i) % PM_MAGLEV_LENGTH;
		__u64 usable = pm_usable_at(ring_at + pm_maglev_place_of(sum + turned));

		if (usable)
			return PM_SLOT_OF(usable);
	}
	return 0;
}

static __always_inline __u32 pm_pick_mh(const struct pm_service *service,
					const struct pm_connection_wish *wish)
{
	__u32 sum = pm_hash_sum_of(service, wish), slot;

	if (service->ring_length != PM_MAGLEV_LENGTH)
		return 0;
	slot = PM_SLOT_OF(pm_usable_at(service->ring_at + pm_maglev_place_of(sum)));
	if (slot || !(service->flags & PM_SERVICE_FALLBACK))
		return slot;
	return pm_pick_mh_fallback(service->ring_at, sum);
}

#endif
