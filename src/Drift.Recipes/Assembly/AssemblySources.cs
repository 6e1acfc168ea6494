// SPDX-License-Identifier: Apache-2.0

namespace Drift.Recipes;

/// <summary>The sources of one program for one architecture.</summary>
/// <param name="Directory">The recipe's folder, where the assemblers run.</param>
/// <param name="Architecture">What they are assembled for.</param>
/// <param name="Files">Names relative to the folder, sorted, for the linker lays out what it gets in that order.</param>
/// <param name="IsFlat">Whether they lie in the folder itself, which does not tell their architecture.</param>
internal sealed record AssemblySources(string Directory, AssemblyArchitecture Architecture, IReadOnlyList<string> Files, bool IsFlat)
{
    /// <summary>The first source that is NASM's; null when all are clang's.</summary>
    public string? Nasm => Files.FirstOrDefault(IsNasm);

    public static bool IsNasm(string file) => Path.GetExtension(file) == ".asm";

    /// <summary>The sources in a folder below the recipe's, which is <c>.</c> for the recipe's own.</summary>
    public static IReadOnlyList<string> NamesIn(string directory, string folder) =>
    [
        .. System.IO.Directory.EnumerateFiles(Path.Combine(directory, folder)).Where(file => Path.GetExtension(file) is ".S" or ".s" or ".asm")
            .Select(file => NameOf(folder, Path.GetFileName(file))).Order(StringComparer.Ordinal),
    ];

    // A name that begins so would be an option, or a file of options.
    private static string NameOf(string folder, string file) => folder == "." && file[0] is not ('-' or '@') ? file : $"{folder}/{file}";
}
