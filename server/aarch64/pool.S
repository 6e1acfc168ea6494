// SPDX-License-Identifier: Apache-2.0
// The pool of buffers for input and answers that wait. The last one given back is used first, so few pages become real.
#include "arch.inc"

// Moves the input that is left to the start of the connection's slot, taking one from the pool or giving it back.
// In: cursor..limit; conn
// Out: ret0 = 0, or below 0 when the pool is empty; flags set for it
// Uses: x1, x9 to x13
func keep_input
        str     x30, [sp, -16]!
// 1. Nothing is left: the slot goes back.
        ldrh    w10, [conn, CONN_SLOT]
        subs    x9, limit, cursor
        strh    w9, [conn, CONN_SLOT_LEN]
        b.ne    .Lkeep
        strh    wzr, [conn, CONN_SLOT]
        ldr     x30, [sp], 16
        b       free_slot
// 2. Something is left: there must be a slot.
.Lkeep:
        cbnz    w10, .Lcopy
        bl      take_slot
        b.lt    .Lnone
        strh    w10, [conn, CONN_SLOT]
// 3. Copy forwards: the slot is below its input where they overlap.
.Lcopy:
        add     x13, work, W_INPUT
        add     x13, x13, x10, lsl #HEAD_MAX_SHIFT
        mov     x1, cursor
        cmp     x13, x1
        b.eq    .Lkept
        mov     x10, x9
        bl      copy
.Lkept:
        imm     w0, 0
        cmp     w0, 0
        ldr     x30, [sp], 16
        ret
// 4. Too many heads are incomplete.
.Lnone:
        strh    wzr, [conn, CONN_SLOT_LEN]
        cmp     w0, 0
        ldr     x30, [sp], 16
        ret
endfunc keep_input

// Puts the unsent rest of an answer into a slot.
// In: x1..x1 + x10; conn
// Out: ret0 = 0, or below 0 when the pool is empty or the rest too long; flags set for it
// Uses: x9 to x13
func keep_output
        str     x30, [sp, -16]!
        mov     x9, x10
        imm     w0, -1
        cmp     x9, HEAD_MAX
        b.hi    .Lrest_lost
        bl      take_slot
        b.lt    .Lrest_lost
        strh    w10, [conn, CONN_OUT]
        strh    w9, [conn, CONN_OUT_LEN]
        strh    wzr, [conn, CONN_OUT_AT]
        add     x13, work, W_INPUT
        add     x13, x13, x10, lsl #HEAD_MAX_SHIFT
        mov     x10, x9
        bl      copy
        imm     w0, 0
.Lrest_lost:
        cmp     w0, 0
        ldr     x30, [sp], 16
        ret
endfunc keep_output

// Gives back the slot of an answer's rest.
// In: conn. Out: ret0 = 0. Uses: x10, x11
func free_output
        ldrh    w10, [conn, CONN_OUT]
        strh    wzr, [conn, CONN_OUT]
        strh    wzr, [conn, CONN_OUT_LEN]
        b       free_slot
endfunc free_output

// Out: x10 = slot and ret0 = 0, or ret0 below 0: none is free; flags set for it. Uses: x11
func take_slot
        ldr     w0, [work, W_POOL_TOP]
        subs    w0, w0, 1
        b.lt    .Lempty
        str     w0, [work, W_POOL_TOP]
        add     x11, work, x0, lsl 1
        ldrh    w10, [x11, W_POOL_FREE]
        imm     w0, 0
        cmp     w0, 0
.Lempty:
        ret
endfunc take_slot

// In: w10 = slot, or 0 for none. Out: ret0 = 0, flags set for it. Uses: x11
func free_slot
        cbz     w10, .Lfreed
        ldr     w0, [work, W_POOL_TOP]
        add     x11, work, x0, lsl 1
        strh    w10, [x11, W_POOL_FREE]
        add     w0, w0, 1
        str     w0, [work, W_POOL_TOP]
.Lfreed:
        imm     w0, 0
        cmp     w0, 0
        ret
endfunc free_slot

// Copies forwards, byte by byte where the places may overlap.
// In: x1..x1 + x10, at least one byte; x13 = where to. Uses: x1, x10, x11, x13
func copy
.Lcopy_byte:
        ldrb    w11, [x1], 1
        strb    w11, [x13], 1
        subs    x10, x10, 1
        b.ne    .Lcopy_byte
        ret
endfunc copy
