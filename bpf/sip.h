/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
#ifndef PM_SIP_H
#define PM_SIP_H

/*
 * The persistence engine sip: a template is of a call, not of all that a client has. Its name is a keyed hash over
 * the Call-ID and the client's network, where another's has the client's network; a bit beside the family tells
 * the two apart. pm_calls says what was hashed. The packet that ends a connection does not tell its call, so its
 * entry's place in pm_clients has the hash (PM_FLOW_CALL), under the bucket's lock like the entry itself; who the
 * client is, of IPv6, stands in pm_callers.
 *
 * A Call-ID is what Linux takes for one (ip_vs_pe_sip): behind the first line's beginning that is Call-ID, of any
 * case, or i and no other letter; with blanks and a folded line around the colon; a word, or two with an @ between;
 * and the end of the line at once. What has none begins no connection, and is dropped.
 *
 * Only what has no entry is looked at, once.
 */

#define PM_CALL_RUN 64  /* bytes, walked by the verifier */
#define PM_CALL_RUNS 64 /* of one packet */
#define PM_CALL_AT_MASK 0x3fff
#define PM_CALL_NAME_BYTES 7

/* Where the search is. A byte leads from one to the next. */
enum pm_call_state {
	PM_CALL_TEXT, /* within a line */
	PM_CALL_CR,
	PM_CALL_LINE, /* a line begins */
	PM_CALL_NAME, /* some of the name was there */
	PM_CALL_SHORT, /* the name's short form was */
	PM_CALL_BEFORE, /* in blanks, before the colon */
	PM_CALL_BEFORE_CR,
	PM_CALL_BEFORE_FOLD, /* a line begins that has to go on from the last */
	PM_CALL_BEFORE_FOLDED,
	PM_CALL_AFTER, /* in blanks, after the colon */
	PM_CALL_AFTER_CR,
	PM_CALL_AFTER_FOLD,
	PM_CALL_AFTER_FOLDED,
	PM_CALL_WORD,
	PM_CALL_AT,
	PM_CALL_DOMAIN,
	PM_CALL_FOUND, /* from here on nothing is read */
	PM_CALL_NONE,
};

static __always_inline bool pm_is_blank(__u8 byte)
{
	return byte == ' ' || byte == '\t';
}

static __always_inline bool pm_ends_line(__u8 byte)
{
	return byte == '\r' || byte == '\n';
}

static __always_inline __u8 pm_lower(__u8 byte)
{
	return byte >= 'A' && byte <= 'Z' ? byte + ('a' - 'A') : byte;
}

/* Those of Latin-1 as well, as Linux has it. */
static __always_inline bool pm_is_foreign_letter(__u8 byte)
{
	return byte >= 0xc0 && byte != 0xd7 && byte != 0xf7;
}

static __always_inline bool pm_is_letter(__u8 byte)
{
	__u8 lower = pm_lower(byte);

	return (lower >= 'a' && lower <= 'z') || pm_is_foreign_letter(byte);
}

/* RFC 3261 §25.1: what words are of. A bit for each of the first 64, and of the next. */
static __always_inline bool pm_is_of_word(__u8 byte)
{
	__u64 bits = byte < 64 ? 0xd7ffefa600000000ull : 0x6fffffffbffffffeull;

	return byte < 128 ? bits >> (byte & 63) & 1 : pm_is_foreign_letter(byte);
}

static __always_inline void pm_call_clear(struct pm_call *call)
{
	__builtin_memset(call->id, 0, sizeof(call->id));
	call->length = 0;
}

static __always_inline __u32 pm_call_take(struct pm_call *call, __u8 byte, __u32 next)
{
	__u32 length = call->length;

	if (length < PM_CALL_ID)
		call->id[length & (PM_CALL_ID - 1)] = byte;
	call->length = length + 1;
	return next;
}

static __always_inline __u32 pm_call_text(__u8 byte)
{
	return byte == '\r' ? PM_CALL_CR : byte == '\n' ? PM_CALL_LINE : PM_CALL_TEXT;
}

static __always_inline __u32 pm_call_first(struct pm_call *call, __u8 byte)
{
	return pm_is_of_word(byte) ? pm_call_take(call, byte, PM_CALL_WORD) : pm_call_text(byte);
}

static __always_inline __u32 pm_call_end(const struct pm_call *call, __u8 byte)
{
	return pm_ends_line(byte) && call->length <= PM_CALL_ID ? PM_CALL_FOUND : PM_CALL_NONE;
}

/* Whether that byte of the name is this one, of any case. */
static __always_inline bool pm_is_of_name(__u8 byte, __u32 at)
{
	return pm_lower(byte) == (__u8)(0x64692d6c6c6163ull >> (at & 7) * 8);
}

static __always_inline __u32 pm_call_step(struct pm_connection_wish *wish, __u8 byte)
{
	struct pm_call *call = &wish->call;
	__u32 state = wish->call_state;

	if (state == PM_CALL_TEXT)
		return pm_call_text(byte);
	if (state == PM_CALL_CR) {
		if (byte == '\n')
			return PM_CALL_LINE;
		state = PM_CALL_LINE;
	}
	if (state == PM_CALL_LINE) {
		wish->call_name = 1;
		return pm_is_of_name(byte, 0)  ? PM_CALL_NAME :
		       pm_lower(byte) == 'i' ? PM_CALL_SHORT :
						PM_CALL_TEXT;
	}
	if (state == PM_CALL_NAME) {
		__u32 at = wish->call_name;

		if (!pm_is_of_name(byte, at))
			return pm_call_text(byte);
		wish->call_name = at + 1;
		return at + 1 == PM_CALL_NAME_BYTES ? PM_CALL_BEFORE : PM_CALL_NAME;
	}
	if (state == PM_CALL_SHORT) {
		if (pm_is_letter(byte))
			return PM_CALL_TEXT;
		state = PM_CALL_BEFORE;
	}
	if (state == PM_CALL_BEFORE || state == PM_CALL_BEFORE_FOLDED) {
		if (pm_is_blank(byte))
			return state;
		if (byte == ':')
			return PM_CALL_AFTER;
		if (state == PM_CALL_BEFORE && pm_ends_line(byte))
			return byte == '\r' ? PM_CALL_BEFORE_CR : PM_CALL_BEFORE_FOLD;
		return PM_CALL_NONE;
	}
	if (state == PM_CALL_BEFORE_CR && byte == '\n')
		return PM_CALL_BEFORE_FOLD;
	if (state == PM_CALL_BEFORE_CR || state == PM_CALL_BEFORE_FOLD)
		return pm_is_blank(byte) ? PM_CALL_BEFORE_FOLDED : PM_CALL_NONE;
	if (state == PM_CALL_AFTER || state == PM_CALL_AFTER_FOLDED) {
		if (pm_is_blank(byte))
			return state;
		if (state == PM_CALL_AFTER && pm_ends_line(byte))
			return byte == '\r' ? PM_CALL_AFTER_CR : PM_CALL_AFTER_FOLD;
		return pm_call_first(call, byte);
	}
	if (state == PM_CALL_AFTER_CR && byte == '\n')
		return PM_CALL_AFTER_FOLD;
	if (state == PM_CALL_AFTER_CR || state == PM_CALL_AFTER_FOLD)
		return pm_is_blank(byte) ? PM_CALL_AFTER_FOLDED : PM_CALL_NONE;
	if (state == PM_CALL_WORD && byte == '@')
		return pm_call_take(call, byte, PM_CALL_AT);
	if (state == PM_CALL_WORD || state == PM_CALL_DOMAIN)
		return pm_is_of_word(byte) ? pm_call_take(call, byte, state) :
					     pm_call_end(call, byte);
	if (state == PM_CALL_AT) {
		if (pm_is_of_word(byte))
			return pm_call_take(call, byte, PM_CALL_DOMAIN);
		pm_call_clear(call);
		return pm_call_text(byte);
	}
	return state;
}

/*
 * The search goes on over PM_CALL_RUN bytes of the frame from @at, or fewer, up to @end_at; 0: no byte is left, or
 * none is needed. Not static: verified once, not for each run; where the search is lies in pm_scratch, so that all
 * states are one to the verifier.
 */
__noinline int pm_call_run(struct xdp_md *ctx, __u32 at, __u32 end_at)
{
	struct pm_connection_wish *wish = pm_wish();
	const void *end = (void *)(long)ctx->data_end;
	const __u8 *bytes;

	if (!wish || at > PM_CALL_AT_MASK)
		return 0;
	/* "math between pkt pointer and register with unbounded min value" without (5.10). */
	barrier_var(at);
	at &= PM_CALL_AT_MASK;
	bytes = (void *)(long)ctx->data + at;
#pragma clang loop unroll(disable)
	for (__u32 i = 0; i < PM_CALL_RUN; i++) {
		if (at + i >= end_at || (const void *)(bytes + i + 1) > end)
			return 0;
		wish->call_state = pm_call_step(wish, bytes[i]);
		barrier();
		if (wish->call_state >= PM_CALL_FOUND)
			return 0;
	}
	return 1;
}

#define PM_SIP_WORDS (sizeof(struct pm_call) / sizeof(__u64))

/* SipHash's last rounds, and the half of the hash that they give, to two words. */
#define PM_SIP_END(v0, v1, v2, v3, words)                                                          \
	do {                                                                                       \
		PM_SIP_ROUND(v0, v1, v2, v3);                                                      \
		PM_SIP_ROUND(v0, v1, v2, v3);                                                      \
		PM_SIP_ROUND(v0, v1, v2, v3);                                                      \
		PM_SIP_ROUND(v0, v1, v2, v3);                                                      \
		(words)[0] = (__u32)(v0 ^ v1 ^ v2 ^ v3);                                           \
		(words)[1] = (v0 ^ v1 ^ v2 ^ v3) >> 32;                                            \
	} while (0)

/*
 * The call in pm_scratch becomes its template's name there: by SipHash-2-4 (Aumasson and Bernstein, 2012) of 128 bits,
 * keyed, so that nobody can aim at another's. Not static: registers and stack of its own.
 */
__noinline int pm_call_name(void)
{
	struct pm_connection_wish *wish = pm_wish();
	__u64 v0 = pm_constants.seed[0] ^ 0x736f6d6570736575ull;
	__u64 v1 = pm_constants.seed[1] ^ 0x646f72616e646f6dull ^ 0xee;
	__u64 v2 = pm_constants.seed[0] ^ 0x6c7967656e657261ull;
	__u64 v3 = pm_constants.seed[1] ^ 0x7465646279746573ull, word;
	const __u32 *halves;

	if (!wish)
		return 0;
	halves = (const void *)&wish->call;
#pragma clang loop unroll(disable)
	for (__u32 i = 0; i <= PM_SIP_WORDS; i++) {
		word = (__u64)sizeof(struct pm_call) << 56;
		if (i < PM_SIP_WORDS)
			word = (__u64)halves[2 * i + 1] << 32 | halves[2 * i];
		v3 ^= word;
		PM_SIP_ROUND(v0, v1, v2, v3);
		PM_SIP_ROUND(v0, v1, v2, v3);
		v0 ^= word;
	}
	v2 ^= 0xee;
	PM_SIP_END(v0, v1, v2, v3, &wish->binding.client.words[0]);
	v1 ^= 0xdd;
	PM_SIP_END(v0, v1, v2, v3, &wish->binding.client.words[2]);
	wish->binding.family |= PM_TEMPLATE_CALL;
	return 1;
}

/* Bytes from the beginning of the frame to what a datagram carries; 0: that cannot be. */
static __always_inline __u32 pm_payload_at(const struct xdp_md *ctx, const struct pm_packet *packet)
{
	const struct iphdr *ip = (void *)(long)ctx->data + sizeof(struct ethhdr);

	if (packet->family == PM_V6)
		return packet->ports_at + sizeof(struct udphdr);
	if ((const void *)(ip + 1) > (void *)(long)ctx->data_end)
		return 0;
	return sizeof(struct ethhdr) + ip->ihl * 4 + sizeof(struct udphdr);
}

/*
 * The Call-ID of the packet in pm_scratch, into wish->call; what its template would be called but for that, in
 * wish->binding, becomes the template's name. Not static: rare, with a stack of its own.
 */
__noinline int pm_call_of(struct xdp_md *ctx)
{
	struct pm_connection_wish *wish = pm_wish();
	__u32 at, end_at;

	if (!wish)
		return PM_INTERNAL;
	if (wish->packet.proto != IPPROTO_UDP)
		return PM_NO_CALL_ID;
	at = pm_payload_at(ctx, &wish->packet);
	end_at = sizeof(struct ethhdr) + wish->packet.bytes;
	if (!at)
		return PM_INTERNAL;
	wish->call_state = PM_CALL_TEXT;
	pm_call_clear(&wish->call);
	wish->call.pad = 0;
#pragma clang loop unroll(disable)
	for (__u32 i = 0; i < PM_CALL_RUNS; i++) {
		if (!pm_call_run(ctx, at, end_at))
			break;
		at += PM_CALL_RUN;
	}
	if (wish->call_state != PM_CALL_FOUND)
		return PM_NO_CALL_ID;
	wish->call.client = wish->binding.client;
	return pm_call_name() ? PM_CONTINUE : PM_INTERNAL;
}

/* Before its template: what the call in pm_scratch is. 0: no room. Not static: as pm_call_of. */
__noinline int pm_call_keep(void)
{
	struct pm_connection_wish *wish = pm_wish();

	if (!wish)
		return 0;
	if (bpf_map_lookup_elem(&pm_calls, &wish->binding))
		return 1;
	bpf_map_update_elem(&pm_calls, &wish->binding, &wish->call, BPF_NOEXIST);
	if (bpf_map_lookup_elem(&pm_calls, &wish->binding))
		return 1;
	pm_count(PM_NOTE_TEMPLATE_FULL);
	return 0;
}

/* It has got no template. Not static: as pm_call_of. */
__noinline int pm_call_forget(void)
{
	struct pm_connection_wish *wish = pm_wish();

	if (wish && !bpf_map_lookup_elem(&pm_templates, &wish->binding))
		bpf_map_delete_elem(&pm_calls, &wish->binding);
	return 0;
}

/* Who the client of the new entry in pm_scratch is, for listings. Not static: as pm_call_of. */
__noinline int pm_call_note_client(void)
{
	struct pm_connection_wish *wish = pm_wish();

	if (!wish)
		return 0;
	wish->name.key = wish->packet.key;
	wish->name.bucket = wish->packet.hash & pm_constants.bucket_mask;
	bpf_map_update_elem(&pm_callers, &wish->name, &wish->client, BPF_ANY);
	return 0;
}

#endif
