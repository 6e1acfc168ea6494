// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Recipes;

/// <summary>A published app, as its own files describe it.</summary>
/// <param name="Kind">What <c>dotnet publish</c> made.</param>
/// <param name="Name">The name of its main assembly or executable, without a suffix.</param>
/// <param name="Frameworks">The frameworks that it needs or includes; none are known of machine code.</param>
/// <param name="Dependencies">Which library each file is of.</param>
internal sealed record DotNetApp(DotNetAppKind Kind, string Name, IReadOnlyList<DotNetFramework> Frameworks, DependencyManifest Dependencies)
{
    /// <summary>The executable that starts it; null when the base's <c>dotnet</c> does.</summary>
    public ElfFile? Executable { get; init; }

    /// <summary>Whether it needs a runtime that the base has.</summary>
    public bool NeedsRuntime { get; init; }

    /// <summary>The file in its folder that the container starts.</summary>
    public string Program => Executable is null ? Name + ".dll" : Name;

    /// <summary>Whether it may listen as ASP.NET Core does; of machine code that is not known.</summary>
    public bool IsWeb => Kind == DotNetAppKind.NativeAot || Frameworks.Any(framework => framework.Name == DotNetFramework.AspNetCore);

    /// <summary>Its own entry among the libraries; null when it is not listed.</summary>
    public DotNetLibrary? Own => Dependencies.Libraries.FirstOrDefault(library => library.Assets.Any(asset => asset.Kind == "runtime" && asset.Path == Name + ".dll"));

    /// <summary>Why it cannot run on a platform, as the end of a sentence; null when it can.</summary>
    public string? Objection(Platform platform)
    {
        if (Executable is not null) return Executable.Platform?.Serves(platform) == true ? null : $"its executable is for {Executable.Platform?.ToString() ?? "another processor"}";
        if (Dependencies.RuntimeIdentifier is { } only && !new RuntimeIdentifier(only).Serves(platform)) return $"it was published for {only}";
        // Machine code of a package: where it has some for Linux at all, it must have some for this processor.
        var lacking = Dependencies.Libraries.FirstOrDefault(library =>
        {
            var natives = library.Assets.Where(asset => asset.NativeRuntime is not null).Select(asset => new RuntimeIdentifier(asset.NativeRuntime!)).Where(runtime => runtime.IsLinux).ToArray();
            return natives.Length > 0 && !natives.Any(runtime => runtime.Serves(platform));
        });
        return lacking is null ? null : $"{lacking} has no machine code for it";
    }

    /// <summary>Microsoft's image that has what the app needs; <see cref="RecipeOptions.Scratch"/> when it needs nothing.</summary>
    public string StandardBase(string folder)
    {
        if (Executable is { Interpreter: null }) return RecipeOptions.Scratch;
        // Machine code does not tell its version, and needs of the base only what the C library keeps compatible.
        var release = Frameworks.FirstOrDefault(framework => framework.Name == DotNetFramework.AspNetCore) ?? Frameworks.FirstOrDefault(framework => framework.Name == DotNetFramework.NetCore);
        if (release is null && Frameworks.Count > 0)
        {
            throw new DriftException(ErrorCode.InvalidDotNetApp, $"{folder} needs the framework {Frameworks[0].Name}, which no Linux image of Microsoft's has.",
                "Name an image that has it with --base, or publish the app for another framework.");
        }
        var image = !NeedsRuntime ? "runtime-deps" : release!.Name == DotNetFramework.AspNetCore ? "aspnet" : "runtime";
        var isMusl = Executable?.Interpreter?.Contains("ld-musl", StringComparison.Ordinal) ?? (Dependencies.RuntimeIdentifier is { } name && new RuntimeIdentifier(name).IsMusl);
        return $"mcr.microsoft.com/dotnet/{image}:{release?.ImageTag ?? "10.0"}{(isMusl ? "-alpine" : "")}";
    }
}
