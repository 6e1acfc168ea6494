; SPDX-License-Identifier: Apache-2.0
; A web server in a few lines for NASM: /health answers OK, and every other path a page, on the port that PORT names.
; Its limits: IPv4; one connection at a time, and one request on each, which it takes for a GET and whose first 12 bytes
; alone count; a client that sends nothing holds up the others for a second. PORT is digits, or absent for 8080.
        bits    64
        default rel
        global  _start

%macro sys 1
        mov     eax, %1
        syscall
%endmacro

        section .text
_start: mov     rax, [rsp]
        lea     rbx, [rsp + 8 * rax + 16]       ; the environment, behind the arguments
        mov     r12d, 8080
next:   mov     rsi, [rbx]
        add     rbx, 8
        test    rsi, rsi
        jz      listen
        cmp     dword [rsi], 'PORT'
        jne     next
        cmp     byte [rsi + 4], '='
        jne     next
        xor     r12d, r12d
digit:  movzx   eax, byte [rsi + 5]
        inc     rsi
        sub     eax, '0'
        cmp     eax, 9
        ja      listen
        imul    r12d, r12d, 10
        add     r12d, eax
        jmp     digit

listen: mov     edi, 15                         ; SIGTERM: process 1 has to ask for it
        lea     rsi, [action]
        xor     edx, edx
        mov     r10d, 8
        sys     13                              ; rt_sigaction
        mov     edi, 2                          ; AF_INET
        mov     esi, 1                          ; SOCK_STREAM
        xor     edx, edx
        sys     41                              ; socket
        mov     ebp, eax
        mov     edi, eax
        mov     esi, 1                          ; SOL_SOCKET
        mov     edx, 2                          ; SO_REUSEADDR
        lea     r10, [second]                   ; not zero is yes
        mov     r8d, 4
        sys     54                              ; setsockopt
        mov     eax, r12d
        xchg    al, ah                          ; the network's order
        shl     eax, 16
        or      eax, 2                          ; AF_INET; the address is 0.0.0.0
        push    0
        push    rax
        mov     edi, ebp
        mov     rsi, rsp
        mov     edx, 16
        sys     49                              ; bind
        test    eax, eax
        js      fail
        mov     edi, ebp
        mov     esi, 128
        sys     50                              ; listen
        test    eax, eax
        js      fail
        sub     rsp, 4096                       ; for a request

accept: mov     edi, ebp
        xor     esi, esi
        xor     edx, edx
        sys     43                              ; accept
        test    eax, eax
        js      accept
        mov     ebx, eax
        mov     edi, ebx
        mov     esi, 1                          ; SOL_SOCKET
        mov     edx, 20                         ; SO_RCVTIMEO
        lea     r10, [second]
        mov     r8d, 16
        sys     54                              ; setsockopt
        mov     edi, ebx
        mov     rsi, rsp
        mov     edx, 4096
        sys     0                               ; read
        test    eax, eax
        jle     close
        lea     rsi, [page]
        mov     edx, page_end - page
        cmp     eax, 12
        jb      send
        mov     rax, 'GET /hea'
        cmp     rax, [rsp]
        jne     send
        cmp     dword [rsp + 8], 'lth '
        jne     send
        lea     rsi, [health]
        mov     edx, health_end - health
send:   mov     edi, ebx
        mov     r10d, 0x4000                    ; MSG_NOSIGNAL: the client may be gone
        xor     r8d, r8d
        xor     r9d, r9d
        sys     44                              ; sendto
close:  mov     edi, ebx
        sys     3                               ; close
        jmp     accept

fail:   mov     edi, 1
        jmp     exit
stop:   xor     edi, edi
exit:   sys     60                              ; exit

        section .rodata align=8
action: dq      stop, 0x04000000, stop, 0       ; SA_RESTORER, which the kernel insists on, and stop never returns
second: dq      1, 0
health: db      `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\nConnection: close\r\n\r\nOK`
health_end:
page:   db      `HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 25\r\nConnection: close\r\n\r\n<h1>Hello from NASM</h1>\n`
page_end:
