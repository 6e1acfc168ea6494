// SPDX-License-Identifier: Apache-2.0
// From a path to its answer: by the perfect hash of the site, by its rules, or the page for what does not exist.
#include "arch.inc"

// In: path..pathend; base, work; flags
// Out: ret0 = answer; flags kept
// Uses: x1, x2, x9 to x13, path, pathend
func route
        str     x30, [sp, -16]!
        bl      asks_metrics
        b.eq    .Lnowhere
// 1. Escapes are undone once; the grammar has checked them.
        tst     flags, HTTP_ESCAPED
        b.eq    .Lplain
        bl      unescape
.Lplain:
// 2. Hash the path.
        ldr     x0, [base, SITE_SEED]
        imm64   x9, HASH_PRIME
        mov     x10, path
.Lhash:
        ldrb    w11, [x10], 1
        eor     x0, x0, x11
        mul     x0, x0, x9
        cmp     x10, pathend
        b.lo    .Lhash
        eor     x0, x0, x0, lsr #HASH_FOLD
// 3. The bucket's multiplier leads to the slot.
        ldr     w10, [base, SITE_BUCKET_MASK]
        and     w10, w10, w0
        ldr     w9, [base, SITE_BUCKETS]
        add     x9, x9, base
        ldr     w10, [x9, x10, lsl 2]
        mul     x0, x0, x10
        lsr     x0, x0, HASH_FOLD
        ldr     w10, [base, SITE_SLOT_MASK]
        and     w10, w10, w0
        ldr     w0, [base, SITE_SLOTS]
        add     x0, x0, x10, lsl #SLOT_SIZE_SHIFT
        add     x0, x0, base
// 4. It holds this path or none.
        sub     x9, pathend, path
        ldr     w10, [x0, SLOT_PATH_LEN]
        cmp     x10, x9
        b.ne    .Lnot_found
        ldr     w10, [x0, SLOT_PATH]
        add     x10, x10, base
        mov     x1, path
.Lsame:
        ldrb    w11, [x10], 1
        ldrb    w12, [x1], 1
        cmp     w11, w12
        b.ne    .Lnot_found
        cmp     x1, pathend
        b.lo    .Lsame
        ldr     w0, [x0, SLOT_ANSWER]
        b       .Lslot
.Lnot_found:
        imm     w0, 0
.Lslot:
// 5. A rule comes before what is there when it is forced to, and else before what is not.
        ldr     w10, [base, SITE_RULES]
        cbz     w10, .Lno_rule
        bl      match_rules
.Lno_rule:
        cbnz    w0, .Lfound
// 6. A name without a dot may be a page of the program that the browser runs.
        ldr     w0, [base, SITE_FALLBACK]
        cbz     w0, .Lnowhere
        ldr     x9, [work, W_RAW_END]
.Lname:
        ldrb    w10, [x9, -1]!
        cmp     w10, SLASH
        b.eq    .Lfound
        cmp     w10, DOT
        b.ne    .Lname
.Lnowhere:
        imm     w0, SITE_NOT_FOUND
        ldr     x30, [sp], 16
        b       answer_at
.Lfound:
        add     x0, x0, base
        ldr     x30, [sp], 16
        ret
endfunc route

// The path without its escapes, in the worker's memory.
// In, out: path..pathend
// Uses: x0, x10, x13
func unescape
        str     x30, [sp, -16]!
        add     x13, work, W_PATH
.Lcopy:
        cmp     path, pathend
        b.hs    .Lcopied
        ldrb    w0, [path], 1
        cmp     w0, PERCENT
        b.ne    .Lput
        ldrb    w0, [path]
        bl      hex_digit
        mov     w10, w0
        ldrb    w0, [path, 1]
        bl      hex_digit
        orr     w0, w0, w10, lsl 4
        add     path, path, 2
.Lput:
        strb    w0, [x13], 1
        b       .Lcopy
.Lcopied:
        add     path, work, W_PATH
        mov     pathend, x13
        ldr     x30, [sp], 16
        ret
endfunc unescape
