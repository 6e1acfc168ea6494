// SPDX-License-Identifier: Apache-2.0
// Words and numbers in a request.
#include "arch.inc"

// Compares the word that ends before the last byte with another in any case.
// In: ret0 = that in small letters, w9 = its length; mark..scan - 1
// Out: flags of the processor: equal or not. Uses w9 to w11
func marked_word
        add     x10, mark, x9
        add     x10, x10, 1
        cmp     x10, scan
        b.ne    .Lmarked_end
        b       same_word
.Lmarked_end:
        ret
endfunc marked_word

// Compares words of letters, digits and "-" in any case.
// In: ret0 = one in small letters; mark = the other; w9 = the length of both, not 0
// Out: flags of the processor: equal or not. Uses w11 to w13
func same_word
        mov     w11, w9
.Lsame_byte:
        sub     w11, w11, 1
        ldrb    w12, [mark, x11]
        orr     w12, w12, LOWER
        ldrb    w13, [x0, x11]
        cmp     w12, w13
        b.ne    .Lsame_end
        cbnz    w11, .Lsame_byte
.Lsame_end:
        ret
endfunc same_word

// A number of decimal digits.
// In: mark = its first digit
// Out: ret0, flags set for it: below 0 when it is too long. Uses x9 to x11, mark
func number
        imm     w0, 0
        imm     w10, LENGTH_DIGITS
        imm     w11, 10
.Lnumber_digit:
        ldrb    w9, [mark]
        sub     w9, w9, ZERO
        cmp     w9, 9
        b.hi    .Lnumber_end
        subs    w10, w10, 1
        b.mi    .Lnumber_long
        add     mark, mark, 1
        madd    x0, x0, x11, x9
        b       .Lnumber_digit
.Lnumber_long:
        mov     x0, -1
.Lnumber_end:
        cmp     x0, 0
        ret
endfunc number

// The value of a hexadecimal digit.
// In, out: w0
func hex_digit
        sub     w0, w0, ZERO
        cmp     w0, 9
        b.ls    .Lhex_end
        orr     w0, w0, LOWER
        sub     w0, w0, 0x27
.Lhex_end:
        ret
endfunc hex_digit
