// SPDX-License-Identifier: Apache-2.0
// The pool of buffers for input that waits. The last one given back is used first, so few pages become real.
#include "arch.inc"

// Moves the input that is left to the start of the connection's slot, taking one from the pool or giving it back.
// In: cursor..limit; conn
// Out: ret0 = 0, or below 0 when the pool is empty; flags set for it
func keep_input
// 1. Nothing is left: the slot goes back.
        subs    x2, limit, cursor
        ldrh    w1, [conn, CONN_SLOT]
        strh    w2, [conn, CONN_SLOT_LEN]
        add     x3, work, W_POOL_FREE
        b.ne    .Lkeep
        cbz     w1, .Lkept
        ldr     w0, [work, W_POOL_TOP]
        strh    w1, [x3, x0, lsl 1]
        add     w0, w0, 1
        str     w0, [work, W_POOL_TOP]
        strh    wzr, [conn, CONN_SLOT]
        b       .Lkept
// 2. Something is left: there must be a slot.
.Lkeep:
        cbnz    w1, .Lcopy
        ldr     w0, [work, W_POOL_TOP]
        subs    w0, w0, 1
        b.lt    .Lempty
        str     w0, [work, W_POOL_TOP]
        ldrh    w1, [x3, x0, lsl 1]
        strh    w1, [conn, CONN_SLOT]
// 3. Copy forwards: the slot is below its input where they overlap.
.Lcopy:
        add     x0, work, W_INPUT
        add     x0, x0, x1, lsl #HEAD_MAX_SHIFT
        cmp     x0, cursor
        b.eq    .Lkept
.Lcopy_byte:
        ldrb    w1, [cursor], 1
        strb    w1, [x0], 1
        subs    x2, x2, 1
        b.ne    .Lcopy_byte
.Lkept:
        imm     w0, 0
        cmp     x0, 0
        ret
// 4. Too many heads are incomplete.
.Lempty:
        strh    wzr, [conn, CONN_SLOT_LEN]
        imm     w0, -1
        cmp     w0, 0
        ret
endfunc keep_input
