// SPDX-License-Identifier: Apache-2.0
// A web server in a few lines of AArch64: /health answers OK, and every other path a page, on the port that PORT names.
// Its limits: IPv4; one connection at a time, and one request on each, which it takes for a GET and whose first 12 bytes
// alone count; a client that sends nothing holds up the others for a second. PORT is digits, or absent for 8080.
        .globl  _start
_start: ldr     x0, [sp]
        add     x19, sp, x0, lsl #3
        add     x19, x19, #16                   // the environment, behind the arguments
        mov     w20, #8080
        ldr     x2, port
next:   ldr     x1, [x19], #8
        cbz     x1, listen
        ldr     w0, [x1]
        cmp     w0, w2                          // "PORT"
        b.ne    next
        ldrb    w0, [x1, #4]
        cmp     w0, #'='
        b.ne    next
        add     x1, x1, #5
        mov     w20, #0
        mov     w3, #10
digit:  ldrb    w0, [x1], #1
        sub     w0, w0, #'0'
        cmp     w0, #9
        b.hi    listen
        madd    w20, w20, w3, w0
        b       digit

listen: mov     x0, #15                         // SIGTERM: process 1 has to ask for it
        adr     x1, action
        mov     x2, #0
        mov     x3, #8
        mov     x8, #134                        // rt_sigaction
        svc     #0
        mov     x0, #2                          // AF_INET
        mov     x1, #1                          // SOCK_STREAM
        mov     x2, #0
        mov     x8, #198                        // socket
        svc     #0
        mov     w21, w0
        mov     x1, #1                          // SOL_SOCKET
        mov     x2, #2                          // SO_REUSEADDR
        adr     x3, second                      // not zero is yes
        mov     x4, #4
        mov     x8, #208                        // setsockopt
        svc     #0
        rev16   w0, w20                         // the network's order
        lsl     w0, w0, #16
        orr     w0, w0, #2                      // AF_INET; the address is 0.0.0.0
        stp     x0, xzr, [sp, #-16]!
        mov     w0, w21
        mov     x1, sp
        mov     x2, #16
        mov     x8, #200                        // bind
        svc     #0
        tbnz    w0, #31, fail
        mov     w0, w21
        mov     x1, #128
        mov     x8, #201                        // listen
        svc     #0
        tbnz    w0, #31, fail
        sub     sp, sp, #4096                   // for a request

accept: mov     w0, w21
        mov     x1, #0
        mov     x2, #0
        mov     x8, #202                        // accept
        svc     #0
        tbnz    w0, #31, accept
        mov     w22, w0
        mov     x1, #1                          // SOL_SOCKET
        mov     x2, #20                         // SO_RCVTIMEO
        adr     x3, second
        mov     x4, #16
        mov     x8, #208                        // setsockopt
        svc     #0
        mov     w0, w22
        mov     x1, sp
        mov     x2, #4096
        mov     x8, #63                         // read
        svc     #0
        cmp     w0, #0
        b.le    close
        adr     x1, page
        mov     x2, #page_end - page
        cmp     w0, #12
        b.lo    send
        ldr     x3, get                         // "GET /hea"
        ldr     x4, [sp]
        cmp     x3, x4
        b.ne    send
        ldr     w3, get + 8                     // "lth "
        ldr     w4, [sp, #8]
        cmp     w3, w4
        b.ne    send
        adr     x1, health
        mov     x2, #health_end - health
send:   mov     w0, w22
        mov     x3, #0x4000                     // MSG_NOSIGNAL: the client may be gone
        mov     x4, #0
        mov     x5, #0
        mov     x8, #206                        // sendto
        svc     #0
close:  mov     w0, w22
        mov     x8, #57                         // close
        svc     #0
        b       accept

fail:   mov     x0, #1
        b       exit
stop:   mov     x0, #0
exit:   mov     x8, #93                         // exit
        svc     #0

        .section .rodata
        .balign 8
get:    .ascii  "GET /health "
        .balign 8
port:   .ascii  "PORT\0\0\0\0"
action: .quad   stop, 0, 0, 0
second: .quad   1, 0
health: .ascii  "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\nConnection: close\r\n\r\nOK"
health_end:
page:   .ascii  "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 28\r\nConnection: close\r\n\r\n<h1>Hello from AArch64</h1>\n"
page_end:
