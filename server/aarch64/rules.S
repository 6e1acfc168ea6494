// SPDX-License-Identifier: Apache-2.0
// Rules: patterns of paths as they come, with what they capture.
#include "arch.inc"

// The answer of the first rule that counts, where there are rules.
// In: w10 = place of the rules; w0 = place of the answer of this path, or 0: then rules without RULE_FORCE count too; W_RAW; base
// Out: w0 = place of the answer or what it was; a redirect's target is at W_TARGET. Uses: x1, x9 to x15, path, pathend
func match_rules
        str     x30, [sp, -16]!
        mov     w1, w0
        str     xzr, [work, W_TARGET]
        add     x14, base, x10
        ldr     w15, [x14], 4
.Lrule:
        cbz     w1, .Lcounts
        ldrh    w0, [x14, RULE_FLAGS]
        tst     w0, RULE_FORCE
        b.eq    .Lnext_rule
.Lcounts:
        bl      match
        b.eq    .Lmatched
.Lnext_rule:
        add     x14, x14, RULE_SIZE
        subs    w15, w15, 1
        b.ne    .Lrule
        mov     w0, w1
        b       .Lruled
.Lmatched:
        ldrh    w0, [x14, RULE_FLAGS]
        tst     w0, RULE_REDIRECT
        b.eq    .Lrewrite
        str     x14, [work, W_TARGET]
.Lrewrite:
        ldr     w0, [x14, RULE_ANSWER]
.Lruled:
        ldr     x30, [sp], 16
        ret
endfunc match_rules

// Compares the path with a pattern: x10..x9, path..pathend, captures at x13.
// In: x14 = rule; W_RAW
// Out: flags of the processor: equal or not; W_CAPTURES. Uses: x0, x9 to x13, path, pathend
func match
// 1. Byte by byte.
        ldr     w10, [x14, RULE_PATTERN]
        ldrh    w9, [x14, RULE_PATTERN_LEN]
        add     x10, x10, base
        add     x9, x9, x10
        ldr     path, [work, W_RAW]
        ldr     pathend, [work, W_RAW_END]
        add     x13, work, W_CAPTURES
.Lpattern:
        cmp     x10, x9
        b.eq    .Lpattern_end
        ldrb    w0, [x10], 1
        cmp     w0, PATTERN_SEGMENT
        b.eq    .Lsegment
        cmp     w0, PATTERN_REST
        b.eq    .Lrest
        cmp     path, pathend
        b.eq    .Ldiffers
        ldrb    w11, [path]
        cmp     w0, w11
        b.ne    .Ldiffers
        add     path, path, 1
        b       .Lpattern
// 2. One segment, of a byte at least.
.Lsegment:
        str     path, [x13]
        cmp     path, pathend
        b.eq    .Ldiffers
        ldrb    w11, [path]
        cmp     w11, SLASH
        b.eq    .Ldiffers
.Lsegment_byte:
        add     path, path, 1
        cmp     path, pathend
        b.eq    .Lsegment_end
        ldrb    w11, [path]
        cmp     w11, SLASH
        b.ne    .Lsegment_byte
.Lsegment_end:
        str     path, [x13, 8]
        add     x13, x13, 16
        b       .Lpattern
// 3. All that is left.
.Lrest:
        stp     path, pathend, [x13]
        cmp     x0, x0
        ret
.Ldiffers:
        cmp     x10, 0                          // not zero: differs
        ret
.Lpattern_end:
        cmp     path, pathend
        ret
endfunc match

                .section .note.GNU-stack, "", %progbits
