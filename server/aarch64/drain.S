// SPDX-License-Identifier: Apache-2.0
// The end: SIGTERM lets what was accepted be answered.
#include "arch.inc"

// A signal has come: the first begins the end, the second is the end.
// Uses: all arguments
func signalled
        ldr     x9, [work, W_MAIN]
        cmp     x9, work
        b.ne    .Ltold
        ldr     w0, [work, W_SIGNALS]
        add     arg1, work, W_OUT
        imm     arg2w, SIGINFO_SIZE
        sys     NR_READ
        b.lt    .Lno_signal
        ldr     w0, [work, W_DRAIN]
        cbnz    w0, exit_all
        imm     w0, DRAIN_DELAY
        str     w0, [work, W_DRAIN]
// 1. Whoever types Ctrl-C does not wait for load balancers.
        ldr     w0, [work, W_NOW]
        add     x10, work, W_OUT
        ldr     w10, [x10]
        cmp     w10, SIGINT
        b.eq    .Ldrain_at
        ldr     w9, [work, W_DRAIN_DELAY]
        add     w0, w0, w9
.Ldrain_at:
        str     w0, [work, W_DRAIN_AT]
// 2. The first worker tells the others, and nobody reads that: all see it.
        ldr     w0, [work, W_WORKERS]
        cmp     w0, 1
        b.eq    .Lno_signal
        ldr     w0, [work, W_STOP]
        add     arg1, work, W_MAIN
        imm     arg2w, 8
        sys     NR_WRITE                        // ignored: a new counter has room
.Lno_signal:
        ret
.Ltold:
        ldr     w0, [x9, W_DRAIN]
        str     w0, [work, W_DRAIN]
        ldr     w0, [x9, W_DRAIN_AT]
        str     w0, [work, W_DRAIN_AT]
        ret
endfunc signalled

// One step of the end, at each pass of the loop.
// In: W_WAIT = ms until the next deadline, or -1
// Out: W_WAIT, not beyond the end of the phase
// Uses: everything but base and work
func drain
        str     x30, [sp, -16]!
        ldr     w0, [work, W_DRAIN]
        cbz     w0, .Ldrained
        cmp     w0, DRAIN_CLOSE
        b.eq    .Lclosing
// 3. The delay: still accepting, while load balancers see that /health is 503.
        ldr     w0, [work, W_DRAIN_AT]
        ldr     w9, [work, W_NOW]
        subs    w0, w0, w9
        b.gt    .Lwait
// 4. What is queued was accepted by the kernel: it is answered before the listener is closed.
.Laccept:
        bl      accept_all
        ldr     w0, [work, W_ACCEPTS]
        tbnz    w0, 31, .Laccept
        ldr     w0, [work, W_LISTENER]
        sys     NR_CLOSE                        // ignored: the descriptor is gone in any case
        imm     w0, -1
        str     w0, [work, W_LISTENER]
        imm     w0, DRAIN_CLOSE
        str     w0, [work, W_DRAIN]
        ldr     w0, [work, W_NOW]
        ldr     w9, [work, W_DRAIN_TIMEOUT]
        add     w0, w0, w9
        str     w0, [work, W_DRAIN_AT]
// 5. Connections that wait for a request are closed, once what they may have sent is answered.
.Lidle:
        ldrh    w22, [work, W_LIST_IDLE + LIST_FIRST]
        cbz     w22, .Lclosing
        add     conn, work, W_CONNECTIONS
        add     conn, conn, sock, lsl #CONN_SIZE_SHIFT
        str     wzr, [work, W_DRY]
        bl      serve
        ldrh    w0, [conn, CONN_LIST]
        cmp     w0, W_LIST_IDLE
        b.ne    .Lidle
        bl      close_connection
        b       .Lidle
// 6. The others have time to finish.
.Lclosing:
        ldr     w0, [work, W_LIVE]
        cbz     w0, exit
        ldr     w0, [work, W_DRAIN_AT]
        ldr     w9, [work, W_NOW]
        subs    w0, w0, w9
        b.le    exit
.Lwait:
        ldr     w9, [work, W_WAIT]
        cmp     w0, w9
        b.hs    .Ldrained                       // -1 is above all
        str     w0, [work, W_WAIT]
.Ldrained:
        ldr     x30, [sp], 16
        ret
endfunc drain

// The end of a worker; the last one's is that of the server.
func exit
        bl      write_log
        imm     arg0w, 0
        sys     NR_EXIT                         // ignored: it does not return
endfunc exit

func exit_all
        bl      write_log
        imm     arg0w, 0
        sys     NR_EXIT_GROUP                   // ignored: it does not return
endfunc exit_all
