// SPDX-License-Identifier: Apache-2.0
// From a path to its answer, by the perfect hash of the site.
#include "arch.inc"

// In: path..pathend; base
// Out: ret0 = answer; flags kept
// Uses: rcx, rdx, rdi, path
func route
// 1. Hash the path.
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
// 2. The bucket's multiplier leads to the slot.
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
// 3. It holds this path or none.
        mov     rdx, pathend
        sub     rdx, path
        mov     ecx, [rax + SLOT_PATH_LEN]
        cmp     rcx, rdx
        jne     .Lnot_found
        mov     ecx, [rax + SLOT_PATH]
        add     rcx, base
.Lsame:
        movzx   edi, byte ptr [rcx]
        inc     rcx
        cmp     dil, [path]
        jne     .Lnot_found
        inc     path
        cmp     path, pathend
        jb      .Lsame
        lea     rax, [rax + SLOT_ANSWER]
        ret
.Lnot_found:
        lea     rax, [base + SITE_NOT_FOUND]
        ret
endfunc route
