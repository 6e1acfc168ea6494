// SPDX-License-Identifier: Apache-2.0
// Bodies of requests, which are thrown away so that the next request is found.
#include "arch.inc"

// A request with a body was answered: from here on its body is to come.
// In: flags; W_LENGTH; conn. Out: flags kept. Uses: rax
func expect_body
        test    flags, HTTP_CODED
        jnz     .Lchunked
        test    flags, HTTP_BODY
        jz      .Lno_body
        mov     rax, [work + W_LENGTH]
        mov     [conn + CONN_LEFT], eax
.Lno_body:
        ret
.Lchunked:
        imm     eax, STATE_CHUNK
        mov     [conn + CONN_STATE], ax
        imm     eax, REQUEST_BODY_MAX
        mov     [conn + CONN_ALLOWANCE], eax
        ret
endfunc expect_body

// Passes over what is there of a body.
// In: conn; cursor..limit
// Out: cursor; ret0 below 0 when the body is wrong or too long; flags set for it
// Uses: all roles of run
func skip_body
// 1. Bytes that are counted: a body of known length, or a chunk.
.Lskip:
        mov     eax, [conn + CONN_LEFT]
        test    eax, eax
        jz      .Lstate
        movzx   ecx, word ptr [conn + CONN_STATE]
        test    ecx, ecx
        jz      .Lcounted
        cmp     ecx, STATE_CHUNK_DATA
        jne     .Lstate
.Lcounted:
        mov     rdx, limit
        sub     rdx, cursor
        cmp     rdx, rax
        cmova   rdx, rax
        add     cursor, rdx
        call    spend
        js      .Lwrong
        sub     [conn + CONN_LEFT], edx
        jnz     .Lskipped
// 2. What is around chunks, by the machine.
.Lstate:
        movzx   ecx, word ptr [conn + CONN_STATE]
        test    ecx, ecx
        jz      .Lskipped
        addr    class, http_table
        mov     scan, cursor
        lea     state, [class + rcx*4 + HTTP_STATES]
        call    run_on
        mov     rdx, scan
        sub     rdx, cursor
        mov     cursor, scan
        sub     state, class
        sub     state, HTTP_STATES
        shr     state, 2
        mov     [conn + CONN_STATE], cx
        cmp     rax, RUN_END
        ja      .Lwrong
        je      .Lbody_end
        mov     ecx, eax
        call    spend
        js      .Lwrong
        cmp     ecx, RUN_DATA
        je      .Lskip
.Lskipped:
        imm     eax, 0
        jmp     .Lskip_end
.Lbody_end:
        imm     eax, 0
        mov     [conn + CONN_STATE], ax
        jmp     .Lskip_end
.Lwrong:
        imm     eax, -1
.Lskip_end:
        test    eax, eax
        ret
endfunc skip_body

// Counts bytes of a chunked body against its allowance.
// In: edx = bytes; conn
// Out: flags of the processor: below 0 when there are too many
func spend
        cmp     word ptr [conn + CONN_STATE], 0
        je      .Lspent
        sub     [conn + CONN_ALLOWANCE], edx
.Lspent:
        ret
endfunc spend
