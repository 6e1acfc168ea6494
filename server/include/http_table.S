// SPDX-License-Identifier: Apache-2.0
// The bytes and words of HTTP that both architectures read. Data only.
#include "http.inc"

                .section .rodata.http, "a"
                .globl  http_classes, http_methods, http_connection, http_content_length, http_transfer_encoding
                .globl  http_close, http_chunked, http_slash

// One byte of CLASS_ bits for each byte value.
                .balign 8
http_classes:
                .byte   0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00  // 00  . . . . . . . .
                .byte   0x00, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00  // 08  . TAB LF . . CR . .
                .byte   0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00  // 10  . . . . . . . .
                .byte   0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00  // 18  . . . . . . . .
                .byte   0x08, 0x1f, 0x0e, 0x09, 0x1f, 0x1f, 0x1f, 0x1f  // 20  SP ! " # $ % & '
                .byte   0x1e, 0x1e, 0x1f, 0x1f, 0x1e, 0x1f, 0x1f, 0x0e  // 28  ( ) * + , - . /
                .byte   0x1f, 0x1f, 0x1f, 0x1f, 0x1f, 0x1f, 0x1f, 0x1f  // 30  0 1 2 3 4 5 6 7
                .byte   0x1f, 0x1f, 0x1e, 0x1e, 0x0e, 0x1e, 0x0e, 0x0c  // 38  8 9 : ; < = > ?
                .byte   0x0e, 0x1f, 0x1f, 0x1f, 0x1f, 0x1f, 0x1f, 0x1f  // 40  @ A B C D E F G
                .byte   0x1f, 0x1f, 0x1f, 0x1f, 0x1f, 0x1f, 0x1f, 0x1f  // 48  H I J K L M N O
                .byte   0x1f, 0x1f, 0x1f, 0x1f, 0x1f, 0x1f, 0x1f, 0x1f  // 50  P Q R S T U V W
                .byte   0x1f, 0x1f, 0x1f, 0x1e, 0x08, 0x1e, 0x0f, 0x1f  // 58  X Y Z [ backslash ] ^ _
                .byte   0x0f, 0x1f, 0x1f, 0x1f, 0x1f, 0x1f, 0x1f, 0x1f  // 60  ` a b c d e f g
                .byte   0x1f, 0x1f, 0x1f, 0x1f, 0x1f, 0x1f, 0x1f, 0x1f  // 68  h i j k l m n o
                .byte   0x1f, 0x1f, 0x1f, 0x1f, 0x1f, 0x1f, 0x1f, 0x1f  // 70  p q r s t u v w
                .byte   0x1f, 0x1f, 0x1f, 0x0e, 0x0f, 0x0e, 0x1f, 0x00  // 78  x y z { | } ~ DEL
                .fill   128, 1, CLASS_VALUE                     // 80..ff  obs-text

// Methods with the space behind them, at the end of eight bytes: what a load sees when shifted up by the rest.
// GET is first and HEAD second; METHODS counts them.
http_methods:
                .ascii  "\0\0\0\0GET "
                .ascii  "\0\0\0HEAD "
                .ascii  "\0\0\0POST "
                .ascii  "\0\0\0\0PUT "
                .ascii  "\0DELETE "
                .ascii  "\0\0PATCH "
                .ascii  "OPTIONS "
                .ascii  "CONNECT "
                .ascii  "\0\0TRACE "

// Names and values, in small letters, that the parser looks for.
http_connection:        .ascii "connection"
http_content_length:    .ascii "content-length"
http_transfer_encoding: .ascii "transfer-encoding"
http_close:             .ascii "close"
http_chunked:           .ascii "chunked"
http_slash:             .ascii "/"                      // the path of "http://name"

                .section .note.GNU-stack, "", %progbits
