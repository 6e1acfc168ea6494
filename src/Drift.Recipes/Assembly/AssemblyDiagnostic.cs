// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Drift.Recipes;

/// <summary>An error that an assembler or the linker told.</summary>
/// <param name="File">The source; null when none is named.</param>
/// <param name="Line">Its line; the first is 1.</param>
/// <param name="Column">The column, of which the first is 1; 0 when none is told.</param>
/// <param name="Text">What is wrong.</param>
internal sealed partial record AssemblyDiagnostic(string? File, int Line, int Column, string Text)
{
    private const int Timeout = 1000;
    private const int MaximumText = 300, MaximumLine = 160, MaximumWords = 2000;
    private const long MaximumSource = 16 * 1024 * 1024;

    /// <summary>The errors in what a program said, the first one first; at least one.</summary>
    public static IReadOnlyList<AssemblyDiagnostic> Parse(string said)
    {
        var errors = Error().Matches(said).Select(match => new AssemblyDiagnostic(null, 0, 0, match.Groups["text"].Value).At(PlaceOf(match, said))).ToArray();
        return errors.Length > 0 ? errors : [new AssemblyDiagnostic(null, 0, 0, Cut(said.Trim(), MaximumWords))];
    }

    /// <summary>The error as compilers show it: its place, what is wrong, and beneath them the line of the source.</summary>
    /// <param name="directory">The folder that the source's name is relative to.</param>
    public string Show(string directory)
    {
        if (File is null) return Cut(Text, MaximumWords);
        var text = new StringBuilder($"{File}:{Line}:");
        if (Column > 0) text.Append(CultureInfo.InvariantCulture, $"{Column}:");
        text.Append(" error: ").Append(Cut(Text, MaximumText));
        if (SourceLine(directory) is not { } source) return text.ToString();
        text.Append("\n    ").Append(Cut(source.TrimEnd(), MaximumLine));
        if (Column > 0 && Column <= Math.Min(source.Length, MaximumLine)) text.Append("\n    ").Append(' ', Column - 1).Append('^');
        return text.ToString();
    }

    private static Match PlaceOf(Match error, string said) => error.Groups["file"] switch
    {
        { Success: false } => LinkedPlace().Match(said, error.Index),
        // Inside of a macro, the line that uses it is the one that the user wrote.
        { Value: ['<', ..] } => MacroUse().Match(said, error.Index),
        _ => error,
    };

    private AssemblyDiagnostic At(Match place) => !place.Success ? this : this with
    {
        File = place.Groups["file"].Value is var file && file.StartsWith("./", StringComparison.Ordinal) ? file[2..] : file,
        Line = int.Parse(place.Groups["line"].ValueSpan, CultureInfo.InvariantCulture),
        Column = place.Groups["column"].Success ? int.Parse(place.Groups["column"].ValueSpan, CultureInfo.InvariantCulture) : 0,
    };

    /// <summary>The line of the source, with blanks for tabs, so that what stands beneath it fits; null where it cannot be told.</summary>
    private string? SourceLine(string directory)
    {
        var file = new FileInfo(Path.Combine(directory, File!));
        // What has no length is never opened: a pipe would wait for its writer.
        if (Path.IsPathRooted(File) || !file.Exists || file.Length is 0 or > MaximumSource) return null;
        try
        {
            return System.IO.File.ReadLines(file.FullName).ElementAtOrDefault(Line - 1)?.Replace('\t', ' ');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string Cut(string text, int length) => text.Length <= length ? text : text[..length] + "…";

    // clang: FILE:LINE:COLUMN: error: …   NASM: FILE:LINE: error: …   lld: ld.lld: error: …
    [GeneratedRegex(@"^(?:(?<file>[^:\n]+):(?<line>[0-9]{1,9}):(?:(?<column>[0-9]{1,9}):)?|ld\.lld:|nasm:) (?:fatal error|error|fatal|panic): (?<text>.+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, Timeout)]
    private static partial Regex Error();

    [GeneratedRegex(@"^(?<file>[^<:\n][^:\n]*):(?<line>[0-9]{1,9}):(?<column>[0-9]{1,9}): note: while in macro instantiation", RegexOptions.Multiline | RegexOptions.ExplicitCapture, Timeout)]
    private static partial Regex MacroUse();

    // lld, in the lines right below an error: >>> referenced by FILE:LINE (FOLDER/FILE:LINE)
    [GeneratedRegex(@"\G[^\n]*\n>>> (?:referenced by|defined at) [^\n]*\((?<file>[^():\n]+):(?<line>[0-9]{1,9})\)", RegexOptions.ExplicitCapture, Timeout)]
    private static partial Regex LinkedPlace();
}
