// SPDX-License-Identifier: Apache-2.0
// Sends a batch of answers straight from the site; what does not fit is remembered as places in the site.
#include "arch.inc"

// Sends what is left of an answer.
// In, out: as send
func send_rest
        add     x1, work, W_IOVECS
        ldp     w4, w5, [conn, CONN_HEAD]
        add     x4, base, x4
        stp     x4, x5, [x1]
        ldp     w4, w5, [conn, CONN_BODY]
        add     x4, base, x4
        stp     x4, x5, [x1, IOV_SIZE]
        imm     w0, 1
        str     w0, [work, W_COUNT]
        b       send
endfunc send_rest

// In: sock, conn; W_COUNT answers in W_IOVECS, two vectors each
// Out: ret0 = SEND_ALL, SEND_SHORT, SEND_BLOCKED or below 0; flags set for it. Unless all went, CONN_HEAD to
// CONN_BODY_LEN are the rest of answer W_STOP, and nothing of those behind it went.
// Uses: all arguments
func send
// 1. One call for all.
        add     x0, work, W_IOVECS
        str     x0, [work, W_MESSAGE + MSG_IOV]
        ldr     w0, [work, W_COUNT]
        add     w0, w0, w0
        str     x0, [work, W_MESSAGE + MSG_IOVLEN]
        mov     arg0, sock
        add     arg1, work, W_MESSAGE
        imm     arg2w, MSG_NOSIGNAL
        sys     NR_SENDMSG
        b.ge    .Lsent
// 2. No room: as if 0 bytes went.
        fail_if ret0, EAGAIN, .Lblocked
        cmp     ret0, 0
        ret
.Lblocked:
        imm     w0, 0
.Lsent:
        mov     x3, x0
// 3. Skip the answers that went whole.
        imm     w2, 0
        add     x1, work, W_IOVECS
        ldr     w12, [work, W_COUNT]
.Lanswer:
        cmp     w2, w12
        b.eq    .Lall
        ldp     x4, x5, [x1]
        ldp     x6, x7, [x1, IOV_SIZE]
        add     x9, x5, x7
        cmp     x0, x9
        b.lo    .Lstop
        sub     x0, x0, x9
        add     x1, x1, 2 * IOV_SIZE
        add     w2, w2, 1
        b       .Lanswer
// 4. Remember the rest of the one where it stopped.
.Lstop:
        str     w2, [work, W_STOP]
        cmp     x0, x5
        b.lo    .Lstop_head
        sub     x0, x0, x5
        imm     w5, 0
        add     x6, x6, x0
        sub     x7, x7, x0
        b       .Lremember
.Lstop_head:
        add     x4, x4, x0
        sub     x5, x5, x0
.Lremember:
        sub     x4, x4, base
        sub     x6, x6, base
        stp     w4, w5, [conn, CONN_HEAD]
        stp     w6, w7, [conn, CONN_BODY]
        imm     w0, SEND_SHORT
        cbnz    x3, .Lsend_end
        imm     w0, SEND_BLOCKED
.Lsend_end:
        cmp     ret0, 0
        ret
.Lall:
        imm     w0, SEND_ALL
        str     wzr, [conn, CONN_HEAD_LEN]
        str     wzr, [conn, CONN_BODY_LEN]
        cmp     ret0, 0
        ret
endfunc send
