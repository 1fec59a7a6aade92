// Sends packets of made-up clients into the machine's ingress, one after the other, as a wire would.
//
// Usage: segment KIND SOURCE[-LAST]:PORT[-LAST] TARGET[-LAST]:PORT[-LAST] [from servers] [mark NUMBER]
// KIND: letters of S A F R (TCP; any other letter: none of them), U for a UDP datagram, or a chunk of SCTP by its name
// (INIT, COOKIE-ECHO ...), +ABORT for one behind it. Addresses are 198.51.100.1-9 (the last byte runs) or [2001:db8::1-1f]
// (the last group does). Of several ranges the last runs fastest.
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

struct range { unsigned first, last; };

/* Of the address only the last four bytes run. */
struct end {
	int family;
	unsigned char address[16];
	struct range host, port;
};

/* RFC 9260 §3.2, by their types. */
static const char *const chunks[] = {
	"DATA", "INIT", "INIT-ACK", "SACK", "HEARTBEAT", "HEARTBEAT-ACK", "ABORT", "SHUTDOWN", "SHUTDOWN-ACK", "ERROR",
	"COOKIE-ECHO", "COOKIE-ACK", "ECNE", "CWR", "SHUTDOWN-COMPLETE",
};

struct sctp {
	unsigned short source, dest;
	unsigned tag, check;
	struct { unsigned char type, flags; unsigned short length; } chunk[2];
};

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static unsigned sum(const void *data, size_t length, unsigned total)
{
	const unsigned char *bytes = data;
	for (size_t i = 0; i < length; i++)
		total += i & 1 ? bytes[i] : (unsigned)bytes[i] << 8;
	return total;
}

static unsigned short fold(unsigned total)
{
	while (total >> 16)
		total = (total & 0xffff) + (total >> 16);
	return htons((unsigned short)~total);
}

/* RFC 9260 appendix A; as the bytes stand in the packet. */
static unsigned crc32c(const void *data, size_t length)
{
	const unsigned char *bytes = data;
	unsigned crc = ~0u;
	for (size_t i = 0; i < length; i++) {
		crc ^= bytes[i];
		for (int bit = 0; bit < 8; bit++)
			crc = (crc >> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
	}
	return ~crc;
}

static size_t length_of(const struct end *end) { return end->family == AF_INET ? 4 : 16; }

static unsigned char *running(struct end *end) { return end->address + length_of(end) - 4; }

static unsigned host_of(struct end *end)
{
	unsigned host;
	memcpy(&host, running(end), sizeof(host));
	return ntohl(host);
}

static void take_host(struct end *end, unsigned host)
{
	host = htonl(host);
	memcpy(running(end), &host, sizeof(host));
}

/* "198.51.100.1-9:4000-4003", "[2001:db8::1-1f]:4000-4003", or any part of it without a range. */
static void parse(const char *text, struct end *end)
{
	char address[64];
	unsigned last;
	int used = 0;
	end->family = *text == '[' ? AF_INET6 : AF_INET;
	if (sscanf(text, end->family == AF_INET6 ? "[%63[0-9a-f:]%n" : "%63[0-9.]%n", address, &used) != 1 ||
	    inet_pton(end->family, address, end->address) != 1)
		fail(text);
	end->host.first = end->host.last = host_of(end);
	text += used;
	used = 0;
	if (end->family == AF_INET && sscanf(text, "-%u%n", &last, &used) == 1)
		end->host.last = (end->host.first & ~0xffu) | last;
	if (end->family == AF_INET6 && sscanf(text, "-%x%n", &last, &used) == 1)
		end->host.last = (end->host.first & ~0xffffu) | last;
	text += used;
	text += *text == ']';
	if (sscanf(text, ":%u%n", &end->port.first, &used) != 1)
		fail(text);
	end->port.last = end->port.first;
	sscanf(text + used, "-%u", &end->port.last);
}

static void mac_of(const char *name, int socket, unsigned char *mac)
{
	struct ifreq request = { 0 };
	strncpy(request.ifr_name, name, IFNAMSIZ - 1);
	if (ioctl(socket, SIOCGIFHWADDR, &request))
		fail(name);
	memcpy(mac, request.ifr_hwaddr.sa_data, 6);
}

/* The type of the chunk by the name that KIND begins with; negative: it is none. */
static int chunk_of(const char *kind)
{
	size_t length = strcspn(kind, "+");
	for (unsigned type = 0; type < sizeof(chunks) / sizeof(*chunks); type++)
		if (strlen(chunks[type]) == length && !strncmp(kind, chunks[type], length))
			return (int)type;
	return -1;
}

static unsigned char protocol_of(const char *kind)
{
	if (chunk_of(kind) >= 0)
		return IPPROTO_SCTP;
	return strchr(kind, 'U') ? IPPROTO_UDP : IPPROTO_TCP;
}

/* The packet's part behind the addresses, which @pseudo is the sum of. */
static size_t build_transport(void *at, const char *kind, unsigned short source, unsigned short target, unsigned pseudo)
{
	if (protocol_of(kind) == IPPROTO_SCTP) {
		struct sctp *sctp = at;
		size_t length = 12 + 4 + (strchr(kind, '+') ? 4 : 0);
		memset(sctp, 0, sizeof(*sctp));
		sctp->source = htons(source);
		sctp->dest = htons(target);
		sctp->chunk[0].type = (unsigned char)chunk_of(kind);
		sctp->chunk[0].length = htons(4);
		if (strchr(kind, '+')) {
			sctp->chunk[1].type = 6; /* ABORT */
			sctp->chunk[1].length = htons(4);
		}
		sctp->check = crc32c(sctp, length);
		return length;
	}
	if (protocol_of(kind) == IPPROTO_UDP) {
		struct udphdr *datagram = at;
		memset(datagram, 0, sizeof(*datagram));
		datagram->source = htons(source);
		datagram->dest = htons(target);
		datagram->len = htons(sizeof(*datagram));
		datagram->check = fold(sum(datagram, sizeof(*datagram), pseudo + sizeof(*datagram)));
		return sizeof(*datagram);
	}
	struct tcphdr *segment = at;
	memset(segment, 0, sizeof(*segment));
	segment->source = htons(source);
	segment->dest = htons(target);
	segment->seq = htonl(1);
	segment->doff = 5;
	segment->window = htons(1024);
	segment->syn = strchr(kind, 'S') != NULL;
	segment->ack = strchr(kind, 'A') != NULL;
	segment->fin = strchr(kind, 'F') != NULL;
	segment->rst = strchr(kind, 'R') != NULL;
	segment->check = fold(sum(segment, sizeof(*segment), pseudo + sizeof(*segment)));
	return sizeof(*segment);
}

static size_t build(unsigned char *frame, const char *kind, const struct end *source, unsigned short source_port,
		    const struct end *target, unsigned short target_port)
{
	struct ether_header *ethernet = (void *)frame;
	unsigned char *packet = frame + sizeof(*ethernet), protocol = protocol_of(kind);
	size_t addresses = length_of(source);
	unsigned pseudo = sum(source->address, addresses, sum(target->address, addresses, protocol));
	if (source->family == AF_INET6) {
		struct ip6_hdr *ip = (void *)packet;
		size_t transport = build_transport(ip + 1, kind, source_port, target_port, pseudo);
		ethernet->ether_type = htons(ETHERTYPE_IPV6);
		memset(ip, 0, sizeof(*ip));
		ip->ip6_vfc = 0x60;
		ip->ip6_plen = htons(transport);
		ip->ip6_nxt = protocol;
		ip->ip6_hlim = 64;
		memcpy(&ip->ip6_src, source->address, addresses);
		memcpy(&ip->ip6_dst, target->address, addresses);
		return sizeof(*ethernet) + sizeof(*ip) + transport;
	}
	struct iphdr *ip = (void *)packet;
	size_t transport = build_transport(ip + 1, kind, source_port, target_port, pseudo);
	ethernet->ether_type = htons(ETHERTYPE_IP);
	memset(ip, 0, sizeof(*ip));
	ip->version = 4;
	ip->ihl = 5;
	ip->ttl = 64;
	ip->tot_len = htons(sizeof(*ip) + transport);
	ip->protocol = protocol;
	memcpy(&ip->saddr, source->address, addresses);
	memcpy(&ip->daddr, target->address, addresses);
	ip->check = fold(sum(ip, sizeof(*ip), 0));
	return sizeof(*ethernet) + sizeof(*ip) + transport;
}

int main(int argc, char **argv)
{
	if (argc < 4) {
		fprintf(stderr, "usage: segment KIND SOURCE:PORT TARGET:PORT [from servers] [mark NUMBER]\n");
		return 2;
	}
	int servers = 0;
	unsigned mark = 0;
	for (int i = 4; i + 1 < argc; i += 2) {
		if (!strcmp(argv[i], "from"))
			servers = 1;
		if (!strcmp(argv[i], "mark"))
			mark = (unsigned)atoi(argv[i + 1]);
	}
	const char *wire = servers ? "servers" : "clients", *director = servers ? "inside" : "outside";
	struct end source = { 0 }, target = { 0 };
	parse(argv[2], &source);
	parse(argv[3], &target);

	int wires = socket(AF_PACKET, SOCK_RAW, 0);
	/* Within one machine's network a packet keeps its mark through a pair of veth: nothing has to set it on the way. */
	if (wires < 0 || setsockopt(wires, SOL_SOCKET, SO_MARK, &mark, sizeof(mark)))
		fail("socket");
	unsigned char frame[128];
	struct ether_header *ethernet = (void *)frame;
	mac_of(director, wires, ethernet->ether_dhost);
	mac_of(wire, wires, ethernet->ether_shost);
	struct sockaddr_ll link = { .sll_family = AF_PACKET, .sll_ifindex = (int)if_nametoindex(wire) };

	for (unsigned h = source.host.first; h <= source.host.last; h++)
		for (unsigned p = source.port.first; p <= source.port.last; p++)
			for (unsigned o = target.host.first; o <= target.host.last; o++)
				for (unsigned t = target.port.first; t <= target.port.last; t++) {
					take_host(&source, h);
					take_host(&target, o);
					size_t length = build(frame, argv[1], &source, (unsigned short)p, &target,
							      (unsigned short)t);
					if (sendto(wires, frame, length, 0, (struct sockaddr *)&link, sizeof(link)) < 0)
						fail("sendto");
				}
	return 0;
}
