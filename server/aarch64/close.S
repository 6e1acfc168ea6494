// SPDX-License-Identifier: Apache-2.0
// The end of a connection, and whose end makes room.
#include "arch.inc"

// The end of a connection: its slots and record are free, and a starved listener may go on.
// In: sock, conn. Uses: all arguments, cursor, limit
func close_connection
        str     x30, [sp, -16]!
        bl      leave_list
        mov     cursor, limit
        bl      keep_input                      // ignored: it only gives back the slot
        bl      free_output
        str     wzr, [conn, CONN_BODY_LEN]
        str     wzr, [conn, CONN_LEFT]
        strh    wzr, [conn, CONN_STATE]
        strh    wzr, [conn, CONN_FLAGS]
        ldr     w0, [work, W_LIVE]
        sub     w0, w0, 1
        str     w0, [work, W_LIVE]
        mov     arg0, sock
        sys     NR_CLOSE                        // ignored: the descriptor is gone in any case
        ldr     w0, [work, W_STARVED]
        cbz     w0, .Lclosed
        str     wzr, [work, W_STARVED]
        ldr     w22, [work, W_LISTENER]
        tbnz    w22, 31, .Lclosed
        imm     arg1w, EPOLL_CTL_MOD
        bl      watch                           // ignored: the next connection makes an event too
.Lclosed:
        ldr     x30, [sp], 16
        ret
endfunc close_connection

// Makes room: closes the connection that has waited longest for a request, or else for the rest of one.
// Out: ret0 below 0 when there is none; flags set for it
// Uses: everything but base and work
func evict
        str     x30, [sp, -16]!
        imm     w0, -1
        ldrh    w22, [work, W_LIST_IDLE + LIST_FIRST]
        cbnz    w22, .Levict
        ldrh    w22, [work, W_LIST_WAIT + LIST_FIRST]
        cbnz    w22, .Levict
        ldrh    w22, [work, W_LIST_HEAD + LIST_FIRST]
        cbz     w22, .Lnobody
.Levict:
        ldr     x0, [work, W_EVICTED]
        add     x0, x0, 1
        str     x0, [work, W_EVICTED]
        add     conn, work, W_CONNECTIONS
        add     conn, conn, sock, lsl #CONN_SIZE_SHIFT
        bl      close_connection
        imm     w0, 0
.Lnobody:
        cmp     w0, 0
        ldr     x30, [sp], 16
        ret
endfunc evict

// Gives a slot to this connection: another one that has waited longest for the rest of a head goes.
// In: sock, conn, cursor, limit: kept
// Out: ret0 below 0 when there is none; flags set for it. Uses: all arguments
func make_room
        str     x30, [sp, -16]!
        imm     w0, -1
        ldrh    w10, [work, W_LIST_HEAD + LIST_FIRST]
        cbz     w10, .Lno_room
        cmp     w10, w22
        b.eq    .Lno_room
        stp     sock, conn, [sp, -16]!
        stp     cursor, limit, [sp, -16]!
        mov     w22, w10
        add     conn, work, W_CONNECTIONS
        add     conn, conn, sock, lsl #CONN_SIZE_SHIFT
        bl      close_connection
        ldp     cursor, limit, [sp], 16
        ldp     sock, conn, [sp], 16
        imm     w0, 0
.Lno_room:
        cmp     w0, 0
        ldr     x30, [sp], 16
        ret
endfunc make_room
