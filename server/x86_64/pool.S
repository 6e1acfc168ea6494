// SPDX-License-Identifier: Apache-2.0
// The pool of buffers for input and answers that wait. The last one given back is used first, so few pages become real.
#include "arch.inc"

// Moves the input that is left to the start of the connection's slot, taking one from the pool or giving it back.
// In: cursor..limit; conn
// Out: ret0 = 0, or below 0 when the pool is empty; flags set for it
// Uses: rcx, rdx, rsi, rdi
func keep_input
// 1. Nothing is left: the slot goes back.
        mov     rdx, limit
        sub     rdx, cursor
        movzx   ecx, word ptr [conn + CONN_SLOT]
        mov     [conn + CONN_SLOT_LEN], dx
        jnz     .Lkeep
        imm     eax, 0
        mov     [conn + CONN_SLOT], ax
        jmp     free_slot
// 2. Something is left: there must be a slot.
.Lkeep:
        test    ecx, ecx
        jnz     .Lcopy
        call    take_slot
        js      .Lnone
        mov     [conn + CONN_SLOT], cx
// 3. Copy forwards: the slot is below its input where they overlap.
.Lcopy:
        shl     rcx, HEAD_MAX_SHIFT
        lea     rdi, [work + rcx + W_INPUT]
        mov     rsi, cursor
        cmp     rdi, rsi
        je      .Lkept
        mov     rcx, rdx
        call    copy
.Lkept:
        imm     eax, 0
        test    eax, eax
        ret
// 4. Too many heads are incomplete.
.Lnone:
        imm     ecx, 0
        mov     [conn + CONN_SLOT_LEN], cx
        test    eax, eax
        ret
endfunc keep_input

// Puts the unsent rest of an answer into a slot.
// In: rsi..rsi + rcx; conn
// Out: ret0 = 0, or below 0 when the pool is empty or the rest too long; flags set for it
// Uses: rcx, rdx, rdi
func keep_output
        mov     rdx, rcx
        imm     eax, -1
        cmp     rdx, HEAD_MAX
        ja      .Lrest_lost
        call    take_slot
        js      .Lrest_lost
        mov     [conn + CONN_OUT], cx
        mov     [conn + CONN_OUT_LEN], dx
        imm     eax, 0
        mov     [conn + CONN_OUT_AT], ax
        shl     rcx, HEAD_MAX_SHIFT
        lea     rdi, [work + rcx + W_INPUT]
        mov     rcx, rdx
        call    copy
        imm     eax, 0
.Lrest_lost:
        test    eax, eax
        ret
endfunc keep_output

// Gives back the slot of an answer's rest.
// In: conn. Out: ret0 = 0. Uses: rcx
func free_output
        movzx   ecx, word ptr [conn + CONN_OUT]
        imm     eax, 0
        mov     [conn + CONN_OUT], ax
        mov     [conn + CONN_OUT_LEN], ax
        jmp     free_slot
endfunc free_output

// Out: ecx = slot and ret0 = 0, or ret0 below 0: none is free; flags set for it
func take_slot
        mov     eax, [work + W_POOL_TOP]
        dec     eax
        js      .Lempty
        mov     [work + W_POOL_TOP], eax
        movzx   ecx, word ptr [work + rax*2 + W_POOL_FREE]
        imm     eax, 0
        test    eax, eax
.Lempty:
        ret
endfunc take_slot

// In: ecx = slot, or 0 for none. Out: ret0 = 0, flags set for it
func free_slot
        test    ecx, ecx
        jz      .Lfreed
        mov     eax, [work + W_POOL_TOP]
        mov     [work + rax*2 + W_POOL_FREE], cx
        inc     eax
        mov     [work + W_POOL_TOP], eax
.Lfreed:
        imm     eax, 0
        test    eax, eax
        ret
endfunc free_slot

// Copies forwards, byte by byte where the places may overlap.
// In: rsi..rsi + rcx, at least one byte; rdi = where to. Uses: rcx, rsi, rdi
func copy
.Lcopy_byte:
        rep     movsb
        ret
endfunc copy
