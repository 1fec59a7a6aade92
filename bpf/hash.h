/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef PM_HASH_H
#define PM_HASH_H

/* The first eight bytes of struct pm_flow. */
static __always_inline __u64 pm_key_of(__be32 saddr, __be16 sport, __u16 tag)
{
	struct pm_flow flow = {
		.saddr = saddr,
		.sport = sport,
		.tag = tag,
	};

	return *(const __u64 *)&flow;
}

/*
 * Half of the seed goes in before each multiplication, so that buckets cannot be aimed at from
 * outside.
 */
static __always_inline void pm_hash(struct pm_packet *packet)
{
	__u64 hash = ((__u64)packet->saddr << 32 | packet->daddr) ^ pm_constants.seed[0];

	hash *= 0x9e3779b97f4a7c15ull;
	hash ^= hash >> 32;
	hash ^= ((__u64)packet->salt << 48 | (__u64)packet->sport << 32 |
		 (__u64)packet->dport << 16 | packet->proto) ^
		pm_constants.seed[1];
	hash *= 0xd6e8feb86659fd93ull;
	hash ^= hash >> 32;
	hash *= 0xd6e8feb86659fd93ull;
	packet->hash = hash >> 32;
	packet->key = pm_key_of(packet->saddr, packet->sport, (__u16)(hash >> 16));
}

/* What stands for an IPv6 client in a connection's entry, keyed likewise. */
static __always_inline void pm_hash_client(const struct pm_address *client,
					   struct pm_packet *packet)
{
	__u64 high = (__u64)client->words[0] << 32 | client->words[1];
	__u64 low = (__u64)client->words[2] << 32 | client->words[3];
	__u64 hash = (high ^ pm_constants.seed[1]) * 0x9e3779b97f4a7c15ull;

	hash ^= hash >> 32;
	hash = (hash ^ low ^ pm_constants.seed[0]) * 0xd6e8feb86659fd93ull;
	hash ^= hash >> 32;
	hash *= 0xff51afd7ed558ccdull;
	packet->saddr = hash >> 32;
	packet->salt = hash >> 16;
}

static __always_inline __u64 pm_rotate(__u64 value, int bits)
{
	return value << bits | value >> (64 - bits);
}

/* SipHash's. */
#define PM_SIP_ROUND(v0, v1, v2, v3)                                                               \
	do {                                                                                       \
		v0 += v1;                                                                          \
		v2 += v3;                                                                          \
		v1 = pm_rotate(v1, 13) ^ v0;                                                       \
		v3 = pm_rotate(v3, 16) ^ v2;                                                       \
		v0 = pm_rotate(v0, 32);                                                            \
		v2 += v1;                                                                          \
		v0 += v3;                                                                          \
		v1 = pm_rotate(v1, 17) ^ v2;                                                       \
		v3 = pm_rotate(v3, 21) ^ v0;                                                       \
		v2 = pm_rotate(v2, 32);                                                            \
	} while (0)

/*
 * The packet's place in the connection table. Its first entry is read at once: memory is what
 * scattered connections cost, and while it comes the rest of the packet can be judged.
 */
static __always_inline struct pm_bucket *pm_bucket_of(const struct pm_packet *packet)
{
	__u32 index = packet->hash & pm_constants.bucket_mask;
	struct pm_bucket *bucket = bpf_map_lookup_elem(&pm_flows, &index);
	__u32 first;

	if (!bucket)
		return NULL;
	first = bucket->entries[0].saddr;
	barrier_var(first);
	return bucket;
}

#endif
