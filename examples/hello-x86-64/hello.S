// SPDX-License-Identifier: Apache-2.0
// A web server in a few lines of x86-64: /health answers OK, and every other path a page, on the port that PORT names.
// Its limits: IPv4; one connection at a time, and one request on each, which it takes for a GET and whose first 12 bytes
// alone count; a client that sends nothing holds up the others for a second. PORT is digits, or absent for 8080.
        .intel_syntax noprefix
        .section .rodata
        .balign 8
action: .quad   stop, 0x04000000, stop, 0       // SA_RESTORER, which the kernel insists on, and stop never returns
second: .quad   1, 0
health: .ascii  "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\nConnection: close\r\n\r\nOK"
        .equ    health_length, . - health
page:   .ascii  "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 27\r\nConnection: close\r\n\r\n<h1>Hello from x86-64</h1>\n"
        .equ    page_length, . - page

        .text
        .globl  _start
_start: mov     rax, [rsp]
        lea     rbx, [rsp + 8 * rax + 16]       // the environment, behind the arguments
        mov     r12d, 8080
next:   mov     rsi, [rbx]
        add     rbx, 8
        test    rsi, rsi
        jz      listen
        cmp     dword ptr [rsi], 0x54524f50     // "PORT"
        jne     next
        cmp     byte ptr [rsi + 4], '='
        jne     next
        xor     r12d, r12d
digit:  movzx   eax, byte ptr [rsi + 5]
        inc     rsi
        sub     eax, '0'
        cmp     eax, 9
        ja      listen
        imul    r12d, r12d, 10
        add     r12d, eax
        jmp     digit

listen: mov     edi, 15                         // SIGTERM: process 1 has to ask for it
        lea     rsi, [rip + action]
        xor     edx, edx
        mov     r10d, 8
        mov     eax, 13                         // rt_sigaction
        syscall
        mov     edi, 2                          // AF_INET
        mov     esi, 1                          // SOCK_STREAM
        xor     edx, edx
        mov     eax, 41                         // socket
        syscall
        mov     ebp, eax
        mov     edi, eax
        mov     esi, 1                          // SOL_SOCKET
        mov     edx, 2                          // SO_REUSEADDR
        lea     r10, [rip + second]             // not zero is yes
        mov     r8d, 4
        mov     eax, 54                         // setsockopt
        syscall
        mov     eax, r12d
        xchg    al, ah                          // the network's order
        shl     eax, 16
        or      eax, 2                          // AF_INET; the address is 0.0.0.0
        push    0
        push    rax
        mov     edi, ebp
        mov     rsi, rsp
        mov     edx, 16
        mov     eax, 49                         // bind
        syscall
        test    eax, eax
        js      fail
        mov     edi, ebp
        mov     esi, 128
        mov     eax, 50                         // listen
        syscall
        test    eax, eax
        js      fail
        sub     rsp, 4096                       // for a request

accept: mov     edi, ebp
        xor     esi, esi
        xor     edx, edx
        mov     eax, 43                         // accept
        syscall
        test    eax, eax
        js      accept
        mov     ebx, eax
        mov     edi, ebx
        mov     esi, 1                          // SOL_SOCKET
        mov     edx, 20                         // SO_RCVTIMEO
        lea     r10, [rip + second]
        mov     r8d, 16
        mov     eax, 54                         // setsockopt
        syscall
        mov     edi, ebx
        mov     rsi, rsp
        mov     edx, 4096
        xor     eax, eax                        // read
        syscall
        test    eax, eax
        jle     close
        lea     rsi, [rip + page]
        mov     edx, offset page_length
        cmp     eax, 12
        jb      send
        movabs  rax, 0x6165682f20544547         // "GET /hea"
        cmp     rax, [rsp]
        jne     send
        cmp     dword ptr [rsp + 8], 0x2068746c // "lth "
        jne     send
        lea     rsi, [rip + health]
        mov     edx, offset health_length
send:   mov     edi, ebx
        mov     r10d, 0x4000                    // MSG_NOSIGNAL: the client may be gone
        xor     r8d, r8d
        xor     r9d, r9d
        mov     eax, 44                         // sendto
        syscall
close:  mov     edi, ebx
        mov     eax, 3                          // close
        syscall
        jmp     accept

fail:   mov     edi, 1
        jmp     exit
stop:   xor     edi, edi
exit:   mov     eax, 60                         // exit
        syscall
