// SPDX-License-Identifier: Apache-2.0
// The event loop: waits, then gives the listener and each connection its turn.
#include "arch.inc"

// In: base, work
func loop
// 1. What is over its deadline ends, and so may the server.
        bl      expire
        bl      drain
        ldr     w0, [work, W_LOG]
        cbz     w0, .Lno_log
        bl      write_log
.Lno_log:
// 2. Wait for events.
        ldr     w0, [work, W_EPOLL]
        add     arg1, work, W_EVENTS
        imm     arg2w, EVENTS
        ldr     w3, [work, W_WAIT]
        imm     arg4w, 0
        imm     arg5w, SIGNAL_SET_SIZE
        sys     NR_EPOLL_PWAIT
        b.lt    .Lwait_failed
        add     x1, work, W_EVENTS
        imm     w2, EVENT_SIZE
        madd    x0, x0, x2, x1
        str     x1, [work, W_NEXT]
        str     x0, [work, W_LAST]
        bl      read_clock
// 3. Take the next event.
.Lnext:
        ldr     x1, [work, W_NEXT]
        ldr     x0, [work, W_LAST]
        cmp     x1, x0
        b.eq    loop
        ldr     w0, [x1, EVENT_BITS]
        ldr     w22, [x1, EVENT_DATA]
        add     x1, x1, EVENT_SIZE
        str     x1, [work, W_NEXT]
// 4. It is the listener's, the signals' or a connection's.
        ldr     w1, [work, W_LISTENER]
        cmp     w22, w1
        b.eq    .Laccept
        ldr     w1, [work, W_SIGNALS]
        cmp     w22, w1
        b.eq    .Lsignal
        add     conn, work, W_CONNECTIONS
        add     conn, conn, sock, lsl #CONN_SIZE_SHIFT
// 5. An event may be older than the close of its connection.
        ldrh    w1, [conn, CONN_FLAGS]
        tst     w1, CONN_OPEN
        b.eq    .Lnext
// 6. A client that has finished sending, or is gone, is read to the end.
        imm     w1, EPOLLRDHUP | EPOLLHUP | EPOLLERR
        and     w0, w0, w1
        str     w0, [work, W_DRY]
        bl      serve
        b       .Lnext
.Laccept:
        bl      accept_all
        b       .Lnext
.Lsignal:
        bl      signalled
        b       .Lnext
.Lwait_failed:
        fail_if ret0, EINTR, loop
        imm     arg0w, EXIT_REFUSED
        sys     NR_EXIT_GROUP                   // ignored: it does not return
endfunc loop

// Accepts what is queued, and serves each connection at once: its request is often there already.
// Out: W_ACCEPTS below 0 when more may be queued
// Uses: everything but base and work
func accept_all
        str     x30, [sp, -16]!
        imm     w0, ACCEPTS
        str     w0, [work, W_ACCEPTS]
// 1. A flood of connections lets others have their turn.
.Lturn:
        ldr     w0, [work, W_ACCEPTS]
        subs    w0, w0, 1
        str     w0, [work, W_ACCEPTS]
        b.lt    .Lrearm
// 2. Accept one.
        add     arg1, work, W_ADDRESS
        add     arg2, work, W_ADDRESS_LEN
        imm     w0, SOCKADDR_IN6_SIZE
        str     w0, [arg2]
        ldr     w0, [work, W_LISTENER]
        imm32   arg3w, SOCK_NONBLOCK | SOCK_CLOEXEC
        sys     NR_ACCEPT4
        b.lt    .Laccept_failed
// 3. Each has a record, which tells nothing of the one before.
        mov     sock, ret0
        imm     w1, CONNECTIONS_MAX
        cmp     sock, x1
        b.hs    .Lturned_away
        add     conn, work, W_CONNECTIONS
        add     conn, conn, sock, lsl #CONN_SIZE_SHIFT
        imm     w0, CONN_OPEN
        strh    w0, [conn, CONN_FLAGS]
        ldr     w0, [work, W_LIVE]
        add     w0, w0, 1
        str     w0, [work, W_LIVE]
        ldr     x0, [work, W_ACCEPTED]
        add     x0, x0, 1
        str     x0, [work, W_ACCEPTED]
        ldr     w0, [work, W_LOG]
        cbz     w0, .Lnameless
        bl      keep_address
.Lnameless:
        str     wzr, [work, W_DRY]
        bl      serve
// 4. One too many: the one that is idle longest goes.
        ldr     w0, [work, W_LIVE]
        ldr     w1, [work, W_MAXCONN]
        cmp     w0, w1
        b.ls    .Lturn
        bl      evict                           // ignored: all are busy, and this one stays
        b       .Lturn
.Lturned_away:
        mov     arg0, sock
        sys     NR_CLOSE                        // ignored: the descriptor is gone in any case
        b       .Lturn
.Lrearm:
        ldr     w22, [work, W_LISTENER]
        imm     arg1w, EPOLL_CTL_MOD
        bl      watch                           // ignored: the next connection makes an event too
        b       .Laccepted
// 5. EAGAIN: none is left.
.Laccept_failed:
        fail_if ret0, EAGAIN, .Laccepted
// 6. No descriptor or memory: make room, or wait for a close, and do not spin.
        fail_if ret0, EMFILE, .Lstarved
        fail_if ret0, ENFILE, .Lstarved
        fail_if ret0, ENOMEM, .Lstarved
        fail_if ret0, ENOBUFS, .Lstarved
// 7. Any other is the error of that one connection.
        b       .Lturn
.Lstarved:
        bl      evict
        b.ge    .Lturn
        imm     w0, 1
        str     w0, [work, W_STARVED]
.Laccepted:
        ldr     x30, [sp], 16
        ret
endfunc accept_all

// Asks epoll for events of a descriptor, at their edges. Asking again (EPOLL_CTL_MOD) tells the present state once more,
// behind all events that wait now: a fair way to put off work.
// In: sock; arg1 = EPOLL_CTL_ADD or EPOLL_CTL_MOD
// Out: ret0 = 0 or errno, flags set for it
func watch
// Every descriptor is asked for everything: a send that found no room needs no second call.
        imm     w0, EPOLLIN | EPOLLOUT | EPOLLRDHUP
        orr     w0, w0, EPOLLET
        str     w0, [work, W_EVENT + EVENT_BITS]
        str     sock, [work, W_EVENT + EVENT_DATA]
        ldr     w0, [work, W_EPOLL]
        mov     arg2, sock
        add     arg3, work, W_EVENT
        sys     NR_EPOLL_CTL
        ret
endfunc watch

// Keeps a client's address for the log, as IPv6 writes it.
// In: sock; W_ADDRESS. Uses: x0, x9 to x11
func keep_address
        add     x9, work, W_ADDRESSES
        add     x9, x9, sock, lsl 4
        add     x10, work, W_ADDRESS
        ldrh    w0, [x10, SOCKADDR_FAMILY]
        cmp     w0, AF_INET
        b.eq    .Lipv4
        ldp     x0, x11, [x10, SOCKADDR_IN6_ADDRESS]
        stp     x0, x11, [x9]
        ret
.Lipv4:
        str     xzr, [x9]
        imm32   w0, IPV4_IN_IPV6
        ldr     w11, [x10, SOCKADDR_IN_ADDRESS]
        stp     w0, w11, [x9, 8]
        ret
endfunc keep_address
