// SPDX-License-Identifier: Apache-2.0
// The event loop: waits, then gives the listener and each connection its turn.
#include "arch.inc"

// In: base, work
func loop
// 1. What is over its deadline ends, and so may the server.
        call    expire
        call    drain
        mov     eax, [work + W_LOG]
        test    eax, eax
        jz      .Lno_log
        call    write_log
.Lno_log:
// 2. Wait for events.
        mov     edi, [work + W_EPOLL]
        lea     arg1, [work + W_EVENTS]
        imm     arg2w, EVENTS
        mov     r10d, [work + W_WAIT]
        imm     arg4w, 0
        imm     arg5w, SIGNAL_SET_SIZE
        sys     NR_EPOLL_PWAIT
        js      .Lwait_failed
        lea     rcx, [work + W_EVENTS]
        imul    rax, rax, EVENT_SIZE
        add     rax, rcx
        mov     [work + W_NEXT], rcx
        mov     [work + W_LAST], rax
        call    read_clock
// 3. Take the next event.
.Lnext:
        mov     rcx, [work + W_NEXT]
        cmp     rcx, [work + W_LAST]
        je      loop
        mov     eax, [rcx + EVENT_BITS]
        mov     ebp, [rcx + EVENT_DATA]
        add     rcx, EVENT_SIZE
        mov     [work + W_NEXT], rcx
// 4. It is the listener's, the signals' or a connection's.
        cmp     ebp, [work + W_LISTENER]
        je      .Laccept
        cmp     ebp, [work + W_SIGNALS]
        je      .Lsignal
        mov     conn, sock
        shl     conn, CONN_SIZE_SHIFT
        lea     conn, [conn + work + W_CONNECTIONS]
// 5. An event may be older than the close of its connection.
        test    byte ptr [conn + CONN_FLAGS], CONN_OPEN
        jz      .Lnext
// 6. A client that has finished sending, or is gone, is read to the end.
        and     eax, EPOLLRDHUP | EPOLLHUP | EPOLLERR
        mov     [work + W_DRY], eax
        call    serve
        jmp     .Lnext
.Laccept:
        call    accept_all
        jmp     .Lnext
.Lsignal:
        call    signalled
        jmp     .Lnext
.Lwait_failed:
        fail_if ret0, EINTR, loop
        imm     arg0w, EXIT_REFUSED
        sys     NR_EXIT_GROUP                   // ignored: it does not return
endfunc loop

// Accepts what is queued, and serves each connection at once: its request is often there already.
// Out: W_ACCEPTS below 0 when more may be queued
// Uses: everything but base and work
func accept_all
        imm     eax, ACCEPTS
        mov     [work + W_ACCEPTS], eax
// 1. A flood of connections lets others have their turn.
.Lturn:
        dec     dword ptr [work + W_ACCEPTS]
        js      .Lrearm
// 2. Accept one.
        mov     edi, [work + W_LISTENER]
        lea     arg1, [work + W_ADDRESS]
        lea     arg2, [work + W_ADDRESS_LEN]
        imm     eax, SOCKADDR_IN6_SIZE
        mov     [work + W_ADDRESS_LEN], eax
        imm32   arg3w, SOCK_NONBLOCK | SOCK_CLOEXEC
        sys     NR_ACCEPT4
        js      .Laccept_failed
// 3. Each has a record, which tells nothing of the one before.
        mov     sock, ret0
        cmp     sock, CONNECTIONS_MAX
        jae     .Lturned_away
        mov     conn, sock
        shl     conn, CONN_SIZE_SHIFT
        lea     conn, [conn + work + W_CONNECTIONS]
        mov     word ptr [conn + CONN_FLAGS], CONN_OPEN
        inc     dword ptr [work + W_LIVE]
        inc     qword ptr [work + W_ACCEPTED]
        mov     eax, [work + W_LOG]
        test    eax, eax
        jz      .Lnameless
        call    keep_address
.Lnameless:
        imm     eax, 0
        mov     [work + W_DRY], eax
        call    serve
// 4. One too many: the one that is idle longest goes.
        mov     eax, [work + W_LIVE]
        cmp     eax, [work + W_MAXCONN]
        jbe     .Lturn
        call    evict                           // ignored: all are busy, and this one stays
        jmp     .Lturn
.Lturned_away:
        mov     arg0, sock
        sys     NR_CLOSE                        // ignored: the descriptor is gone in any case
        jmp     .Lturn
.Lrearm:
        mov     ebp, [work + W_LISTENER]
        imm     arg1w, EPOLL_CTL_MOD
        call    watch                           // ignored: the next connection makes an event too
        ret
// 5. EAGAIN: none is left.
.Laccept_failed:
        fail_if ret0, EAGAIN, .Laccepted
// 6. No descriptor or memory: make room, or wait for a close, and do not spin.
        fail_if ret0, EMFILE, .Lstarved
        fail_if ret0, ENFILE, .Lstarved
        fail_if ret0, ENOMEM, .Lstarved
        fail_if ret0, ENOBUFS, .Lstarved
// 7. Any other is the error of that one connection.
        jmp     .Lturn
.Lstarved:
        call    evict
        jns     .Lturn
        imm     eax, 1
        mov     [work + W_STARVED], eax
.Laccepted:
        ret
endfunc accept_all

// Asks epoll for events of a descriptor, at their edges. Asking again (EPOLL_CTL_MOD) tells the present state once more,
// behind all events that wait now: a fair way to put off work.
// In: sock; arg1 = EPOLL_CTL_ADD or EPOLL_CTL_MOD
// Out: ret0 = 0 or errno, flags set for it
func watch
// Every descriptor is asked for everything: a send that found no room needs no second call.
        imm     eax, EPOLLIN | EPOLLOUT | EPOLLRDHUP
        or      eax, EPOLLET
        mov     [work + W_EVENT + EVENT_BITS], eax
        mov     [work + W_EVENT + EVENT_DATA], sock
        mov     edi, [work + W_EPOLL]
        mov     arg2, sock
        lea     arg3, [work + W_EVENT]
        sys     NR_EPOLL_CTL
        ret
endfunc watch

// Keeps a client's address for the log, as IPv6 writes it.
// In: sock; W_ADDRESS. Uses: rax, rdx
func keep_address
        mov     rdx, sock
        shl     rdx, 4
        lea     rdx, [work + rdx + W_ADDRESSES]
        cmp     word ptr [work + W_ADDRESS + SOCKADDR_FAMILY], AF_INET
        je      .Lipv4
        mov     rax, [work + W_ADDRESS + SOCKADDR_IN6_ADDRESS]
        mov     [rdx], rax
        mov     rax, [work + W_ADDRESS + SOCKADDR_IN6_ADDRESS + 8]
        mov     [rdx + 8], rax
        ret
.Lipv4:
        imm     eax, 0
        mov     [rdx], rax
        imm32   eax, IPV4_IN_IPV6
        mov     [rdx + 8], eax
        mov     eax, [work + W_ADDRESS + SOCKADDR_IN_ADDRESS]
        mov     [rdx + 12], eax
        ret
endfunc keep_address
