// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Unicode;
using Drift.Oci;

namespace Drift.Recipes;

/// <summary>A line of a file of rules, and where it is.</summary>
/// <param name="Position">The file's name and the line, as compilers write them.</param>
/// <param name="Text">The line, without blanks at its ends.</param>
internal sealed record SiteLine(string Position, string Text)
{
    private const int MaximumSize = 1024 * 1024;
    private const int MaximumLine = 4000;

    /// <summary>The lines of a file that are neither empty nor comments; none where there is no such file.</summary>
    internal static IEnumerable<SiteLine> Read(string directory, string name)
    {
        var path = Path.Combine(directory, name);
        if (!File.Exists(path)) yield break;
        var number = 0;
        foreach (var line in ReadText(path, name).Split('\n'))
        {
            var read = new SiteLine($"{name}:{++number}", line.Trim());
            if (read.Text.Length > MaximumLine) throw read.Error($"The line is longer than {MaximumLine} characters.", "Make it shorter.");
            if (read.Text.Length > 0 && read.Text[0] != '#') yield return read;
        }
    }

    internal DriftException Error(string problem, string hint) => new(ErrorCode.InvalidSite, $"{Position}: {SiteText.Shown(problem)}", hint);

    private static string ReadText(string path, string name)
    {
        try
        {
            if (FileStatus.Read(path, follow: true).Type != TarEntryType.File) throw new DriftException(ErrorCode.InvalidSite, $"{name} is not a file but a pipe, a socket or a device.", "Remove it.");
            using var file = File.OpenRead(path);
            var bytes = new byte[MaximumSize + 1];
            var count = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            if (count > MaximumSize) throw new DriftException(ErrorCode.InvalidSite, $"{name} is larger than {MaximumSize} bytes.", "Use patterns, which stand for many paths.");
            if (!Utf8.IsValid(bytes.AsSpan(0, count))) throw new DriftException(ErrorCode.InvalidSite, $"{name} is not valid UTF-8.", "Save it as UTF-8.");
            return Encoding.UTF8.GetString(bytes, 0, count).TrimStart('\ufeff');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DriftException(ErrorCode.InvalidSite, $"{name} cannot be read: {e.Message}", "Make it readable, or remove it.", e);
        }
    }
}
