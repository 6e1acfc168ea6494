// SPDX-License-Identifier: Apache-2.0
// "--probe" asks the server of this container whether it is well: 0 when it is, 1 when it is not.
#include "arch.inc"
#include "probe_texts.inc"

// In: W_PORT; work
func probe
// 1. A socket that waits no longer than Docker would.
        imm     arg0w, AF_INET
        imm32   arg1w, SOCK_STREAM | SOCK_CLOEXEC
        imm     arg2w, 0
        sys     NR_SOCKET
        js      .Lill
        mov     sock, ret0
        imm     arg2w, SO_RCVTIMEO
        call    .Ltime_limit
        imm     arg2w, SO_SNDTIMEO
        call    .Ltime_limit
// 2. It asks on the port that the server listens on.
        imm     eax, AF_INET
        mov     [work + W_ADDRESS + SOCKADDR_FAMILY], ax
        mov     eax, [work + W_PORT]
        rol     ax, 8                           // to network order
        mov     [work + W_ADDRESS + SOCKADDR_PORT], ax
        imm32   eax, LOCALHOST
        mov     [work + W_ADDRESS + SOCKADDR_IN_ADDRESS], eax
        mov     arg0, sock
        lea     arg1, [work + W_ADDRESS]
        imm     arg2w, SOCKADDR_IN_SIZE
        sys     NR_CONNECT
        js      .Lill
        mov     arg0, sock
        addr    arg1, text_probe
        lenof   arg2, text_probe
        imm     arg3w, MSG_NOSIGNAL
        imm     arg4w, 0
        imm     arg5w, 0
        sys     NR_SENDTO
        js      .Lill
// 3. The status is what counts.
        mov     arg0, sock
        lea     arg1, [work + W_OUT]
        imm     arg2w, PROBE_READ
        imm     arg3w, 0
        imm     arg4w, 0
        imm     arg5w, 0
        sys     NR_RECVFROM
        js      .Lill
        cmp     ret0, PROBE_READ
        jne     .Lill
        imm     arg0w, 0
        imm32   eax, WORD_200
        cmp     eax, [work + W_OUT + PROBE_READ - 4]
        je      .Lwell
.Lill:
        imm     arg0w, EXIT_REFUSED
.Lwell:
        sys     NR_EXIT_GROUP                   // ignored: it does not return
// In: sock; arg2 = option
.Ltime_limit:
        mov     arg0, sock
        imm     arg1w, SOL_SOCKET
        addr    arg3, probe_timeout
        imm     arg4w, 16
        sys     NR_SETSOCKOPT                   // ignored: without it a probe may only take longer
        ret
endfunc probe
