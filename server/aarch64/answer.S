// SPDX-License-Identifier: Apache-2.0
// Puts an answer behind the batch: its head from the site, what the server adds, and its body where that is short.
#include "arch.inc"
#include "answer_texts.inc"

// In: ret0 = answer; flags; W_RAW_END
// Out: W_BODY_LEN not 0 when a long body follows the batch, which then ends here; flags, with HTTP_CLOSE while the server drains
// Uses: x0 to x2, x7, x9 to x15, path, pathend, mark
func append
        str     x30, [sp, -16]!
// 1. A server that is about to end is not well, and every answer is its connection's last.
        ldrh    w10, [x0, ANSWER_FLAGS]
        and     w10, w10, ANSWER_HEALTH
        str     w10, [work, W_QUIET]
        ldr     w9, [work, W_DRAIN]
        cbz     w9, .Lrunning
        orr     flags, flags, HTTP_CLOSE
        cbz     w10, .Lrunning
        imm     w0, SITE_UNAVAILABLE
        bl      answer_at
.Lrunning:
        ldr     x13, [work, W_OUT_END]
        str     x13, [work, W_WRITTEN]
// 2. The variant, and how much of it; heads other than the whole one are made in parts.S and metrics.S.
        ldr     w10, [work, W_ASKED]
        cbnz    w10, .Lmetrics
        bl      choose
        ldr     w10, [work, W_MODE]
        cbz     w10, .Lwhole
        mov     path, x0
        bl      append_special
        b       .Lheads
.Lmetrics:
        str     wzr, [work, W_ASKED]
        str     wzr, [work, W_BODY_LEN]
        imm     w0, MODE_METRICS
        str     w0, [work, W_MODE]
        bl      metrics_head
        b       .Lheads
.Lwhole:
        mov     path, x0
        ldr     w1, [path, ANSWER_HEAD]
        add     x1, x1, base
        ldrh    w10, [path, ANSWER_HEAD_LEN]
        bl      put
        ldp     w0, w10, [path, ANSWER_BODY]
        stp     w0, w10, [work, W_BODY]
// 3. A redirect goes on with the rule's target and the request's query.
        ldrh    w0, [path, ANSWER_FLAGS]
        tst     w0, ANSWER_LOCATION
        b.eq    .Lheads
        bl      append_location
.Lheads:
// 4. Connection, where the version does not say it, Date and the empty line.
        addr    x1, text_close
        lenof   x10, text_close
        tst     flags, HTTP_CLOSE
        b.ne    .Lconnection
        addr    x1, text_keep
        lenof   x10, text_keep
        tst     flags, HTTP_OLD
        b.eq    .Ldate
.Lconnection:
        bl      put
.Ldate:
        add     x1, work, W_DATE
        imm     w10, DATE_LEN
        bl      put
// 5. The body: none for HEAD; a short one is copied; a long one goes from where it is.
        ldr     w10, [work, W_BODY_LEN]
        tst     flags, HTTP_HEAD
        b.eq    .Lbody
        imm     w10, 0
        str     wzr, [work, W_BODY_LEN]
.Lbody:
        str     w10, [work, W_LOGGED]
        ldr     w0, [work, W_MODE]
        cmp     w0, MODE_METRICS
        b.eq    .Lnumbers
        cmp     w0, MODE_PARTS
        b.eq    .Lparts
        cmp     w10, BODY_COPY
        b.hi    .Lended
        ldr     w1, [work, W_BODY]
        add     x1, x1, base
        bl      put
        str     wzr, [work, W_BODY_LEN]
        b       .Lended
.Lnumbers:
        bl      append_metrics
        tst     flags, HTTP_HEAD
        b.eq    .Lended
        mov     x13, mark
        str     wzr, [work, W_LOGGED]
        b       .Lended
.Lparts:
        bl      append_parts
// 6. Where its bytes end, in case the send stops here.
.Lended:
        str     x13, [work, W_OUT_END]
        ldr     w0, [work, W_COUNT]
        add     x10, work, W_ENDS
        add     x10, x10, x0, lsl #ENDS_SIZE_SHIFT
        str     x13, [x10, ENDS_OUT]
        add     w0, w0, 1
        str     w0, [work, W_COUNT]
        ldr     x30, [sp], 16
        b       note_answer
endfunc append

// Ends the line Location.
// In, out: x13 = end of the batch. Uses: x0, x1, x9 to x12, x14, x15
func append_location
        str     x30, [sp, -16]!
// 1. A rule's target, in which a byte stands for what the pattern has captured.
        ldr     x9, [work, W_TARGET]
        cbz     x9, .Lquery
        str     xzr, [work, W_TARGET]
        ldr     w14, [x9, RULE_TARGET]
        add     x14, x14, base
        ldrh    w15, [x9, RULE_TARGET_LEN]
.Ltarget:
        subs    w15, w15, 1
        b.mi    .Lquery
        ldrb    w0, [x14], 1
        cmp     w0, TARGET_CAPTURE
        b.lo    .Ltarget_byte
        cmp     w0, TARGET_CAPTURE + CAPTURES
        b.hs    .Ltarget_byte
        sub     w0, w0, TARGET_CAPTURE
        add     x10, work, x0, lsl 4
        ldr     x1, [x10, W_CAPTURES]
        ldr     x10, [x10, W_CAPTURES + 8]
        sub     x10, x10, x1
        bl      put_bounded
        b       .Ltarget
.Ltarget_byte:
        strb    w0, [x13], 1
        b       .Ltarget
// 2. The query, up to the space behind the request's target.
.Lquery:
        ldr     x1, [work, W_RAW_END]
        mov     x10, x1
.Lquery_byte:
        ldrb    w0, [x10]
        cmp     w0, SPACE
        b.eq    .Lquery_end
        add     x10, x10, 1
        b       .Lquery_byte
.Lquery_end:
        sub     x10, x10, x1
        bl      put_bounded
        addr    x1, text_end
        lenof   x10, text_end
        ldr     x30, [sp], 16
        b       put
endfunc append_location

// Copies, but nothing when it is so long that the answer would not fit.
// In, out: as put
func put_bounded
        cmp     x10, LOCATION_MAX
        b.hi    .Lput_nothing
        b       put
.Lput_nothing:
        ret
endfunc put_bounded

// Copies in words: reads and writes up to 15 bytes past the end.
// In: x1..x1 + x10; x13 = where to
// Out: x13 = end of the copy. Uses: x1, x9, q0
func put
        add     x9, x13, x10
.Lput_word:
        ldr     q0, [x1], 16
        str     q0, [x13], 16
        cmp     x13, x9
        b.lo    .Lput_word
        mov     x13, x9
        ret
endfunc put
