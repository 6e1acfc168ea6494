// SPDX-License-Identifier: Apache-2.0
// The listening socket: IPv6 that takes IPv4 too, or IPv4 where the machine has no IPv6.
#include "arch.inc"
#include "listen_texts.inc"

// In: W_PORT
// Out: ret0 = descriptor. Ends the server when there is none.
// Uses: sock, conn, all arguments
func open_listener
        str     x30, [sp, -16]!
// 1. IPv6 first.
        ldr     w0, [work, W_PORT]
        rev16   w0, w0                          // to network order
        strh    w0, [work, W_ADDRESS + SOCKADDR_PORT]
        imm     arg0w, AF_INET6
        imm     connw, SOCKADDR_IN6_SIZE
        bl      open_family
        b.ge    .Lopened
// 2. A port that is taken or forbidden is so for IPv4 too.
        fail_if ret0, EADDRINUSE, .Lfailed
        fail_if ret0, EACCES, .Lfailed
// 3. Otherwise IPv4: IPv6 may be switched off.
        imm     arg0w, AF_INET
        imm     connw, SOCKADDR_IN_SIZE
        bl      open_family
        b.lt    .Lfailed
.Lopened:
        ldr     x30, [sp], 16
        ret
// 4. One line: the port and the reason.
.Lfailed:
        addr    x2, text_in_use
        lenof   x3, text_in_use
        fail_if ret0, EADDRINUSE, .Lsay
        addr    x2, text_denied
        lenof   x3, text_denied
        fail_if ret0, EACCES, .Lsay
        addr    x2, text_other
        lenof   x3, text_other
.Lsay:
        add     x14, work, W_IOVECS
        addr    x4, text_listen
        lenof   x5, text_listen
        stp     x4, x5, [x14]
        stp     x2, x3, [x14, 2 * IOV_SIZE]
        add     x13, work, W_OUT
        mov     x15, x13
        ldr     w0, [work, W_PORT]
        bl      put_number
        sub     x13, x13, x15
        stp     x15, x13, [x14, IOV_SIZE]
        imm     arg0w, STDERR
        mov     arg1, x14
        imm     arg2w, 3
        sys     NR_WRITEV                       // ignored: there is nowhere else to say it
        imm     arg0w, EXIT_REFUSED
        sys     NR_EXIT_GROUP                   // ignored: it does not return
endfunc open_listener

// A listening socket of one family.
// In: arg0 = family; conn = size of its address
// Out: ret0 = descriptor or errno, flags set for it
// Uses: sock, all arguments
func open_family
        str     x30, [sp, -16]!
// 1. The address is zero but for family and port: any interface.
        strh    w0, [work, W_ADDRESS + SOCKADDR_FAMILY]
        imm32   arg1w, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC
        imm     arg2w, 0
        sys     NR_SOCKET
        b.lt    .Lfamily_end
        mov     sock, ret0
// 2. Options; accepted sockets inherit those of TCP.
        imm     arg1w, SOL_SOCKET
        imm     arg2w, SO_REUSEADDR
        addr    arg3, option_on
        bl      set_option                      // ignored: without it only a quick restart fails, and that is told
        imm     arg1w, SOL_SOCKET
        imm     arg2w, SO_REUSEPORT
        addr    arg3, option_on
        ldr     w9, [work, W_WORKERS]
        cmp     w9, 1
        b.ne    .Lshared
        addr    arg3, option_off
.Lshared:
        bl      set_option                      // ignored: without it the next worker cannot bind, and that is told
        imm     arg1w, IPPROTO_TCP
        imm     arg2w, TCP_NODELAY
        addr    arg3, option_on
        bl      set_option                      // ignored: without it only the end of an answer may be late
        imm     arg1w, IPPROTO_TCP
        imm     arg2w, TCP_NOTSENT_LOWAT
        addr    arg3, option_unsent
        bl      set_option                      // ignored: without it slow clients only cost more memory
        imm     arg1w, IPPROTO_IPV6
        imm     arg2w, IPV6_V6ONLY
        addr    arg3, option_off
        bl      set_option                      // ignored: IPv4 sockets have no such option
// 3. Bind and listen.
        mov     arg0, sock
        add     arg1, work, W_ADDRESS
        mov     arg2, conn
        sys     NR_BIND
        b.lt    .Lfamily_fail
        mov     arg0, sock
        imm     arg1w, BACKLOG
        sys     NR_LISTEN
        b.lt    .Lfamily_fail
        mov     ret0, sock
        cmp     ret0, 0
.Lfamily_end:
        ldr     x30, [sp], 16
        ret
// 4. The first error is the one to tell.
.Lfamily_fail:
        mov     conn, ret0
        mov     arg0, sock
        sys     NR_CLOSE                        // ignored: it was never used
        mov     ret0, conn
        cmp     ret0, 0
        ldr     x30, [sp], 16
        ret
endfunc open_family

// In: sock; arg1 = level; arg2 = option; arg3 = address of its u32 value
func set_option
        mov     arg0, sock
        imm     arg4w, 4
        sys     NR_SETSOCKOPT                   // ignored: each caller says why
        ret
endfunc set_option

// In: x0 = number; x13
// Out: x13 behind its decimal digits. Uses: x0, x9 to x12
func put_number
        imm     w10, 10
        imm     w12, 0
.Ldivide:
        udiv    x9, x0, x10
        msub    x11, x9, x10, x0
        mov     x0, x9
        str     x11, [sp, -16]!
        add     w12, w12, 1
        cbnz    x0, .Ldivide
.Ldigit:
        ldr     x0, [sp], 16
        add     w0, w0, ZERO
        strb    w0, [x13], 1
        subs    w12, w12, 1
        b.ne    .Ldigit
        ret
endfunc put_number
