// SPDX-License-Identifier: Apache-2.0
// Which variant of an answer a request gets, and how much of it: Accept-Encoding, If-None-Match, Range.
#include "arch.inc"

// In: ret0 = answer; flags; W_QUALITY, W_FIELDS
// Out: ret0 = the variant; W_MODE; W_RANGES, W_RANGE
// Uses: x1, x2, x7, x9 to x12, path, pathend, mark; keeps x13
func choose
        stp     x30, x13, [sp, -16]!
// 1. Without its header, and without variants, there is nothing to choose.
        str     wzr, [work, W_MODE]
        tst     flags, HTTP_ACCEPT
        b.eq    .Lchosen
        ldrh    w10, [x0, ANSWER_FLAGS]
        tst     w10, ANSWER_GZIP | ANSWER_BROTLI
        b.eq    .Lchosen
// 2. What is not named has the weight of "*"; identity has at least the smallest (RFC 9110 12.5.3).
        mov     path, x0
        imm     w12, QUALITY_NONE
        ldrh    w9, [work, W_QUALITY + QUALITY_ANY]
        ldrh    w10, [work, W_QUALITY + QUALITY_IDENTITY]
        cmp     w10, w12
        b.ne    .Lidentity
        imm     w10, 1
        cbnz    w9, .Lidentity
        imm     w10, 0
.Lidentity:
        cmp     w9, w12
        b.ne    .Lany
        imm     w9, 0
.Lany:
// 3. gzip, then brotli: each when it is wanted as much as what was chosen before.
        add     pathend, path, ANSWER_SIZE
        ldrh    w11, [path, ANSWER_FLAGS]
        tst     w11, ANSWER_GZIP
        b.eq    .Lbrotli
        ldrh    w1, [work, W_QUALITY + QUALITY_GZIP]
        bl      weigh
        add     pathend, pathend, ANSWER_SIZE
.Lbrotli:
        tst     w11, ANSWER_BROTLI
        b.eq    .Lchosen
        ldrh    w1, [work, W_QUALITY + QUALITY_BR]
        bl      weigh
.Lchosen:
// 4. Conditions and ranges are for what has a tag.
        ldrh    w10, [x0, ANSWER_ETAG]
        cbz     w10, .Lmode_end
        tst     flags, HTTP_NONE_MATCH | HTTP_RANGE
        b.eq    .Lmode_end
        str     x0, [work, W_ANSWER]
        addr    class, http_table
        tst     flags, HTTP_NONE_MATCH
        b.eq    .Lrange
        ldr     scan, [work, W_NONE_MATCH]
        add     state, class, AT_TAGS
        bl      run
        imm     w10, MODE_NOT_MODIFIED
        cbnz    w0, .Lmode
// 5. A range counts for GET, and when If-Range names what would be sent.
.Lrange:
        tst     flags, HTTP_RANGE
        b.eq    .Lno_mode
        tst     flags, HTTP_HEAD
        b.ne    .Lno_mode
        tst     flags, HTTP_IF_RANGE
        b.eq    .Lranges
        ldr     mark, [work, W_IF_RANGE]
.Lblank:
        ldrb    w0, [mark], 1
        cmp     w0, SPACE
        b.eq    .Lblank
        cmp     w0, TAB
        b.eq    .Lblank
        sub     mark, mark, 1
        bl      same_tag
        b.ne    .Lno_mode
.Lranges:
        str     wzr, [work, W_RANGES]
        ldr     scan, [work, W_RANGE_VALUE]
        add     state, class, AT_RANGE
        bl      run
        cbz     w0, .Lno_mode
// 6. None is within the body, one, or several: these only when they are short together.
        ldr     w0, [work, W_RANGES]
        imm     w10, MODE_OUTSIDE
        cbz     w0, .Lmode
        imm     w10, MODE_PART
        cmp     w0, 1
        b.eq    .Lmode
        imm     w10, 0
        imm     w9, 0
        add     x12, work, W_RANGE
.Lsum:
        ldp     w1, w11, [x12], 8
        add     x10, x10, 1
        add     x10, x10, x11
        sub     x10, x10, x1
        add     w9, w9, 1
        cmp     w9, w0
        b.lo    .Lsum
        cmp     x10, RANGES_BYTES
        b.hi    .Lno_mode
        imm     w10, MODE_PARTS
.Lmode:
        str     w10, [work, W_MODE]
.Lno_mode:
        ldr     x0, [work, W_ANSWER]
.Lmode_end:
        ldp     x30, x13, [sp], 16
        ret
endfunc choose

// Takes a variant when it weighs as much as the one that is chosen.
// In: pathend = variant; w1 = its weight or QUALITY_NONE, which w12 is; w9 = that of "*"; ret0, w10 = the chosen one and its weight
// Out: ret0, w10
func weigh
        cmp     w1, w12
        b.ne    .Lweight
        mov     w1, w9
.Lweight:
        cbz     w1, .Lweighed
        cmp     w1, w10
        b.lo    .Lweighed
        mov     w10, w1
        mov     x0, pathend
.Lweighed:
        ret
endfunc weigh

// Compares a tag with that of W_ANSWER.
// In: mark = a quote
// Out: flags of the processor: equal or not. Uses: x0, x9 to x11
func same_tag
        ldr     x9, [work, W_ANSWER]
        ldrh    w0, [x9, ANSWER_ETAG]
        ldr     w9, [x9, ANSWER_HEAD]
        add     x9, x9, x0
        add     x9, x9, base
        ldur    x0, [x9, ETAG_NAME]
        ldr     x10, [mark]
        cmp     x0, x10
        b.ne    .Ltag_end
        ldur    x0, [x9, ETAG_NAME + 8]
        ldr     x10, [mark, 8]
        cmp     x0, x10
        b.ne    .Ltag_end
        ldur    x0, [x9, ETAG_NAME + 16]
        ldr     x10, [mark, 16]
        cmp     x0, x10
.Ltag_end:
        ret
endfunc same_tag

                .section .note.GNU-stack, "", %progbits
