// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Recipes;

/// <summary>
/// A program in assembly (<c>*.S</c>, <c>*.s</c>) for clang, with <c>_start</c> and without libc. Sources in <c>x86_64/</c>, <c>amd64/</c>,
/// <c>aarch64/</c> or <c>arm64/</c> are for that platform; sources in the folder itself are for the one that they assemble for.
/// </summary>
public sealed class AssemblyRecipe : Recipe
{
    private const string ProgramPath = "/server";
    private readonly IReadOnlyList<AssemblySources> _sources;

    private AssemblyRecipe(string directory, IReadOnlyList<AssemblySources> sources)
        : base(directory) => _sources = sources;

    /// <inheritdoc/>
    public override string Description => $"the assembly program {Directory}";

    internal override async Task<IReadOnlyList<RecipeImage>> PlanAsync(IReadOnlyList<Platform> platforms, PackOptions options, Func<Image, Image> finish, CancellationToken cancellationToken)
    {
        var wanted = _sources.Where(sources => platforms.Count == 0 || platforms.Any(platform => sources.Architecture.Platform.Serves(platform))).ToArray();
        var isFlat = _sources.Any(sources => sources.IsFlat);
        var images = new List<RecipeImage>();
        var failures = new List<DriftException>();
        foreach (var sources in wanted)
        {
            try
            {
                var elf = await Assembler.AssembleAsync(sources, cancellationToken).ConfigureAwait(false);
                images.Add(new RecipeImage(finish(ProgramImage(sources.Architecture.Platform, ProgramPath, ContentSource.FromBytes(elf))), elf.Length, null));
            }
            catch (DriftException e) when (isFlat && e.Code == ErrorCode.AssemblyFailed)
            {
                failures.Add(e);
            }
        }
        if (images.Count > 0) return images;
        // Code for another processor is wrong in nearly every line: the shorter list of errors is the one that is meant.
        if (failures.MinBy(failure => failure.Message.Length) is { } failure) throw failure;
        throw new DriftException(ErrorCode.NotSupported, $"{Directory} has no sources for {string.Join(", ", platforms)}.",
            $"Put them into a folder of the architecture's name; there are sources for {string.Join(", ", _sources.Select(sources => sources.Architecture.Platform))}.");
    }

    internal static AssemblyRecipe? TryRecognise(string directory)
    {
        var sources = new List<AssemblySources>();
        foreach (var architecture in AssemblyArchitecture.All)
        {
            var folder = architecture.FolderNames.Select(name => Path.Combine(directory, name)).FirstOrDefault(System.IO.Directory.Exists);
            if (folder is not null && SourcesIn(folder) is { Count: > 0 } files) sources.Add(new AssemblySources(directory, architecture, files, IsFlat: false));
        }
        if (sources.Count == 0 && SourcesIn(directory) is { Count: > 0 } flat)
        {
            sources.AddRange(AssemblyArchitecture.All.Select(architecture => new AssemblySources(directory, architecture, flat, IsFlat: true)));
        }
        return sources.Count == 0 ? null : new AssemblyRecipe(directory, sources);
    }

    /// <summary>Sorted, for the linker lays out what it gets in that order.</summary>
    private static List<string> SourcesIn(string folder) =>
        [.. System.IO.Directory.EnumerateFiles(folder).Where(file => Path.GetExtension(file) is ".S" or ".s").Select(Path.GetFullPath).Order(StringComparer.Ordinal)];
}
