// SPDX-License-Identifier: Apache-2.0
// Words and numbers in a request.
#include "arch.inc"

// Compares the word that ends before the last byte with another in any case.
// In: ret0 = that in small letters, edx = its length; mark..scan - 1
// Out: flags of the processor: equal or not. Uses rdx
func marked_word
        lea     rdx, [mark + rdx + 1]
        cmp     rdx, scan
        jne     .Lmarked_end
        sub     rdx, mark
        dec     edx
        jmp     same_word
.Lmarked_end:
        ret
endfunc marked_word

// Compares words of letters, digits and "-" in any case.
// In: ret0 = one in small letters; mark = the other; edx = the length of both, not 0
// Out: flags of the processor: equal or not
func same_word
        push    rcx
        push    rdx
.Lsame_byte:
        movzx   ecx, byte ptr [mark + rdx - 1]
        or      ecx, LOWER
        cmp     cl, [rax + rdx - 1]
        jne     .Lsame_end
        dec     edx
        jnz     .Lsame_byte
.Lsame_end:
        pop     rdx
        pop     rcx
        ret
endfunc same_word

// A number of decimal digits.
// In: mark = its first digit
// Out: ret0, flags set for it: below 0 when it is too long. Uses rdx, mark
func number
        imm     eax, 0
        push    rcx
        imm     ecx, LENGTH_DIGITS
.Lnumber_digit:
        movzx   edx, byte ptr [mark]
        sub     edx, ZERO
        cmp     edx, 9
        ja      .Lnumber_end
        dec     ecx
        js      .Lnumber_long
        inc     mark
        imul    rax, rax, 10
        add     rax, rdx
        jmp     .Lnumber_digit
.Lnumber_long:
        mov     rax, -1
.Lnumber_end:
        pop     rcx
        test    rax, rax
        ret
endfunc number

// The value of a hexadecimal digit.
// In, out: eax
func hex_digit
        sub     eax, ZERO
        cmp     eax, 9
        jbe     .Lhex_end
        or      eax, LOWER
        sub     eax, 0x27
.Lhex_end:
        ret
endfunc hex_digit
