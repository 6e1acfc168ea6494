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
        b.lt    .Lmapped
        add     limit, ret0, GUARD
        mov     arg0, limit
        imm     arg1w, W_SIZE
        imm     arg2w, PROT_READ_WRITE
        sys     NR_MPROTECT
        b.lt    .Lmapped
        mov     ret0, limit
        cmp     ret0, 0
.Lmapped:
        ret
endfunc map_memory

// Starts all workers but this one.
// In: work, with settings and all that does not differ. Uses: everything but base and work
func start_workers
        str     x30, [sp, -16]!
        str     work, [work, W_MAIN]
        str     work, [work, W_PEER]
        ldr     w0, [work, W_WORKERS]
        imm     w9, VALUE_AUTO
        cmp     w0, w9
        b.ne    .Lcounted
        bl      count_processors
        str     w0, [work, W_WORKERS]
.Lcounted:
        mov     w22, w0
        cmp     w22, 1
        b.eq    .Lstarted
// 1. What tells them of a signal.
        imm     arg0w, 0
        imm32   arg1w, SFD_NONBLOCK_CLOEXEC
        sys     NR_EVENTFD2
        b.lt    .Lno_worker
        str     w0, [work, W_STOP]
// 2. Each gets a copy of what is known.
.Lstart:
        subs    w22, w22, 1
        b.eq    .Lstarted
        bl      map_memory
        b.lt    .Lno_worker
        mov     cursor, ret0
        mov     x13, ret0
        mov     x1, work
        imm     w10, W_OUT
        bl      copy
        ldr     w0, [work, W_STOP]
        str     w0, [cursor, W_SIGNALS]
        ldr     x0, [work, W_PEER]
        str     x0, [cursor, W_PEER]
        add     x9, work, W_PEER
        stlr    cursor, [x9]
// 3. A table of descriptors of its own is faster; the emulator knows only threads that share it.
        imm32   arg0w, CLONE_WORKER
        bl      clone_worker
        b.ge    .Lstart
        imm32   arg0w, CLONE_WORKER|CLONE_FILES
        bl      clone_worker
        b.ge    .Lstart
.Lno_worker:
        addr    arg1, text_worker
        lenof   arg2, text_worker
        imm     arg3w, EXIT_REFUSED
        b       die
.Lstarted:
        ldr     x30, [sp], 16
        ret
endfunc start_workers

// In: arg0 = what is shared; cursor = memory of the worker
// Out: ret0 = its number or errno, flags set for it; the worker itself begins to serve
func clone_worker
        add     arg1, cursor, W_STACK
        imm     arg2w, 0
        imm     arg3w, 0
        imm     arg4w, 0
        sys     NR_CLONE
        b.ne    .Lcloned
        mov     work, cursor
        b       worker
.Lcloned:
        ret
endfunc clone_worker

// Processors that this process may use: those of its affinity, and no more than its quota is worth.
// Out: w0. Uses: all arguments, mark, sock
func count_processors
        str     x30, [sp, -16]!
        imm     arg0w, 0
        imm     arg1w, AFFINITY_SIZE
        add     arg2, work, W_OUT
        sys     NR_SCHED_GETAFFINITY
        b.lt    .Lone
// 4. One bit for each.
        imm     w22, 0
        mov     w10, w0
        add     x9, work, W_OUT
.Lbyte:
        ldrb    w0, [x9], 1
.Lbit:
        cbz     w0, .Lno_bit
        add     w22, w22, 1
        sub     w1, w0, 1
        and     w0, w0, w1
        b       .Lbit
.Lno_bit:
        subs    w10, w10, 1
        b.ne    .Lbyte
// 5. "QUOTA PERIOD" or "max PERIOD", in microseconds.
        imm     arg0w, AT_FDCWD
        addr    arg1, quota_file
        imm32   arg2w, O_RDONLY_CLOEXEC
        imm     arg3w, 0
        sys     NR_OPENAT
        b.lt    .Lno_quota
        add     arg1, work, W_OUT
        imm     arg2w, AFFINITY_SIZE
        sys     NR_READ
        b.lt    .Lno_quota
        add     mark, work, W_OUT
        strb    wzr, [mark, x0]
        bl      number
        mov     w12, w0
        cbz     w12, .Lno_quota
        add     mark, mark, 1
        bl      number
        cbz     w0, .Lno_quota
        add     w12, w12, w0
        sub     w12, w12, 1
        udiv    w0, w12, w0
        cmp     w0, w22
        b.hs    .Lno_quota
        mov     w22, w0
.Lno_quota:
        mov     w0, w22
        cmp     w0, WORKERS_MAX
        b.ls    .Lprocessors
        imm     w0, WORKERS_MAX
.Lprocessors:
        ldr     x30, [sp], 16
        ret
.Lone:
        imm     w0, 1
        b       .Lprocessors
endfunc count_processors
