// SPDX-License-Identifier: Apache-2.0
// From the first instruction to the loop: the site, memory, settings, signals, the listener and epoll.
#include "arch.inc"
#include "start_texts.inc"

// Where the kernel begins. The stack holds argc, argv, 0, envp, 0.
func _start
// 1. Without a site of this format there is nothing to answer.
        addr    base, site
        cmp     dword ptr [base + SITE_MAGIC], SITE_MAGIC_VALUE
        jne     .Lno_site
        cmp     dword ptr [base + SITE_VERSION], SITE_VERSION_VALUE
        jne     .Lno_site
// 2. The first worker's memory.
        call    map_memory
        js      .Lrefused
        mov     work, ret0
// 3. Settings.
        mov     rax, [rsp]
        lea     path, [rsp + rax*8 + 16]
        call    read_settings
        mov     eax, [work + W_KEEPALIVE]
        mov     [work + W_LIST_IDLE + LIST_TIMEOUT], eax
        mov     eax, [work + W_HEAD_TIMEOUT]
        mov     [work + W_LIST_WAIT + LIST_TIMEOUT], eax
        mov     [work + W_LIST_HEAD + LIST_TIMEOUT], eax
        mov     eax, [work + W_WRITE_TIMEOUT]
        mov     [work + W_LIST_WRITE + LIST_TIMEOUT], eax
        imm     eax, LINGER_TIMEOUT
        mov     [work + W_LIST_LINGER + LIST_TIMEOUT], eax
// 4. The only argument asks whether another server is well.
        mov     rsi, [rsp + 16]
        test    rsi, rsi
        jz      .Lno_argument
        addr    rdi, probe_argument
.Largument:
        movzx   eax, byte ptr [rsi]
        cmp     al, [rdi]
        jne     .Lbad_argument
        inc     rsi
        inc     rdi
        test    eax, eax
        jnz     .Largument
        jmp     probe
.Lno_argument:
// 5. All pool slots are free, the first on top.
        imm     ecx, POOL_SLOTS
        mov     [work + W_POOL_TOP], ecx
        lea     rdx, [work + W_POOL_FREE]
.Lfree_slot:
        mov     [rdx], cx
        add     rdx, 2
        dec     ecx
        jnz     .Lfree_slot
// 6. Signals come through a descriptor: this works as process 1, and SIGPIPE cannot end the server.
        imm     arg0w, SIG_BLOCK
        addr    arg1, signals_blocked
        imm     arg2w, 0
        imm     arg3w, SIGNAL_SET_SIZE
        sys     NR_RT_SIGPROCMASK
        js      .Lrefused
        imm     arg0w, -1
        addr    arg1, signals_to_end
        imm     arg2w, SIGNAL_SET_SIZE
        imm32   arg3w, SFD_NONBLOCK_CLOEXEC
        sys     NR_SIGNALFD4
        js      .Lrefused
        mov     [work + W_SIGNALS], eax
// 7. Its own file, for the kernel to send long bodies from; without /proc they are copied.
        imm     arg0w, AT_FDCWD
        addr    arg1, executable
        imm32   arg2w, O_RDONLY_CLOEXEC
        imm     arg3w, 0
        sys     NR_OPENAT                       // ignored: below 0 means that there is none
        mov     [work + W_EXECUTABLE], eax
        addr    rcx, __ehdr_start
        mov     eax, [rcx + SITE_FILE_OFFSET]
        mov     [work + W_SITE_FILE], eax
// 8. No connection gets a descriptor that the kernel would refuse to the server's own.
        call    limit_connections
// 9. As many workers as were asked for, of which this is one.
        call    start_workers
        jmp     worker
.Lno_site:
        addr    arg1, text_no_site
        lenof   arg2, text_no_site
        imm     arg3w, EXIT_USAGE
        jmp     die
.Lbad_argument:
        addr    arg1, text_argument
        lenof   arg2, text_argument
        imm     arg3w, EXIT_USAGE
        jmp     die
.Lrefused:
        jmp     refused
endfunc _start

func refused
        addr    arg1, text_refused
        lenof   arg2, text_refused
        imm     arg3w, EXIT_REFUSED
        jmp     die
endfunc refused

// A worker, from here to the end.
// In: base, work
func worker
// 10. The listener.
        lea     rax, [work + W_LOG_OUT]
        mov     [work + W_LOG_END], rax
        call    open_listener
        mov     [work + W_LISTENER], eax
// 11. epoll watches it and the signals.
        imm     arg0w, EPOLL_CLOEXEC
        sys     NR_EPOLL_CREATE1
        js      .Lno_epoll
        mov     [work + W_EPOLL], eax
        mov     ebp, [work + W_SIGNALS]
        imm     arg1w, EPOLL_CTL_ADD
        call    watch
        js      .Lno_epoll
        mov     ebp, [work + W_LISTENER]
        imm     arg1w, EPOLL_CTL_ADD
        call    watch
        js      .Lno_epoll
// 12. The time.
        call    start_date
// 13. Nothing else is needed from the kernel than to serve.
        call    enter_sandbox
        jmp     loop
.Lno_epoll:
        jmp     refused
endfunc worker

// Asks for as many descriptors as there may be, and counts on no more than there are.
// In, out: W_MAXCONN. Uses: all arguments
func limit_connections
        imm     arg0w, 0
        imm     arg1w, RLIMIT_NOFILE
        imm     arg2w, 0
        lea     arg3, [work + W_CLOCK]
        sys     NR_PRLIMIT64
        js      .Llimited
        mov     rax, [work + W_CLOCK + 8]
        imm32   ecx, CONNECTIONS_MAX
        cmp     rax, rcx
        cmova   rax, rcx
        cmp     rax, [work + W_CLOCK]
        jbe     .Lsoft
        mov     [work + W_CLOCK], rax
        imm     arg0w, 0
        imm     arg1w, RLIMIT_NOFILE
        lea     arg2, [work + W_CLOCK]
        imm     arg3w, 0
        sys     NR_PRLIMIT64                    // ignored: there are as many as before
.Lsoft:
        mov     rax, [work + W_CLOCK]
        sub     rax, MAXCONN_LEAST
        mov     ecx, [work + W_MAXCONN]
        cmp     rax, rcx
        jae     .Llimited
        mov     [work + W_MAXCONN], eax
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
