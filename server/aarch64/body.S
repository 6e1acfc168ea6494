// SPDX-License-Identifier: Apache-2.0
// Bodies of requests, which are thrown away so that the next request is found.
#include "arch.inc"

// A request with a body was answered: from here on its body is to come.
// In: flags; W_LENGTH; conn. Out: flags kept. Uses: x0
func expect_body
        tst     flags, HTTP_CODED
        b.ne    .Lchunked
        tst     flags, HTTP_BODY
        b.eq    .Lno_body
        ldr     x0, [work, W_LENGTH]
        str     w0, [conn, CONN_LEFT]
.Lno_body:
        ret
.Lchunked:
        imm     w0, STATE_CHUNK
        strh    w0, [conn, CONN_STATE]
        imm     w0, REQUEST_BODY_MAX
        str     w0, [conn, CONN_ALLOWANCE]
        ret
endfunc expect_body

// Passes over what is there of a body.
// In: conn; cursor..limit
// Out: cursor; ret0 below 0 when the body is wrong or too long; flags set for it
// Uses: all roles of run
func skip_body
        str     x30, [sp, -16]!
// 1. Bytes that are counted: a body of known length, or a chunk.
.Lskip:
        ldr     w0, [conn, CONN_LEFT]
        cbz     w0, .Lstate
        ldrh    w10, [conn, CONN_STATE]
        cbz     w10, .Lcounted
        cmp     w10, STATE_CHUNK_DATA
        b.ne    .Lstate
.Lcounted:
        sub     x9, limit, cursor
        cmp     x9, x0
        csel    x9, x0, x9, hi
        add     cursor, cursor, x9
        bl      spend
        b.mi    .Lwrong
        ldr     w0, [conn, CONN_LEFT]
        subs    w0, w0, w9
        str     w0, [conn, CONN_LEFT]
        b.ne    .Lskipped
// 2. What is around chunks, by the machine.
.Lstate:
        ldrh    w10, [conn, CONN_STATE]
        cbz     w10, .Lskipped
        addr    class, http_table
        mov     scan, cursor
        add     state, class, HTTP_STATES
        add     state, state, x10, lsl 2
        bl      run_on
        sub     x9, scan, cursor
        mov     cursor, scan
        sub     state, state, class
        sub     state, state, HTTP_STATES
        lsr     state, state, 2
        strh    w7, [conn, CONN_STATE]
        cmp     x0, RUN_END
        b.hi    .Lwrong
        b.eq    .Lbody_end
        mov     w10, w0
        bl      spend
        b.mi    .Lwrong
        cmp     w10, RUN_DATA
        b.eq    .Lskip
.Lskipped:
        imm     w0, 0
        b       .Lskip_end
.Lbody_end:
        imm     w0, 0
        strh    w0, [conn, CONN_STATE]
        b       .Lskip_end
.Lwrong:
        imm     w0, -1
.Lskip_end:
        cmp     w0, 0
        ldr     x30, [sp], 16
        ret
endfunc skip_body

// Counts bytes of a chunked body against its allowance.
// In: w9 = bytes; conn
// Out: flags of the processor: below 0 when there are too many. Uses: x0
func spend
        ldrh    w0, [conn, CONN_STATE]
        cmp     w0, 0
        b.eq    .Lspent
        ldr     w0, [conn, CONN_ALLOWANCE]
        subs    w0, w0, w9
        str     w0, [conn, CONN_ALLOWANCE]
.Lspent:
        ret
endfunc spend
