// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Recipes;

/// <summary>
/// A program in assembly, for clang (<c>*.S</c>, <c>*.s</c>) or NASM (<c>*.asm</c>), with <c>_start</c> and without libc. Sources in
/// <c>x86_64/</c>, <c>amd64/</c>, <c>aarch64/</c> or <c>arm64/</c> are for that platform; sources in the folder itself are for the one that
/// they assemble for.
/// </summary>
public sealed class AssemblyRecipe : Recipe
{
    private const string ProgramPath = "/server";
    private readonly IReadOnlyList<AssemblySources> _sources;
    private readonly AssemblyOptions _options;

    private AssemblyRecipe(string directory, IReadOnlyList<AssemblySources> sources, AssemblyOptions options)
        : base(directory)
    {
        _sources = sources;
        _options = options;
    }

    /// <inheritdoc/>
    public override string Description => $"the assembly program {Directory}";

    internal override async Task<IReadOnlyList<RecipeImage>> PlanAsync(IReadOnlyList<Platform> platforms, PackOptions options, Func<Image, Image> finish, CancellationToken cancellationToken)
    {
        var wanted = _sources.Where(sources => platforms.Count == 0 || platforms.Any(platform => sources.Architecture.Platform.Serves(platform))).ToArray();
        var images = new List<RecipeImage>();
        var failures = new List<AssemblyException>();
        foreach (var sources in wanted)
        {
            try
            {
                var elf = await Assembler.AssembleAsync(sources, _options, cancellationToken).ConfigureAwait(false);
                StaticProgram.Ensure(elf, sources);
                images.Add(new RecipeImage(finish(ProgramImage(sources.Architecture.Platform, ProgramPath, ContentSource.FromBytes(elf))), elf.Length, null));
            }
            catch (AssemblyException e) when (sources.IsFlat)
            {
                failures.Add(e);
            }
        }
        if (images.Count > 0) return images;
        // Code for another processor is wrong in nearly every line: fewer errors are those that are meant.
        if (failures.MinBy(failure => failure.Count) is { } failure) throw failure;
        throw new DriftException(ErrorCode.NotSupported, $"{Directory} has no sources for {string.Join(", ", platforms)}.",
            $"Put them into a folder of the architecture's name; there are sources for {string.Join(", ", _sources.Select(sources => sources.Architecture.Platform))}.");
    }

    internal static AssemblyRecipe? TryRecognise(string directory, RecipeOptions options)
    {
        var sources = new List<AssemblySources>();
        foreach (var architecture in AssemblyArchitecture.All)
        {
            var folder = architecture.FolderNames.FirstOrDefault(name => System.IO.Directory.Exists(Path.Combine(directory, name)));
            if (folder is not null && AssemblySources.NamesIn(directory, folder) is { Count: > 0 } files) sources.Add(new AssemblySources(directory, architecture, files, IsFlat: false));
        }
        if (sources.Count == 0 && AssemblySources.NamesIn(directory, ".") is { Count: > 0 } flat)
        {
            // NASM's sources tell their architecture by themselves.
            var architectures = AssemblyArchitecture.All.Where(architecture => architecture.HasNasm || !flat.Any(AssemblySources.IsNasm));
            sources.AddRange(architectures.Select(architecture => new AssemblySources(directory, architecture, flat, IsFlat: true)));
        }
        return sources.Count == 0 ? null : new AssemblyRecipe(directory, sources, options.Assembly ?? new AssemblyOptions());
    }
}
