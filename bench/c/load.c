// A load generator that costs next to nothing: one thread, loopback, a number of callers (closed loop) or a rate (open loop).
// In an open loop the latency counts from the moment at which the call should have been sent, so that a gateway that is
// late cannot hide it by being sent less. "@@@@@@@@" in the body becomes the number of the call in letters, "########" in digits: no two prompts are equal.
//
//   load -p port -u path -b body-file (-c callers | -r calls/s) -w warm-up-seconds -d seconds [-H 'name: value'] …
//
// Prints one line of JSON; latencies in milliseconds. Calls during the warm-up are sent but not counted.
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MOST_CONNECTIONS = 1024, MOST_SAMPLES = 4000000, HEAD = 8192, BATCH = 256, LONGEST_S = 120 };
static const uint64_t SECOND = 1000000000u, GRACE = 3000000000u; // for calls that are under way at the end

/// What every token of upstream.c begins with.
static const char TOKEN[] = "word";

// --- What the command line asks for ---------------------------------------------------------------------------------

static int port, callers;
static double rate, warm_s = 1, run_s = 5;
static char *request;
static size_t request_length;
static char *number_at, zero = 'a';

// --- What is found out ----------------------------------------------------------------------------------------------

static long sent, answered, failed, broken;
static uint64_t events, begin, counted_from, over;
static float *whole_ms, *first_ms; // per answered call: to the last byte, to the first token
static long samples;
static int first_failure;
static char failure_body[200];

// --- Connections ----------------------------------------------------------------------------------------------------

typedef enum { HEADERS, LENGTH, CHUNK_SIZE, CHUNK, CHUNK_END, TRAILER } Part;

typedef struct Connection {
  int fd;
  bool busy, closes;
  uint64_t since, first_token; // when the call was due, and when its answer said something
  size_t written;
  Part part;
  char head[HEAD];
  size_t head_length;
  int status;
  uint64_t left; // bytes of the body or of the chunk
  bool line_ended;
  long blank_lines; // one after each event of a stream
  struct Connection *next_idle;
} Connection;

static Connection connection[MOST_CONNECTIONS], *idle;
static int opened, epoll, busy;

static uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * SECOND + (uint64_t)time.tv_nsec;
}

static void dial(Connection *c) {
  struct sockaddr_in address = {AF_INET, htons((uint16_t)port), {htonl(INADDR_LOOPBACK)}, {0}};
  c->fd = socket(AF_INET, SOCK_STREAM, 0); // connecting blocks: on loopback it is over at once
  if (connect(c->fd, (struct sockaddr *)&address, sizeof address)) {
    perror("load: connect");
    exit(1);
  }
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
  struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET | EPOLLRDHUP, .data.ptr = c};
  epoll_ctl(epoll, EPOLL_CTL_ADD, c->fd, &event);
}

static void redial(Connection *c) {
  close(c->fd);
  dial(c);
}

static void write_request(Connection *c) {
  while (c->busy && c->written < request_length) {
    ssize_t count = send(c->fd, request + c->written, request_length - c->written, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count < 0) return;
    c->written += (size_t)count;
  }
}

static void call(Connection *c, uint64_t since) {
  int fd = c->fd;
  memset(c, 0, offsetof(Connection, head));
  c->fd = fd;
  c->head_length = 0;
  c->status = 0;
  c->line_ended = false;
  c->blank_lines = 0;
  c->since = since;
  c->busy = true;
  busy++;
  sent++;
  if (number_at)
    for (long digits = sent, i = 7; i >= 0; i--, digits /= 10) number_at[i] = (char)(zero + digits % 10);
  write_request(c);
}

static void count(Connection *c, bool good) {
  uint64_t time = now();
  if (!good && !first_failure) first_failure = c->status ? c->status : -1;
  // a closed loop counts what is finished in time, an open one everything that was due in time
  if (c->since < counted_from || (rate ? c->since >= over : time > over)) return;
  if (!good) {
    failed++;
    return;
  }
  answered++;
  events += (uint64_t)c->blank_lines;
  if (samples == MOST_SAMPLES) return;
  first_ms[samples] = (float)((c->first_token ? c->first_token : time) - c->since) / 1e6f;
  whole_ms[samples++] = (float)(time - c->since) / 1e6f;
}

static void finish(Connection *c, bool good) {
  count(c, good && c->status >= 200 && c->status < 300);
  c->busy = false;
  busy--;
  if (!good || c->closes) redial(c);
  if (rate) {
    c->next_idle = idle;
    idle = c;
  } else if (now() < over) call(c, now());
}

// --- Reading answers ------------------------------------------------------------------------------------------------

static void body(Connection *c, const char *at, size_t length) {
  // a role and no word is no token yet: a gateway that may still ask somebody else holds it back
  if (!c->first_token && memmem(at, length, TOKEN, sizeof TOKEN - 1)) c->first_token = now();
  if (c->status > 299 && !failure_body[0]) {
    snprintf(failure_body, sizeof failure_body, "%.*s", (int)(length < 190 ? length : 190), at);
    for (char *p = failure_body; *p; p++)
      if (*p == '"' || *p == '\\' || (unsigned char)*p < ' ') *p = '\'';
  }
  for (const char *end = at + length; at < end;) {
    if (*at == '\n') {
      if (c->line_ended) c->blank_lines++;
      c->line_ended = true;
      at++;
      continue;
    }
    c->line_ended = false;
    const char *line = memchr(at, '\n', (size_t)(end - at));
    at = line ? line : end;
  }
}

/// Takes the headers in. Returns how many bytes belonged to them; the part changes when they are complete.
static size_t headers(Connection *c, const char *at, size_t length) {
  size_t before = c->head_length, room = HEAD - 1 - before, taken = length < room ? length : room;
  memcpy(c->head + before, at, taken);
  c->head_length += taken;
  c->head[c->head_length] = 0;
  char *end = strstr(c->head, "\r\n\r\n");
  if (!end) return taken;
  end[2] = 0;
  c->status = atoi(c->head + sizeof "HTTP/1.1");
  c->closes = strcasestr(c->head, "\nconnection: close");
  const char *header = strcasestr(c->head, "\ncontent-length:");
  c->part = header ? LENGTH : CHUNK_SIZE;
  c->left = header ? strtoull(header + 16, NULL, 10) : 0;
  return (size_t)(end + 4 - c->head) - before;
}

/// The value of a hexadecimal digit, or -1.
static int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  c |= 32;
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/// Takes bytes in; true when the answer is complete.
static bool feed(Connection *c, const char *at, size_t length) {
  while (length || (c->part == LENGTH && !c->left)) {
    size_t taken = 1;
    switch (c->part) {
      case HEADERS:
        taken = headers(c, at, length);
        if (!taken) return true; // headers that do not fit count as failed: there is no status
        break;
      case LENGTH:
      case CHUNK:
        taken = length < c->left ? length : c->left;
        body(c, at, taken);
        c->left -= taken;
        if (!c->left && c->part == LENGTH) return true;
        if (!c->left) c->part = CHUNK_END;
        break;
      case CHUNK_SIZE:
        if (*at == '\n') c->part = c->left ? CHUNK : TRAILER;
        else if (digit(*at) >= 0) c->left = c->left * 16 + (uint64_t)digit(*at);
        break;
      case CHUNK_END:
        if (*at == '\n') c->part = CHUNK_SIZE;
        break;
      case TRAILER:
        if (*at == '\n') return true;
        break;
    }
    at += taken;
    length -= taken;
  }
  return false;
}

static void read_answer(Connection *c) {
  static char buffer[1 << 17];
  for (int fd = c->fd; c->fd == fd;) {
    ssize_t got = recv(fd, buffer, sizeof buffer, MSG_DONTWAIT);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) {
      if (!c->busy) return redial(c);
      broken++;
      return finish(c, false);
    }
    if (c->busy && feed(c, buffer, (size_t)got)) finish(c, true);
  }
}

// --- The run --------------------------------------------------------------------------------------------------------

/// Sends every call that is due and for which there is a connection; the others keep the time at which they were due.
static uint64_t send_due(uint64_t due) {
  for (uint64_t time = now(); due <= time && due < over; due += (uint64_t)(1e9 / rate)) {
    Connection *c = idle;
    if (c) idle = c->next_idle;
    else if (opened < MOST_CONNECTIONS) dial(c = &connection[opened++]);
    else return due;
    call(c, due);
  }
  return due;
}

static void run(void) {
  struct epoll_event ready[BATCH];
  uint64_t due = begin;
  for (; !rate && opened < callers; opened++) {
    dial(&connection[opened]);
    call(&connection[opened], now());
  }
  for (uint64_t time; (time = now()) < over + GRACE && (time < over || busy);) {
    if (rate) due = send_due(due);
    uint64_t wake = rate && due > time && due < over ? due : time < over ? over : over + GRACE;
    if (rate && due <= time && due < over) wake = time + SECOND / 1000; // no connection was free
    struct timespec timeout = {(time_t)((wake - time) / SECOND), (long)((wake - time) % SECOND)};
    int count = epoll_pwait2(epoll, ready, BATCH, &timeout, NULL);
    for (int i = 0; i < count; i++) {
      Connection *c = ready[i].data.ptr;
      if (ready[i].events & EPOLLOUT) write_request(c);
      if (ready[i].events & ~(uint32_t)EPOLLOUT) read_answer(c);
    }
  }
}

static int ascending(const void *a, const void *b) {
  float x = *(const float *)a, y = *(const float *)b;
  return (x > y) - (x < y);
}

static double percentile(const float *sorted, double share) {
  return samples ? sorted[(long)(share * (double)(samples - 1) + 0.5)] : 0;
}

static void report(void) {
  qsort(whole_ms, (size_t)samples, sizeof *whole_ms, ascending);
  qsort(first_ms, (size_t)samples, sizeof *first_ms, ascending);
  printf("{\"sent\":%ld,\"answered\":%ld,\"failed\":%ld,\"broken\":%ld,\"unfinished\":%d,\"connections\":%d,"
         "\"perSecond\":%.1f,\"p50\":%.4f,\"p99\":%.4f,\"first50\":%.4f,\"first99\":%.4f,\"events\":%.2f,"
         "\"failure\":%d,\"failureBody\":\"%s\"}\n",
         sent, answered, failed, broken, busy, opened, (double)answered / run_s, percentile(whole_ms, 0.5),
         percentile(whole_ms, 0.99), percentile(first_ms, 0.5), percentile(first_ms, 0.99),
         answered ? (double)events / (double)answered : 0, first_failure, failure_body);
}

static void prepare_request(const char *path, const char *file, const char *extra) {
  FILE *source = fopen(file, "rb");
  char *content = NULL;
  size_t length = 0;
  if (!source || getdelim(&content, &length, EOF, source) < 0) {
    perror(file);
    exit(1);
  }
  length = (size_t)ftell(source);
  fclose(source);
  int head = asprintf(&request, "POST %s HTTP/1.1\r\nhost: 127.0.0.1:%d\r\ncontent-type: application/json\r\n"
                                "%scontent-length: %zu\r\n\r\n", path, port, extra, length);
  if (head < 0 || !(request = realloc(request, (size_t)head + length))) exit(1);
  memcpy(request + head, content, length);
  request_length = (size_t)head + length;
  number_at = memmem(request, request_length, "@@@@@@@@", 8);
  if (number_at) return;
  number_at = memmem(request, request_length, "########", 8);
  zero = '0';
}

int main(int argument_count, char **arguments) {
  const char *path = "/", *file = "";
  char extra[4096] = "";
  for (int option; (option = getopt(argument_count, arguments, "p:u:b:c:r:w:d:H:")) != -1;)
    switch (option) {
      case 'p': port = atoi(optarg); break;
      case 'u': path = optarg; break;
      case 'b': file = optarg; break;
      case 'c': callers = atoi(optarg); break;
      case 'r': rate = atof(optarg); break;
      case 'w': warm_s = atof(optarg); break;
      case 'd': run_s = atof(optarg); break;
      case 'H':
        snprintf(extra + strlen(extra), sizeof extra - strlen(extra), "%s\r\n", optarg);
        break;
      default: return 2;
    }
  if (callers > MOST_CONNECTIONS) callers = MOST_CONNECTIONS;
  if (run_s > LONGEST_S) run_s = LONGEST_S;
  prctl(PR_SET_TIMERSLACK, 1000); // timers as exact as they can be
  prepare_request(path, file, extra);
  whole_ms = malloc(MOST_SAMPLES * sizeof *whole_ms);
  first_ms = malloc(MOST_SAMPLES * sizeof *first_ms);
  epoll = epoll_create1(0);
  begin = now();
  counted_from = begin + (uint64_t)(warm_s * 1e9);
  over = counted_from + (uint64_t)(run_s * 1e9);
  run();
  report();
  return 0;
}
