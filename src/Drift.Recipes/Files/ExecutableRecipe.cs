// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Recipes;

/// <summary>A folder with one static ELF executable, made by any compiler.</summary>
public sealed class ExecutableRecipe : Recipe
{
    // A folder of a thousand files is something else.
    private const int MaximumFiles = 1000;
    private readonly string _path;

    private ExecutableRecipe(string directory, string path)
        : base(directory) => _path = path;

    /// <inheritdoc/>
    public override string Description => $"the executable {_path}";

    internal override async Task<IReadOnlyList<RecipeImage>> PlanAsync(IReadOnlyList<Platform> platforms, PackOptions options, Func<Image, Image> finish, CancellationToken cancellationToken)
    {
        var elf = await ElfFile.ReadAsync(_path, cancellationToken).ConfigureAwait(false);
        var platform = elf.Platform ?? throw new DriftException(ErrorCode.InvalidExecutable, $"{_path} is for the machine {elf.Machine}.", "Build it for x86-64 or AArch64.");
        if (!elf.IsExecutable)
        {
            throw new DriftException(ErrorCode.InvalidExecutable, $"{_path} is an object or a library, not an executable.", "Link it to a static executable.");
        }
        if (elf.Interpreter is { } interpreter)
        {
            throw new DriftException(ErrorCode.InvalidExecutable, $"{_path} is dynamically linked: it needs {interpreter}, which an image from scratch does not have.", "Link it statically, for example with -static.");
        }
        if (platforms.Count > 0 && !platforms.Any(platform.Serves))
        {
            throw new DriftException(ErrorCode.NotSupported, $"{_path} is for {platform}, not for {string.Join(", ", platforms)}.", "Build it for that platform.");
        }
        return [new RecipeImage(finish(ProgramImage(platform, "/" + Path.GetFileName(_path), ContentSource.FromFile(_path))), new FileInfo(_path).Length, null)];
    }

    internal static ExecutableRecipe? TryRecognise(string directory)
    {
        return ElfFilesIn(directory).Take(2).ToArray() is [var only] ? new ExecutableRecipe(directory, only) : null;
    }

    internal static IEnumerable<string> ElfFilesIn(string directory) => System.IO.Directory.EnumerateFiles(directory).Take(MaximumFiles).Where(IsElf);

    private static bool IsElf(string path)
    {
        // What has no length is never opened: a pipe would wait for its writer.
        if (new FileInfo(path).Length == 0) return false;
        Span<byte> magic = stackalloc byte[4];
        try
        {
            using var file = File.OpenRead(path);
            return file.ReadAtLeast(magic, 4, throwOnEndOfStream: false) == 4 && magic.SequenceEqual("\u007fELF"u8);
        }
        catch (IOException) when (new FileInfo(path).LinkTarget is not null)
        {
            // A link that leads nowhere.
            return false;
        }
    }
}
