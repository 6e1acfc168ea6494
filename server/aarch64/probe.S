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
        b.lt    .Lill
        mov     sock, ret0
        imm     arg2w, SO_RCVTIMEO
        bl      .Ltime_limit
        imm     arg2w, SO_SNDTIMEO
        bl      .Ltime_limit
// 2. It asks on the port that the server listens on.
        imm     w0, AF_INET
        strh    w0, [work, W_ADDRESS + SOCKADDR_FAMILY]
        ldr     w0, [work, W_PORT]
        rev16   w0, w0                          // to network order
        strh    w0, [work, W_ADDRESS + SOCKADDR_PORT]
        imm32   w0, LOCALHOST
        str     w0, [work, W_ADDRESS + SOCKADDR_IN_ADDRESS]
        mov     arg0, sock
        add     arg1, work, W_ADDRESS
        imm     arg2w, SOCKADDR_IN_SIZE
        sys     NR_CONNECT
        b.lt    .Lill
        mov     arg0, sock
        addr    arg1, text_probe
        lenof   arg2, text_probe
        imm     arg3w, MSG_NOSIGNAL
        imm     arg4w, 0
        imm     arg5w, 0
        sys     NR_SENDTO
        b.lt    .Lill
// 3. The status is what counts.
        mov     arg0, sock
        add     arg1, work, W_OUT
        imm     arg2w, PROBE_READ
        imm     arg3w, 0
        imm     arg4w, 0
        imm     arg5w, 0
        sys     NR_RECVFROM
        b.lt    .Lill
        cmp     ret0, PROBE_READ
        b.ne    .Lill
        imm     arg0w, 0
        imm32   w10, WORD_200
        add     x9, work, W_OUT
        ldr     w9, [x9, PROBE_READ - 4]
        cmp     w10, w9
        b.eq    .Lwell
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
