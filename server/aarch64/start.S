// SPDX-License-Identifier: Apache-2.0
// From the first instruction to the loop: the site, memory, settings, signals, the listener and epoll.
#include "arch.inc"
#include "start_texts.inc"

// Where the kernel begins. The stack holds argc, argv, 0, envp, 0.
func _start
// 1. Without a site of this format there is nothing to answer.
        addr    base, site
        ldr     w0, [base, SITE_MAGIC]
        imm32   w1, SITE_MAGIC_VALUE
        cmp     w0, w1
        b.ne    .Lno_site
        ldr     w0, [base, SITE_VERSION]
        cmp     w0, SITE_VERSION_VALUE
        b.ne    .Lno_site
// 2. The first worker's memory.
        bl      map_memory
        b.lt    .Lrefused
        mov     work, ret0
// 3. Settings.
        ldr     x0, [sp]
        add     path, sp, x0, lsl 3
        add     path, path, 16
        bl      read_settings
        ldr     w0, [work, W_KEEPALIVE]
        str     w0, [work, W_LIST_IDLE + LIST_TIMEOUT]
        ldr     w0, [work, W_HEAD_TIMEOUT]
        str     w0, [work, W_LIST_WAIT + LIST_TIMEOUT]
        str     w0, [work, W_LIST_HEAD + LIST_TIMEOUT]
        ldr     w0, [work, W_WRITE_TIMEOUT]
        str     w0, [work, W_LIST_WRITE + LIST_TIMEOUT]
        imm     w0, LINGER_TIMEOUT
        str     w0, [work, W_LIST_LINGER + LIST_TIMEOUT]
// 4. The only argument asks whether another server is well.
        ldr     x1, [sp, 16]
        cbz     x1, .Lno_argument
        addr    x9, probe_argument
.Largument:
        ldrb    w0, [x1], 1
        ldrb    w10, [x9], 1
        cmp     w0, w10
        b.ne    .Lbad_argument
        cbnz    w0, .Largument
        b       probe
.Lno_argument:
// 5. All pool slots are free, the first on top.
        imm     w10, POOL_SLOTS
        str     w10, [work, W_POOL_TOP]
        add     x9, work, W_POOL_FREE
.Lfree_slot:
        strh    w10, [x9], 2
        subs    w10, w10, 1
        b.ne    .Lfree_slot
// 6. Signals come through a descriptor: this works as process 1, and SIGPIPE cannot end the server.
        imm     arg0w, SIG_BLOCK
        addr    arg1, signals_blocked
        imm     arg2w, 0
        imm     arg3w, SIGNAL_SET_SIZE
        sys     NR_RT_SIGPROCMASK
        b.lt    .Lrefused
        imm     arg0w, -1
        addr    arg1, signals_to_end
        imm     arg2w, SIGNAL_SET_SIZE
        imm32   arg3w, SFD_NONBLOCK_CLOEXEC
        sys     NR_SIGNALFD4
        b.lt    .Lrefused
        str     w0, [work, W_SIGNALS]
// 7. Its own file, for the kernel to send long bodies from; without /proc they are copied.
        imm     arg0w, AT_FDCWD
        addr    arg1, executable
        imm32   arg2w, O_RDONLY_CLOEXEC
        imm     arg3w, 0
        sys     NR_OPENAT                       // ignored: below 0 means that there is none
        str     w0, [work, W_EXECUTABLE]
        addr    x10, __ehdr_start
        ldr     w0, [x10, SITE_FILE_OFFSET]
        str     w0, [work, W_SITE_FILE]
// 8. No connection gets a descriptor that the kernel would refuse to the server's own.
        bl      limit_connections
// 9. As many workers as were asked for, of which this is one.
        bl      start_workers
        b       worker
.Lno_site:
        addr    arg1, text_no_site
        lenof   arg2, text_no_site
        imm     arg3w, EXIT_USAGE
        b       die
.Lbad_argument:
        addr    arg1, text_argument
        lenof   arg2, text_argument
        imm     arg3w, EXIT_USAGE
        b       die
.Lrefused:
        b       refused
endfunc _start

func refused
        addr    arg1, text_refused
        lenof   arg2, text_refused
        imm     arg3w, EXIT_REFUSED
        b       die
endfunc refused

// A worker, from here to the end.
// In: base, work
func worker
// 10. The listener.
        add     x0, work, W_LOG_OUT
        str     x0, [work, W_LOG_END]
        bl      open_listener
        str     w0, [work, W_LISTENER]
// 11. epoll watches it and the signals.
        imm     arg0w, EPOLL_CLOEXEC
        sys     NR_EPOLL_CREATE1
        b.lt    .Lno_epoll
        str     w0, [work, W_EPOLL]
        ldr     w22, [work, W_SIGNALS]
        imm     arg1w, EPOLL_CTL_ADD
        bl      watch
        b.lt    .Lno_epoll
        ldr     w22, [work, W_LISTENER]
        imm     arg1w, EPOLL_CTL_ADD
        bl      watch
        b.lt    .Lno_epoll
// 12. The time.
        bl      start_date
// 13. Nothing else is needed from the kernel than to serve.
        bl      enter_sandbox
        b       loop
.Lno_epoll:
        b       refused
endfunc worker

// Asks for as many descriptors as there may be, and counts on no more than there are.
// In, out: W_MAXCONN. Uses: all arguments
func limit_connections
        imm     arg0w, 0
        imm     arg1w, RLIMIT_NOFILE
        imm     arg2w, 0
        add     arg3, work, W_CLOCK
        sys     NR_PRLIMIT64
        b.lt    .Llimited
        ldp     x9, x0, [work, W_CLOCK]
        imm     w10, CONNECTIONS_MAX
        cmp     x0, x10
        csel    x0, x10, x0, hi
        cmp     x0, x9
        b.ls    .Lsoft
        str     x0, [work, W_CLOCK]
        imm     arg0w, 0
        imm     arg1w, RLIMIT_NOFILE
        add     arg2, work, W_CLOCK
        imm     arg3w, 0
        sys     NR_PRLIMIT64                    // ignored: there are as many as before
.Lsoft:
        ldr     x0, [work, W_CLOCK]
        sub     x0, x0, MAXCONN_LEAST
        ldr     w10, [work, W_MAXCONN]
        cmp     x0, x10
        b.hs    .Llimited
        str     w0, [work, W_MAXCONN]
.Llimited:
        ret
endfunc limit_connections

// Says why and ends.
// In: arg1, arg2 = text and length; arg3 = exit status
func die
        imm     arg0w, STDERR
        sys     NR_WRITE                        // ignored: there is nowhere else to say it
        mov     arg0, arg3
        sys     NR_EXIT_GROUP                   // ignored: it does not return
endfunc die
