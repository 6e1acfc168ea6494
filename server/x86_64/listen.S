// SPDX-License-Identifier: Apache-2.0
// The listening socket: IPv6 that takes IPv4 too, or IPv4 where the machine has no IPv6.
#include "arch.inc"
#include "listen_texts.inc"

// In: W_PORT
// Out: ret0 = descriptor. Ends the server when there is none.
// Uses: sock, conn, all arguments
func open_listener
// 1. IPv6 first.
        mov     eax, [work + W_PORT]
        rol     ax, 8                           // to network order
        mov     [work + W_ADDRESS + SOCKADDR_PORT], ax
        imm     arg0w, AF_INET6
        imm     connw, SOCKADDR_IN6_SIZE
        call    open_family
        jns     .Lopened
// 2. A port that is taken or forbidden is so for IPv4 too.
        fail_if ret0, EADDRINUSE, .Lfailed
        fail_if ret0, EACCES, .Lfailed
// 3. Otherwise IPv4: IPv6 may be switched off.
        imm     arg0w, AF_INET
        imm     connw, SOCKADDR_IN_SIZE
        call    open_family
        js      .Lfailed
.Lopened:
        ret
// 4. One line: the port and the reason.
.Lfailed:
        addr    rdx, text_in_use
        lenof   rcx, text_in_use
        fail_if ret0, EADDRINUSE, .Lsay
        addr    rdx, text_denied
        lenof   rcx, text_denied
        fail_if ret0, EACCES, .Lsay
        addr    rdx, text_other
        lenof   rcx, text_other
.Lsay:
        addr    rax, text_listen
        mov     [work + W_IOVECS + IOV_BASE], rax
        lenof   rax, text_listen
        mov     [work + W_IOVECS + IOV_LEN], rax
        push    rdx
        push    rcx
        lea     rdi, [work + W_OUT]
        mov     [work + W_IOVECS + IOV_SIZE + IOV_BASE], rdi
        mov     eax, [work + W_PORT]
        call    put_number
        sub     rdi, [work + W_IOVECS + IOV_SIZE + IOV_BASE]
        mov     [work + W_IOVECS + IOV_SIZE + IOV_LEN], rdi
        pop     rcx
        pop     rdx
        mov     [work + W_IOVECS + 2 * IOV_SIZE + IOV_BASE], rdx
        mov     [work + W_IOVECS + 2 * IOV_SIZE + IOV_LEN], rcx
        imm     arg0w, STDERR
        lea     arg1, [work + W_IOVECS]
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
// 1. The address is zero but for family and port: any interface.
        mov     [work + W_ADDRESS + SOCKADDR_FAMILY], di
        imm32   arg1w, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC
        imm     arg2w, 0
        sys     NR_SOCKET
        js      .Lfamily_end
        mov     sock, ret0
// 2. Options; accepted sockets inherit those of TCP.
        imm     arg1w, SOL_SOCKET
        imm     arg2w, SO_REUSEADDR
        addr    arg3, option_on
        call    set_option                      // ignored: without it only a quick restart fails, and that is told
        imm     arg1w, SOL_SOCKET
        imm     arg2w, SO_REUSEPORT
        addr    arg3, option_on
        cmp     dword ptr [work + W_WORKERS], 1
        jne     .Lshared
        addr    arg3, option_off
.Lshared:
        call    set_option                      // ignored: without it the next worker cannot bind, and that is told
        imm     arg1w, IPPROTO_TCP
        imm     arg2w, TCP_NODELAY
        addr    arg3, option_on
        call    set_option                      // ignored: without it only the end of an answer may be late
        imm     arg1w, IPPROTO_TCP
        imm     arg2w, TCP_NOTSENT_LOWAT
        addr    arg3, option_unsent
        call    set_option                      // ignored: without it slow clients only cost more memory
        imm     arg1w, IPPROTO_IPV6
        imm     arg2w, IPV6_V6ONLY
        addr    arg3, option_off
        call    set_option                      // ignored: IPv4 sockets have no such option
// 3. Bind and listen.
        mov     arg0, sock
        lea     arg1, [work + W_ADDRESS]
        mov     arg2, conn
        sys     NR_BIND
        js      .Lfamily_fail
        mov     arg0, sock
        imm     arg1w, BACKLOG
        sys     NR_LISTEN
        js      .Lfamily_fail
        mov     ret0, sock
        test    ret0, ret0
.Lfamily_end:
        ret
// 4. The first error is the one to tell.
.Lfamily_fail:
        mov     conn, ret0
        mov     arg0, sock
        sys     NR_CLOSE                        // ignored: it was never used
        mov     ret0, conn
        test    ret0, ret0
        ret
endfunc open_family

// In: sock; arg1 = level; arg2 = option; arg3 = address of its u32 value
func set_option
        mov     arg0, sock
        imm     arg4w, 4
        sys     NR_SETSOCKOPT                   // ignored: each caller says why
        ret
endfunc set_option

// In: rax = number; rdi
// Out: rdi behind its decimal digits. Uses: rax, rcx, rdx, rsi
func put_number
        imm     ecx, 10
        imm     esi, 0
.Ldivide:
        imm     edx, 0
        div     rcx
        push    rdx
        inc     esi
        test    rax, rax
        jnz     .Ldivide
.Ldigit:
        pop     rax
        add     eax, ZERO
        mov     [rdi], al
        inc     rdi
        dec     esi
        jnz     .Ldigit
        ret
endfunc put_number
