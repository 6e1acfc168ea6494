// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Recipes;

/// <summary>Tells what <c>dotnet publish</c> left in a folder.</summary>
internal static class DotNetAppReader
{
    /// <summary>An app that <c>*.runtimeconfig.json</c> describes.</summary>
    /// <param name="directory">The folder.</param>
    /// <param name="names">The names of the apps that the folder has such a file for.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public static async Task<DotNetApp> ReadAsync(string directory, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        var (name, dependencies) = await ChooseAsync(directory, names, cancellationToken).ConfigureAwait(false);
        var path = Path.Combine(directory, name);
        var config = RuntimeConfig.Parse(await DotNetJson.ReadFileAsync(path + RuntimeConfig.Suffix, cancellationToken).ConfigureAwait(false), name + RuntimeConfig.Suffix);
        if (dependencies.RuntimeIdentifier is { } runtime && !new RuntimeIdentifier(runtime).IsLinux)
        {
            throw new DriftException(ErrorCode.InvalidDotNetApp, $"{directory} was published for {runtime}, and containers run Linux.", "Publish it with -r linux-x64 or -r linux-arm64.");
        }
        if (!File.Exists(path + ".dll")) throw DotNetJson.Invalid(directory, $"has {name}{RuntimeConfig.Suffix}, but no {name}.dll");
        if (!config.IsSelfContained) return new DotNetApp(DotNetAppKind.FrameworkDependent, name, config.Frameworks, dependencies) { NeedsRuntime = true };
        if (!File.Exists(path))
        {
            throw new DriftException(ErrorCode.InvalidDotNetApp, $"{directory} is a self-contained app without an executable {name}.", "Publish it with -r linux-x64 or -r linux-arm64, and without UseAppHost=false.");
        }
        return new DotNetApp(DotNetAppKind.SelfContained, name, config.Frameworks, dependencies) { Executable = await ReadExecutableAsync(path, cancellationToken).ConfigureAwait(false) };
    }

    /// <summary>An app that is one executable.</summary>
    public static async Task<DotNetApp> ReadExecutableAppAsync(string path, CancellationToken cancellationToken)
    {
        var name = Path.GetFileName(path);
        var executable = await ReadExecutableAsync(path, cancellationToken).ConfigureAwait(false);
        if (SingleFileBundle.Read(path) is not { } bundle) return new DotNetApp(DotNetAppKind.NativeAot, name, [], DependencyManifest.None) { Executable = executable };
        var config = RuntimeConfig.Parse(bundle.RuntimeConfig ?? throw DotNetJson.Invalid(path, $"is a single-file app without {RuntimeConfig.Suffix} inside"), $"the {RuntimeConfig.Suffix} in {name}");
        var dependencies = bundle.Dependencies is { } json ? DependencyManifest.Parse(json, $"the {DependencyManifest.Suffix} in {name}") : DependencyManifest.None;
        return new DotNetApp(DotNetAppKind.SingleFile, name, config.Frameworks, dependencies) { Executable = executable, NeedsRuntime = !config.IsSelfContained };
    }

    /// <summary>Whether an ELF file is a single-file app, or was compiled by Native AOT: its linker keeps the compiler's sections.</summary>
    public static bool IsExecutableApp(string path) =>
        ElfSectionNames.Read(path).Any(name => name is "__managedcode" or ".dotnet_eh_table") || SingleFileBundle.Read(path) is not null;

    /// <summary>An app that refers to other apps has their files in its folder too; it is the one that lists all others.</summary>
    private static async Task<(string Name, DependencyManifest Dependencies)> ChooseAsync(string directory, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        var found = new List<(string Name, DependencyManifest Dependencies)>();
        foreach (var name in names)
        {
            var dependencies = DependencyManifest.None;
            var path = Path.Combine(directory, name + DependencyManifest.Suffix);
            if (File.Exists(path)) dependencies = DependencyManifest.Parse(await DotNetJson.ReadFileAsync(path, cancellationToken).ConfigureAwait(false), name + DependencyManifest.Suffix);
            if (names.All(other => other == name || dependencies.Libraries.Any(library => library.Assets.Any(asset => asset.Path == other + ".dll")))) found.Add((name, dependencies));
        }
        return found is [var only] ? only : throw new DriftException(ErrorCode.InvalidDotNetApp,
            $"{directory} holds several apps: {string.Join(", ", names)}.", "Publish each into a folder of its own with -o.");
    }

    private static async Task<ElfFile> ReadExecutableAsync(string path, CancellationToken cancellationToken)
    {
        var elf = await ElfFile.ReadAsync(path, cancellationToken).ConfigureAwait(false);
        return elf.Platform is not null && elf.IsExecutable ? elf
            : throw new DriftException(ErrorCode.InvalidExecutable, $"{path} is no executable for x86-64 or AArch64.", "Publish it with -r linux-x64 or -r linux-arm64.");
    }
}
