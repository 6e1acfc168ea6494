// SPDX-License-Identifier: Apache-2.0

namespace Drift.Recipes;

/// <summary>The processor an ELF file is for: <c>e_machine</c>.</summary>
public enum ElfMachine
{
    /// <summary>None.</summary>
    None = 0,
    /// <summary>x86-64.</summary>
    X64 = 62,
    /// <summary>AArch64.</summary>
    AArch64 = 183,
}
