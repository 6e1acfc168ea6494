// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;

namespace Drift.Recipes;

/// <summary>The processor an ELF file is for: <c>e_machine</c>.</summary>
[SuppressMessage("Naming", "CA1707", Justification = "x86_64 is the processor's own name.")]
public enum ElfMachine
{
    /// <summary>None.</summary>
    None = 0,
    /// <summary>x86-64.</summary>
    X64 = 62,
    /// <summary>AArch64.</summary>
    AArch64 = 183,
}
