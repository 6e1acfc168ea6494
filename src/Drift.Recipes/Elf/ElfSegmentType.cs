// SPDX-License-Identifier: Apache-2.0

namespace Drift.Recipes;

/// <summary>What a program header describes: <c>p_type</c>. Others than these have their numbers.</summary>
public enum ElfSegmentType
{
    /// <summary>Nothing.</summary>
    None = 0,
    /// <summary>Bytes that are mapped.</summary>
    Load = 1,
    /// <summary>The table of the dynamic linker.</summary>
    Dynamic = 2,
    /// <summary>The path of the dynamic linker that the file needs.</summary>
    Interpreter = 3,
    /// <summary>Whether the stack may be executed.</summary>
    GnuStack = 0x6474e551,
}
