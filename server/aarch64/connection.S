// SPDX-License-Identifier: Apache-2.0
// One connection's turn: send what is left, read, answer every whole request, keep what is not whole.
#include "arch.inc"

// In: sock, conn; W_DRY not 0 when input must be read until there is none
// Uses: everything but base and work
func serve
        str     x30, [sp, -16]!
        imm     w0, TURNS
        str     w0, [work, W_TURNS]
// 1. A busy connection lets others have their turn.
.Lturn:
        ldr     w0, [work, W_TURNS]
        subs    w0, w0, 1
        str     w0, [work, W_TURNS]
        b.lt    .Lyield
// 2. One that was answered for the last time is only read.
        ldrh    w1, [conn, CONN_FLAGS]
        tst     w1, CONN_LINGERING
        b.ne    .Ldiscard
// 3. The rest of an answer goes first.
        ldr     w0, [conn, CONN_HEAD_LEN]
        ldr     w1, [conn, CONN_BODY_LEN]
        orr     w0, w0, w1
        cbz     w0, .Linput
        bl      send_rest
        b.lt    .Lclose
        cmp     ret0, SEND_BLOCKED
        b.eq    .Lwait
        cmp     ret0, SEND_ALL
        b.ne    .Lturn
        ldrh    w1, [conn, CONN_FLAGS]
        tst     w1, CONN_CLOSING
        b.ne    .Lfinish
// Input that came meanwhile made events that nobody looked at.
        imm     w0, 1
        str     w0, [work, W_DRY]
// 4. Then the requests that were kept behind it.
.Linput:
        ldrh    w0, [conn, CONN_SLOT]
        add     cursor, work, W_INPUT
        add     cursor, cursor, x0, lsl #HEAD_MAX_SHIFT
        ldrh    w0, [conn, CONN_SLOT_LEN]
        add     limit, cursor, x0
        ldrh    w1, [conn, CONN_FLAGS]
        tst     w1, CONN_PENDING
        b.eq    .Lreceive
        and     w1, w1, ~CONN_PENDING
        strh    w1, [conn, CONN_FLAGS]
        imm     w0, 1
        str     w0, [work, W_DRY]
        b       .Lbatch
// 5. Then new input, behind what is there of a head.
.Lreceive:
        imm     arg2w, HEAD_MAX
        sub     arg2, arg2, x0
        mov     arg0, sock
        mov     arg1, limit
        imm     arg3w, 0
        imm     arg4w, 0
        imm     arg5w, 0
        sys     NR_RECVFROM
        b.eq    .Lclose
        b.lt    .Lreceive_failed
        add     limit, limit, ret0
// 6. A read that fills the buffer may have left something; one that does not has emptied the socket.
        cmp     ret0, arg2
        b.ne    .Lbatch
        imm     w0, 1
        str     w0, [work, W_DRY]
// 7. Parse every whole request, and gather the answers.
.Lbatch:
        str     wzr, [work, W_COUNT]
.Lrequest:
        cmp     cursor, limit
        b.hs    .Lflush
        bl      parse
        cbz     ret0, .Lflush
        bl      append
        tst     flags, HTTP_CLOSE
        b.ne    .Llast
        cmp     w10, BATCH
        b.lo    .Lrequest
        b       .Lflush
.Llast:
        ldrh    w1, [conn, CONN_FLAGS]
        orr     w1, w1, CONN_CLOSING
        strh    w1, [conn, CONN_FLAGS]
        tst     flags, HTTP_LINGER
        b.eq    .Lflush
        orr     w1, w1, CONN_LINGER
        strh    w1, [conn, CONN_FLAGS]
// 8. Send them with one call.
.Lflush:
        ldr     w0, [work, W_COUNT]
        cbz     w0, .Lkeep
        bl      send
        b.lt    .Lclose
        b.ne    .Lstopped
        ldrh    w1, [conn, CONN_FLAGS]
        tst     w1, CONN_CLOSING
        b.ne    .Lfinish
        ldr     w0, [work, W_COUNT]
        cmp     w0, BATCH
        b.eq    .Lbatch
// 9. Keep the input that is not a whole request.
.Lkeep:
        bl      keep_input
        b.lt    .Lclose
        ldr     w0, [work, W_DRY]
        cbnz    w0, .Lturn
        b       .Lwait
// 10. The send stopped in an answer: the requests behind it are input again, and wait until it is gone.
.Lstopped:
        imm     w0, 1
        str     w0, [work, W_DRY]
        ldr     w0, [work, W_STOP]
        add     x1, work, W_ENDS
        ldr     cursor, [x1, x0, lsl 3]
        add     w0, w0, 1
        ldrh    w1, [conn, CONN_FLAGS]
        ldr     w2, [work, W_COUNT]
        cmp     w0, w2
        b.eq    .Lstopped_last
        and     w1, w1, ~(CONN_CLOSING | CONN_LINGER)
        orr     w1, w1, CONN_PENDING
        strh    w1, [conn, CONN_FLAGS]
        b       .Lkeep
.Lstopped_last:
        tst     w1, CONN_CLOSING
        b.eq    .Lstopped_open
        mov     limit, cursor
.Lstopped_open:
        cmp     cursor, limit
        b.eq    .Lkeep
        orr     w1, w1, CONN_PENDING
        strh    w1, [conn, CONN_FLAGS]
        b       .Lkeep
.Lreceive_failed:
        fail_if ret0, EAGAIN, .Lwait
        b       .Lclose
// 11. The last answer is sent. A plain close would reset a client that is still sending, before it has read the answer.
.Lfinish:
        tst     w1, CONN_LINGER
        b.eq    .Lclose
        mov     arg0, sock
        imm     arg1w, SHUT_WR
        sys     NR_SHUTDOWN
        b.lt    .Lclose
        ldrh    w1, [conn, CONN_FLAGS]
        orr     w1, w1, CONN_LINGERING
        strh    w1, [conn, CONN_FLAGS]
        imm     w0, LINGER_READS
        strh    w0, [conn, CONN_READS]
        mov     cursor, limit
        bl      keep_input                      // ignored: it only gives back the slot
        b       .Lturn
.Ldiscard:
        ldrh    w0, [conn, CONN_READS]
        subs    w0, w0, 1
        strh    w0, [conn, CONN_READS]
        b.lt    .Lclose
        mov     arg0, sock
        add     arg1, work, W_INPUT
        imm     arg2w, HEAD_MAX
        imm     arg3w, 0
        imm     arg4w, 0
        imm     arg5w, 0
        sys     NR_RECVFROM
        b.eq    .Lclose
        b.lt    .Lreceive_failed
        b       .Lturn
// 12. Wait for an event, or put off the rest.
.Lyield:
        imm     arg1w, EPOLL_CTL_MOD
        ldrh    w2, [conn, CONN_FLAGS]
        tst     w2, CONN_WATCHED
        b.ne    .Lwatch
.Lwait:
        ldrh    w2, [conn, CONN_FLAGS]
        tst     w2, CONN_WATCHED
        b.ne    .Lserved
        orr     w2, w2, CONN_WATCHED
        strh    w2, [conn, CONN_FLAGS]
        imm     arg1w, EPOLL_CTL_ADD
.Lwatch:
        bl      watch
        b.lt    .Lclose
.Lserved:
        ldr     x30, [sp], 16
        ret
// 13. The end of a connection: its slot and record are free, and a starved listener may go on.
.Lclose:
        mov     cursor, limit
        bl      keep_input                      // ignored: it only gives back the slot
        str     wzr, [conn, CONN_HEAD_LEN]
        str     wzr, [conn, CONN_BODY_LEN]
        strh    wzr, [conn, CONN_FLAGS]
        mov     arg0, sock
        sys     NR_CLOSE                        // ignored: the descriptor is gone in any case
        ldr     w0, [work, W_STARVED]
        cbz     w0, .Lserved
        str     wzr, [work, W_STARVED]
        ldr     w22, [work, W_LISTENER]
        imm     arg1w, EPOLL_CTL_MOD
        bl      watch                           // ignored: the next connection makes an event too
        b       .Lserved
endfunc serve

// Adds an answer to the batch.
// In: ret0 = answer; flags; cursor = end of its request
// Out: w10 = answers in the batch; flags kept
func append
// 1. Where its input ends, in case the send stops here.
        ldr     w10, [work, W_COUNT]
        add     x11, work, W_ENDS
        str     cursor, [x11, x10, lsl 3]
        add     x11, work, W_IOVECS
        add     x11, x11, x10, lsl 5
        add     w10, w10, 1
        str     w10, [work, W_COUNT]
// 2. The head, one of two.
        add     x1, x0, ANSWER_KEEP
        tst     flags, HTTP_CLOSE
        b.eq    .Lhead
        add     x1, x0, ANSWER_CLOSE
.Lhead:
        ldp     w4, w5, [x1]
        add     x4, base, x4
        stp     x4, x5, [x11]
// 3. The body, but for HEAD.
        ldp     w4, w5, [x0, ANSWER_BODY]
        add     x4, base, x4
        tst     flags, HTTP_HEAD
        b.eq    .Lbody
        imm     w5, 0
.Lbody:
        stp     x4, x5, [x11, IOV_SIZE]
        ret
endfunc append
