// SPDX-License-Identifier: Apache-2.0

using Xunit;

namespace Drift.TestKit;

/// <summary>What a test needs of the machine. Without it the test is skipped and says why; in CI, where nothing is skipped, it fails.</summary>
public static class Need
{
    /// <summary>The path of a program on PATH.</summary>
    public static string Program(string name)
    {
        var path = Find(name);
        That(path is not null, $"{name} is not installed");
        return path!;
    }

    /// <summary>The path of a program that no package of Debian's brings. Without it the test is skipped, in CI too.</summary>
    public static string ForeignProgram(string name)
    {
        var path = Find(name);
        Assert.SkipWhen(path is null, $"{name} is not installed, and Debian has no package of it");
        return path!;
    }

    /// <summary>A folder that a package brings; returns its path.</summary>
    public static string Folder(string path)
    {
        That(Directory.Exists(path), $"{path} is not there");
        return path;
    }

    /// <summary>Skips the test, or fails it in CI, unless <paramref name="condition"/> holds.</summary>
    public static void That(bool condition, string reason)
    {
        if (condition) return;
        if (string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase)) Assert.Fail($"{reason}, and in CI nothing is skipped");
        Assert.Skip(reason);
    }

    private static string? Find(string name) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Concat(["/usr/sbin", "/sbin"]) // Debian keeps some programs out of a user's PATH.
        .Select(folder => Path.Combine(folder, name))
        .FirstOrDefault(File.Exists);
}
