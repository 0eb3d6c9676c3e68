/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * libpri as the exchange (or the customer's equipment) at the other end of a D channel, in a process
 * of its own.
 *
 *   libpri-exchange --socket PATH --role net|cpe [--timer NAME=VALUE]... [--manual-connect-ack]
 *                   [--overlap] [--debug]
 *
 * PATH is a Unix SOCK_SEQPACKET socket that somebody listens on; one packet is one LAPD frame without
 * frame check sequence. libpri wants two octets of FCS behind each frame: they are added and removed
 * here. Timers are named as libpri names them, with its units (milliseconds; counts for N and K).
 *
 * Commands come on standard input, one a line; events go to standard output, one a line, as a word
 * and key=value pairs. The end of either stream ends the process.
 *
 *   policy none|setupack|proceeding|alert|ring|answer|answer-now|reject [CAUSE]
 *                                     what to do with the calls that come from now on; alert says
 *                                     with progress indicator 8 that tones are in band, ring does not
 *   call TAG CALLED CALLING CHANNEL exclusive|preferred complete|overlap
 *   setupack TAG | proceeding TAG | alert TAG | ring TAG | progress TAG | answer TAG | ack TAG
 *   digits TAG DIGITS | hangup TAG CAUSE | forget TAG | restart CHANNEL | count | quit
 *
 * Calls that come are tagged i1, i2, ... in the event "ring".
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <libpri.h>

enum { MAX_CALLS = 64, TAG = 16, FRAME = 1024, FCS = 2 };

struct leg {
	char tag[TAG];
	q931_call *call;
	int channel;
	/* We have hung up: libpri may end the call without another word, so it no longer counts. */
	int hung_up;
};

static struct leg legs[MAX_CALLS];
static unsigned incoming;
static char policy[TAG] = "answer";
static int policy_cause = PRI_CAUSE_USER_BUSY;
static int line_fd = -1;
static int ended;

static struct leg *leg_of(q931_call *call)
{
	for (int i = 0; i < MAX_CALLS; i++)
		if (call && legs[i].call == call)
			return &legs[i];
	return NULL;
}

static struct leg *leg_tagged(const char *tag)
{
	for (int i = 0; i < MAX_CALLS; i++)
		if (legs[i].call && !legs[i].hung_up && !strcmp(legs[i].tag, tag))
			return &legs[i];
	return NULL;
}

static struct leg *leg_new(const char *tag, q931_call *call, int channel)
{
	/* libpri gives the memory of a call that is over to the next one. */
	for (int i = 0; i < MAX_CALLS; i++)
		if (legs[i].call == call)
			legs[i].call = NULL;
	for (int i = 0; i < MAX_CALLS; i++) {
		if (legs[i].call)
			continue;
		memset(&legs[i], 0, sizeof legs[i]);
		snprintf(legs[i].tag, TAG, "%s", tag);
		legs[i].call = call;
		legs[i].channel = channel;
		return &legs[i];
	}
	return NULL;
}

static void leg_free(struct leg *leg)
{
	if (leg)
		leg->call = NULL;
}

static const char *tag_of(q931_call *call)
{
	struct leg *leg = leg_of(call);

	return leg ? leg->tag : "-";
}

static int line_read(struct pri *pri, void *buf, int len)
{
	(void)pri;
	if (len <= FCS)
		return 0;
	ssize_t got = recv(line_fd, buf, (size_t)(len - FCS), MSG_DONTWAIT);

	if (got == 0)
		ended = 1;
	if (got <= 0)
		return 0;
	memset((char *)buf + got, 0, FCS);
	return (int)got + FCS;
}

static int line_write(struct pri *pri, void *buf, int len)
{
	(void)pri;
	if (send(line_fd, buf, (size_t)(len - FCS), MSG_NOSIGNAL) < 0) {
		if (errno == EPIPE || errno == ECONNRESET)
			ended = 1;
	}
	return len;
}

static void log_line(struct pri *pri, char *text)
{
	(void)pri;
	fputs(text, stderr);
}

static void hang_up(struct pri *pri, struct leg *leg, int cause)
{
	leg->hung_up = 1;
	pri_hangup(pri, leg->call, cause);
}

static void ring(struct pri *pri, pri_event_ring *e)
{
	char tag[TAG];
	int channel = e->channel;

	snprintf(tag, sizeof tag, "i%u", ++incoming);
	struct leg *leg = leg_new(tag, e->call, channel);

	if (!leg) {
		pri_hangup(pri, e->call, PRI_CAUSE_SWITCH_CONGESTION);
		return;
	}
	printf("ring tag=%s channel=%d flexible=%d called=%s calling=%s pres=%d complete=%d ctype=%d\n",
	       tag, channel & 0xff, e->flexible, e->callednum, e->callingnum, e->callingpres,
	       e->complete, e->ctype);
	if ((channel & 0xff) == 0 || (channel & 0xff) == 0xff) {
		/* We are to name the channel: the lowest that no leg has. */
		for (channel = 1; channel < 32; channel++) {
			int busy = channel == 16;

			for (int i = 0; i < MAX_CALLS; i++)
				busy |= legs[i].call && !legs[i].hung_up && &legs[i] != leg && (legs[i].channel & 0xff) == channel;
			if (!busy)
				break;
		}
		leg->channel = channel;
	}
	if (!strcmp(policy, "reject")) {
		/*
		 * Measured with libpri 1.6.0: before its first response it refuses with RELEASE COMPLETE
		 * for these causes only; for others it enters state 11 without sending anything.
		 */
		if (policy_cause != PRI_CAUSE_UNALLOCATED && policy_cause != PRI_CAUSE_NORMAL_CIRCUIT_CONGESTION)
			pri_proceeding(pri, e->call, channel, 0);
		hang_up(pri, leg, policy_cause);
	} else if (!strcmp(policy, "setupack")) {
		pri_setup_ack(pri, e->call, channel, 0, 1);
	} else if (!strcmp(policy, "proceeding")) {
		pri_proceeding(pri, e->call, channel, 0);
	} else if (!strcmp(policy, "alert")) {
		pri_proceeding(pri, e->call, channel, 0);
		pri_acknowledge(pri, e->call, channel, 1);
	} else if (!strcmp(policy, "ring")) {
		pri_proceeding(pri, e->call, channel, 0);
		pri_acknowledge(pri, e->call, channel, 0);
	} else if (!strcmp(policy, "answer")) {
		pri_proceeding(pri, e->call, channel, 0);
		pri_acknowledge(pri, e->call, channel, 1);
		pri_answer(pri, e->call, channel, 0);
	} else if (!strcmp(policy, "answer-now")) {
		pri_answer(pri, e->call, channel, 0);
	}
}

static void hung_up(struct pri *pri, const char *name, pri_event_hangup *e)
{
	struct leg *leg = leg_of(e->call);

	printf("%s tag=%s cause=%d\n", name, tag_of(e->call), e->cause);
	switch (e->e) {
	case PRI_EVENT_HANGUP_REQ:
		if (leg)
			hang_up(pri, leg, e->cause);
		else
			pri_hangup(pri, e->call, e->cause);
		break;
	case PRI_EVENT_HANGUP:
		pri_hangup(pri, e->call, -1);
		leg_free(leg);
		break;
	default:
		pri_hangup(pri, e->call, -1);
		leg_free(leg);
		break;
	}
}

static void event(struct pri *pri, pri_event *e)
{
	if (!e)
		return;
	switch (e->e) {
	case PRI_EVENT_DCHAN_UP:
		printf("up\n");
		break;
	case PRI_EVENT_DCHAN_DOWN:
		printf("down\n");
		break;
	case PRI_EVENT_RING:
		ring(pri, &e->ring);
		break;
	case PRI_EVENT_HANGUP:
		hung_up(pri, "hangup", &e->hangup);
		break;
	case PRI_EVENT_HANGUP_REQ:
		hung_up(pri, "hangup_req", &e->hangup);
		break;
	case PRI_EVENT_HANGUP_ACK:
		hung_up(pri, "hangup_ack", &e->hangup);
		break;
	case PRI_EVENT_SETUP_ACK:
		printf("setup_ack tag=%s channel=%d progress=%d\n", tag_of(e->setup_ack.call),
		       e->setup_ack.channel & 0xff, e->setup_ack.progressmask);
		break;
	case PRI_EVENT_PROCEEDING:
	case PRI_EVENT_PROGRESS:
		printf("%s tag=%s channel=%d progress=%d cause=%d\n",
		       e->e == PRI_EVENT_PROGRESS ? "progress" : "proceeding",
		       tag_of(e->proceeding.call), e->proceeding.channel & 0xff,
		       e->proceeding.progressmask, e->proceeding.cause);
		break;
	case PRI_EVENT_RINGING:
		printf("ringing tag=%s channel=%d progress=%d\n", tag_of(e->ringing.call),
		       e->ringing.channel & 0xff, e->ringing.progressmask);
		break;
	case PRI_EVENT_ANSWER:
		printf("answer tag=%s channel=%d\n", tag_of(e->answer.call),
		       e->answer.channel & 0xff);
		break;
	case PRI_EVENT_CONNECT_ACK:
		printf("connect_ack tag=%s\n", tag_of(e->connect_ack.call));
		break;
	case PRI_EVENT_INFO_RECEIVED:
		printf("info tag=%s digits=%s complete=%d\n", tag_of(e->ring.call),
		       e->ring.callednum, e->ring.complete);
		break;
	case PRI_EVENT_KEYPAD_DIGIT:
		printf("keypad tag=%s digits=%s\n", tag_of(e->digit.call), e->digit.digits);
		break;
	case PRI_EVENT_NOTIFY:
		printf("notify tag=%s info=%d\n", tag_of(e->notify.call), e->notify.info);
		break;
	case PRI_EVENT_RESTART:
		printf("restart channel=%d\n", e->restart.channel == -1 ? -1 : e->restart.channel & 0xff);
		for (int i = 0; i < MAX_CALLS; i++) {
			struct leg *leg = &legs[i];

			if (!leg->call || leg->hung_up)
				continue;
			if (e->restart.channel != -1 && (leg->channel & 0xff) != (e->restart.channel & 0xff))
				continue;
			printf("restarted tag=%s\n", leg->tag);
			pri_destroycall(pri, leg->call);
			leg_free(leg);
		}
		break;
	case PRI_EVENT_RESTART_ACK:
		printf("restart_ack channel=%d\n", e->restartack.channel & 0xff);
		break;
	default:
		printf("event name=%d\n", e->e);
		break;
	}
}

static void place(struct pri *pri, char **arg, int count)
{
	if (count < 7) {
		printf("error text=call-needs-six-arguments\n");
		return;
	}
	q931_call *call = pri_new_call(pri);
	struct pri_sr *request = pri_sr_new();
	int channel = atoi(arg[4]);

	if (!call || !request || !leg_new(arg[1], call, channel)) {
		printf("error text=no-call\n");
		return;
	}
	int complete = !strcmp(arg[6], "complete");

	pri_sr_set_channel(request, channel, !strcmp(arg[5], "exclusive"), 0);
	pri_sr_set_bearer(request, PRI_TRANS_CAP_SPEECH, PRI_LAYER_1_ALAW);
	pri_sr_set_called(request, strcmp(arg[2], "-") ? arg[2] : "", PRI_NATIONAL_ISDN, complete);
	pri_sr_set_caller(request, arg[3], NULL, PRI_NATIONAL_ISDN,
			  PRES_ALLOWED_USER_NUMBER_PASSED_SCREEN);
	if (pri_setup(pri, call, request))
		printf("error text=setup-refused\n");
	pri_sr_free(request);
}

static void command(struct pri *pri, char *line)
{
	char *arg[8];
	int count = 0;

	for (char *word = strtok(line, " \r\n"); word && count < 8; word = strtok(NULL, " \r\n"))
		arg[count++] = word;
	if (!count)
		return;
	if (!strcmp(arg[0], "quit")) {
		ended = 1;
		return;
	}
	if (!strcmp(arg[0], "count")) {
		int calls = 0;

		for (int i = 0; i < MAX_CALLS; i++)
			calls += legs[i].call && !legs[i].hung_up;
		printf("count calls=%d\n", calls);
		return;
	}
	if (!strcmp(arg[0], "policy") && count > 1) {
		snprintf(policy, sizeof policy, "%s", arg[1]);
		if (count > 2)
			policy_cause = atoi(arg[2]);
		return;
	}
	if (!strcmp(arg[0], "restart") && count > 1) {
		pri_reset(pri, atoi(arg[1]));
		return;
	}
	if (!strcmp(arg[0], "call")) {
		place(pri, arg, count);
		return;
	}
	struct leg *leg = count > 1 ? leg_tagged(arg[1]) : NULL;

	if (!leg) {
		printf("error text=no-such-leg\n");
	} else if (!strcmp(arg[0], "setupack")) {
		pri_setup_ack(pri, leg->call, leg->channel, 0, 1);
	} else if (!strcmp(arg[0], "proceeding")) {
		pri_proceeding(pri, leg->call, leg->channel, 0);
	} else if (!strcmp(arg[0], "alert")) {
		pri_acknowledge(pri, leg->call, leg->channel, 1);
	} else if (!strcmp(arg[0], "ring")) {
		pri_acknowledge(pri, leg->call, leg->channel, 0);
	} else if (!strcmp(arg[0], "progress")) {
		pri_progress(pri, leg->call, leg->channel, 1);
	} else if (!strcmp(arg[0], "answer")) {
		pri_answer(pri, leg->call, leg->channel, 0);
	} else if (!strcmp(arg[0], "ack")) {
		pri_connect_ack(pri, leg->call, 0);
	} else if (!strcmp(arg[0], "digits") && count > 2) {
		for (char *digit = arg[2]; *digit; digit++)
			pri_information(pri, leg->call, *digit);
	} else if (!strcmp(arg[0], "forget")) {
		leg_free(leg);
	} else if (!strcmp(arg[0], "hangup") && count > 2) {
		hang_up(pri, leg, atoi(arg[2]));
	} else {
		printf("error text=unknown-command\n");
	}
}

/* Reads what standard input holds and runs each whole line. */
static void commands(struct pri *pri)
{
	static char held[4096];
	static size_t fill;
	ssize_t got = read(0, held + fill, sizeof held - 1 - fill);

	if (got <= 0) {
		ended = 1;
		return;
	}
	fill += (size_t)got;
	held[fill] = 0;
	char *start = held;

	for (char *end; (end = strchr(start, '\n')); start = end + 1) {
		*end = 0;
		command(pri, start);
	}
	fill = strlen(start);
	memmove(held, start, fill + 1);
	if (fill == sizeof held - 1)
		fill = 0;
}

static int timeout_of(struct pri *pri)
{
	struct timeval now, *next = pri_schedule_next(pri);

	if (!next)
		return -1;
	gettimeofday(&now, NULL);
	long ms = (next->tv_sec - now.tv_sec) * 1000 + (next->tv_usec - now.tv_usec) / 1000 + 1;

	return ms < 0 ? 0 : (int)(ms > 60000 ? 60000 : ms);
}

static int dial(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	if (fd < 0 || strlen(path) >= sizeof address.sun_path)
		return -1;
	strcpy(address.sun_path, path);
	return connect(fd, (struct sockaddr *)&address, sizeof address) ? -1 : fd;
}

int main(int argc, char **argv)
{
	const char *path = NULL;
	int role = PRI_NETWORK, manual = 0, overlap = 0, debug = 0;
	const char *timers[16];
	int timer_count = 0;

	for (int i = 1; i < argc; i++) {
		const char *value = i + 1 < argc ? argv[i + 1] : "";

		if (!strcmp(argv[i], "--socket")) {
			path = value;
			i++;
		} else if (!strcmp(argv[i], "--role")) {
			role = strcmp(value, "cpe") ? PRI_NETWORK : PRI_CPE;
			i++;
		} else if (!strcmp(argv[i], "--timer") && timer_count < 16) {
			timers[timer_count++] = value;
			i++;
		} else if (!strcmp(argv[i], "--manual-connect-ack")) {
			manual = 1;
		} else if (!strcmp(argv[i], "--overlap")) {
			overlap = 1;
		} else if (!strcmp(argv[i], "--debug")) {
			debug = 1;
		} else {
			fprintf(stderr, "libpri-exchange: unknown argument %s\n", argv[i]);
			return 2;
		}
	}
	if (!path || (line_fd = dial(path)) < 0) {
		fprintf(stderr, "libpri-exchange: cannot connect to %s\n", path ? path : "(no --socket)");
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	pri_set_message(log_line);
	pri_set_error(log_line);
	struct pri *pri =
		pri_new_cb(-1, role, PRI_SWITCH_EUROISDN_E1, line_read, line_write, NULL);

	if (!pri) {
		fprintf(stderr, "libpri-exchange: pri_new_cb failed\n");
		return 2;
	}
	pri_hangup_fix_enable(pri, 1);
	pri_connect_ack_enable(pri, manual);
	pri_set_overlapdial(pri, overlap);
	if (debug)
		pri_set_debug(pri, PRI_DEBUG_Q931_DUMP | PRI_DEBUG_Q931_STATE | PRI_DEBUG_Q931_ANOMALY |
					   PRI_DEBUG_Q921_STATE);
	for (int i = 0; i < timer_count; i++) {
		char name[16];
		const char *equals = strchr(timers[i], '=');
		size_t length = equals ? (size_t)(equals - timers[i]) : 0;

		if (!length || length >= sizeof name) {
			fprintf(stderr, "libpri-exchange: --timer wants NAME=VALUE\n");
			return 2;
		}
		memcpy(name, timers[i], length);
		name[length] = 0;
		int index = pri_timer2idx(name);

		if (index < 0 || pri_set_timer(pri, index, atoi(equals + 1))) {
			fprintf(stderr, "libpri-exchange: unknown timer %s\n", name);
			return 2;
		}
	}
	struct pollfd wait[2] = { { line_fd, POLLIN, 0 }, { 0, POLLIN, 0 } };

	while (!ended) {
		int ready = poll(wait, 2, timeout_of(pri));

		if (ready < 0 && errno != EINTR)
			break;
		/*
		 * A command given before a frame was sent counts before it: poll looks at the line
		 * first, so when the frame is there, the command is too.
		 */
		if (ready > 0 && wait[1].revents)
			commands(pri);
		if (ready > 0 && wait[0].revents)
			event(pri, pri_check_event(pri));
		event(pri, pri_schedule_run(pri));
	}
	return 0;
}
