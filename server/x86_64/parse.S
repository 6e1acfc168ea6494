// SPDX-License-Identifier: Apache-2.0
// A request line, by RFC 9112: method, target and version. headers.S reads on, verdict.S decides.
#include "arch.inc"

// In: cursor..limit = input that is not read yet, at least one byte; base
// Out: ret0 = answer, or 0 when the head is not whole; flags = HTTP_; cursor = behind the head when it was read
// Uses: all roles of parse and route
func parse
        addr    class, http_classes
        imm     flags, 0
// 1. Empty lines before a request are skipped (RFC 9112 2.2).
.Lblank:
        cmp     cursor, limit
        jae     .Lmore
        cmp     byte ptr [cursor], CR
        jne     .Lmethod
        lea     rax, [cursor + 1]
        cmp     rax, limit
        jae     .Lmore
        cmp     byte ptr [rax], LF
        jne     .Lbad
        add     cursor, 2
        jmp     .Lblank
// 2. The method is a token and ends with a space.
.Lmethod:
        mov     scan, cursor
.Lmethod_byte:
        cmp     scan, limit
        jae     .Lmore
        movzx   eax, byte ptr [scan]
        inc     scan
        test    byte ptr [class + rax], CLASS_TOKEN
        jnz     .Lmethod_byte
        cmp     eax, SPACE
        jne     .Lbad
        mov     rcx, scan
        sub     rcx, cursor
        cmp     rcx, 1
        je      .Lbad
// 3. With that space all known methods fit in eight bytes.
        imm     edx, 0
        cmp     rcx, 8
        ja      .Lother
        shl     ecx, 3
        neg     ecx
        mov     rax, [cursor]
        shl     rax, cl
        addr    rcx, http_methods
.Lknown:
        cmp     rax, [rcx + rdx*8]
        je      .Lmethod_known
        inc     edx
        cmp     edx, METHODS
        jb      .Lknown
.Lother:
        or      flags, HTTP_OTHER
        jmp     .Ltarget
.Lmethod_known:
        test    edx, edx
        jz      .Ltarget
        or      flags, HTTP_HEAD
        cmp     edx, 1
        je      .Ltarget
        imm     flags, HTTP_OTHER | HTTP_KNOWN
// 4. The target: a path up to "?", and a query that plays no part.
.Ltarget:
        mov     path, scan
.Lpath_byte:
        cmp     scan, limit
        jae     .Lmore
        movzx   eax, byte ptr [scan]
        inc     scan
        test    byte ptr [class + rax], CLASS_PATH
        jnz     .Lpath_byte
        lea     pathend, [scan - 1]
        cmp     eax, QUESTION
        jne     .Ltarget_end
.Lquery_byte:
        cmp     scan, limit
        jae     .Lmore
        movzx   eax, byte ptr [scan]
        inc     scan
        test    byte ptr [class + rax], CLASS_QUERY
        jnz     .Lquery_byte
.Ltarget_end:
        cmp     eax, SPACE
        jne     .Lbad
        cmp     path, pathend
        je      .Lbad
// 5. A target that is a whole URI counts from its path; the name in it plays no part (RFC 9112 3.2.2).
        cmp     byte ptr [path], SLASH
        je      .Lversion
        mov     rax, [path]
        imm64   rcx, LOWER_8
        or      rax, rcx
        imm     edx, 8
        imm64   rcx, WORD_HTTPS
        cmp     rax, rcx
        je      .Lauthority
        imm     edx, 7
        imm64   rcx, WORD_HTTP
        shl     rax, 8
        cmp     rax, rcx
        je      .Lauthority
        or      flags, HTTP_TARGET
        jmp     .Lversion
.Lauthority:
        lea     path, [path + rdx]
        cmp     path, pathend
        jae     .Lbad
        cmp     byte ptr [path], SLASH
        je      .Lbad
.Lauthority_byte:
        inc     path
        cmp     path, pathend
        je      .Lauthority_only
        cmp     byte ptr [path], SLASH
        jne     .Lauthority_byte
        jmp     .Lversion
.Lauthority_only:
        addr    path, http_slash
        lea     pathend, [path + 1]
// 6. "HTTP/", a digit, ".", a digit and the end of the line.
.Lversion:
        lea     rax, [scan + VERSION_LINE]
        cmp     rax, limit
        ja      .Lmore
        mov     rax, [scan]
        imm64   rcx, WORD_VERSION
        xor     rax, rcx
        imm64   rcx, VERSION_FIXED
        test    rax, rcx
        jnz     .Lbad
        cmp     word ptr [scan + 8], CR_LF
        jne     .Lbad
        mov     rcx, rax
        shr     rcx, VERSION_MINOR_SHIFT
        cmp     ecx, 9
        ja      .Lbad
        shr     rax, VERSION_MAJOR_SHIFT
        movzx   eax, al
        cmp     eax, 9
        ja      .Lbad
        cmp     eax, 1
        jne     parse_bad_version
        add     scan, VERSION_LINE
        or      flags, HTTP_LINE
        test    ecx, ecx
        jnz     .Lheaders
        or      flags, HTTP_OLD | HTTP_CLOSE
.Lheaders:
        jmp     parse_headers
.Lmore:
        jmp     parse_more
.Lbad:
        jmp     parse_bad
endfunc parse
