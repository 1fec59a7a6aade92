// Sends segments of made-up clients into the machine's ingress, one after the other, as a wire would.
//
// Usage: segment FLAGS SOURCE[-LAST]:PORT[-LAST] TARGET:PORT[-LAST] [from servers]
// FLAGS: letters of S A F R (TCP; any other letter: none of them), or U for a UDP datagram. Of several ranges the last
// runs fastest.
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

struct range { unsigned first, last; };

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

/* "198.51.100.1-9:4000-4003" or any part of it without a range. */
static void parse(const char *text, struct range *host, struct range *port)
{
	unsigned a, b, c, d, last;
	int used = 0;
	if (sscanf(text, "%u.%u.%u.%u%n", &a, &b, &c, &d, &used) != 4)
		fail(text);
	host->first = host->last = (a << 24) | (b << 16) | (c << 8) | d;
	text += used;
	if (sscanf(text, "-%u%n", &last, &used) == 1) {
		host->last = (host->first & ~0xffu) | last;
		text += used;
	}
	if (sscanf(text, ":%u%n", &port->first, &used) != 1)
		fail(text);
	port->last = port->first;
	sscanf(text + used, "-%u", &port->last);
}

static void mac_of(const char *name, int socket, unsigned char *mac)
{
	struct ifreq request = { 0 };
	strncpy(request.ifr_name, name, IFNAMSIZ - 1);
	if (ioctl(socket, SIOCGIFHWADDR, &request))
		fail(name);
	memcpy(mac, request.ifr_hwaddr.sa_data, 6);
}

static size_t build(unsigned char *frame, const char *flags, unsigned source, unsigned short source_port,
		    unsigned target, unsigned short target_port)
{
	struct iphdr *ip = (void *)(frame + sizeof(struct ether_header));
	int udp = strchr(flags, 'U') != NULL;
	size_t transport = udp ? sizeof(struct udphdr) : sizeof(struct tcphdr);
	memset(ip, 0, sizeof(*ip) + transport);
	ip->version = 4;
	ip->ihl = 5;
	ip->ttl = 64;
	ip->tot_len = htons(sizeof(*ip) + transport);
	ip->protocol = udp ? IPPROTO_UDP : IPPROTO_TCP;
	ip->saddr = htonl(source);
	ip->daddr = htonl(target);
	ip->check = fold(sum(ip, sizeof(*ip), 0));

	unsigned pseudo = sum(&ip->saddr, 8, ip->protocol + transport);
	if (udp) {
		struct udphdr *datagram = (void *)(ip + 1);
		datagram->source = htons(source_port);
		datagram->dest = htons(target_port);
		datagram->len = htons(transport);
		datagram->check = fold(sum(datagram, transport, pseudo));
	} else {
		struct tcphdr *segment = (void *)(ip + 1);
		segment->source = htons(source_port);
		segment->dest = htons(target_port);
		segment->seq = htonl(1);
		segment->doff = 5;
		segment->window = htons(1024);
		segment->syn = strchr(flags, 'S') != NULL;
		segment->ack = strchr(flags, 'A') != NULL;
		segment->fin = strchr(flags, 'F') != NULL;
		segment->rst = strchr(flags, 'R') != NULL;
		segment->check = fold(sum(segment, transport, pseudo));
	}
	return sizeof(struct ether_header) + sizeof(*ip) + transport;
}

int main(int argc, char **argv)
{
	if (argc < 4) {
		fprintf(stderr, "usage: segment FLAGS SOURCE:PORT TARGET:PORT [from servers]\n");
		return 2;
	}
	int servers = argc > 4;
	const char *wire = servers ? "servers" : "clients", *director = servers ? "inside" : "outside";
	struct range host, port, target, target_port;
	parse(argv[2], &host, &port);
	parse(argv[3], &target, &target_port);

	int wires = socket(AF_PACKET, SOCK_RAW, 0);
	if (wires < 0)
		fail("socket");
	unsigned char frame[128];
	struct ether_header *ethernet = (void *)frame;
	mac_of(director, wires, ethernet->ether_dhost);
	mac_of(wire, wires, ethernet->ether_shost);
	ethernet->ether_type = htons(ETHERTYPE_IP);
	struct sockaddr_ll link = { .sll_family = AF_PACKET, .sll_ifindex = (int)if_nametoindex(wire) };

	for (unsigned h = host.first; h <= host.last; h++)
		for (unsigned p = port.first; p <= port.last; p++)
			for (unsigned t = target_port.first; t <= target_port.last; t++) {
				size_t length = build(frame, argv[1], h, (unsigned short)p, target.first,
						      (unsigned short)t);
				if (sendto(wires, frame, length, 0, (struct sockaddr *)&link, sizeof(link)) < 0)
					fail("sendto");
			}
	return 0;
}
