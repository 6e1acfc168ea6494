// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Recipes;

/// <summary>Assembles sources with clang and NASM, and links them with lld.</summary>
internal static class Assembler
{
    /// <summary>Makes one static executable without libc. The bytes depend on the sources, the options and the versions of the programs alone.</summary>
    /// <exception cref="DriftException">A program is missing, or the sources do not assemble or link.</exception>
    public static async Task<byte[]> AssembleAsync(AssemblySources sources, AssemblyOptions options, CancellationToken cancellationToken)
    {
        if (sources.Nasm is { } nasm && !sources.Architecture.HasNasm)
        {
            throw new DriftException(ErrorCode.NotSupported, $"{nasm} is for {sources.Architecture.Platform}, and NASM assembles for x86-64 alone.", "Write it for clang, as *.S, or move it to x86_64.");
        }
        var temporary = Directory.CreateTempSubdirectory("drift-");
        try
        {
            var objects = sources.Files.Select((_, index) => Path.Combine(temporary.FullName, $"{index}.o")).ToArray();
            var errors = new List<AssemblyDiagnostic>();
            foreach (var (file, output) in sources.Files.Zip(objects))
            {
                var (tool, arguments) = AssemblySources.IsNasm(file) ? (AssemblyTool.Nasm, Nasm(file, sources, options)) : (AssemblyTool.Clang, Clang(file, sources, options));
                if (await tool.RunAsync(sources.Directory, [.. arguments, "-o", output, file], cancellationToken).ConfigureAwait(false) is { } said) errors.AddRange(AssemblyDiagnostic.Parse(said));
            }
            if (errors.Count > 0) throw Failed("assemble", errors, sources);

            var program = Path.Combine(temporary.FullName, "program");
            if (await AssemblyTool.Lld.RunAsync(sources.Directory, [.. Lld(sources, options), "-o", program, .. objects], cancellationToken).ConfigureAwait(false) is { } complaint)
            {
                throw Failed("link", AssemblyDiagnostic.Parse(complaint), sources);
            }
            return await File.ReadAllBytesAsync(program, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            temporary.Delete(recursive: true);
        }
    }

    // Lines are kept for the linker's errors, which strips them. Names are relative: no folder's name gets into the binary.
    private static string[] Clang(string file, AssemblySources sources, AssemblyOptions options) =>
    [
        $"--target={sources.Architecture.Target}", "-c", "-g", "-fdebug-compilation-dir=.", "-fno-color-diagnostics", "-Werror=date-time",
        .. Folders(file, sources, options).SelectMany(folder => new[] { "-I", folder }),
        // What is not preprocessed has no use for them, and clang would say so.
        .. Path.GetExtension(file) == ".S" ? options.Define.Select(macro => $"-D{macro.Key}={macro.Value}") : [],
    ];

    private static string[] Nasm(string file, AssemblySources sources, AssemblyOptions options) =>
    [
        "-f", "elf64", "-g", "-F", "dwarf", "--reproducible", .. Folders(file, sources, options).Select(folder => $"-I{folder}/"), .. options.Define.Select(macro => $"-D{macro.Key}={macro.Value}"),
    ];

    // Kernels of some distributions for AArch64 have pages of 64 KiB.
    private static string[] Lld(AssemblySources sources, AssemblyOptions options) =>
    [
        "-m", sources.Architecture.Emulation, "-static", "--build-id=none", "--strip-all", "-z", "noexecstack", .. sources.Architecture.HasNasm ? Array.Empty<string>() : ["-z", "max-page-size=65536"],
        $"--entry={options.Entry}", "--fatal-warnings", "--color-diagnostics=never",
    ];

    private static IEnumerable<string> Folders(string file, AssemblySources sources, AssemblyOptions options) =>
        options.Include.Select(folder => Path.GetRelativePath(sources.Directory, folder)).Prepend("include").Prepend(".").Prepend(Path.GetDirectoryName(file) is { Length: > 0 } own ? own : ".").Distinct(StringComparer.Ordinal);

    private static AssemblyException Failed(string verb, IReadOnlyList<AssemblyDiagnostic> errors, AssemblySources sources) => new(
        $"{sources.Directory} does not {verb} for {sources.Architecture.Platform}:\n{errors[0].Show(sources.Directory)}{(errors.Count > 1 ? $"\nErrors after this one: {errors.Count - 1}" : "")}",
        errors[0].File is null ? "Correct what is named above." : $"Correct line {errors[0].Line} of {errors[0].File}.", errors.Count);
}
