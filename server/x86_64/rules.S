// SPDX-License-Identifier: Apache-2.0
// Rules: patterns of paths as they come, with what they capture.
#include "arch.inc"

// The answer of the first rule that counts, where there are rules.
// In: ecx = place of the rules; eax = place of the answer of this path, or 0: then rules without RULE_FORCE count too; W_RAW; base
// Out: eax = place of the answer or what it was; a redirect's target is at W_TARGET. Uses: rcx, rdx, rsi, rdi, path, pathend
func match_rules
        mov     esi, eax
        imm     eax, 0
        mov     [work + W_TARGET], rax
        lea     rdx, [base + rcx + 4]
        mov     ecx, [base + rcx]
.Lrule:
        test    esi, esi
        jz      .Lcounts
        test    byte ptr [rdx + RULE_FLAGS], RULE_FORCE
        jz      .Lnext_rule
.Lcounts:
        push    rcx
        push    rdx
        call    match
        pop     rdx
        pop     rcx
        je      .Lmatched
.Lnext_rule:
        add     rdx, RULE_SIZE
        dec     ecx
        jnz     .Lrule
        mov     eax, esi
        jmp     .Lruled
.Lmatched:
        test    byte ptr [rdx + RULE_FLAGS], RULE_REDIRECT
        jz      .Lrewrite
        mov     [work + W_TARGET], rdx
.Lrewrite:
        mov     eax, [rdx + RULE_ANSWER]
.Lruled:
        ret
endfunc match_rules

// Compares the path with a pattern: rcx..rdx, path..pathend, captures at rdi.
// In: rdx = rule; W_RAW
// Out: flags of the processor: equal or not; W_CAPTURES. Uses: rax, rcx, rdx, rdi, path, pathend
func match
// 1. Byte by byte.
        mov     ecx, [rdx + RULE_PATTERN]
        movzx   edx, word ptr [rdx + RULE_PATTERN_LEN]
        add     rcx, base
        add     rdx, rcx
        mov     path, [work + W_RAW]
        mov     pathend, [work + W_RAW_END]
        lea     rdi, [work + W_CAPTURES]
.Lpattern:
        cmp     rcx, rdx
        je      .Lpattern_end
        movzx   eax, byte ptr [rcx]
        inc     rcx
        cmp     eax, PATTERN_SEGMENT
        je      .Lsegment
        cmp     eax, PATTERN_REST
        je      .Lrest
        cmp     path, pathend
        je      .Ldiffers
        cmp     al, [path]
        jne     .Ldiffers
        inc     path
        jmp     .Lpattern
// 2. One segment, of a byte at least.
.Lsegment:
        mov     [rdi], path
        cmp     path, pathend
        je      .Ldiffers
        cmp     byte ptr [path], SLASH
        je      .Ldiffers
.Lsegment_byte:
        inc     path
        cmp     path, pathend
        je      .Lsegment_end
        cmp     byte ptr [path], SLASH
        jne     .Lsegment_byte
.Lsegment_end:
        mov     [rdi + 8], path
        add     rdi, 16
        jmp     .Lpattern
// 3. All that is left.
.Lrest:
        mov     [rdi], path
        mov     [rdi + 8], pathend
        cmp     eax, eax
        ret
.Ldiffers:
        test    rcx, rcx                        // not zero: differs
        ret
.Lpattern_end:
        cmp     path, pathend
        ret
endfunc match

                .section .note.GNU-stack, "", %progbits
