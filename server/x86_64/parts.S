// SPDX-License-Identifier: Apache-2.0
// Heads and bodies of 206, 304 and 416: the only numbers that the server writes into answers.
#include "arch.inc"
#include "part_texts.inc"

// The head of an answer that is not given whole.
// In: path = answer; W_MODE, W_RANGES, W_RANGE; rdi = end of the batch
// Out: rdi; W_BODY, W_BODY_LEN. Uses: rax, rcx, rdx, rsi, pathend, mark
func append_special
        imm     eax, 0
        mov     [work + W_BODY_LEN], eax
        mov     eax, [work + W_MODE]
        cmp     eax, MODE_PART
        je      .Lpart
        cmp     eax, MODE_PARTS
        je      .Lparts
        cmp     eax, MODE_OUTSIDE
        je      .Loutside
// 1. 304: what a browser keeps beside the body, from the tag on.
        addr    rsi, text_not_modified
        lenof   ecx, text_not_modified
        call    put
        movzx   eax, word ptr [path + ANSWER_ETAG]
        jmp     .Lfrom
// 2. 416 names the size.
.Loutside:
        addr    rsi, text_outside
        lenof   ecx, text_outside
        call    put
        mov     eax, [path + ANSWER_BODY_LEN]
        call    put_number
        addr    rsi, text_end
        lenof   ecx, text_end
        jmp     put
// 3. 206 with one part: its length, its place and all other lines.
.Lpart:
        addr    rsi, text_part
        lenof   ecx, text_part
        call    put
        mov     ecx, [work + W_RANGE]
        mov     eax, [path + ANSWER_BODY]
        add     eax, ecx
        mov     [work + W_BODY], eax
        mov     eax, [work + W_RANGE + 4]
        sub     eax, ecx
        inc     eax
        mov     [work + W_BODY_LEN], eax
        call    put_number
        imm     pathend32, 0
        call    put_range
        movzx   eax, word ptr [path + ANSWER_TYPE]
        jmp     .Lfrom
// 4. 206 with parts: the length is known when they are written, so it has a fixed width; the media type is each part's.
.Lparts:
        addr    rsi, text_parts
        lenof   ecx, text_parts
        call    put
        call    put_no_length
        call    type_line
        movzx   eax, word ptr [path + ANSWER_TYPE]
        add     eax, ecx
// 5. The rest of the answer's own head.
.Lfrom:
        mov     esi, [path + ANSWER_HEAD]
        movzx   ecx, word ptr [path + ANSWER_HEAD_LEN]
        sub     ecx, eax
        add     rsi, rax
        add     rsi, base
        jmp     put
endfunc append_special

// The parts themselves, behind the head.
// In: path = answer; rdi
// Out: rdi; the length is in the head. Uses: rax, rcx, rdx, rsi, pathend, mark
func append_parts
        mov     mark, rdi
        imm     pathend32, 0
// 6. Each: a boundary, its media type, its place and its bytes.
.Lnext_part:
        addr    rsi, text_boundary
        lenof   ecx, text_boundary
        call    put
        call    type_line
        sub     ecx, 2
        call    put
        call    put_range
        addr    rsi, text_end
        lenof   ecx, text_end
        call    put
        mov     esi, [work + pathend*8 + W_RANGE]
        mov     ecx, [work + pathend*8 + W_RANGE + 4]
        sub     ecx, esi
        inc     ecx
        mov     eax, [path + ANSWER_BODY]
        add     rsi, rax
        add     rsi, base
        call    put
        inc     pathend32
        cmp     pathend32, [work + W_RANGES]
        jb      .Lnext_part
        addr    rsi, text_last_boundary
        lenof   ecx, text_last_boundary
        call    put
        jmp     patch_length
endfunc append_parts

// The place of a length that is not known yet.
// In, out: rdi. Uses: rcx, rdx, rsi
func put_no_length
        mov     [work + W_OFFSET], rdi
        addr    rsi, text_no_length
        lenof   ecx, text_no_length
        jmp     put
endfunc put_no_length

// The length, its last digit first.
// In: mark..rdi = the body; W_OFFSET. Uses: rax, rcx, rdx, rsi
func patch_length
        mov     rax, rdi
        sub     rax, mark
        mov     [work + W_LOGGED], eax
        mov     rsi, [work + W_OFFSET]
        add     rsi, PARTS_DIGITS
        imm     ecx, 10
.Llength_digit:
        imm     edx, 0
        div     ecx
        add     edx, ZERO
        dec     rsi
        mov     [rsi], dl
        cmp     rsi, [work + W_OFFSET]
        ja      .Llength_digit
        ret
endfunc patch_length

// The line of the media type.
// In: path = answer
// Out: rsi = the line; ecx = its length with CR LF. Uses: rax
func type_line
        movzx   eax, word ptr [path + ANSWER_TYPE]
        mov     esi, [path + ANSWER_HEAD]
        add     rsi, rax
        add     rsi, base
        imm     ecx, 0
.Ltype_byte:
        inc     ecx
        cmp     byte ptr [rsi + rcx - 1], LF
        jne     .Ltype_byte
        ret
endfunc type_line

// CR LF and the line of a range's place.
// In: path = answer; pathend = number of the range; rdi
// Out: rdi. Uses: rax, rcx, rdx, rsi
func put_range
        addr    rsi, text_range
        lenof   ecx, text_range
        call    put
        mov     eax, [work + pathend*8 + W_RANGE]
        call    put_number
        imm     eax, MINUS
        mov     [rdi], al
        inc     rdi
        mov     eax, [work + pathend*8 + W_RANGE + 4]
        call    put_number
        imm     eax, SLASH
        mov     [rdi], al
        inc     rdi
        mov     eax, [path + ANSWER_BODY_LEN]
        call    put_number
        addr    rsi, text_end
        lenof   ecx, text_end
        jmp     put
endfunc put_range


                .section .note.GNU-stack, "", %progbits
