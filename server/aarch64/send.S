// SPDX-License-Identifier: Apache-2.0
// Sends a batch of answers, and what is left of one: bytes in a slot of the pool, and a place in the site.
#include "arch.inc"

// In: sock, conn; W_OUT..W_OUT_END, W_BODY, W_BODY_LEN, W_COUNT
// Out: ret0 = SEND_ALL, SEND_SHORT or below 0; flags set for it. When it is short, CONN_OUT and CONN_BODY are the rest of the answer where it
// stopped. W_BEHIND counts the answers behind that one, of which nothing went; if there are any, cursor is the first one's request.
// Uses: all arguments
func send
        str     x30, [sp, -16]!
        add     arg1, work, W_OUT
        ldr     arg2, [work, W_OUT_END]
        sub     arg2, arg2, arg1
        ldp     w9, w10, [work, W_BODY]
        stp     w9, w10, [conn, CONN_BODY]
        str     wzr, [work, W_BEHIND]
        mov     arg0, sock
        cbnz    w10, .Lwith_body
// 1. Short answers go with one call.
        imm     arg3w, MSG_NOSIGNAL
        imm     arg4w, 0
        imm     arg5w, 0
        sys     NR_SENDTO
        b.ge    .Lsent
        b       .Lfailed
// 2. So do these with a body of medium length behind them; a long one is the kernel's to copy, later.
.Lwith_body:
        imm32   arg3w, MSG_NOSIGNAL | MSG_MORE
        imm     arg4w, 0
        imm     arg5w, 0
        cmp     w10, BODY_SENDFILE
        b.hs    .Lsend_head
        stp     arg1, arg2, [work, W_IOVECS]
        add     x9, x9, base
        stp     x9, x10, [work, W_IOVECS + IOV_SIZE]
        add     x9, work, W_IOVECS
        str     x9, [work, W_MESSAGE + MSG_IOV]
        imm     w9, 2
        str     x9, [work, W_MESSAGE + MSG_IOVLEN]
        add     arg1, work, W_MESSAGE
        imm     arg2w, MSG_NOSIGNAL
        sys     NR_SENDMSG
        b.ge    .Lsent
        b       .Lfailed
.Lsend_head:
        sys     NR_SENDTO
        b.ge    .Lsent
// 3. No room: as if 0 bytes went.
.Lfailed:
        fail_if ret0, EAGAIN, .Lblocked
        cmp     ret0, 0
        b       .Lsend_end
.Lblocked:
        imm     w0, 0
.Lsent:
        add     x9, work, W_OUT
        add     x9, x9, x0
        ldr     x10, [work, W_OUT_END]
        subs    x10, x9, x10
        b.lo    .Lstopped
// 4. All but the rest of the body.
        ldp     w11, w12, [conn, CONN_BODY]
        add     w11, w11, w10
        subs    w12, w12, w10
        stp     w11, w12, [conn, CONN_BODY]
        b.ne    .Lshort
        imm     w0, SEND_ALL
        cmp     w0, 0
        b       .Lsend_end
// 5. Within an answer: find it; its rest waits in the pool. A long body is the last answer's alone.
.Lstopped:
        add     x10, work, W_ENDS
        ldr     w0, [work, W_COUNT]
.Lanswer:
        sub     w0, w0, 1
        ldr     x11, [x10, ENDS_OUT]
        cmp     x9, x11
        b.lo    .Lfound
        add     x10, x10, ENDS_SIZE
        b       .Lanswer
.Lfound:
        str     w0, [work, W_BEHIND]
        cbz     w0, .Lkeep_rest
        ldr     cursor, [x10, ENDS_SIZE + ENDS_INPUT]
        str     wzr, [conn, CONN_BODY_LEN]
.Lkeep_rest:
        mov     x1, x9
        sub     x10, x11, x9
        bl      keep_output
        b.lt    .Lsend_end
.Lshort:
        imm     w0, SEND_SHORT
        cmp     w0, 0
.Lsend_end:
        ldr     x30, [sp], 16
        ret
endfunc send

// Sends what is left of an answer.
// In: sock, conn
// Out: ret0 = SEND_ALL, SEND_SHORT, SEND_BLOCKED or below 0; flags set for it
// Uses: all arguments
func send_rest
        str     x30, [sp, -16]!
        mov     arg0, sock
        imm     arg3w, MSG_NOSIGNAL
        imm     arg4w, 0
        imm     arg5w, 0
        ldrh    w2, [conn, CONN_OUT_LEN]
        cbz     w2, .Lbody
// 6. From the pool.
        ldrh    w9, [conn, CONN_OUT]
        ldrh    w10, [conn, CONN_OUT_AT]
        add     x10, x10, x9, lsl #HEAD_MAX_SHIFT
        add     arg1, work, W_INPUT
        add     arg1, arg1, x10
        sys     NR_SENDTO
        b.lt    .Lrest_failed
        ldrh    w9, [conn, CONN_OUT_AT]
        add     w9, w9, w0
        strh    w9, [conn, CONN_OUT_AT]
        ldrh    w9, [conn, CONN_OUT_LEN]
        subs    w9, w9, w0
        strh    w9, [conn, CONN_OUT_LEN]
        b.ne    .Lrest_short
        bl      free_output
        b       .Lrest_left
// 7. From the site: by the kernel from the executable, or from memory.
.Lbody:
        ldp     w9, w2, [conn, CONN_BODY]
        add     arg1, base, x9
        cmp     w2, BODY_SENDFILE
        b.lo    .Lfrom_memory
        ldr     w10, [work, W_EXECUTABLE]
        tbnz    w10, 31, .Lfrom_memory
        ldr     w11, [work, W_SITE_FILE]
        add     x9, x9, x11
        str     x9, [work, W_OFFSET]
        mov     w1, w10
        mov     w3, w2
        add     arg2, work, W_OFFSET
        sys     NR_SENDFILE
        b.lt    .Lrest_failed
        b       .Lbody_sent
.Lfrom_memory:
        sys     NR_SENDTO
        b.lt    .Lrest_failed
.Lbody_sent:
        cbz     x0, .Lrest_gone
        ldp     w9, w10, [conn, CONN_BODY]
        add     w9, w9, w0
        subs    w10, w10, w0
        stp     w9, w10, [conn, CONN_BODY]
        b.ne    .Lrest_short
.Lrest_left:
        ldr     w0, [conn, CONN_BODY_LEN]
        cbnz    w0, .Lrest_short
        imm     w0, SEND_ALL
        b       .Lrest_end
.Lrest_short:
        imm     w0, SEND_SHORT
        b       .Lrest_end
.Lrest_failed:
        fail_if ret0, EAGAIN, .Lrest_blocked
        b       .Lrest_end
.Lrest_blocked:
        imm     w0, SEND_BLOCKED
        b       .Lrest_end
// The file is shorter than it was: it was overwritten.
.Lrest_gone:
        mov     x0, -1
.Lrest_end:
        cmp     ret0, 0
        ldr     x30, [sp], 16
        ret
endfunc send_rest
