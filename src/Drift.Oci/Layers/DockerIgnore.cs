// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.RegularExpressions;

namespace Drift.Oci;

/// <summary>
/// The rules of a <c>.dockerignore</c> file, with Docker's meaning (github.com/moby/patternmatcher): a pattern starts at the folder itself,
/// <c>*</c> and <c>?</c> stay within a name, <c>**</c> goes over any number of folders, a leading and a trailing slash do not count,
/// <c>#</c> begins a comment at the start of a line only, <c>!</c> makes an exception, the last rule that matches decides, and what is
/// below a match matches too.
/// </summary>
public sealed class DockerIgnore
{
    /// <summary>The file's name.</summary>
    public const string FileName = ".dockerignore";

    // Every rule becomes an automaton, and is tried on every path and on the folders above it: what is larger is no list that someone wrote.
    private const int MaximumSize = 1024 * 1024;
    private const int MaximumRules = 2000;
    // PATH_MAX: a longer pattern matches no file.
    private const int MaximumPattern = 4096;

    private readonly IReadOnlyList<(Regex Pattern, bool IsException)> _rules;

    private DockerIgnore(IReadOnlyList<(Regex Pattern, bool IsException)> rules)
    {
        _rules = rules;
        HasExceptions = rules.Any(rule => rule.IsException);
    }

    /// <summary>Whether a rule begins with <c>!</c>, so that a folder which is left out may still hold something that is not.</summary>
    public bool HasExceptions { get; }

    /// <summary>Parses the text of a <c>.dockerignore</c> file.</summary>
    /// <exception cref="DriftException">A line is no pattern; the message has its number.</exception>
    public static DockerIgnore Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var rules = new List<(Regex, bool)>();
        var lines = text.TrimStart('\uFEFF').Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].StartsWith('#')) continue;
            var pattern = lines[i].Trim();
            var isException = pattern.StartsWith('!');
            if (isException) pattern = pattern[1..].Trim();
            if (pattern.Length == 0)
            {
                if (isException) throw Invalid(i, "an exception without a pattern");
                continue;
            }
            if (pattern.Length > MaximumPattern) throw Invalid(i, $"a pattern of {pattern.Length} characters; {MaximumPattern} are the most");
            if (rules.Count == MaximumRules) throw Invalid(i, $"one pattern too many; {MaximumRules} are the most");
            try
            {
                rules.Add((new Regex(Expression(Clean(pattern), i), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.Singleline), isException));
            }
            catch (ArgumentException)
            {
                throw Invalid(i, $"the pattern {pattern}, whose brackets do not fit");
            }
            catch (NotSupportedException)
            {
                // The automaton that it becomes would be too large.
                throw Invalid(i, $"a pattern of {pattern.Length} characters, which is too long");
            }
        }
        return new DockerIgnore(rules);
    }

    /// <summary>These rules and then others, which may overrule them.</summary>
    public DockerIgnore Then(DockerIgnore rules)
    {
        ArgumentNullException.ThrowIfNull(rules);
        return new DockerIgnore([.. _rules, .. rules._rules]);
    }

    /// <summary>The rules in a folder's <c>.dockerignore</c>; null when it has none.</summary>
    public static async Task<DockerIgnore?> ReadAsync(string directory, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        var path = Path.Combine(directory, FileName);
        try
        {
            if (!File.Exists(path)) return null;
            var content = await ContentSource.FromFile(path).OpenAsync(cancellationToken).ConfigureAwait(false);
            await using var _ = content.ConfigureAwait(false);
            if (content.Length > MaximumSize) throw new DriftException(ErrorCode.InvalidSetting, $"{path} is larger than {MaximumSize} bytes.", "Write fewer patterns; one for a folder covers all that is in it.");
            using var text = new StreamReader(content.Stream);
            return Parse(await text.ReadToEndAsync(cancellationToken).ConfigureAwait(false));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DriftException(ErrorCode.LayerSource, $"{path} cannot be read: {e.Message}", "Check that the file may be read.", e);
        }
    }

    /// <summary>Whether a file or folder is left out.</summary>
    /// <param name="path">Its path below the folder, with <c>/</c> and without one at its start.</param>
    public bool IsExcluded(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var isExcluded = false;
        foreach (var (pattern, isException) in _rules)
        {
            // A rule that would not change the answer need not be tried.
            if (isException == isExcluded && MatchesPathOrParent(pattern, path)) isExcluded = !isException;
        }
        return isExcluded;
    }

    private static bool MatchesPathOrParent(Regex pattern, string path)
    {
        for (var end = path.Length; end > 0; end = path.LastIndexOf('/', end - 1))
        {
            if (pattern.IsMatch(path.AsSpan(0, end))) return true;
        }
        return false;
    }

    /// <summary>A path without empty parts, <c>.</c> and <c>..</c>, as Go's filepath.Clean makes it, and without a slash at its start.</summary>
    private static string Clean(string pattern)
    {
        var parts = new List<string>();
        foreach (var part in pattern.Split('/'))
        {
            // Folders, however many, and folders, however many, are folders, however many.
            if (part is "" or "." || (part == "**" && parts is [.., "**"])) continue;
            if (part != "..") parts.Add(part);
            else if (parts is [.., not ".."]) parts.RemoveAt(parts.Count - 1);
            else if (!pattern.StartsWith('/')) parts.Add(part);
        }
        return string.Join('/', parts);
    }

    private static string Expression(string pattern, int line)
    {
        var expression = new StringBuilder(@"\A");
        for (var i = 0; i < pattern.Length; i++)
        {
            switch (pattern[i])
            {
                case '*' when pattern.AsSpan(i).StartsWith("**"):
                    i += pattern.AsSpan(i).StartsWith("**/") ? 2 : 1;
                    expression.Append(i == pattern.Length - 1 ? ".*" : "(.*/)?");
                    break;
                case '*':
                    expression.Append("[^/]*");
                    break;
                case '?':
                    expression.Append("[^/]");
                    break;
                case '[':
                    var end = pattern.IndexOf(']', i + 1);
                    if (end < 0) throw Invalid(line, $"the pattern {pattern}, whose bracket is not closed");
                    // A class means the same here as in Go; a subtraction, which only .NET has, would begin with another bracket.
                    expression.Append('[').Append(pattern[(i + 1)..end].Replace("[", @"\[", StringComparison.Ordinal)).Append(']');
                    i = end;
                    break;
                case '\\' when i + 1 < pattern.Length:
                    expression.Append(Regex.Escape(pattern[++i].ToString()));
                    break;
                default:
                    expression.Append(Regex.Escape(pattern[i].ToString()));
                    break;
            }
        }
        return expression.Append(@"\z").ToString();
    }

    private static DriftException Invalid(int line, string problem) =>
        new(ErrorCode.InvalidSetting, $"Line {line + 1} of {FileName} has {problem}.", "Write it as Docker's documentation of .dockerignore shows.");
}
