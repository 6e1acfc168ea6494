// SPDX-License-Identifier: Apache-2.0
// One connection's turn: send what is left, read, answer every whole request, keep what is not whole.
#include "arch.inc"

// In: sock, conn; W_DRY not 0 when input must be read until there is none
// Uses: everything but base and work
func serve
        imm     eax, TURNS
        mov     [work + W_TURNS], eax
        imm     eax, 0
        mov     [work + W_ANSWERED], eax
// 1. A busy connection lets others have their turn.
.Lturn:
        dec     dword ptr [work + W_TURNS]
        js      .Lyield
// 2. One that was answered for the last time is only read.
        test    byte ptr [conn + CONN_FLAGS], CONN_LINGERING
        jnz     .Ldiscard
// 3. The rest of an answer goes first.
        movzx   eax, word ptr [conn + CONN_OUT_LEN]
        or      eax, [conn + CONN_BODY_LEN]
        jz      .Linput
        call    send_rest
        js      .Lclose
        cmp     ret0, SEND_BLOCKED
        je      .Lwait
        cmp     ret0, SEND_ALL
        jne     .Lturn
        test    byte ptr [conn + CONN_FLAGS], CONN_CLOSING
        jnz     .Lfinish_long
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
        mov     [work + W_BODY_LEN], eax
        lea     rax, [work + W_OUT]
        mov     [work + W_OUT_END], rax
        imm     eax, 1
        mov     [work + W_MORE], eax
.Lrequest:
        call    skip_body
        js      .Llast_bad
        cmp     cursor, limit
        jae     .Lincomplete
        mov     eax, [work + W_COUNT]
        shl     eax, ENDS_SIZE_SHIFT
        mov     [work + rax + W_ENDS + ENDS_INPUT], cursor
        call    parse
        test    ret0, ret0
        jz      .Lincomplete
        call    append
        test    flags, HTTP_CLOSE
        jnz     .Llast
        call    expect_body
        mov     ecx, [work + W_BODY_LEN]
        test    ecx, ecx
        jnz     .Lflush
        mov     eax, [work + W_COUNT]
        cmp     eax, BATCH
        je      .Lflush
        lea     rax, [work + W_OUT + OUT_SIZE - OUT_RESERVE]
        cmp     rax, [work + W_OUT_END]
        jae     .Lrequest
        jmp     .Lflush
.Lincomplete:
        imm     eax, 0
        mov     [work + W_MORE], eax
        jmp     .Lflush
// A body that is not chunked as it says ends the connection behind the answers that were asked for before it.
.Llast_bad:
        or      flags, HTTP_LINGER
.Llast:
        or      byte ptr [conn + CONN_FLAGS], CONN_CLOSING
// Who was answered before, or sends on, may lose an answer to a plain close.
        mov     eax, [work + W_COUNT]
        cmp     eax, 1
        ja      .Lsends_on
        mov     eax, [work + W_ANSWERED]
        test    eax, eax
        jnz     .Lsends_on
        cmp     cursor, limit
        jb      .Lsends_on
        movzx   eax, word ptr [conn + CONN_LIST]
        cmp     eax, W_LIST_WAIT
        je      .Lonly
        test    eax, eax
        jz      .Lonly
.Lsends_on:
        or      flags, HTTP_LINGER
.Lonly:
        test    flags, HTTP_LINGER
        jz      .Lflush
        or      byte ptr [conn + CONN_FLAGS], CONN_LINGER
// 8. Send them with one call.
.Lflush:
        mov     eax, [work + W_COUNT]
        test    eax, eax
        jz      .Lnothing
        mov     [work + W_ANSWERED], eax
        call    send
        js      .Lclose
        jnz     .Lstopped
        test    byte ptr [conn + CONN_FLAGS], CONN_CLOSING
        jnz     .Lfinish
// What ended the batch was its size: go on with the input.
        mov     eax, [work + W_MORE]
        test    eax, eax
        jnz     .Lbatch
        jmp     .Lkeep
.Lnothing:
        test    byte ptr [conn + CONN_FLAGS], CONN_CLOSING
        jnz     .Lfinish
// 9. Keep the input that is not a whole request.
.Lkeep:
        call    keep_input
        jns     .Lkept
        call    make_room
        js      .Lclose
        call    keep_input
        js      .Lclose
.Lkept:
        mov     eax, [work + W_DRY]
        test    eax, eax
        jnz     .Lturn
        jmp     .Lwait
// 10. The send stopped in an answer: the requests behind it are input again, and wait until it is gone.
.Lstopped:
        imm     eax, 1
        mov     [work + W_DRY], eax
        mov     eax, [work + W_BEHIND]
        test    eax, eax
        jz      .Lstopped_last
        and     byte ptr [conn + CONN_FLAGS], ~(CONN_CLOSING | CONN_LINGER)
        imm     eax, 0
        mov     [conn + CONN_LEFT], eax
        mov     [conn + CONN_STATE], ax
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
// What came while a long answer went is not read, and would reset the client, too.
.Lfinish_long:
        or      byte ptr [conn + CONN_FLAGS], CONN_LINGER
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
        jmp     set_deadline
.Lclose:
        jmp     close_connection
endfunc serve
