// SPDX-License-Identifier: Apache-2.0
// Sends a batch of answers, and what is left of one: bytes in a slot of the pool, and a place in the site.
#include "arch.inc"

// In: sock, conn; W_OUT..W_OUT_END, W_BODY, W_BODY_LEN, W_COUNT
// Out: ret0 = SEND_ALL, SEND_SHORT or below 0; flags set for it. When it is short, CONN_OUT and CONN_BODY are the rest of the answer where it
// stopped. W_BEHIND counts the answers behind that one, of which nothing went; if there are any, cursor is the first one's request.
// Uses: all arguments
func send
        lea     arg1, [work + W_OUT]
        mov     arg0, sock
        mov     ecx, [work + W_BODY_LEN]
        mov     [conn + CONN_BODY_LEN], ecx
        mov     eax, [work + W_BODY]
        mov     [conn + CONN_BODY], eax
        imm     edx, 0
        mov     [work + W_BEHIND], edx
        mov     arg2, [work + W_OUT_END]
        sub     arg2, arg1
        test    ecx, ecx
        jnz     .Lwith_body
// 1. Short answers go with one call.
        imm     arg3w, MSG_NOSIGNAL
        imm     arg4w, 0
        imm     arg5w, 0
        sys     NR_SENDTO
        jns     .Lsent
        jmp     .Lfailed
// 2. So do these with a body of medium length behind them; a long one is the kernel's to copy, later.
.Lwith_body:
        imm32   arg3w, MSG_NOSIGNAL | MSG_MORE
        imm     arg4w, 0
        imm     arg5w, 0
        cmp     ecx, BODY_SENDFILE
        jae     .Lsend_head
        mov     [work + W_IOVECS + IOV_BASE], arg1
        mov     [work + W_IOVECS + IOV_LEN], arg2
        add     rax, base
        mov     [work + W_IOVECS + IOV_SIZE + IOV_BASE], rax
        mov     [work + W_IOVECS + IOV_SIZE + IOV_LEN], rcx
        lea     rax, [work + W_IOVECS]
        mov     [work + W_MESSAGE + MSG_IOV], rax
        imm     eax, 2
        mov     [work + W_MESSAGE + MSG_IOVLEN], rax
        lea     arg1, [work + W_MESSAGE]
        imm     arg2w, MSG_NOSIGNAL
        sys     NR_SENDMSG
        jns     .Lsent
        jmp     .Lfailed
.Lsend_head:
        sys     NR_SENDTO
        jns     .Lsent
// 3. No room: as if 0 bytes went.
.Lfailed:
        fail_if ret0, EAGAIN, .Lblocked
        test    ret0, ret0
        ret
.Lblocked:
        imm     eax, 0
.Lsent:
        lea     rdx, [work + W_OUT]
        add     rdx, rax
        mov     rcx, rdx
        sub     rcx, [work + W_OUT_END]
        jb      .Lstopped
// 4. All but the rest of the body.
        add     [conn + CONN_BODY], ecx
        sub     [conn + CONN_BODY_LEN], ecx
        jnz     .Lshort
        imm     eax, SEND_ALL
        test    eax, eax
        ret
// 5. Within an answer: find it; its rest waits in the pool. A long body is the last answer's alone.
.Lstopped:
        lea     rcx, [work + W_ENDS]
        mov     eax, [work + W_COUNT]
.Lanswer:
        dec     eax
        cmp     rdx, [rcx + ENDS_OUT]
        jb      .Lfound
        add     rcx, ENDS_SIZE
        jmp     .Lanswer
.Lfound:
        mov     [work + W_BEHIND], eax
        test    eax, eax
        jz      .Lkeep_rest
        mov     cursor, [rcx + ENDS_SIZE + ENDS_INPUT]
        imm     eax, 0
        mov     [conn + CONN_BODY_LEN], eax
.Lkeep_rest:
        mov     rcx, [rcx + ENDS_OUT]
        mov     rsi, rdx
        sub     rcx, rdx
        call    keep_output
        js      .Lsend_end
.Lshort:
        imm     eax, SEND_SHORT
        test    eax, eax
.Lsend_end:
        ret
endfunc send

// Sends what is left of an answer.
// In: sock, conn
// Out: ret0 = SEND_ALL, SEND_SHORT, SEND_BLOCKED or below 0; flags set for it
// Uses: all arguments
func send_rest
        mov     arg0, sock
        imm     arg3w, MSG_NOSIGNAL
        imm     arg4w, 0
        imm     arg5w, 0
        movzx   edx, word ptr [conn + CONN_OUT_LEN]
        test    edx, edx
        jz      .Lbody
// 6. From the pool.
        movzx   eax, word ptr [conn + CONN_OUT]
        shl     rax, HEAD_MAX_SHIFT
        movzx   ecx, word ptr [conn + CONN_OUT_AT]
        add     rax, rcx
        lea     arg1, [work + rax + W_INPUT]
        sys     NR_SENDTO
        js      .Lrest_failed
        add     [conn + CONN_OUT_AT], ax
        sub     [conn + CONN_OUT_LEN], ax
        jnz     .Lrest_short
        call    free_output
        jmp     .Lrest_left
// 7. From the site: by the kernel from the executable, or from memory.
.Lbody:
        mov     eax, [conn + CONN_BODY]
        mov     edx, [conn + CONN_BODY_LEN]
        lea     arg1, [base + rax]
        cmp     edx, BODY_SENDFILE
        jb      .Lfrom_memory
        mov     ecx, [work + W_EXECUTABLE]
        test    ecx, ecx
        js      .Lfrom_memory
        mov     r10d, [work + W_SITE_FILE]
        add     rax, r10
        mov     [work + W_OFFSET], rax
        mov     esi, ecx
        mov     r10d, edx
        lea     arg2, [work + W_OFFSET]
        sys     NR_SENDFILE
        js      .Lrest_failed
        jmp     .Lbody_sent
.Lfrom_memory:
        sys     NR_SENDTO
        js      .Lrest_failed
.Lbody_sent:
        test    rax, rax
        jz      .Lrest_gone
        add     [conn + CONN_BODY], eax
        sub     [conn + CONN_BODY_LEN], eax
        jnz     .Lrest_short
.Lrest_left:
        mov     eax, [conn + CONN_BODY_LEN]
        test    eax, eax
        jnz     .Lrest_short
        imm     eax, SEND_ALL
        jmp     .Lrest_end
.Lrest_short:
        imm     eax, SEND_SHORT
        jmp     .Lrest_end
.Lrest_failed:
        fail_if ret0, EAGAIN, .Lrest_blocked
        jmp     .Lrest_end
.Lrest_blocked:
        imm     eax, SEND_BLOCKED
        jmp     .Lrest_end
// The file is shorter than it was: it was overwritten.
.Lrest_gone:
        imm     eax, 0
        dec     rax
.Lrest_end:
        test    rax, rax
        ret
endfunc send_rest
