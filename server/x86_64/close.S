// SPDX-License-Identifier: Apache-2.0
// The end of a connection, and whose end makes room.
#include "arch.inc"

// The end of a connection: its slots and record are free, and a starved listener may go on.
// In: sock, conn. Uses: all arguments, cursor, limit
func close_connection
        call    leave_list
        mov     cursor, limit
        call    keep_input                      // ignored: it only gives back the slot
        call    free_output
        imm     eax, 0
        mov     [conn + CONN_BODY_LEN], eax
        mov     [conn + CONN_LEFT], eax
        mov     [conn + CONN_STATE], ax
        mov     [conn + CONN_FLAGS], ax
        dec     dword ptr [work + W_LIVE]
        mov     arg0, sock
        sys     NR_CLOSE                        // ignored: the descriptor is gone in any case
        mov     eax, [work + W_STARVED]
        test    eax, eax
        jz      .Lclosed
        imm     eax, 0
        mov     [work + W_STARVED], eax
        mov     ebp, [work + W_LISTENER]
        test    ebp, ebp
        js      .Lclosed
        imm     arg1w, EPOLL_CTL_MOD
        call    watch                           // ignored: the next connection makes an event too
.Lclosed:
        ret
endfunc close_connection

// Makes room: closes the connection that has waited longest for a request, or else for the rest of one.
// Out: ret0 below 0 when there is none; flags set for it
// Uses: everything but base and work
func evict
        imm     eax, -1
        movzx   ebp, word ptr [work + W_LIST_IDLE + LIST_FIRST]
        test    ebp, ebp
        jnz     .Levict
        movzx   ebp, word ptr [work + W_LIST_WAIT + LIST_FIRST]
        test    ebp, ebp
        jnz     .Levict
        movzx   ebp, word ptr [work + W_LIST_HEAD + LIST_FIRST]
        test    ebp, ebp
        jz      .Lnobody
.Levict:
        inc     qword ptr [work + W_EVICTED]
        mov     conn, sock
        shl     conn, CONN_SIZE_SHIFT
        lea     conn, [conn + work + W_CONNECTIONS]
        call    close_connection
        imm     eax, 0
.Lnobody:
        test    eax, eax
        ret
endfunc evict

// Gives a slot to this connection: another one that has waited longest for the rest of a head goes.
// In: sock, conn, cursor, limit: kept
// Out: ret0 below 0 when there is none; flags set for it. Uses: all arguments
func make_room
        imm     eax, -1
        movzx   ecx, word ptr [work + W_LIST_HEAD + LIST_FIRST]
        test    ecx, ecx
        jz      .Lno_room
        cmp     ecx, ebp
        je      .Lno_room
        push    sock
        push    conn
        push    cursor
        push    limit
        mov     ebp, ecx
        mov     conn, sock
        shl     conn, CONN_SIZE_SHIFT
        lea     conn, [conn + work + W_CONNECTIONS]
        call    close_connection
        pop     limit
        pop     cursor
        pop     conn
        pop     sock
        imm     eax, 0
.Lno_room:
        test    eax, eax
        ret
endfunc make_room
