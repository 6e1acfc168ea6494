// SPDX-License-Identifier: Apache-2.0

namespace Drift.TestKit;

/// <summary>The project's own folder, in which the tests run.</summary>
public static class ProjectRoot
{
    /// <summary>The folder of <c>Drift.slnx</c>.</summary>
    public static string Path { get; } = Find();

    /// <summary>A path below it.</summary>
    public static string Combine(params ReadOnlySpan<string> parts) => System.IO.Path.Combine([Path, .. parts]);

    private static string Find()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(directory.FullName, "Drift.slnx"))) return directory.FullName;
        }
        throw new InvalidOperationException("The tests do not run inside the project's folder.");
    }
}
