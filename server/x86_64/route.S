// SPDX-License-Identifier: Apache-2.0
// From a path to its answer: by the perfect hash of the site, by its rules, or the page for what does not exist.
#include "arch.inc"

// In: path..pathend; base, work; flags
// Out: ret0 = answer; flags kept
// Uses: rcx, rdx, rdi, rsi, path, pathend
func route
#ifdef FULL
// 1. Rules that come before the files.
        imm     esi, RULE_FORCE
        call    match_rules
        test    ret0, ret0
        jnz     .Lfound
        mov     path, [work + W_RAW]
        mov     pathend, [work + W_RAW_END]
#endif
// 2. Escapes are undone once; the grammar has checked them.
        test    flags, HTTP_ESCAPED
        jz      .Lplain
        call    unescape
.Lplain:
// 3. Hash the path.
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
// 4. The bucket's multiplier leads to the slot.
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
// 5. It holds this path or none.
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
        add     rax, SLOT_ANSWER
        sub     rax, base
        jmp     .Lat
.Lnot_found:
#ifdef FULL
// 6. Rules for what does not exist.
        imm     esi, 0
        call    match_rules
        test    ret0, ret0
        jnz     .Lfound
#endif
// 7. A name without a dot may be a page of the program that the browser runs.
        imm     eax, SITE_NOT_FOUND
        mov     ecx, [base + SITE_FALLBACK]
        test    ecx, ecx
        jz      .Lat
        mov     rdx, [work + W_RAW_END]
.Lname:
        dec     rdx
        movzx   ecx, byte ptr [rdx]
        cmp     ecx, DOT
        je      .Lat
        cmp     ecx, SLASH
        jne     .Lname
        imm     eax, SITE_FALLBACK
.Lat:
        jmp     answer_at
.Lfound:
        ret
endfunc route

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
