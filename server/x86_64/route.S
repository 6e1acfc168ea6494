// SPDX-License-Identifier: Apache-2.0
// From a path to its answer: by the perfect hash of the site, by its rules, or the page for what does not exist.
#include "arch.inc"

// In: path..pathend; base, work; flags
// Out: ret0 = answer; flags kept
// Uses: rcx, rdx, rdi, rsi, path, pathend
func route
        call    asks_metrics
        je      .Lnowhere
// 1. Escapes are undone once; the grammar has checked them.
        test    flags, HTTP_ESCAPED
        jz      .Lplain
        call    unescape
.Lplain:
// 2. Hash the path.
        mov     rax, [base + SITE_SEED]
        imm64   rdx, HASH_PRIME
        mov     rcx, path
.Lhash:
        movzx   edi, byte ptr [rcx]
        inc     rcx
        xor     rax, rdi
        imul    rax, rdx
        cmp     rcx, pathend
        jb      .Lhash
        mov     rcx, rax
        shr     rcx, HASH_FOLD
        xor     rax, rcx
// 3. The bucket's multiplier leads to the slot.
        mov     ecx, [base + SITE_BUCKET_MASK]
        and     ecx, eax
        mov     edx, [base + SITE_BUCKETS]
        add     rdx, base
        mov     ecx, [rdx + rcx*4]
        imul    rax, rcx
        shr     rax, HASH_FOLD
        mov     ecx, [base + SITE_SLOT_MASK]
        and     ecx, eax
        shl     rcx, SLOT_SIZE_SHIFT
        mov     eax, [base + SITE_SLOTS]
        add     rax, rcx
        add     rax, base
// 4. It holds this path or none.
        mov     rdx, pathend
        sub     rdx, path
        mov     ecx, [rax + SLOT_PATH_LEN]
        cmp     rcx, rdx
        jne     .Lnot_found
        mov     ecx, [rax + SLOT_PATH]
        add     rcx, base
        mov     rsi, path
.Lsame:
        movzx   edi, byte ptr [rcx]
        inc     rcx
        cmp     dil, [rsi]
        jne     .Lnot_found
        inc     rsi
        cmp     rsi, pathend
        jb      .Lsame
        mov     eax, [rax + SLOT_ANSWER]
        jmp     .Lslot
.Lnot_found:
        imm     eax, 0
.Lslot:
// 5. A rule comes before what is there when it is forced to, and else before what is not.
        mov     ecx, [base + SITE_RULES]
        test    ecx, ecx
        jz      .Lno_rule
        call    match_rules
.Lno_rule:
        test    eax, eax
        jnz     .Lfound
// 6. A name without a dot may be a page of the program that the browser runs.
        mov     eax, [base + SITE_FALLBACK]
        test    eax, eax
        jz      .Lnowhere
        mov     rdx, [work + W_RAW_END]
.Lname:
        dec     rdx
        movzx   ecx, byte ptr [rdx]
        cmp     ecx, SLASH
        je      .Lfound
        cmp     ecx, DOT
        jne     .Lname
.Lnowhere:
        imm     eax, SITE_NOT_FOUND
        jmp     answer_at
.Lfound:
        add     rax, base
        ret
endfunc route
        call    asks_metrics
        je      .Lnowhere

// The path without its escapes, in the worker's memory.
// In, out: path..pathend
// Uses: rax, rcx, rdi
func unescape
        lea     rdi, [work + W_PATH]
.Lcopy:
        cmp     path, pathend
        jae     .Lcopied
        movzx   eax, byte ptr [path]
        inc     path
        cmp     eax, PERCENT
        jne     .Lput
        movzx   eax, byte ptr [path]
        call    hex_digit
        mov     ecx, eax
        shl     ecx, 4
        movzx   eax, byte ptr [path + 1]
        call    hex_digit
        or      eax, ecx
        add     path, 2
.Lput:
        mov     [rdi], al
        inc     rdi
        jmp     .Lcopy
.Lcopied:
        lea     path, [work + W_PATH]
        mov     pathend, rdi
        ret
endfunc unescape
