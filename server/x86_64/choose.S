// SPDX-License-Identifier: Apache-2.0
// Which variant of an answer a request gets, and how much of it: Accept-Encoding, If-None-Match, Range.
#include "arch.inc"

// In: ret0 = answer; flags; W_QUALITY, W_FIELDS
// Out: ret0 = the variant; W_MODE; W_RANGES, W_RANGE
// Uses: rcx, rdx, rsi, path, pathend, mark; keeps rdi
func choose
// 1. Without its header, and without variants, there is nothing to choose.
        imm     ecx, MODE_WHOLE
        mov     [work + W_MODE], ecx
        test    flags, HTTP_ACCEPT
        jz      .Lchosen
        test    byte ptr [rax + ANSWER_FLAGS], ANSWER_GZIP | ANSWER_BROTLI
        jz      .Lchosen
// 2. What is not named has the weight of "*"; identity has at least the smallest (RFC 9110 12.5.3).
        mov     path, rax
        movzx   edx, word ptr [work + W_QUALITY + QUALITY_ANY]
        movzx   ecx, word ptr [work + W_QUALITY + QUALITY_IDENTITY]
        cmp     ecx, QUALITY_NONE
        jne     .Lidentity
        imm     ecx, 1
        test    edx, edx
        jnz     .Lidentity
        imm     ecx, 0
.Lidentity:
        cmp     edx, QUALITY_NONE
        jne     .Lany
        imm     edx, 0
.Lany:
// 3. gzip, then brotli: each when it is wanted as much as what was chosen before.
        lea     pathend, [path + ANSWER_SIZE]
        test    byte ptr [path + ANSWER_FLAGS], ANSWER_GZIP
        jz      .Lbrotli
        movzx   esi, word ptr [work + W_QUALITY + QUALITY_GZIP]
        call    weigh
        add     pathend, ANSWER_SIZE
.Lbrotli:
        test    byte ptr [path + ANSWER_FLAGS], ANSWER_BROTLI
        jz      .Lchosen
        movzx   esi, word ptr [work + W_QUALITY + QUALITY_BR]
        call    weigh
.Lchosen:
// 4. Conditions and ranges are for what has a tag.
        cmp     word ptr [rax + ANSWER_ETAG], 0
        je      .Lmode_end
        test    flags, HTTP_NONE_MATCH | HTTP_RANGE
        jz      .Lmode_end
        mov     [work + W_ANSWER], rax
        push    rdi
        addr    class, http_table
        test    flags, HTTP_NONE_MATCH
        jz      .Lrange
        mov     scan, [work + W_NONE_MATCH]
        lea     state, [class + AT_TAGS]
        call    run
        imm     ecx, MODE_NOT_MODIFIED
        test    eax, eax
        jnz     .Lmode
// 5. A range counts for GET, and when If-Range names what would be sent.
.Lrange:
        test    flags, HTTP_RANGE
        jz      .Lno_mode
        test    flags, HTTP_HEAD
        jnz     .Lno_mode
        test    flags, HTTP_IF_RANGE
        jz      .Lranges
        mov     mark, [work + W_IF_RANGE]
.Lblank:
        movzx   eax, byte ptr [mark]
        inc     mark
        cmp     eax, SPACE
        je      .Lblank
        cmp     eax, TAB
        je      .Lblank
        dec     mark
        call    same_tag
        jne     .Lno_mode
.Lranges:
        imm     eax, 0
        mov     [work + W_RANGES], eax
        mov     scan, [work + W_RANGE_VALUE]
        lea     state, [class + AT_RANGE]
        call    run
        test    eax, eax
        jz      .Lno_mode
// 6. None is within the body, one, or several: these only when they are short together.
        mov     eax, [work + W_RANGES]
        imm     ecx, MODE_OUTSIDE
        test    eax, eax
        jz      .Lmode
        imm     ecx, MODE_PART
        cmp     eax, 1
        je      .Lmode
        imm     ecx, 0
        imm     edx, 0
.Lsum:
        add     rcx, 1
        mov     esi, [work + rdx*8 + W_RANGE + 4]
        add     rcx, rsi
        mov     esi, [work + rdx*8 + W_RANGE]
        sub     rcx, rsi
        inc     edx
        cmp     edx, eax
        jb      .Lsum
        cmp     rcx, RANGES_BYTES
        ja      .Lno_mode
        imm     ecx, MODE_PARTS
.Lmode:
        mov     [work + W_MODE], ecx
.Lno_mode:
        pop     rdi
        mov     rax, [work + W_ANSWER]
.Lmode_end:
        ret
endfunc choose

// Takes a variant when it weighs as much as the one that is chosen.
// In: pathend = variant; esi = its weight or QUALITY_NONE; edx = that of "*"; ret0, ecx = the chosen one and its weight
// Out: ret0, ecx
func weigh
        cmp     esi, QUALITY_NONE
        jne     .Lweight
        mov     esi, edx
.Lweight:
        test    esi, esi
        jz      .Lweighed
        cmp     esi, ecx
        jb      .Lweighed
        mov     ecx, esi
        mov     rax, pathend
.Lweighed:
        ret
endfunc weigh

// Compares a tag with that of W_ANSWER.
// In: mark = a quote
// Out: flags of the processor: equal or not. Uses: rax, rdx
func same_tag
        mov     rdx, [work + W_ANSWER]
        movzx   eax, word ptr [rdx + ANSWER_ETAG]
        mov     edx, [rdx + ANSWER_HEAD]
        add     rdx, rax
        add     rdx, base
        mov     rax, [rdx + ETAG_NAME]
        cmp     rax, [mark]
        jne     .Ltag_end
        mov     rax, [rdx + ETAG_NAME + 8]
        cmp     rax, [mark + 8]
        jne     .Ltag_end
        mov     rax, [rdx + ETAG_NAME + 16]
        cmp     rax, [mark + 16]
.Ltag_end:
        ret
endfunc same_tag

                .section .note.GNU-stack, "", %progbits
