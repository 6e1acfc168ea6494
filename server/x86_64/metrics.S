// SPDX-License-Identifier: Apache-2.0
// The answer of /metrics: what all workers have counted.
#include "arch.inc"
#include "metrics_texts.inc"

// Whether this path asks for it.
// In: path..pathend
// Out: flags of the processor: equal when it does. Uses: rax, rdx
func asks_metrics
        mov     rdx, pathend
        sub     rdx, path
        cmp     edx, METRICS_PATH_LEN
        jne     .Lasked
        imm64   rax, WORD_METRICS
        cmp     rax, [path]
        jne     .Lasked
        mov     eax, [work + W_METRICS]
        mov     [work + W_ASKED], eax
        cmp     eax, VALUE_ON
.Lasked:
        ret
endfunc asks_metrics

// Its head, but for the lines that every answer has.
// In, out: rdi = end of the batch. Uses: rcx, rdx, rsi
func metrics_head
        addr    rsi, text_metrics
        lenof   ecx, text_metrics
        call    put
        jmp     put_no_length
endfunc metrics_head

// In: rdi. Out: rdi; the length is in the head. Uses: rax, rcx, rdx, rsi, mark, path
func append_metrics
        mov     mark, rdi
        addr    path, metrics
// 1. Each: its text, then the sum.
.Lmetric:
        movzx   eax, word ptr [path]
        test    eax, eax
        jz      .Lmetrics_end
        add     path, 2
.Ltext:
        movzx   ecx, byte ptr [path]
        inc     path
        test    ecx, ecx
        jz      .Ltext_end
        mov     [rdi], cl
        inc     rdi
        jmp     .Ltext
.Ltext_end:
        mov     ecx, eax
        imm     eax, 0
        mov     rdx, work
.Lworker:
        add     rax, [rdx + rcx]
        mov     rdx, [rdx + W_PEER]
        cmp     rdx, work
        jne     .Lworker
        call    put_number
        jmp     .Lmetric
.Lmetrics_end:
        mov     byte ptr [rdi], LF
        inc     rdi
        jmp     patch_length
endfunc append_metrics
