// SPDX-License-Identifier: Apache-2.0
// Heads and bodies of 206, 304 and 416: the only numbers that the server writes into answers.
#include "arch.inc"
#include "part_texts.inc"

// The head of an answer that is not given whole.
// In: path = answer; W_MODE, W_RANGES, W_RANGE; x13 = end of the batch
// Out: x13; W_BODY, W_BODY_LEN. Uses: x0, x1, x9 to x12, pathend, mark
func append_special
        str     x30, [sp, -16]!
        str     wzr, [work, W_BODY_LEN]
        ldr     w0, [work, W_MODE]
        cmp     w0, MODE_PART
        b.eq    .Lpart
        cmp     w0, MODE_PARTS
        b.eq    .Lparts
        cmp     w0, MODE_OUTSIDE
        b.eq    .Loutside
// 1. 304: what a browser keeps beside the body, from the tag on.
        addr    x1, text_not_modified
        lenof   x10, text_not_modified
        bl      put
        ldrh    w0, [path, ANSWER_ETAG]
        b       .Lfrom
// 2. 416 names the size.
.Loutside:
        addr    x1, text_outside
        lenof   x10, text_outside
        bl      put
        ldr     w0, [path, ANSWER_BODY_LEN]
        bl      put_number
        addr    x1, text_end
        lenof   x10, text_end
        ldr     x30, [sp], 16
        b       put
// 3. 206 with one part: its length, its place and all other lines.
.Lpart:
        addr    x1, text_part
        lenof   x10, text_part
        bl      put
        ldr     w10, [work, W_RANGE]
        ldr     w0, [path, ANSWER_BODY]
        add     w0, w0, w10
        str     w0, [work, W_BODY]
        ldr     w0, [work, W_RANGE + 4]
        sub     w0, w0, w10
        add     w0, w0, 1
        str     w0, [work, W_BODY_LEN]
        bl      put_number
        imm     pathend32, 0
        bl      put_range
        ldrh    w0, [path, ANSWER_TYPE]
        b       .Lfrom
// 4. 206 with parts: the length is known when they are written, so it has a fixed width; the media type is each part's.
.Lparts:
        addr    x1, text_parts
        lenof   x10, text_parts
        bl      put
        bl      put_no_length
        bl      type_line
        ldrh    w0, [path, ANSWER_TYPE]
        add     w0, w0, w10
// 5. The rest of the answer's own head.
.Lfrom:
        ldr     w1, [path, ANSWER_HEAD]
        ldrh    w10, [path, ANSWER_HEAD_LEN]
        sub     w10, w10, w0
        add     x1, x1, x0
        add     x1, x1, base
        ldr     x30, [sp], 16
        b       put
endfunc append_special

// The parts themselves, behind the head.
// In: path = answer; x13
// Out: x13; the length is in the head. Uses: x0, x1, x9 to x12, pathend, mark
func append_parts
        str     x30, [sp, -16]!
        mov     mark, x13
        imm     pathend32, 0
// 6. Each: a boundary, its media type, its place and its bytes.
.Lnext_part:
        addr    x1, text_boundary
        lenof   x10, text_boundary
        bl      put
        bl      type_line
        sub     w10, w10, 2
        bl      put
        bl      put_range
        addr    x1, text_end
        lenof   x10, text_end
        bl      put
        add     x10, work, pathend, lsl 3
        ldr     w1, [x10, W_RANGE]
        ldr     w10, [x10, W_RANGE + 4]
        sub     w10, w10, w1
        add     w10, w10, 1
        ldr     w0, [path, ANSWER_BODY]
        add     x1, x1, x0
        add     x1, x1, base
        bl      put
        add     pathend32, pathend32, 1
        ldr     w0, [work, W_RANGES]
        cmp     pathend32, w0
        b.lo    .Lnext_part
        addr    x1, text_last_boundary
        lenof   x10, text_last_boundary
        bl      put
        ldr     x30, [sp], 16
        b       patch_length
endfunc append_parts

// The place of a length that is not known yet.
// In, out: x13. Uses: x1, x9, x10
func put_no_length
        str     x13, [work, W_OFFSET]
        addr    x1, text_no_length
        lenof   x10, text_no_length
        b       put
endfunc put_no_length

// The length, its last digit first.
// In: mark..x13 = the body; W_OFFSET. Uses: x0, x1, x9 to x12
func patch_length
        sub     x0, x13, mark
        str     w0, [work, W_LOGGED]
        ldr     x11, [work, W_OFFSET]
        add     x1, x11, PARTS_DIGITS
        imm     w10, 10
.Llength_digit:
        udiv    w9, w0, w10
        msub    w12, w9, w10, w0
        mov     w0, w9
        add     w12, w12, ZERO
        strb    w12, [x1, -1]!
        cmp     x1, x11
        b.hi    .Llength_digit
        ret
endfunc patch_length

// The line of the media type.
// In: path = answer
// Out: x1 = the line; x10 = its length with CR LF. Uses: x0, x9
func type_line
        ldrh    w0, [path, ANSWER_TYPE]
        ldr     w1, [path, ANSWER_HEAD]
        add     x1, x1, x0
        add     x1, x1, base
        imm     w10, 0
.Ltype_byte:
        ldrb    w9, [x1, x10]
        add     w10, w10, 1
        cmp     w9, LF
        b.ne    .Ltype_byte
        ret
endfunc type_line

// CR LF and the line of a range's place.
// In: path = answer; pathend = number of the range; x13
// Out: x13. Uses: x0, x1, x9 to x12
func put_range
        str     x30, [sp, -16]!
        addr    x1, text_range
        lenof   x10, text_range
        bl      put
        add     x9, work, pathend, lsl 3
        ldr     w0, [x9, W_RANGE]
        bl      put_number
        imm     w0, MINUS
        strb    w0, [x13], 1
        add     x9, work, pathend, lsl 3
        ldr     w0, [x9, W_RANGE + 4]
        bl      put_number
        imm     w0, SLASH
        strb    w0, [x13], 1
        ldr     w0, [path, ANSWER_BODY_LEN]
        bl      put_number
        addr    x1, text_end
        lenof   x10, text_end
        ldr     x30, [sp], 16
        b       put
endfunc put_range

                .section .note.GNU-stack, "", %progbits
