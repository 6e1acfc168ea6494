// SPDX-License-Identifier: Apache-2.0
// The time from exec to an accepted connection: microseconds, the median of RUNS starts.
//   cc -O2 bench/listening.c -o listening && PORT=8080 ./listening RUNS PROGRAM
#define _GNU_SOURCE
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

static int by_value(const void *a, const void *b) { return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b); }

// The child's end of the pipe is closed by exec itself.
static double start(const char *program, const struct sockaddr_in *address) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) exit(1);
  pid_t child = fork();
  if (child == 0) {
    execl(program, program, (char *)NULL);
    _exit(127);
  }
  close(ends[1]);
  char none;
  if (read(ends[0], &none, 1) != 0) exit(1);
  double begin = now(), seen;
  for (int reached = -1; reached != 0;) {
    int client = socket(AF_INET, SOCK_STREAM, 0);
    reached = connect(client, (const struct sockaddr *)address, sizeof *address);
    seen = now();
    close(client);
    if (seen - begin > 5e6) exit(1);
  }
  close(ends[0]);
  kill(child, SIGKILL);
  waitpid(child, NULL, 0);
  return seen - begin;
}

int main(int count, char **arguments) {
  const char *port = getenv("PORT");
  int runs = count == 3 ? atoi(arguments[1]) : 0;
  if (runs < 1 || port == NULL) return 2;
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(port)), .sin_addr = {htonl(INADDR_LOOPBACK)}};
  double *times = calloc((size_t)runs, sizeof *times);
  for (int i = 0; i < runs; i++) times[i] = start(arguments[2], &address);
  qsort(times, (size_t)runs, sizeof *times, by_value);
  printf("%.0f\n", times[runs / 2]);
}
