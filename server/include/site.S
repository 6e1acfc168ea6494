// SPDX-License-Identifier: Apache-2.0
// The place of the site: an empty header here, replaced by ServerBinary.cs with the header and all that follows it.
#include "site.inc"

                .section .site, "a"
                .globl  site
                .balign 16
site:           .zero   SITE_HEADER_SIZE

                .section .note.GNU-stack, "", %progbits
