// SPDX-License-Identifier: Apache-2.0
// The floor of a web server on this machine: one epoll loop that answers every REQUEST bytes with the bytes of a file, and reads nothing of them.
//   cc -O2 bench/floor.c -o floor && ./floor PORT REQUEST ANSWER-FILE [close]
#define _GNU_SOURCE
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { Events = 256, Batch = 64 };

static char input[65536], *answers;
static size_t request, answer;
static int closes;

static int serve(int socket) {
  ssize_t count = recv(socket, input, sizeof input, 0);
  if (count <= 0) return count < 0 ? 0 : -1;
  size_t requests = (size_t)count / request;
  if (requests > Batch) requests = Batch;
  if (send(socket, answers, requests * answer, MSG_NOSIGNAL) < 0) return -1;
  return closes ? -1 : 0;
}

int main(int count, char **arguments) {
  if (count < 4) return 2;
  request = strtoul(arguments[2], NULL, 10);
  closes = count > 4;
  int file = open(arguments[3], O_RDONLY);
  answer = (size_t)lseek(file, 0, SEEK_END);
  answers = malloc(Batch * answer);
  for (int i = 0; i < Batch; i++)
    if (pread(file, answers + (size_t)i * answer, answer, 0) != (ssize_t)answer) return 1;

  int one = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(arguments[1]))};
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 4096)) return 1;
  int epoll = epoll_create1(0);
  struct epoll_event events[Events], event = {.events = EPOLLIN | EPOLLET, .data.fd = listener};
  epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);
  for (;;) {
    int ready = epoll_wait(epoll, events, Events, -1);
    for (int i = 0; i < ready; i++) {
      if (events[i].data.fd != listener) {
        if (serve(events[i].data.fd)) close(events[i].data.fd);
        continue;
      }
      int socket;
      while ((socket = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
        if (closes && serve(socket)) {
          close(socket);
          continue;
        }
        event.data.fd = socket;
        epoll_ctl(epoll, EPOLL_CTL_ADD, socket, &event);
      }
    }
  }
}
