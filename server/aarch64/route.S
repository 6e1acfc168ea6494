// SPDX-License-Identifier: Apache-2.0
// From a path to its answer, by the perfect hash of the site.
#include "arch.inc"

// In: path..pathend; base
// Out: ret0 = answer; flags kept
// Uses: x7, x9, x10, x11, path
func route
// 1. Hash the path.
        ldr     x0, [base, SITE_SEED]
        imm64   x9, HASH_PRIME
        mov     x7, path
.Lhash:
        ldrb    w10, [x7], 1
        eor     x0, x0, x10
        mul     x0, x0, x9
        cmp     x7, pathend
        b.lo    .Lhash
        eor     x0, x0, x0, lsr #HASH_FOLD
// 2. The bucket's multiplier leads to the slot.
        ldr     w7, [base, SITE_BUCKET_MASK]
        and     w7, w7, w0
        ldr     w9, [base, SITE_BUCKETS]
        add     x9, base, x9
        ldr     w7, [x9, x7, lsl 2]
        mul     x0, x0, x7
        lsr     x0, x0, HASH_FOLD
        ldr     w7, [base, SITE_SLOT_MASK]
        and     w7, w7, w0
        ldr     w0, [base, SITE_SLOTS]
        add     x0, x0, x7, lsl #SLOT_SIZE_SHIFT
        add     x0, x0, base
// 3. It holds this path or none.
        sub     x9, pathend, path
        ldp     w7, w10, [x0, SLOT_PATH]
        cmp     x10, x9
        b.ne    .Lnot_found
        add     x7, base, x7
.Lsame:
        ldrb    w10, [x7], 1
        ldrb    w11, [path], 1
        cmp     w10, w11
        b.ne    .Lnot_found
        cmp     path, pathend
        b.lo    .Lsame
        add     x0, x0, SLOT_ANSWER
        ret
.Lnot_found:
        add     x0, base, SITE_NOT_FOUND
        ret
endfunc route
