// SPDX-License-Identifier: Apache-2.0
// The pool of buffers for input that waits. The last one given back is used first, so few pages become real.
#include "arch.inc"

// Moves the input that is left to the start of the connection's slot, taking one from the pool or giving it back.
// In: cursor..limit; conn
// Out: ret0 = 0, or below 0 when the pool is empty; flags set for it
func keep_input
// 1. Nothing is left: the slot goes back.
        mov     rdx, limit
        sub     rdx, cursor
        movzx   ecx, word ptr [conn + CONN_SLOT]
        mov     [conn + CONN_SLOT_LEN], dx
        jnz     .Lkeep
        test    ecx, ecx
        jz      .Lkept
        mov     eax, [work + W_POOL_TOP]
        mov     [work + rax*2 + W_POOL_FREE], cx
        inc     eax
        mov     [work + W_POOL_TOP], eax
        imm     ecx, 0
        mov     [conn + CONN_SLOT], cx
        jmp     .Lkept
// 2. Something is left: there must be a slot.
.Lkeep:
        test    ecx, ecx
        jnz     .Lcopy
        mov     eax, [work + W_POOL_TOP]
        dec     eax
        js      .Lempty
        mov     [work + W_POOL_TOP], eax
        movzx   ecx, word ptr [work + rax*2 + W_POOL_FREE]
        mov     [conn + CONN_SLOT], cx
// 3. Copy forwards: the slot is below its input where they overlap.
.Lcopy:
        shl     rcx, HEAD_MAX_SHIFT
        lea     rdi, [work + rcx + W_INPUT]
        mov     rsi, cursor
        cmp     rdi, rsi
        je      .Lkept
        mov     rcx, rdx
.Lcopy_byte:
        rep     movsb
.Lkept:
        imm     eax, 0
        test    rax, rax
        ret
// 4. Too many heads are incomplete.
.Lempty:
        imm     ecx, 0
        mov     [conn + CONN_SLOT_LEN], cx
        imm     eax, -1
        test    eax, eax
        ret
endfunc keep_input
