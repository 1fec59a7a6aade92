// The far end of the wire by which directors synchronise.
//
// Usage: syncwire DEVICE hear SECONDS    prints every UDP payload to port 8848 that comes, in hexadecimal
//        syncwire DEVICE say FILE        sends each line of hexadecimal as such a payload to 224.0.0.81
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static unsigned short sum(const void *data, size_t length)
{
	const unsigned short *words = data;
	unsigned total = 0;
	for (size_t i = 0; i < length / 2; i++)
		total += words[i];
	while (total >> 16)
		total = (total & 0xffff) + (total >> 16);
	return (unsigned short)~total;
}

static void hear(int wire, int seconds)
{
	unsigned char frame[65536];
	time_t end = time(NULL) + seconds;
	while (time(NULL) < end) {
		struct pollfd ready = { .fd = wire, .events = POLLIN };
		if (poll(&ready, 1, 200) <= 0)
			continue;
		ssize_t length = recv(wire, frame, sizeof(frame), 0);
		struct iphdr *ip = (void *)(frame + 14);
		struct udphdr *udp = (void *)(ip + 1);
		if (length < 42 || frame[12] != 8 || frame[13] != 0 || ip->protocol != IPPROTO_UDP || udp->dest != htons(8848))
			continue;
		printf("message ");
		for (int i = 8; i < ntohs(udp->len) && 34 + i < length; i++)
			printf("%02x", ((unsigned char *)udp)[i]);
		printf("\n");
		fflush(stdout);
	}
}

static void say(int wire, int device, const char *file)
{
	static char line[65536];
	FILE *messages = fopen(file, "r");
	if (!messages)
		fail(file);
	while (fgets(line, sizeof(line), messages)) {
		unsigned char frame[2048] = { 0x01, 0x00, 0x5e, 0x00, 0x00, 0x51, 0x02, 0, 0, 0, 0, 0x77, 8, 0 };
		struct iphdr *ip = (void *)(frame + 14);
		struct udphdr *udp = (void *)(ip + 1);
		size_t bytes = 0;
		unsigned value;
		while (bytes < sizeof(frame) - 42 && sscanf(line + 2 * bytes, "%2x", &value) == 1)
			frame[42 + bytes++] = (unsigned char)value;
		if (!bytes)
			continue;
		ip->version = 4;
		ip->ihl = 5;
		ip->ttl = 1;
		ip->protocol = IPPROTO_UDP;
		ip->tot_len = htons(28 + bytes);
		ip->saddr = inet_addr("10.1.0.7");
		ip->daddr = inet_addr("224.0.0.81");
		ip->check = sum(ip, 20);
		udp->source = htons(40000);
		udp->dest = htons(8848);
		udp->len = htons(8 + bytes);
		struct sockaddr_ll link = { .sll_family = AF_PACKET, .sll_ifindex = device };
		if (sendto(wire, frame, 42 + bytes, 0, (struct sockaddr *)&link, sizeof(link)) < 0)
			fail("sendto");
	}
}

int main(int argc, char **argv)
{
	if (argc != 4)
		return 2;
	int device = (int)if_nametoindex(argv[1]);
	int wire = socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL));
	struct sockaddr_ll link = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL), .sll_ifindex = device };
	if (wire < 0 || bind(wire, (struct sockaddr *)&link, sizeof(link)) < 0)
		fail(argv[1]);
	if (!strcmp(argv[2], "hear"))
		hear(wire, atoi(argv[3]));
	else
		say(wire, device, argv[3]);
	return 0;
}
