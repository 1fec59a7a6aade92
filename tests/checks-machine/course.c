/* Plays the course of real servers to a health checker and tells, on one clock, when the checker tries them and what it
   makes of the table of IPVS.

   Usage: course FILE COMMAND...    Lines of FILE: MILLISECONDS ADDRESS:PORT MODE | MILLISECONDS write PATH TEXT | MILLISECONDS end
   Modes: listen (a connection is taken, and nothing said), refuse, silent (nothing comes back), mute (as listen, for HTTP),
   smtp (a mail server), or a status that HTTP is answered with. uADDRESS:PORT is asked by UDP, and knows refuse, silent and dns
   (every question is answered). pADDRESS in what is told is an echo request. What stands at 0 is so before COMMAND starts; then 0 is the first try of any kind.
   A script tells of a run by a line in /tmp/ran. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MOST = 64, TICK_MS = 5, SETTLED_MS = 20000 };

struct step { long at; char words[4][64]; };
struct server { char name[64]; struct sockaddr_in address; char mode[64]; int listener; int fillers[4]; };
struct client { int fd; struct server *server; char request[1024]; int length; int said; };
struct row { char name[32]; int weight; };
struct seen { unsigned short port; struct sockaddr_in to; };

static struct step steps[MOST];
static int step_count;
static struct server servers[MOST];
static int server_count;
static struct client clients[MOST];
static int client_count;
static struct row rows[MOST];
static int row_count;
static struct seen tries[4096];
static int try_count;
static long begun = -1;	/* the first try */
static char early[64][128];	/* what happened before it, to be told with times before 0 */
static long early_at[64];
static int early_count;

static long now_ms(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static void tell(long at, const char *what)
{
	if (begun < 0) {
		if (early_count < 64) {
			early_at[early_count] = at;
			snprintf(early[early_count++], sizeof(early[0]), "%s", what);
		}
		return;
	}

	printf("%.3f %s\n", (at - begun) / 1000.0, what);
	fflush(stdout);
}

static void begin(long at)
{
	if (begun >= 0)
		return;
	begun = at;
	for (int i = 0; i < early_count; i++)
		tell(early_at[i], early[i]);
}

static void close_all(struct server *server)
{
	for (int i = 0; i < client_count;) {
		if (clients[i].server == server) {
			close(clients[i].fd);
			clients[i] = clients[--client_count];
		} else {
			i++;
		}
	}

	for (int i = 0; i < 4; i++) {
		if (server->fillers[i] >= 0)
			close(server->fillers[i]);
		server->fillers[i] = -1;
	}

	if (server->listener >= 0)
		close(server->listener);
	server->listener = -1;
}

static void turn(const char *name, const char *mode)
{
	struct server *server = NULL;
	int on = 1;
	char address[64];

	for (int i = 0; i < server_count; i++)
		if (!strcmp(servers[i].name, name))
			server = &servers[i];
	if (!server) {
		server = &servers[server_count++];
		snprintf(server->name, sizeof(server->name), "%s", name);
		snprintf(address, sizeof(address), "%s", name);
		memmove(address, address + (*name == 'u'), strlen(address));
		*strchr(address, ':') = 0;
		server->address.sin_family = AF_INET;
		server->address.sin_port = htons(atoi(strchr(name, ':') + 1));
		inet_pton(AF_INET, address, &server->address.sin_addr);
		server->listener = -1;
		for (int i = 0; i < 4; i++)
			server->fillers[i] = -1;
	}

	close_all(server);
	snprintf(server->mode, sizeof(server->mode), "%s", mode);
	if (!strcmp(mode, "refuse"))
		return;
	server->listener = socket(AF_INET, (*name == 'u' ? SOCK_DGRAM : SOCK_STREAM) | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	setsockopt(server->listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(server->listener, (struct sockaddr *)&server->address, sizeof(server->address))
	    || (*name != 'u' && listen(server->listener, strcmp(mode, "silent") ? 64 : 0)))
		printf("trouble: %s %s\n", name, strerror(errno));
	if (strcmp(mode, "silent") || *name == 'u')
		return;

	/* A full queue: the kernel drops every further SYN. */
	for (int i = 0; i < 4; i++) {
		server->fillers[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
		connect(server->fillers[i], (struct sockaddr *)&server->address, sizeof(server->address));
	}
}

static void accept_clients(struct server *server)
{
	int fd;

	if (*server->name == 'u') {
		unsigned char question[512];
		struct sockaddr_in from;
		socklen_t length = sizeof(from);
		ssize_t got = recvfrom(server->listener, question, sizeof(question), 0, (struct sockaddr *)&from, &length);

		if (got > 3 && !strcmp(server->mode, "dns")) {
			question[2] |= 0x80;
			question[3] = 0;
			sendto(server->listener, question, got, 0, (struct sockaddr *)&from, length);
		}

		return;
	}

	while (client_count < MOST && (fd = accept4(server->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
		clients[client_count].fd = fd;
		clients[client_count].server = server;
		clients[client_count].said = 0;
		clients[client_count++].length = 0;
		if (!strcmp(server->mode, "smtp") && write(fd, "220 word\r\n", 10) < 0)
			printf("trouble: write %s\n", strerror(errno));
	}
}

/* Returns 0 when the client has gone. */
static int serve(struct client *client)
{
	ssize_t got = read(client->fd, client->request + client->length, sizeof(client->request) - 1 - client->length);
	int status = atoi(client->server->mode);
	char answer[128];

	if (got == 0 || (got < 0 && errno != EAGAIN))
		return 0;
	if (got < 0)
		return 1;
	client->length += got;
	client->request[client->length] = 0;
	if (!strcmp(client->server->mode, "smtp")) {
		if (strstr(client->request, "\r\n") && write(client->fd, client->said++ ? "221 word\r\n" : "250 word\r\n", 10) < 0)
			return 0;
		client->length = 0;
		return 1;
	}

	if (!status || !strstr(client->request, "\r\n\r\n"))
		return 1;
	snprintf(answer, sizeof(answer), "HTTP/1.0 %d Word\r\nContent-Length: 3\r\n\r\nok\n", status);
	if (write(client->fd, answer, strlen(answer)) < 0)
		printf("trouble: write %s\n", strerror(errno));
	return 0;
}

static int is_filler(unsigned short port)
{
	struct sockaddr_in own;
	socklen_t length;

	for (int i = 0; i < server_count; i++)
		for (int j = 0; j < 4; j++) {
			length = sizeof(own);
			if (servers[i].fillers[j] >= 0 && !getsockname(servers[i].fillers[j], (struct sockaddr *)&own, &length)
			    && ntohs(own.sin_port) == port)
				return 1;
		}
	return 0;
}

/* Every first SYN is a try, whatever comes of it. */
static void watch(int wire)
{
	unsigned char frame[256];
	struct iphdr ip;
	struct tcphdr tcp;
	char what[80], address[32];
	ssize_t got;

	while ((got = recv(wire, frame, sizeof(frame), MSG_DONTWAIT)) > 0) {
		if (got < 34)
			continue;
		memcpy(&ip, frame + 14, sizeof(ip));
		if (ip.protocol == IPPROTO_UDP || ip.protocol == IPPROTO_ICMP) {
			struct udphdr udp;
			struct icmphdr icmp;

			memcpy(&udp, frame + 14 + ip.ihl * 4, sizeof(udp));
			memcpy(&icmp, frame + 14 + ip.ihl * 4, sizeof(icmp));
			inet_ntop(AF_INET, &ip.daddr, address, sizeof(address));
			if (ip.protocol == IPPROTO_ICMP ? icmp.type != ICMP_ECHO : ntohs(udp.dest) > 1023)
				continue;
			if (ip.protocol == IPPROTO_ICMP)
				snprintf(what, sizeof(what), "try p%s", address);
			else
				snprintf(what, sizeof(what), "try u%s:%d", address, ntohs(udp.dest));
			begin(now_ms());
			tell(now_ms(), what);
			continue;
		}

		if (got < 54)
			continue;
		memcpy(&tcp, frame + 14 + ip.ihl * 4, sizeof(tcp));
		if (ip.protocol != IPPROTO_TCP || !tcp.syn || tcp.ack || is_filler(ntohs(tcp.source)))
			continue;
		int known = 0;
		for (int i = try_count > 64 ? try_count - 64 : 0; i < try_count; i++)
			known |= tries[i].port == tcp.source && tries[i].to.sin_addr.s_addr == ip.daddr && tries[i].to.sin_port == tcp.dest;
		if (known)
			continue;
		tries[try_count].port = tcp.source;
		tries[try_count].to.sin_addr.s_addr = ip.daddr;
		tries[try_count].to.sin_port = tcp.dest;
		try_count = (try_count + 1) % 4096;
		inet_ntop(AF_INET, &ip.daddr, address, sizeof(address));
		snprintf(what, sizeof(what), "try %s:%d", address, ntohs(tcp.dest));
		begin(now_ms());
		tell(now_ms(), what);
	}
}

static void watch_scripts(void)
{
	static long at;
	char name[64], what[80];
	FILE *ran = fopen("/tmp/ran", "r");

	if (!ran)
		return;
	fseek(ran, at, SEEK_SET);
	while (fgets(name, sizeof(name), ran) && strchr(name, '\n')) {
		name[strcspn(name, "\n")] = 0;
		at = ftell(ran);
		snprintf(what, sizeof(what), "run %s", name);
		begin(now_ms());
		tell(now_ms(), what);
	}

	fclose(ran);
}

static void watch_table(void)
{
	struct row fresh[MOST];
	int count = 0;
	char line[256], what[128];
	unsigned address, port;
	int weight;
	FILE *table = fopen("/proc/net/ip_vs", "r");

	if (!table)
		return;
	while (fgets(line, sizeof(line), table))
		if (sscanf(line, "  -> %8X:%4X %*s %d", &address, &port, &weight) == 3 && count < MOST) {
			snprintf(fresh[count].name, sizeof(fresh[count].name), "%u.%u.%u.%u:%u",
				 address >> 24, address >> 16 & 255, address >> 8 & 255, address & 255, port);
			fresh[count++].weight = weight;
		}
	fclose(table);
	for (int i = 0; i < row_count; i++) {
		int left = 0;
		for (int j = 0; j < count; j++)
			left |= !strcmp(rows[i].name, fresh[j].name);
		if (!left) {
			snprintf(what, sizeof(what), "out %.64s", rows[i].name);
			tell(now_ms(), what);
		}
	}

	for (int j = 0; j < count; j++) {
		struct row *before = NULL;
		for (int i = 0; i < row_count; i++)
			if (!strcmp(rows[i].name, fresh[j].name))
				before = &rows[i];
		if (before && before->weight == fresh[j].weight)
			continue;
		snprintf(what, sizeof(what), "%s %.64s weight %d", before ? "change" : "in", fresh[j].name, fresh[j].weight);
		tell(now_ms(), what);
	}

	memcpy(rows, fresh, sizeof(rows));
	row_count = count;
}

static int take(struct step *step)
{
	if (!strcmp(step->words[0], "end"))
		return 0;
	if (!strcmp(step->words[0], "write") && !strncmp(step->words[1], "/proc/", 6)) {
		FILE *setting = fopen(step->words[1], "w");
		fprintf(setting, "%s\n", step->words[2]);
		fclose(setting);
		return 1;
	}

	if (!strcmp(step->words[0], "write")) {
		/* In one piece, as an administrator's tool does. */
		char fresh[80];
		snprintf(fresh, sizeof(fresh), "%s.new", step->words[1]);
		FILE *file = fopen(fresh, "w");
		fprintf(file, "%s\n", step->words[2]);
		fclose(file);
		rename(fresh, step->words[1]);
		return 1;
	}

	turn(step->words[0], step->words[1]);
	return 1;
}

int main(int count, char **words)
{
	char line[256];
	FILE *file = fopen(words[1], "r");
	int wire, next = 0;
	pid_t child;
	long started;

	(void)count;
	while (file && fgets(line, sizeof(line), file) && step_count < MOST) {
		struct step *step = &steps[step_count];
		if (line[0] != '#' && sscanf(line, "%ld %63s %63s %63s", &step->at, step->words[0], step->words[1], step->words[2]) >= 2)
			step_count++;
	}

	wire = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(ETH_P_IP));
	signal(SIGPIPE, SIG_IGN);
	while (next < step_count && steps[next].at == 0)
		take(&steps[next++]);
	started = now_ms();
	child = fork();
	if (child == 0) {
		int log = open("/tmp/log", O_WRONLY | O_CREAT | O_TRUNC, 0600);
		dup2(log, 1);
		dup2(log, 2);
		execvp(words[2], words + 2);
		_exit(127);
	}

	for (int on = 1; on;) {
		struct pollfd polled[1 + 2 * MOST];
		int polled_count = 0;

		polled[polled_count++] = (struct pollfd){ .fd = wire, .events = POLLIN };
		for (int i = 0; i < server_count; i++)
			if (servers[i].listener >= 0 && (*servers[i].name == 'u' || strcmp(servers[i].mode, "silent")))
				polled[polled_count++] = (struct pollfd){ .fd = servers[i].listener, .events = POLLIN };
		for (int i = 0; i < client_count; i++)
			polled[polled_count++] = (struct pollfd){ .fd = clients[i].fd, .events = POLLIN };
		poll(polled, polled_count, TICK_MS);
		watch(wire);
		watch_scripts();
		for (int i = 0; i < server_count; i++)
			if (servers[i].listener >= 0 && (*servers[i].name == 'u' || strcmp(servers[i].mode, "silent")))
				accept_clients(&servers[i]);
		for (int i = 0; i < client_count;) {
			if (serve(&clients[i])) {
				i++;
			} else {
				close(clients[i].fd);
				clients[i] = clients[--client_count];
			}
		}

		watch_table();
		if (begun < 0 && now_ms() - started > SETTLED_MS) {
			printf("trouble: nothing was tried\n");
			break;
		}

		while (on && begun >= 0 && next < step_count && now_ms() - begun >= steps[next].at)
			on = take(&steps[next++]);
		on &= next < step_count;
	}

	kill(child, SIGTERM);
	waitpid(child, NULL, 0);
	return 0;
}
