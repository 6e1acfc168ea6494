// SPDX-License-Identifier: Apache-2.0
// Deadlines: a list for each kind, in which all wait equally long, so that its first connection is the next one.
#include "arch.inc"

// Puts a connection into the list for what it waits for.
// In: sock, conn; W_ANSWERED
// Uses: x0, x1, x9 to x12
func set_deadline
// 1. For the client to take its last answer, for room, for the rest of a head or a body, or for the next request.
        imm     w10, W_LIST_LINGER
        ldrh    w11, [conn, CONN_LIST]
        ldrh    w0, [conn, CONN_FLAGS]
        tst     w0, CONN_LINGERING
        b.ne    .Llist
        imm     w10, W_LIST_WRITE
        ldrh    w0, [conn, CONN_OUT_LEN]
        ldr     w9, [conn, CONN_BODY_LEN]
        orr     w0, w0, w9
        cbnz    w0, .Llist
        imm     w10, W_LIST_HEAD
        ldrh    w0, [conn, CONN_SLOT_LEN]
        cbnz    w0, .Llist
        imm     w10, W_LIST_WAIT
        ldrh    w0, [conn, CONN_STATE]
        ldr     w9, [conn, CONN_LEFT]
        orr     w0, w0, w9
        cbnz    w0, .Llist
// A new connection is asked for its first request as soon as for the rest of one.
        ldr     w0, [work, W_ANSWERED]
        cbnz    w0, .Lidle
        cmp     w11, W_LIST_IDLE
        b.ne    .Llist
// 2. A connection that is used again only gets a later deadline: the list looks when its turn comes.
.Lidle:
        imm     w10, W_LIST_IDLE
        cmp     w10, w11
        b.ne    .Lmove
        ldr     w0, [work, W_NOW]
        ldr     w9, [work, W_LIST_IDLE + LIST_TIMEOUT]
        add     w0, w0, w9
        str     w0, [conn, CONN_DEADLINE]
        ret
// 3. The others are absolute, but for a new request or answer.
.Llist:
        cmp     w10, w11
        b.ne    .Lmove
        ldr     w0, [work, W_ANSWERED]
        cbz     w0, .Lset
.Lmove:
        str     x30, [sp, -16]!
        bl      leave_list
        ldr     x30, [sp], 16
        b       join_now
.Lset:
        ret
endfunc set_deadline

// In: sock, conn, which is in no list; x10 = place of the list
// Uses: x0, x1, x9, x11, x12
func join_now
        add     x12, work, x10
        ldr     w0, [x12, LIST_TIMEOUT]
        ldr     w9, [work, W_NOW]
        add     w0, w0, w9
        b       join_list
endfunc join_now

// In: sock, conn, which is in no list; x10 = place of the list; w0 = deadline
// Uses: x0, x1, x9, x11, x12
func join_list
        strh    w10, [conn, CONN_LIST]
        str     w0, [conn, CONN_QUEUED]
        str     w0, [conn, CONN_DEADLINE]
        ldrh    w0, [conn, CONN_OUT_LEN]
        ldr     w9, [conn, CONN_BODY_LEN]
        add     w0, w0, w9
        str     w0, [conn, CONN_UNSENT]
        strh    wzr, [conn, CONN_NEXT]
        add     x12, work, x10
        ldrh    w0, [x12, LIST_LAST]
        strh    w0, [conn, CONN_PREVIOUS]
        strh    w22, [x12, LIST_LAST]
        cbz     w0, .Lalone
        add     x9, work, W_CONNECTIONS
        add     x9, x9, x0, lsl #CONN_SIZE_SHIFT
        strh    w22, [x9, CONN_NEXT]
        ret
.Lalone:
        strh    w22, [x12, LIST_FIRST]
        ret
endfunc join_list

// In: conn, in a list or in none
// Uses: x0, x1, x9, x11, x12
func leave_list
        ldrh    w9, [conn, CONN_LIST]
        cbz     w9, .Lleft
        strh    wzr, [conn, CONN_LIST]
        ldrh    w0, [conn, CONN_PREVIOUS]
        ldrh    w1, [conn, CONN_NEXT]
        add     x12, work, x9
        add     x11, work, W_CONNECTIONS
        cbz     w0, .Lfirst
        add     x9, x11, x0, lsl #CONN_SIZE_SHIFT
        strh    w1, [x9, CONN_NEXT]
        b       .Lbehind
.Lfirst:
        strh    w1, [x12, LIST_FIRST]
.Lbehind:
        cbz     w1, .Llast
        add     x9, x11, x1, lsl #CONN_SIZE_SHIFT
        strh    w0, [x9, CONN_PREVIOUS]
        ret
.Llast:
        strh    w0, [x12, LIST_LAST]
.Lleft:
        ret
endfunc leave_list

// Ends what is over its deadline.
// In: W_NOW
// Out: W_WAIT = ms until the next deadline, or -1
// Uses: everything but base and work
func expire
        str     x30, [sp, -16]!
        imm     w0, -1
        str     w0, [work, W_WAIT]
        imm     w10, W_LISTS
        str     w10, [work, W_EXPIRE]
// 4. The first of each list.
.Lnext:
        ldr     w10, [work, W_EXPIRE]
        add     x12, work, x10
        ldrh    w22, [x12, LIST_FIRST]
        cbz     w22, .Llist_done
        add     conn, work, W_CONNECTIONS
        add     conn, conn, sock, lsl #CONN_SIZE_SHIFT
        ldr     w9, [work, W_NOW]
        ldr     w0, [conn, CONN_QUEUED]
        subs    w0, w0, w9
        b.gt    .Lwait
// 5. It was used since: it goes to the end of the list.
        ldr     w0, [conn, CONN_DEADLINE]
        subs    w9, w0, w9
        b.le    .Lover
        bl      leave_list
        ldr     w0, [conn, CONN_DEADLINE]
        bl      join_list
        b       .Lnext
.Lwait:
        ldr     w9, [work, W_WAIT]
        cmp     w0, w9
        b.hs    .Llist_done                     // -1 is above all
        str     w0, [work, W_WAIT]
.Llist_done:
        add     w10, w10, LIST_SIZE
        str     w10, [work, W_EXPIRE]
        cmp     w10, W_LISTS_END
        b.lo    .Lnext
        ldr     x30, [sp], 16
        ret
// 6. A client that takes its answer, if slowly, gets as long again.
.Lover:
        cmp     w10, W_LIST_WRITE
        b.ne    .Lnot_write
        ldr     w0, [conn, CONN_UNSENT]
        ldrh    w9, [conn, CONN_OUT_LEN]
        ldr     w11, [conn, CONN_BODY_LEN]
        add     w9, w9, w11
        sub     w0, w0, w9
        cmp     w0, WRITE_LEAST
        b.lt    .Lend
        bl      leave_list
        bl      join_now
        b       .Lnext
// 7. A head that was begun is answered.
.Lnot_write:
        cmp     w10, W_LIST_HEAD
        b.ne    .Lend
        bl      note_late
        bl      time_out
        b       .Lnext
.Lend:
        bl      note_late
        bl      close_connection
        b       .Lnext
endfunc expire

// Counts a deadline. Uses: x0
func note_late
        ldr     x0, [work, W_LATE]
        add     x0, x0, 1
        str     x0, [work, W_LATE]
        ret
endfunc note_late

// Answers 408 as the last answer of a connection.
// In: sock, conn. Uses: everything but base and work
func time_out
        str     x30, [sp, -16]!
        bl      leave_list
        str     wzr, [work, W_COUNT]
        add     x0, work, W_OUT
        str     x0, [work, W_OUT_END]
        imm     flags, HTTP_CLOSE
        imm     w0, SITE_TIMEOUT
        bl      answer_at
        bl      append
        mov     cursor, limit
        bl      keep_input                      // ignored: it only gives back the slot
        add     x1, work, W_OUT
        ldr     x10, [work, W_OUT_END]
        sub     x10, x10, x1
        bl      keep_output
        ldr     x30, [sp], 16
        b.lt    .Lno_slot
        ldrh    w1, [conn, CONN_FLAGS]
        orr     w1, w1, CONN_CLOSING | CONN_LINGER
        strh    w1, [conn, CONN_FLAGS]
        b       serve
.Lno_slot:
        b       close_connection
endfunc time_out
