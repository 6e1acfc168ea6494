// SPDX-License-Identifier: Apache-2.0

namespace Drift.Server.Tests;

/// <summary>The sources that these tests are about.</summary>
internal static class RepositoryRoot
{
    public static string Path { get; } = Find();

    public static string Server(params string[] parts) => System.IO.Path.Combine([Path, "server", .. parts]);

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "server", "build"))) return folder.FullName;
        }
        throw new InvalidOperationException("These tests run inside the repository.");
    }
}
