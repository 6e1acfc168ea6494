// SPDX-License-Identifier: Apache-2.0
// From the first instruction to the loop: the site, PORT, memory, signals, the listener and epoll.
#include "arch.inc"
#include "start_texts.inc"

// Where the kernel begins. The stack holds argc, argv, 0, envp, 0.
// Keeps: cursor..limit = the digits of the port, which errors name
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
// 2. PORT is the first variable of that name, or the default.
        addr    cursor, default_port
        ldr     x0, [sp]
        add     x1, sp, x0, lsl 3
        add     x1, x1, 16
        imm32   w4, WORD_PORT
.Lvariable:
        ldr     x2, [x1], 8
        cbz     x2, .Lport
        ldr     w3, [x2]
        cmp     w3, w4
        b.ne    .Lvariable
        ldrb    w3, [x2, 4]
        cmp     w3, EQUALS
        b.ne    .Lvariable
        add     cursor, x2, 5
// 3. Its value is digits alone, 1 to 65535.
.Lport:
        mov     limit, cursor
        imm     w0, 0
        imm     w4, 10
        imm     w5, PORT_MAX
.Ldigit:
        ldrb    w3, [limit]
        cbz     w3, .Lport_end
        sub     w3, w3, ZERO
        cmp     w3, 9
        b.hi    .Lbad_port
        madd    w0, w0, w4, w3
        cmp     w0, w5
        b.hi    .Lbad_port
        add     limit, limit, 1
        b       .Ldigit
.Lport_end:
        cbz     w0, .Lbad_port                  // also no digit at all
        rev16   w0, w0                          // to network order
        mov     w22, w0
// 4. The worker's memory, all zero; a page is real only when it is used.
        imm     arg0w, 0
        imm     arg1w, W_SIZE
        imm     arg2w, PROT_READ_WRITE
        imm     arg3w, MAP_PRIVATE_ANONYMOUS
        imm     arg4w, -1
        imm     arg5w, 0
        sys     NR_MMAP
        b.lt    .Lrefused
        mov     work, ret0
        strh    w22, [work, W_ADDRESS + SOCKADDR_PORT]
// 5. All pool slots are free, the first on top.
        imm     w1, POOL_SLOTS
        str     w1, [work, W_POOL_TOP]
        add     x2, work, W_POOL_FREE
.Lfree_slot:
        strh    w1, [x2], 2
        subs    w1, w1, 1
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
// 7. The listener.
        bl      open_listener
        str     w0, [work, W_LISTENER]
// 8. epoll watches both.
        imm     arg0w, EPOLL_CLOEXEC
        sys     NR_EPOLL_CREATE1
        b.lt    .Lrefused
        str     w0, [work, W_EPOLL]
        ldr     w22, [work, W_SIGNALS]
        imm     arg1w, EPOLL_CTL_ADD
        bl      watch
        b.lt    .Lrefused
        ldr     w22, [work, W_LISTENER]
        imm     arg1w, EPOLL_CTL_ADD
        bl      watch
        b.lt    .Lrefused
// 9. Serve.
        b       loop
.Lno_site:
        addr    arg1, text_no_site
        lenof   arg2, text_no_site
        imm     arg3w, EXIT_USAGE
        b       die
.Lbad_port:
        addr    arg1, text_port
        lenof   arg2, text_port
        imm     arg3w, EXIT_USAGE
        b       die
.Lrefused:
        addr    arg1, text_refused
        lenof   arg2, text_refused
        imm     arg3w, EXIT_REFUSED
        b       die
endfunc _start

// Says why and ends.
// In: arg1, arg2 = text and length; arg3 = exit status
func die
        imm     arg0w, STDERR
        sys     NR_WRITE                        // ignored: there is nowhere else to say it
        mov     arg0, arg3
        sys     NR_EXIT_GROUP                   // ignored: it does not return
endfunc die
