// SPDX-License-Identifier: Apache-2.0
// The sandbox: from now on the kernel ends the server at any system call that it does not need.
#include "arch.inc"
#include "sandbox_texts.inc"

// Uses: all arguments
func enter_sandbox
        ldr     w0, [work, W_SANDBOX]
        cbz     w0, .Lsandboxed
// 1. No program that it started could have more rights; the kernel asks for this first.
        imm     arg0w, PR_SET_NO_NEW_PRIVS
        imm     arg1w, 1
        imm     arg2w, 0
        imm     arg3w, 0
        imm     arg4w, 0
        sys     NR_PRCTL
        b.lt    .Lno_sandbox
// 2. The filter.
        lenof   x0, filter
        strh    w0, [work, W_PROGRAM]
        addr    x0, filter
        str     x0, [work, W_PROGRAM + 8]
        imm     arg0w, PR_SET_SECCOMP
        imm     arg1w, SECCOMP_MODE_FILTER
        add     arg2, work, W_PROGRAM
        imm     arg3w, 0
        imm     arg4w, 0
        sys     NR_PRCTL
        b.ge    .Lsandboxed
// 3. Not every kernel has it: that is an error only where it is required.
.Lno_sandbox:
        ldr     w0, [work, W_SANDBOX]
        cmp     w0, VALUE_REQUIRE
        b.ne    .Lsandboxed
        addr    arg1, text_sandbox
        lenof   arg2, text_sandbox
        imm     arg3w, EXIT_REFUSED
        b       die
.Lsandboxed:
        ret
endfunc enter_sandbox
