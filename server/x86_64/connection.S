// SPDX-License-Identifier: Apache-2.0
// One connection's turn: send what is left, read, answer every whole request, keep what is not whole.
#include "arch.inc"

// In: sock, conn; W_DRY not 0 when input must be read until there is none
// Uses: everything but base and work
func serve
        imm     eax, TURNS
        mov     [work + W_TURNS], eax
// 1. A busy connection lets others have their turn.
.Lturn:
        dec     dword ptr [work + W_TURNS]
        js      .Lyield
// 2. One that was answered for the last time is only read.
        test    byte ptr [conn + CONN_FLAGS], CONN_LINGERING
        jnz     .Ldiscard
// 3. The rest of an answer goes first.
        mov     eax, [conn + CONN_HEAD_LEN]
        or      eax, [conn + CONN_BODY_LEN]
        jz      .Linput
        call    send_rest
        js      .Lclose
        cmp     ret0, SEND_BLOCKED
        je      .Lwait
        cmp     ret0, SEND_ALL
        jne     .Lturn
        test    byte ptr [conn + CONN_FLAGS], CONN_CLOSING
        jnz     .Lfinish
// Input that came meanwhile made events that nobody looked at.
        imm     eax, 1
        mov     [work + W_DRY], eax
// 4. Then the requests that were kept behind it.
.Linput:
        movzx   eax, word ptr [conn + CONN_SLOT]
        shl     rax, HEAD_MAX_SHIFT
        lea     cursor, [work + rax + W_INPUT]
        movzx   eax, word ptr [conn + CONN_SLOT_LEN]
        lea     limit, [cursor + rax]
        test    byte ptr [conn + CONN_FLAGS], CONN_PENDING
        jz      .Lreceive
        and     byte ptr [conn + CONN_FLAGS], ~CONN_PENDING
        imm     eax, 1
        mov     [work + W_DRY], eax
        jmp     .Lbatch
// 5. Then new input, behind what is there of a head.
.Lreceive:
        mov     arg0, sock
        mov     arg1, limit
        imm     arg2w, HEAD_MAX
        sub     arg2, rax
        imm     arg3w, 0
        imm     arg4w, 0
        imm     arg5w, 0
        sys     NR_RECVFROM
        jz      .Lclose
        js      .Lreceive_failed
        add     limit, ret0
// 6. A read that fills the buffer may have left something; one that does not has emptied the socket.
        cmp     ret0, arg2
        jne     .Lbatch
        imm     eax, 1
        mov     [work + W_DRY], eax
// 7. Parse every whole request, and gather the answers.
.Lbatch:
        imm     eax, 0
        mov     [work + W_COUNT], eax
.Lrequest:
        cmp     cursor, limit
        jae     .Lflush
        call    parse
        test    ret0, ret0
        jz      .Lflush
        call    append
        test    flags, HTTP_CLOSE
        jnz     .Llast
        cmp     ecx, BATCH
        jb      .Lrequest
        jmp     .Lflush
.Llast:
        or      byte ptr [conn + CONN_FLAGS], CONN_CLOSING
        test    flags, HTTP_LINGER
        jz      .Lflush
        or      byte ptr [conn + CONN_FLAGS], CONN_LINGER
// 8. Send them with one call.
.Lflush:
        mov     eax, [work + W_COUNT]
        test    eax, eax
        jz      .Lkeep
        call    send
        js      .Lclose
        jnz     .Lstopped
        test    byte ptr [conn + CONN_FLAGS], CONN_CLOSING
        jnz     .Lfinish
        mov     eax, [work + W_COUNT]
        cmp     eax, BATCH
        je      .Lbatch
// 9. Keep the input that is not a whole request.
.Lkeep:
        call    keep_input
        js      .Lclose
        mov     eax, [work + W_DRY]
        test    eax, eax
        jnz     .Lturn
        jmp     .Lwait
// 10. The send stopped in an answer: the requests behind it are input again, and wait until it is gone.
.Lstopped:
        imm     eax, 1
        mov     [work + W_DRY], eax
        mov     eax, [work + W_STOP]
        mov     cursor, [work + rax*8 + W_ENDS]
        inc     eax
        cmp     eax, [work + W_COUNT]
        je      .Lstopped_last
        and     byte ptr [conn + CONN_FLAGS], ~(CONN_CLOSING | CONN_LINGER)
        or      byte ptr [conn + CONN_FLAGS], CONN_PENDING
        jmp     .Lkeep
.Lstopped_last:
        test    byte ptr [conn + CONN_FLAGS], CONN_CLOSING
        jz      .Lstopped_open
        mov     limit, cursor
.Lstopped_open:
        cmp     cursor, limit
        je      .Lkeep
        or      byte ptr [conn + CONN_FLAGS], CONN_PENDING
        jmp     .Lkeep
.Lreceive_failed:
        fail_if ret0, EAGAIN, .Lwait
        jmp     .Lclose
// 11. The last answer is sent. A plain close would reset a client that is still sending, before it has read the answer.
.Lfinish:
        test    byte ptr [conn + CONN_FLAGS], CONN_LINGER
        jz      .Lclose
        mov     arg0, sock
        imm     arg1w, SHUT_WR
        sys     NR_SHUTDOWN
        js      .Lclose
        or      byte ptr [conn + CONN_FLAGS], CONN_LINGERING
        imm     eax, LINGER_READS
        mov     [conn + CONN_READS], ax
        mov     cursor, limit
        call    keep_input                      // ignored: it only gives back the slot
        jmp     .Lturn
.Ldiscard:
        dec     word ptr [conn + CONN_READS]
        js      .Lclose
        mov     arg0, sock
        lea     arg1, [work + W_INPUT]
        imm     arg2w, HEAD_MAX
        imm     arg3w, 0
        imm     arg4w, 0
        imm     arg5w, 0
        sys     NR_RECVFROM
        jz      .Lclose
        js      .Lreceive_failed
        jmp     .Lturn
// 12. Wait for an event, or put off the rest.
.Lyield:
        imm     arg1w, EPOLL_CTL_MOD
        test    byte ptr [conn + CONN_FLAGS], CONN_WATCHED
        jnz     .Lwatch
.Lwait:
        test    byte ptr [conn + CONN_FLAGS], CONN_WATCHED
        jnz     .Lserved
        or      byte ptr [conn + CONN_FLAGS], CONN_WATCHED
        imm     arg1w, EPOLL_CTL_ADD
.Lwatch:
        call    watch
        js      .Lclose
.Lserved:
        ret
// 13. The end of a connection: its slot and record are free, and a starved listener may go on.
.Lclose:
        mov     cursor, limit
        call    keep_input                      // ignored: it only gives back the slot
        imm     eax, 0
        mov     [conn + CONN_HEAD_LEN], eax
        mov     [conn + CONN_BODY_LEN], eax
        mov     [conn + CONN_FLAGS], ax
        mov     arg0, sock
        sys     NR_CLOSE                        // ignored: the descriptor is gone in any case
        mov     eax, [work + W_STARVED]
        test    eax, eax
        jz      .Lserved
        imm     eax, 0
        mov     [work + W_STARVED], eax
        mov     ebp, [work + W_LISTENER]
        imm     arg1w, EPOLL_CTL_MOD
        call    watch                           // ignored: the next connection makes an event too
        ret
endfunc serve

// Adds an answer to the batch.
// In: ret0 = answer; flags; cursor = end of its request
// Out: ecx = answers in the batch; flags kept
func append
// 1. Where its input ends, in case the send stops here.
        mov     ecx, [work + W_COUNT]
        mov     [work + rcx*8 + W_ENDS], cursor
        mov     edx, ecx
        shl     edx, 5
        lea     rdx, [work + rdx + W_IOVECS]
        inc     ecx
        mov     [work + W_COUNT], ecx
// 2. The head, one of two.
        lea     rsi, [rax + ANSWER_KEEP]
        test    flags, HTTP_CLOSE
        jz      .Lhead
        lea     rsi, [rax + ANSWER_CLOSE]
.Lhead:
        mov     edi, [rsi]
        add     rdi, base
        mov     [rdx + IOV_BASE], rdi
        mov     edi, [rsi + 4]
        mov     [rdx + IOV_LEN], rdi
// 3. The body, but for HEAD.
        mov     edi, [rax + ANSWER_BODY]
        add     rdi, base
        mov     [rdx + IOV_SIZE + IOV_BASE], rdi
        mov     edi, [rax + ANSWER_BODY_LEN]
        test    flags, HTTP_HEAD
        jz      .Lbody
        imm     edi, 0
.Lbody:
        mov     [rdx + IOV_SIZE + IOV_LEN], rdi
        ret
endfunc append
