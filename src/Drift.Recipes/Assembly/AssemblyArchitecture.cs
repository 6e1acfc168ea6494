// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Recipes;

/// <summary>A processor architecture that assembly sources can be for.</summary>
/// <param name="Platform">The platform.</param>
/// <param name="Target">clang's target triple.</param>
/// <param name="Emulation">lld's name of it.</param>
/// <param name="FolderNames">The folder names that mean it.</param>
internal sealed record AssemblyArchitecture(Platform Platform, string Target, string Emulation, IReadOnlyList<string> FolderNames)
{
    public static IReadOnlyList<AssemblyArchitecture> All { get; } =
    [
        new(Platform.LinuxAmd64, "x86_64-linux-gnu", "elf_x86_64", ["x86_64", "amd64"]),
        new(Platform.LinuxArm64, "aarch64-linux-gnu", "aarch64linux", ["aarch64", "arm64"]),
    ];

    /// <summary>Whether NASM assembles for it.</summary>
    public bool HasNasm => Platform == Platform.LinuxAmd64;
}
