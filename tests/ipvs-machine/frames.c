// Sends the frames of a file into an interface, one after the other, as they are or each with a damaged byte.
//
// Usage: frames INTERFACE FILE [damaged]
// FILE: of each frame its length, two bytes, the lower one first, and its bytes.
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define DAMAGED_AT 60 // behind the outer header of every tunnel, in whatever is there

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

int main(int count, char **words)
{
	FILE *file = count < 3 ? NULL : fopen(words[2], "rb");
	int out = socket(AF_PACKET, SOCK_RAW, 0), sent = 0;
	unsigned char head[2], frame[65536];
	struct sockaddr_ll to = { .sll_family = AF_PACKET, .sll_halen = 6 };

	if (!file || out < 0)
		fail(file ? "socket" : "usage: frames INTERFACE FILE [damaged]");
	to.sll_ifindex = if_nametoindex(words[1]);
	while (fread(head, sizeof(head), 1, file) == 1) {
		size_t bytes = head[0] | head[1] << 8;

		if (fread(frame, 1, bytes, file) != bytes)
			fail("a frame ends early");
		if (count > 3)
			frame[DAMAGED_AT] ^= 0x10;
		if (sendto(out, frame, bytes, 0, (struct sockaddr *)&to, sizeof(to)) < 0)
			fail("sendto");
		sent++;
		// Its other end has a queue of a thousand.
		usleep(1000);
	}
	printf("%d\n", sent);
	return 0;
}
