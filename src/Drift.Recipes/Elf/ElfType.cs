// SPDX-License-Identifier: Apache-2.0

namespace Drift.Recipes;

/// <summary>What an ELF file is: <c>e_type</c>.</summary>
public enum ElfType
{
    /// <summary>Unknown.</summary>
    None = 0,
    /// <summary>An object for the linker.</summary>
    Relocatable = 1,
    /// <summary>An executable for one address.</summary>
    Executable = 2,
    /// <summary>A shared object, or an executable for any address.</summary>
    Dynamic = 3,
    /// <summary>A core dump.</summary>
    Core = 4,
}
