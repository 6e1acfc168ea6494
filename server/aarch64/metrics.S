// SPDX-License-Identifier: Apache-2.0
// The answer of /metrics: what all workers have counted.
#include "arch.inc"
#include "metrics_texts.inc"

// Whether this path asks for it.
// In: path..pathend
// Out: flags of the processor: equal when it does. Uses: x0, x9
func asks_metrics
        sub     x9, pathend, path
        cmp     x9, METRICS_PATH_LEN
        b.ne    .Lasked
        imm64   x0, WORD_METRICS
        ldr     x9, [path]
        cmp     x0, x9
        b.ne    .Lasked
        ldr     w0, [work, W_METRICS]
        str     w0, [work, W_ASKED]
        cmp     w0, VALUE_ON
.Lasked:
        ret
endfunc asks_metrics

// Its head, but for the lines that every answer has.
// In, out: x13 = end of the batch. Uses: x1, x9, x10
func metrics_head
        str     x30, [sp, -16]!
        addr    x1, text_metrics
        lenof   x10, text_metrics
        bl      put
        ldr     x30, [sp], 16
        b       put_no_length
endfunc metrics_head

// In: x13. Out: x13; the length is in the head. Uses: x0, x1, x9 to x12, mark, path
func append_metrics
        str     x30, [sp, -16]!
        mov     mark, x13
        addr    path, metrics
// 1. Each: its text, then the sum.
.Lmetric:
        ldrh    w1, [path]
        cbz     w1, .Lmetrics_end
        add     path, path, 2
.Ltext:
        ldrb    w10, [path], 1
        cbz     w10, .Ltext_end
        strb    w10, [x13], 1
        b       .Ltext
.Ltext_end:
        imm     w0, 0
        mov     x9, work
.Lworker:
        ldr     x10, [x9, x1]
        add     x0, x0, x10
        ldr     x9, [x9, W_PEER]
        cmp     x9, work
        b.ne    .Lworker
        bl      put_number
        b       .Lmetric
.Lmetrics_end:
        imm     w10, LF
        strb    w10, [x13], 1
        ldr     x30, [sp], 16
        b       patch_length
endfunc append_metrics
