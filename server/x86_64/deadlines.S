// SPDX-License-Identifier: Apache-2.0
// Deadlines: a list for each kind, in which all wait equally long, so that its first connection is the next one.
#include "arch.inc"

// Puts a connection into the list for what it waits for.
// In: sock, conn; W_ANSWERED
// Uses: rax, rcx, rdx, rsi
func set_deadline
// 1. For the client to take its last answer, for room, for the rest of a head or a body, or for the next request.
        imm     ecx, W_LIST_LINGER
        test    byte ptr [conn + CONN_FLAGS], CONN_LINGERING
        jnz     .Llist
        imm     ecx, W_LIST_WRITE
        movzx   eax, word ptr [conn + CONN_OUT_LEN]
        or      eax, [conn + CONN_BODY_LEN]
        jnz     .Llist
        imm     ecx, W_LIST_HEAD
        movzx   eax, word ptr [conn + CONN_SLOT_LEN]
        test    eax, eax
        jnz     .Llist
        imm     ecx, W_LIST_WAIT
        movzx   eax, word ptr [conn + CONN_STATE]
        or      eax, [conn + CONN_LEFT]
        jnz     .Llist
// A new connection is asked for its first request as soon as for the rest of one.
        mov     eax, [work + W_ANSWERED]
        test    eax, eax
        jnz     .Lidle
        movzx   eax, word ptr [conn + CONN_LIST]
        cmp     eax, W_LIST_IDLE
        jne     .Llist
// 2. A connection that is used again only gets a later deadline: the list looks when its turn comes.
.Lidle:
        imm     ecx, W_LIST_IDLE
        cmp     cx, [conn + CONN_LIST]
        jne     .Lmove
        mov     eax, [work + W_NOW]
        add     eax, [work + W_LIST_IDLE + LIST_TIMEOUT]
        mov     [conn + CONN_DEADLINE], eax
        ret
// 3. The others are absolute, but for a new request or answer.
.Llist:
        cmp     cx, [conn + CONN_LIST]
        jne     .Lmove
        mov     eax, [work + W_ANSWERED]
        test    eax, eax
        jz      .Lset
.Lmove:
        call    leave_list
        jmp     join_now
.Lset:
        ret
endfunc set_deadline

// In: sock, conn, which is in no list; rcx = place of the list
// Uses: rax, rdx, rsi
func join_now
        mov     eax, [work + rcx + LIST_TIMEOUT]
        add     eax, [work + W_NOW]
        jmp     join_list
endfunc join_now

// In: sock, conn, which is in no list; rcx = place of the list; eax = deadline
// Uses: rax, rdx, rsi
func join_list
        mov     [conn + CONN_LIST], cx
        mov     [conn + CONN_QUEUED], eax
        mov     [conn + CONN_DEADLINE], eax
        movzx   eax, word ptr [conn + CONN_OUT_LEN]
        add     eax, [conn + CONN_BODY_LEN]
        mov     [conn + CONN_UNSENT], eax
        imm     eax, 0
        mov     [conn + CONN_NEXT], ax
        movzx   eax, word ptr [work + rcx + LIST_LAST]
        mov     [conn + CONN_PREVIOUS], ax
        mov     esi, ebp
        mov     [work + rcx + LIST_LAST], si
        test    eax, eax
        jz      .Lalone
        shl     eax, CONN_SIZE_SHIFT
        mov     [work + rax + W_CONNECTIONS + CONN_NEXT], si
        ret
.Lalone:
        mov     [work + rcx + LIST_FIRST], si
        ret
endfunc join_list

// In: conn, in a list or in none
// Uses: rax, rdx, rsi
func leave_list
        movzx   edx, word ptr [conn + CONN_LIST]
        test    edx, edx
        jz      .Lleft
        imm     eax, 0
        mov     [conn + CONN_LIST], ax
        movzx   eax, word ptr [conn + CONN_PREVIOUS]
        movzx   esi, word ptr [conn + CONN_NEXT]
        test    eax, eax
        jz      .Lfirst
        shl     eax, CONN_SIZE_SHIFT
        mov     [work + rax + W_CONNECTIONS + CONN_NEXT], si
        jmp     .Lbehind
.Lfirst:
        mov     [work + rdx + LIST_FIRST], si
.Lbehind:
        movzx   eax, word ptr [conn + CONN_PREVIOUS]
        test    esi, esi
        jz      .Llast
        shl     esi, CONN_SIZE_SHIFT
        mov     [work + rsi + W_CONNECTIONS + CONN_PREVIOUS], ax
        ret
.Llast:
        mov     [work + rdx + LIST_LAST], ax
.Lleft:
        ret
endfunc leave_list

// Ends what is over its deadline.
// In: W_NOW
// Out: W_WAIT = ms until the next deadline, or -1
// Uses: everything but base and work
func expire
        imm     eax, -1
        mov     [work + W_WAIT], eax
        imm     ecx, W_LISTS
        mov     [work + W_EXPIRE], ecx
// 4. The first of each list.
.Lnext:
        mov     ecx, [work + W_EXPIRE]
        movzx   ebp, word ptr [work + rcx + LIST_FIRST]
        test    ebp, ebp
        jz      .Llist_done
        mov     conn, sock
        shl     conn, CONN_SIZE_SHIFT
        lea     conn, [conn + work + W_CONNECTIONS]
        mov     eax, [conn + CONN_QUEUED]
        sub     eax, [work + W_NOW]
        jg      .Lwait
// 5. It was used since: it goes to the end of the list.
        mov     eax, [conn + CONN_DEADLINE]
        sub     eax, [work + W_NOW]
        jle     .Lover
        call    leave_list
        mov     eax, [conn + CONN_DEADLINE]
        call    join_list
        jmp     .Lnext
.Lwait:
        cmp     eax, [work + W_WAIT]
        jae     .Llist_done                     // -1 is above all
        mov     [work + W_WAIT], eax
.Llist_done:
        add     ecx, LIST_SIZE
        mov     [work + W_EXPIRE], ecx
        cmp     ecx, W_LISTS_END
        jb      .Lnext
        ret
// 6. A client that takes its answer, if slowly, gets as long again.
.Lover:
        cmp     ecx, W_LIST_WRITE
        jne     .Lnot_write
        mov     eax, [conn + CONN_UNSENT]
        movzx   edx, word ptr [conn + CONN_OUT_LEN]
        add     edx, [conn + CONN_BODY_LEN]
        sub     eax, edx
        cmp     eax, WRITE_LEAST
        jl      .Lend
        call    leave_list
        call    join_now
        jmp     .Lnext
// 7. A head that was begun is answered.
.Lnot_write:
        cmp     ecx, W_LIST_HEAD
        jne     .Lend
        call    note_late
        call    time_out
        jmp     .Lnext
.Lend:
        call    note_late
        call    close_connection
        jmp     .Lnext
endfunc expire

// Counts a deadline.
func note_late
        inc     qword ptr [work + W_LATE]
        ret
endfunc note_late

// Answers 408 as the last answer of a connection.
// In: sock, conn. Uses: everything but base and work
func time_out
        call    leave_list
        imm     eax, 0
        mov     [work + W_COUNT], eax
        lea     rax, [work + W_OUT]
        mov     [work + W_OUT_END], rax
        imm     flags, HTTP_CLOSE
        imm     eax, SITE_TIMEOUT
        call    answer_at
        call    append
        mov     cursor, limit
        call    keep_input                      // ignored: it only gives back the slot
        lea     rsi, [work + W_OUT]
        mov     rcx, [work + W_OUT_END]
        sub     rcx, rsi
        call    keep_output
        js      .Lno_slot
        or      byte ptr [conn + CONN_FLAGS], CONN_CLOSING | CONN_LINGER
        jmp     serve
.Lno_slot:
        jmp     close_connection
endfunc time_out
