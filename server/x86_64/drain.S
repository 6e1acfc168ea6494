// SPDX-License-Identifier: Apache-2.0
// The end: SIGTERM lets what was accepted be answered.
#include "arch.inc"

// A signal has come: the first begins the end, the second is the end.
// Uses: all arguments
func signalled
        mov     rdx, [work + W_MAIN]
        cmp     rdx, work
        jne     .Ltold
        mov     edi, [work + W_SIGNALS]
        lea     arg1, [work + W_OUT]
        imm     arg2w, SIGINFO_SIZE
        sys     NR_READ
        js      .Lno_signal
        mov     eax, [work + W_DRAIN]
        test    eax, eax
        jnz     exit_all
        imm     eax, DRAIN_DELAY
        mov     [work + W_DRAIN], eax
// 1. Whoever types Ctrl-C does not wait for load balancers.
        mov     eax, [work + W_NOW]
        mov     ecx, [work + W_OUT]
        cmp     ecx, SIGINT
        je      .Ldrain_at
        add     eax, [work + W_DRAIN_DELAY]
.Ldrain_at:
        mov     [work + W_DRAIN_AT], eax
// 2. The first worker tells the others, and nobody reads that: all see it.
        mov     eax, [work + W_WORKERS]
        cmp     eax, 1
        je      .Lno_signal
        mov     edi, [work + W_STOP]
        lea     arg1, [work + W_MAIN]
        imm     arg2w, 8
        sys     NR_WRITE                        // ignored: a new counter has room
.Lno_signal:
        ret
.Ltold:
        mov     eax, [rdx + W_DRAIN]
        mov     [work + W_DRAIN], eax
        mov     eax, [rdx + W_DRAIN_AT]
        mov     [work + W_DRAIN_AT], eax
        ret
endfunc signalled

// One step of the end, at each pass of the loop.
// In: W_WAIT = ms until the next deadline, or -1
// Out: W_WAIT, not beyond the end of the phase
// Uses: everything but base and work
func drain
        mov     eax, [work + W_DRAIN]
        test    eax, eax
        jz      .Ldrained
        cmp     eax, DRAIN_CLOSE
        je      .Lclosing
// 3. The delay: still accepting, while load balancers see that /health is 503.
        mov     eax, [work + W_DRAIN_AT]
        sub     eax, [work + W_NOW]
        jg      .Lwait
// 4. What is queued was accepted by the kernel: it is answered before the listener is closed.
.Laccept:
        call    accept_all
        mov     eax, [work + W_ACCEPTS]
        test    eax, eax
        js      .Laccept
        mov     edi, [work + W_LISTENER]
        sys     NR_CLOSE                        // ignored: the descriptor is gone in any case
        imm     eax, -1
        mov     [work + W_LISTENER], eax
        imm     eax, DRAIN_CLOSE
        mov     [work + W_DRAIN], eax
        mov     eax, [work + W_NOW]
        add     eax, [work + W_DRAIN_TIMEOUT]
        mov     [work + W_DRAIN_AT], eax
// 5. Connections that wait for a request are closed, once what they may have sent is answered.
.Lidle:
        movzx   ebp, word ptr [work + W_LIST_IDLE + LIST_FIRST]
        test    ebp, ebp
        jz      .Lclosing
        mov     conn, sock
        shl     conn, CONN_SIZE_SHIFT
        lea     conn, [conn + work + W_CONNECTIONS]
        imm     eax, 0
        mov     [work + W_DRY], eax
        call    serve
        cmp     word ptr [conn + CONN_LIST], W_LIST_IDLE
        jne     .Lidle
        call    close_connection
        jmp     .Lidle
// 6. The others have time to finish.
.Lclosing:
        mov     eax, [work + W_LIVE]
        test    eax, eax
        jz      exit
        mov     eax, [work + W_DRAIN_AT]
        sub     eax, [work + W_NOW]
        jle     exit
.Lwait:
        cmp     eax, [work + W_WAIT]
        jae     .Ldrained                       // -1 is above all
        mov     [work + W_WAIT], eax
.Ldrained:
        ret
endfunc drain

// The end of a worker; the last one's is that of the server.
func exit
        call    write_log
        imm     arg0w, 0
        sys     NR_EXIT                         // ignored: it does not return
endfunc exit

func exit_all
        call    write_log
        imm     arg0w, 0
        sys     NR_EXIT_GROUP                   // ignored: it does not return
endfunc exit_all
