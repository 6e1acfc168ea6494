// SPDX-License-Identifier: Apache-2.0
// One connection's turn: send what is left, read, answer every whole request, keep what is not whole.
#include "arch.inc"

// In: sock, conn; W_DRY not 0 when input must be read until there is none
// Uses: everything but base and work
func serve
        str     x30, [sp, -16]!
        imm     w0, TURNS
        str     w0, [work, W_TURNS]
        str     wzr, [work, W_ANSWERED]
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
        ldrh    w0, [conn, CONN_OUT_LEN]
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
        b.ne    .Lfinish_long
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
        str     wzr, [work, W_BODY_LEN]
        add     x0, work, W_OUT
        str     x0, [work, W_OUT_END]
        imm     w0, 1
        str     w0, [work, W_MORE]
.Lrequest:
        bl      skip_body
        b.lt    .Llast_bad
        cmp     cursor, limit
        b.hs    .Lincomplete
        ldr     w0, [work, W_COUNT]
        add     x9, work, x0, lsl #ENDS_SIZE_SHIFT
        str     cursor, [x9, W_ENDS + ENDS_INPUT]
        bl      parse
        cbz     ret0, .Lincomplete
        bl      append
        tst     flags, HTTP_CLOSE
        b.ne    .Llast
        bl      expect_body
        ldr     w10, [work, W_BODY_LEN]
        cbnz    w10, .Lflush
        ldr     w0, [work, W_COUNT]
        cmp     w0, BATCH
        b.eq    .Lflush
        add     x0, work, W_OUT + OUT_SIZE - OUT_RESERVE
        ldr     x9, [work, W_OUT_END]
        cmp     x0, x9
        b.hs    .Lrequest
        b       .Lflush
.Lincomplete:
        str     wzr, [work, W_MORE]
        b       .Lflush
// A body that is not chunked as it says ends the connection behind the answers that were asked for before it.
.Llast_bad:
        orr     flags, flags, HTTP_LINGER
.Llast:
// Who was answered before, or sends on, may lose an answer to a plain close.
        ldr     w0, [work, W_COUNT]
        cmp     w0, 1
        b.hi    .Lsends_on
        ldr     w0, [work, W_ANSWERED]
        cbnz    w0, .Lsends_on
        cmp     cursor, limit
        b.lo    .Lsends_on
        ldrh    w0, [conn, CONN_LIST]
        cmp     w0, W_LIST_WAIT
        b.eq    .Lonly
        cbz     w0, .Lonly
.Lsends_on:
        orr     flags, flags, HTTP_LINGER
.Lonly:
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
        cbz     w0, .Lnothing
        str     w0, [work, W_ANSWERED]
        bl      send
        b.lt    .Lclose
        b.ne    .Lstopped
        ldrh    w1, [conn, CONN_FLAGS]
        tst     w1, CONN_CLOSING
        b.ne    .Lfinish
// What ended the batch was its size: go on with the input.
        ldr     w0, [work, W_MORE]
        cbnz    w0, .Lbatch
        b       .Lkeep
.Lnothing:
        ldrh    w1, [conn, CONN_FLAGS]
        tst     w1, CONN_CLOSING
        b.ne    .Lfinish
// 9. Keep the input that is not a whole request.
.Lkeep:
        bl      keep_input
        b.ge    .Lkept
        bl      make_room
        b.lt    .Lclose
        bl      keep_input
        b.lt    .Lclose
.Lkept:
        ldr     w0, [work, W_DRY]
        cbnz    w0, .Lturn
        b       .Lwait
// 10. The send stopped in an answer: the requests behind it are input again, and wait until it is gone.
.Lstopped:
        imm     w0, 1
        str     w0, [work, W_DRY]
        ldrh    w1, [conn, CONN_FLAGS]
        ldr     w0, [work, W_BEHIND]
        cbz     w0, .Lstopped_last
        and     w1, w1, ~(CONN_CLOSING | CONN_LINGER)
        str     wzr, [conn, CONN_LEFT]
        strh    wzr, [conn, CONN_STATE]
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
// What came while a long answer went is not read, and would reset the client, too.
.Lfinish_long:
        orr     w1, w1, CONN_LINGER
        strh    w1, [conn, CONN_FLAGS]
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
        b       set_deadline
.Lclose:
        ldr     x30, [sp], 16
        b       close_connection
endfunc serve
