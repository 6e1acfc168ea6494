// SPDX-License-Identifier: Apache-2.0
// Sends a batch of answers straight from the site; what does not fit is remembered as places in the site.
#include "arch.inc"

// Sends what is left of an answer.
// In, out: as send
func send_rest
        mov     eax, [conn + CONN_HEAD]
        add     rax, base
        mov     [work + W_IOVECS + IOV_BASE], rax
        mov     eax, [conn + CONN_HEAD_LEN]
        mov     [work + W_IOVECS + IOV_LEN], rax
        mov     eax, [conn + CONN_BODY]
        add     rax, base
        mov     [work + W_IOVECS + IOV_SIZE + IOV_BASE], rax
        mov     eax, [conn + CONN_BODY_LEN]
        mov     [work + W_IOVECS + IOV_SIZE + IOV_LEN], rax
        imm     eax, 1
        mov     [work + W_COUNT], eax
        jmp     send
endfunc send_rest

// In: sock, conn; W_COUNT answers in W_IOVECS, two vectors each
// Out: ret0 = SEND_ALL, SEND_SHORT, SEND_BLOCKED or below 0; flags set for it. Unless all went, CONN_HEAD to
// CONN_BODY_LEN are the rest of answer W_STOP, and nothing of those behind it went.
// Uses: all arguments
func send
// 1. One call for all.
        lea     rax, [work + W_IOVECS]
        mov     [work + W_MESSAGE + MSG_IOV], rax
        mov     eax, [work + W_COUNT]
        add     eax, eax
        mov     [work + W_MESSAGE + MSG_IOVLEN], rax
        mov     arg0, sock
        lea     arg1, [work + W_MESSAGE]
        imm     arg2w, MSG_NOSIGNAL
        sys     NR_SENDMSG
        jns     .Lsent
// 2. No room: as if 0 bytes went.
        fail_if ret0, EAGAIN, .Lblocked
        test    ret0, ret0
        ret
.Lblocked:
        imm     eax, 0
.Lsent:
        mov     r10, rax
// 3. Skip the answers that went whole.
        imm     edx, 0
        lea     rcx, [work + W_IOVECS]
.Lanswer:
        cmp     edx, [work + W_COUNT]
        je      .Lall
        mov     r8, [rcx + IOV_LEN]
        mov     r9, [rcx + IOV_SIZE + IOV_LEN]
        lea     r11, [r8 + r9]
        cmp     rax, r11
        jb      .Lstop
        sub     rax, r11
        add     rcx, 2 * IOV_SIZE
        inc     edx
        jmp     .Lanswer
// 4. Remember the rest of the one where it stopped.
.Lstop:
        mov     [work + W_STOP], edx
        mov     rsi, [rcx + IOV_BASE]
        mov     rdi, [rcx + IOV_SIZE + IOV_BASE]
        cmp     rax, r8
        jb      .Lstop_head
        sub     rax, r8
        imm     r8d, 0
        add     rdi, rax
        sub     r9, rax
        jmp     .Lremember
.Lstop_head:
        add     rsi, rax
        sub     r8, rax
.Lremember:
        sub     rsi, base
        sub     rdi, base
        mov     [conn + CONN_HEAD], esi
        mov     [conn + CONN_HEAD_LEN], r8d
        mov     [conn + CONN_BODY], edi
        mov     [conn + CONN_BODY_LEN], r9d
        imm     eax, SEND_SHORT
        test    r10, r10
        jnz     .Lsend_end
        imm     eax, SEND_BLOCKED
.Lsend_end:
        test    ret0, ret0
        ret
.Lall:
        imm     eax, SEND_ALL
        mov     [conn + CONN_HEAD_LEN], eax
        mov     [conn + CONN_BODY_LEN], eax
        test    ret0, ret0
        ret
endfunc send
