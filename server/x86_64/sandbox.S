// SPDX-License-Identifier: Apache-2.0
// The sandbox: from now on the kernel ends the server at any system call that it does not need.
#include "arch.inc"
#include "sandbox_texts.inc"

// Uses: all arguments
func enter_sandbox
        mov     eax, [work + W_SANDBOX]
        test    eax, eax
        jz      .Lsandboxed
// 1. No program that it started could have more rights; the kernel asks for this first.
        imm     arg0w, PR_SET_NO_NEW_PRIVS
        imm     arg1w, 1
        imm     arg2w, 0
        imm     arg3w, 0
        imm     arg4w, 0
        sys     NR_PRCTL
        js      .Lno_sandbox
// 2. The filter.
        lenof   eax, filter
        mov     [work + W_PROGRAM], ax
        addr    rax, filter
        mov     [work + W_PROGRAM + 8], rax
        imm     arg0w, PR_SET_SECCOMP
        imm     arg1w, SECCOMP_MODE_FILTER
        lea     arg2, [work + W_PROGRAM]
        imm     arg3w, 0
        imm     arg4w, 0
        sys     NR_PRCTL
        jns     .Lsandboxed
// 3. Not every kernel has it: that is an error only where it is required.
.Lno_sandbox:
        mov     eax, [work + W_SANDBOX]
        cmp     eax, VALUE_REQUIRE
        jne     .Lsandboxed
        addr    arg1, text_sandbox
        lenof   arg2, text_sandbox
        imm     arg3w, EXIT_REFUSED
        jmp     die
.Lsandboxed:
        ret
endfunc enter_sandbox
