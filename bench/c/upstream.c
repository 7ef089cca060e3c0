// A model provider that costs next to nothing: the answers are made once, every request is answered from memory by one
// thread. Speaks POST /v1/chat/completions (OpenAI) and /v1/messages (Anthropic), whole and streamed, on loopback.
//
//   upstream <port>
//
// The end of the model's name says how to behave, so that no gateway has to be restarted between two measurements:
//   -d50  the first byte after 50 ms      -g10  10 ms between chunks      -n4  4 chunks instead of 50
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CHUNKS = 50, LONGEST_DELAY_MS = 1000, MOST_CONNECTIONS = 4096, LARGEST_REQUEST = 4 << 20, BATCH = 256 };

// --- Answers -------------------------------------------------------------------------------------------------------

typedef struct {
  char *at;
  size_t length;
} Text;

// piece[0] opens the answer, the last one completes it; each is sent by itself, as tokens arrive
typedef struct {
  Text piece[CHUNKS + 2];
  int pieces;
} Answer;

static Answer openai_whole, openai_stream, anthropic_whole, anthropic_stream, not_found;

__attribute__((format(printf, 1, 2))) static Text text(const char *format, ...) {
  Text made;
  va_list values;
  va_start(values, format);
  int length = vasprintf(&made.at, format, values);
  va_end(values);
  if (length < 0) exit(1);
  made.length = (size_t)length;
  return made;
}

static void add(Answer *answer, Text piece) { answer->piece[answer->pieces++] = piece; }

static Text chunk(Text data) { return text("%zx\r\n%s\r\n", data.length, data.at); }

static void make_whole(Answer *answer, const char *status, const char *body) {
  add(answer, text("HTTP/1.1 %s\r\ncontent-type: application/json\r\nx-request-id: req_0123456789abcdef\r\n"
                   "content-length: %zu\r\n\r\n%s",
                   status, strlen(body), body));
}

static void make_stream(Answer *answer, Text first, Text (*token)(int), Text last) {
  add(answer, text("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nx-request-id: req_0123456789abcdef\r\n"
                   "transfer-encoding: chunked\r\n\r\n%s",
                   chunk(first).at));
  for (int i = 0; i < CHUNKS; i++) add(answer, chunk(token(i)));
  add(answer, text("%s0\r\n\r\n", chunk(last).at));
}

#define SENTENCE "Forty-two swallows crossed the harbour before noon, and nobody in the town had thought to count them."
#define OPENAI_CHUNK                                                                                    \
  "data: {\"id\":\"chatcmpl-b7c1d2e3f4\",\"object\":\"chat.completion.chunk\",\"created\":1760000000,"  \
  "\"model\":\"gpt-4o-mini-2024-07-18\",\"service_tier\":\"default\",\"system_fingerprint\":\"fp_0a1\"," \
  "\"choices\":"

static Text openai_token(int i) {
  return text(OPENAI_CHUNK "[{\"index\":0,\"delta\":{\"content\":\" word%02d\"},\"logprobs\":null,"
                           "\"finish_reason\":null}],\"usage\":null}\n\n", i);
}

static Text anthropic_token(int i) {
  return text("event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,"
              "\"delta\":{\"type\":\"text_delta\",\"text\":\" word%02d\"}}\n\n", i);
}

static void make_answers(void) {
  make_whole(&openai_whole, "200 OK",
             "{\"id\":\"chatcmpl-b7c1d2e3f4\",\"object\":\"chat.completion\",\"created\":1760000000,"
             "\"model\":\"gpt-4o-mini-2024-07-18\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\","
             "\"content\":\"" SENTENCE "\",\"refusal\":null,\"annotations\":[]},\"logprobs\":null,"
             "\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":512,\"completion_tokens\":26,"
             "\"total_tokens\":538,\"prompt_tokens_details\":{\"cached_tokens\":0,\"audio_tokens\":0}},"
             "\"service_tier\":\"default\",\"system_fingerprint\":\"fp_0a1\"}");
  make_whole(&anthropic_whole, "200 OK",
             "{\"id\":\"msg_01A2B3C4D5\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"claude-haiku-4-5\","
             "\"content\":[{\"type\":\"text\",\"text\":\"" SENTENCE "\"}],\"stop_reason\":\"end_turn\","
             "\"stop_sequence\":null,\"usage\":{\"input_tokens\":512,\"cache_creation_input_tokens\":0,"
             "\"cache_read_input_tokens\":0,\"output_tokens\":26,\"service_tier\":\"standard\"}}");
  make_whole(&not_found, "404 Not Found", "{\"error\":{\"message\":\"no such path\"}}");
  make_stream(&openai_stream,
              text(OPENAI_CHUNK "[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\",\"refusal\":null},"
                                "\"logprobs\":null,\"finish_reason\":null}],\"usage\":null}\n\n"),
              openai_token,
              text(OPENAI_CHUNK "[{\"index\":0,\"delta\":{},\"logprobs\":null,\"finish_reason\":\"stop\"}],"
                                "\"usage\":null}\n\n" OPENAI_CHUNK "[],\"usage\":{\"prompt_tokens\":512,"
                                "\"completion_tokens\":50,\"total_tokens\":562}}\n\ndata: [DONE]\n\n"));
  make_stream(&anthropic_stream,
              text("event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"msg_01A2B3C4D5\","
                   "\"type\":\"message\",\"role\":\"assistant\",\"model\":\"claude-haiku-4-5\",\"content\":[],"
                   "\"stop_reason\":null,\"stop_sequence\":null,\"usage\":{\"input_tokens\":512,"
                   "\"output_tokens\":1}}}\n\nevent: content_block_start\ndata: {\"type\":\"content_block_start\","
                   "\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n"),
              anthropic_token,
              text("event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n"
                   "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\","
                   "\"stop_sequence\":null},\"usage\":{\"output_tokens\":50}}\n\n"
                   "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"));
}

// --- Connections ---------------------------------------------------------------------------------------------------

typedef struct Connection {
  int fd; // -1: closed while it stood in a queue, which frees it
  char *in;
  size_t filled, room;
  const Answer *answer; // being sent, or null
  int piece, chunks, delay, gap;
  size_t sent;   // of the piece
  bool waiting;  // for its time, in a queue
  uint64_t due;
  struct Connection *next;
} Connection;

// One queue per delay in milliseconds: whoever comes later is due later, so that no sorting is needed.
static struct {
  Connection *first, *last;
} queue[LONGEST_DELAY_MS + 1];
static int epoll, connections, longest_used;
static volatile sig_atomic_t stopping;

static uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static void wait_for(Connection *c, int delay, uint64_t since) {
  c->due = since + (uint64_t)delay * 1000000u;
  c->waiting = true;
  c->next = NULL;
  if (queue[delay].first) queue[delay].last->next = c;
  else queue[delay].first = c;
  queue[delay].last = c;
  if (delay > longest_used) longest_used = delay;
}

static void end(Connection *c) {
  if (c->fd >= 0) {
    close(c->fd);
    connections--;
  }
  c->fd = -1;
  if (c->waiting) return;
  free(c->in);
  free(c);
}

/// Sends what may be sent now. False when the connection is broken.
static bool pump(Connection *c) {
  while (c->answer && !c->waiting) {
    const Text *piece = &c->answer->piece[c->piece];
    ssize_t sent = send(c->fd, piece->at + c->sent, piece->length - c->sent, MSG_NOSIGNAL);
    if (sent < 0) return errno == EAGAIN; // epoll tells when there is room again
    c->sent += (size_t)sent;
    if (c->sent < piece->length) continue;
    c->sent = 0;
    bool last = ++c->piece == c->answer->pieces;
    if (!last && c->piece > c->chunks) c->piece = c->answer->pieces - 1;
    if (last) c->answer = NULL;
    else if (c->gap) wait_for(c, c->gap, c->due ? c->due : now());
  }
  return true;
}

static int bounded(const char *digits, int most) {
  int value = atoi(digits);
  return value < 0 ? 0 : value > most ? most : value;
}

static void read_model(Connection *c, const char *body, size_t length) {
  c->delay = c->gap = 0;
  c->chunks = CHUNKS;
  const char *end = body + length, *at = memmem(body, length, "\"model\":\"", 9);
  if (!at) return;
  for (at += 9; at + 2 < end && *at != '"'; at++)
    if (at[0] == '-' && at[2] >= '0' && at[2] <= '9') {
      if (at[1] == 'd') c->delay = bounded(at + 2, LONGEST_DELAY_MS);
      if (at[1] == 'g') c->gap = bounded(at + 2, LONGEST_DELAY_MS);
      if (at[1] == 'n') c->chunks = bounded(at + 2, CHUNKS);
    }
}

static const Answer *choose(const char *head, const char *body, size_t length) {
  bool stream = memmem(body, length, "\"stream\":true", 13);
  if (strstr(head, "/v1/chat/completions ")) return stream ? &openai_stream : &openai_whole;
  if (strstr(head, "/v1/messages ")) return stream ? &anthropic_stream : &anthropic_whole;
  return &not_found;
}

/// Begins to answer when a whole request has come in. False when it cannot be understood.
static bool take_request(Connection *c) {
  if (c->answer || !c->filled) return true;
  char *head_end = memmem(c->in, c->filled, "\r\n\r\n", 4);
  if (!head_end) return true;
  *head_end = 0;
  const char *header = strcasestr(c->in, "\ncontent-length:");
  if (!header) return false;
  size_t head = (size_t)(head_end - c->in) + 4, length = strtoul(header + 16, NULL, 10);
  bool complete = length <= LARGEST_REQUEST && c->filled >= head + length;
  if (complete) {
    c->answer = choose(c->in, c->in + head, length);
    read_model(c, c->in + head, length);
    c->filled -= head + length;
  }
  *head_end = '\r';
  if (!complete) return length <= LARGEST_REQUEST;
  memmove(c->in, c->in + head + length, c->filled);
  c->piece = 0;
  c->due = 0;
  if (c->delay) wait_for(c, c->delay, now());
  return pump(c);
}

/// Takes in what has arrived. False when the connection is broken or asks for too much.
static bool receive(Connection *c) {
  for (;;) {
    if (c->filled + 1 >= c->room) {
      c->room = c->room ? c->room * 2 : 32768;
      if (c->room > 2 * LARGEST_REQUEST || !(c->in = realloc(c->in, c->room))) return false;
    }
    size_t room = c->room - c->filled - 1;
    ssize_t got = recv(c->fd, c->in + c->filled, room, 0);
    if (got <= 0) return got < 0 && errno == EAGAIN;
    c->filled += (size_t)got;
    if ((size_t)got < room) return true;
  }
}

static void accept_all(int listener) {
  for (int fd; (fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0;) {
    Connection *c = connections < MOST_CONNECTIONS ? calloc(1, sizeof *c) : NULL;
    if (!c) {
      close(fd);
      continue;
    }
    connections++;
    c->fd = fd;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = c};
    epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
  }
}

static void serve(Connection *c, uint32_t events) {
  if (c->fd < 0) return;
  bool gone = events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR);
  if (gone || !receive(c) || !pump(c) || !take_request(c)) end(c);
}

/// Goes on with everybody whose time has come.
static void run_due(void) {
  uint64_t time = now();
  for (int delay = 1; delay <= longest_used; delay++) {
    Connection *c;
    while ((c = queue[delay].first) && c->due <= time) {
      queue[delay].first = c->next;
      c->waiting = false;
      if (c->fd < 0 || !pump(c) || !take_request(c)) end(c);
    }
  }
}

/// Waits for something to happen, at most until somebody's time has come. Returns how many events there are.
static int wait_for_events(struct epoll_event *events) {
  uint64_t next = UINT64_MAX, time = now();
  for (int delay = 1; delay <= longest_used; delay++)
    if (queue[delay].first && queue[delay].first->due < next) next = queue[delay].first->due;
  if (next == UINT64_MAX) return epoll_pwait2(epoll, events, BATCH, NULL, NULL);
  uint64_t rest = next > time ? next - time : 0;
  struct timespec timeout = {(time_t)(rest / 1000000000), (long)(rest % 1000000000)};
  return epoll_pwait2(epoll, events, BATCH, &timeout, NULL);
}

static int listen_on(int port) {
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  struct sockaddr_in address = {AF_INET, htons((uint16_t)port), {htonl(INADDR_LOOPBACK)}, {0}};
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
  if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, MOST_CONNECTIONS)) {
    perror("upstream");
    exit(1);
  }
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
  epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);
  return listener;
}

static void stop(int signal) {
  (void)signal;
  stopping = 1;
}

int main(int count, char **values) {
  if (count != 2) return fprintf(stderr, "usage: upstream <port>\n"), 2;
  signal(SIGTERM, stop);
  signal(SIGINT, stop);
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  prctl(PR_SET_TIMERSLACK, 1000); // timers as exact as they can be
  make_answers();
  epoll = epoll_create1(0);
  int listener = listen_on(atoi(values[1]));
  struct epoll_event events[BATCH];
  while (!stopping) {
    run_due();
    int ready = wait_for_events(events);
    for (int i = 0; i < ready; i++) {
      if (events[i].data.ptr) serve(events[i].data.ptr, events[i].events);
      else accept_all(listener);
    }
  }
  return 0;
}
