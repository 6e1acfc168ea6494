// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Recipes;

/// <summary>A folder with the sources of a .NET app, which are for the SDK to build.</summary>
internal static class DotNetProject
{
    /// <summary>The error that leads from a project to its published app; null when the folder holds no project.</summary>
    public static DriftException? Explain(string directory)
    {
        var project = Directory.EnumerateFiles(directory).Where(path => Path.GetExtension(path) is ".csproj" or ".fsproj" or ".vbproj").Order(StringComparer.Ordinal).FirstOrDefault();
        if (project is null) return null;
        var published = Published(directory);
        return new DriftException(ErrorCode.UnrecognisedSource, $"{directory} holds the project {Path.GetFileName(project)}, and an image is made of what dotnet publish makes of it.",
            published is not null
                ? $"Name the folder that it was published to: {published}."
                : $"Run dotnet publish {project} -o {Path.Combine(directory, "out")}, then name the folder {Path.Combine(directory, "out")}.");
    }

    /// <summary>Where <c>dotnet publish</c> puts an app by default: <c>bin/Release/net10.0/publish</c>, with the runtime identifier before the last part.</summary>
    private static string? Published(string directory)
    {
        var release = Path.Combine(directory, "bin", "Release");
        if (!Directory.Exists(release)) return null;
        var options = new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 2 };
        return Directory.EnumerateDirectories(release, "publish", options).Where(folder => Directory.EnumerateFiles(folder).Any()).Order(StringComparer.Ordinal).FirstOrDefault();
    }
}
