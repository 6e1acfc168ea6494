// SPDX-License-Identifier: Apache-2.0
// From the first instruction to the loop: the site, PORT, memory, signals, the listener and epoll.
#include "arch.inc"
#include "start_texts.inc"

// Where the kernel begins. The stack holds argc, argv, 0, envp, 0.
// Keeps: cursor..limit = the digits of the port, which errors name
func _start
// 1. Without a site of this format there is nothing to answer.
        addr    base, site
        cmp     dword ptr [base + SITE_MAGIC], SITE_MAGIC_VALUE
        jne     .Lno_site
        cmp     dword ptr [base + SITE_VERSION], SITE_VERSION_VALUE
        jne     .Lno_site
// 2. PORT is the first variable of that name, or the default.
        addr    cursor, default_port
        mov     rax, [rsp]
        lea     rsi, [rsp + rax*8 + 16]
.Lvariable:
        mov     rcx, [rsi]
        add     rsi, 8
        test    rcx, rcx
        jz      .Lport
        cmp     dword ptr [rcx], WORD_PORT
        jne     .Lvariable
        cmp     byte ptr [rcx + 4], EQUALS
        jne     .Lvariable
        lea     cursor, [rcx + 5]
// 3. Its value is digits alone, 1 to 65535.
.Lport:
        mov     limit, cursor
        xor     eax, eax
.Ldigit:
        movzx   edx, byte ptr [limit]
        test    edx, edx
        jz      .Lport_end
        sub     edx, ZERO
        cmp     edx, 9
        ja      .Lbad_port
        imul    eax, eax, 10
        add     eax, edx
        cmp     eax, PORT_MAX
        ja      .Lbad_port
        inc     limit
        jmp     .Ldigit
.Lport_end:
        test    eax, eax                        // also no digit at all
        jz      .Lbad_port
        xchg    al, ah                          // to network order
        mov     ebp, eax
// 4. The worker's memory, all zero; a page is real only when it is used.
        imm     arg0w, 0
        imm     arg1w, W_SIZE
        imm     arg2w, PROT_READ_WRITE
        imm     arg3w, MAP_PRIVATE_ANONYMOUS
        imm     arg4w, -1
        imm     arg5w, 0
        sys     NR_MMAP
        js      .Lrefused
        mov     work, ret0
        mov     [work + W_ADDRESS + SOCKADDR_PORT], bp
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
// 7. The listener.
        call    open_listener
        mov     [work + W_LISTENER], eax
// 8. epoll watches both.
        imm     arg0w, EPOLL_CLOEXEC
        sys     NR_EPOLL_CREATE1
        js      .Lrefused
        mov     [work + W_EPOLL], eax
        mov     ebp, [work + W_SIGNALS]
        imm     arg1w, EPOLL_CTL_ADD
        call    watch
        js      .Lrefused
        mov     ebp, [work + W_LISTENER]
        imm     arg1w, EPOLL_CTL_ADD
        call    watch
        js      .Lrefused
// 9. Serve.
        jmp     loop
.Lno_site:
        addr    arg1, text_no_site
        lenof   arg2, text_no_site
        imm     arg3w, EXIT_USAGE
        jmp     die
.Lbad_port:
        addr    arg1, text_port
        lenof   arg2, text_port
        imm     arg3w, EXIT_USAGE
        jmp     die
.Lrefused:
        addr    arg1, text_refused
        lenof   arg2, text_refused
        imm     arg3w, EXIT_REFUSED
        jmp     die
endfunc _start

// Says why and ends.
// In: arg1, arg2 = text and length; arg3 = exit status
func die
        imm     arg0w, STDERR
        sys     NR_WRITE                        // ignored: there is nowhere else to say it
        mov     arg0, arg3
        sys     NR_EXIT_GROUP                   // ignored: it does not return
endfunc die
