// SPDX-License-Identifier: Apache-2.0
// Workers: each a thread with memory, listener and epoll of its own, which share nothing but the way to the end.
#include "arch.inc"
#include "worker_texts.inc"

// Out: ret0 = memory of a worker, all zero, between pages that nobody may touch; or an errno; flags set for it
// Uses: all arguments, limit
func map_memory
        imm     arg0w, 0
        imm     arg1w, W_SIZE+2*GUARD
        imm     arg2w, PROT_NONE
        imm     arg3w, MAP_PRIVATE_ANONYMOUS
        imm     arg4w, -1
        imm     arg5w, 0
        sys     NR_MMAP
        js      .Lmapped
        lea     limit, [ret0 + GUARD]
        mov     arg0, limit
        imm     arg1w, W_SIZE
        imm     arg2w, PROT_READ_WRITE
        sys     NR_MPROTECT
        js      .Lmapped
        mov     ret0, limit
        test    ret0, ret0
.Lmapped:
        ret
endfunc map_memory

// Starts all workers but this one.
// In: work, with settings and all that does not differ. Uses: everything but base and work
func start_workers
        mov     [work + W_MAIN], work
        mov     [work + W_PEER], work
        mov     eax, [work + W_WORKERS]
        cmp     eax, VALUE_AUTO
        jne     .Lcounted
        call    count_processors
        mov     [work + W_WORKERS], eax
.Lcounted:
        mov     ebp, eax
        cmp     ebp, 1
        je      .Lstarted
// 1. What tells them of a signal.
        imm     arg0w, 0
        imm32   arg1w, SFD_NONBLOCK_CLOEXEC
        sys     NR_EVENTFD2
        js      .Lno_worker
        mov     [work + W_STOP], eax
// 2. Each gets a copy of what is known.
.Lstart:
        dec     ebp
        jz      .Lstarted
        call    map_memory
        js      .Lno_worker
        mov     cursor, ret0
        mov     rdi, ret0
        mov     rsi, work
        imm     ecx, W_OUT
        call    copy
        mov     eax, [work + W_STOP]
        mov     [cursor + W_SIGNALS], eax
        mov     rax, [work + W_PEER]
        mov     [cursor + W_PEER], rax
        mov     [work + W_PEER], cursor
// 3. A table of descriptors of its own is faster; the emulator knows only threads that share it.
        imm     arg0w, CLONE_WORKER
        call    clone_worker
        jns     .Lstart
        imm     arg0w, CLONE_WORKER|CLONE_FILES
        call    clone_worker
        jns     .Lstart
.Lno_worker:
        addr    arg1, text_worker
        lenof   arg2, text_worker
        imm     arg3w, EXIT_REFUSED
        jmp     die
.Lstarted:
        ret
endfunc start_workers

// In: arg0 = what is shared; cursor = memory of the worker
// Out: ret0 = its number or errno, flags set for it; the worker itself begins to serve
func clone_worker
        lea     arg1, [cursor + W_STACK]
        imm     arg2w, 0
        imm     arg3w, 0
        imm     arg4w, 0
        sys     NR_CLONE
        jnz     .Lcloned
        mov     work, cursor
        jmp     worker
.Lcloned:
        ret
endfunc clone_worker

// Processors that this process may use: those of its affinity, and no more than its quota is worth.
// Out: eax. Uses: all arguments, mark, sock
func count_processors
        imm     arg0w, 0
        imm     arg1w, AFFINITY_SIZE
        lea     arg2, [work + W_OUT]
        sys     NR_SCHED_GETAFFINITY
        js      .Lone
// 4. One bit for each.
        imm     ebp, 0
        mov     ecx, eax
        lea     rdx, [work + W_OUT]
.Lbyte:
        movzx   eax, byte ptr [rdx]
        inc     rdx
.Lbit:
        test    eax, eax
        jz      .Lno_bit
        inc     ebp
        lea     esi, [rax - 1]
        and     eax, esi
        jmp     .Lbit
.Lno_bit:
        dec     ecx
        jnz     .Lbyte
// 5. "QUOTA PERIOD" or "max PERIOD", in microseconds.
        imm     arg0w, AT_FDCWD
        addr    arg1, quota_file
        imm32   arg2w, O_RDONLY_CLOEXEC
        imm     arg3w, 0
        sys     NR_OPENAT
        js      .Lno_quota
        mov     edi, eax
        lea     arg1, [work + W_OUT]
        imm     arg2w, AFFINITY_SIZE
        sys     NR_READ
        js      .Lno_quota
        mov     byte ptr [work + W_OUT + rax], 0
        lea     mark, [work + W_OUT]
        call    number
        mov     ecx, eax
        test    ecx, ecx
        jz      .Lno_quota
        inc     mark
        call    number
        test    eax, eax
        jz      .Lno_quota
        xchg    eax, ecx
        lea     eax, [rax + rcx - 1]
        imm     edx, 0
        div     ecx
        cmp     eax, ebp
        jae     .Lno_quota
        mov     ebp, eax
.Lno_quota:
        mov     eax, ebp
        cmp     eax, WORKERS_MAX
        jbe     .Lprocessors
        imm     eax, WORKERS_MAX
.Lprocessors:
        ret
.Lone:
        imm     eax, 1
        jmp     .Lprocessors
endfunc count_processors
