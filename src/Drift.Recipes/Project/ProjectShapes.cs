// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Drift.Oci;

namespace Drift.Recipes;

/// <summary>The kinds of values that a project file has.</summary>
internal static class ProjectShapes
{
    private const int LastMode = 0b111_111_111_111;
    private static readonly (string Unit, TimeSpan One)[] Units = [("h", TimeSpan.FromHours(1)), ("m", TimeSpan.FromMinutes(1)), ("s", TimeSpan.FromSeconds(1)), ("ms", TimeSpan.FromMilliseconds(1))];

    public static readonly FlagShape Flag = new();

    public static readonly TextShape<string> Text = Checked("a text", "Write \"\" for an empty one.", static _ => true);

    public static readonly TextShape<string> Name = Checked("a name", "Write a text that is not empty.", static text => text.Length > 0);

    public static readonly TextShape<string> Variable = Checked("the name of a variable", "Write NAME: VALUE.", static text => text.Length > 0 && !text.Contains('=', StringComparison.Ordinal));

    public static readonly TextShape<string> Repository = Checked("a repository name", "Use lower-case letters and digits, with . _ or - between them.", static text => RepositoryName.TryParse(text, out _));

    public static readonly TextShape<string> Base = Checked("the name of an image", "Write a reference, oci:DIR[:TAG], oci-archive:FILE, docker-archive:FILE, docker-daemon:NAME, containers-storage:NAME, or scratch.",
        static text => ImageReference.TryParse(text, out _) || HasTransport(text));

    public static readonly TextShape<Platform> PlatformName = new("a platform", "Write it as linux/amd64 or linux/arm64.", Platform.TryParse);

    public static readonly TextShape<LayerCompression> Compression = new("a compression", "Write gzip, zstd or none, and a level after a colon: gzip:1 to gzip:9, zstd:1 to zstd:19.", LayerCompression.TryParse);

    public static readonly TextShape<string> Source = Checked("a path inside of the project", $"Write a path relative to the folder of {ProjectFile.FileName} that does not leave it through '..'.", IsInside);

    public static readonly TextShape<string> ImagePath = Checked("a path in the image", "Write an absolute path without . and .. in it.", static text => IsImagePath(text) && text.Any(c => c != '/'));

    public static readonly TextShape<string> ImageFolder = Checked("a path in the image", "Write an absolute path without . and .. in it.", IsImagePath);

    public static readonly TextShape<string> UrlFolder = Checked("a path that a site is below", "Write it from /, without one at its end, of letters, digits and . _ - ~.", IsUrlFolder);

    public static readonly TextShape<string> Pattern = Checked("a pattern", "Write it as in .dockerignore, without a # at its start.", IsPattern);

    public static readonly TextShape<int> Mode = new("a mode", "Write it in octal, for example 755 or 4755.", TryParseMode);

    public static readonly TextShape<(long User, long Group)> Owner = new("an owner", "Write numbers: UID or UID:GID.", TryParseOwner);

    public static readonly TextShape<string> User = Checked("a user", "Write UID:GID, or a name that the image's /etc/passwd has.", static text => text.Length > 0 && !text.Any(char.IsWhiteSpace));

    public static readonly TextShape<string> Port = new("a port", "Write a number from 1 to 65535, with /udp after it for UDP.", TryParsePort);

    public static readonly TextShape<string> Signal = Checked("a signal", "Write its name, for example SIGTERM.", IsSignal);

    public static readonly TextShape<TimeSpan> Duration = new("a duration", "Write it with units: 30s, 1m30s, 500ms.", TryParseDuration);

    public static readonly TextShape<string> Symbol = Checked("a symbol", "Write a name as it stands before the colon in the source: letters, digits, _ . and $.", static text => IsWord(text, "_.$"));

    public static readonly TextShape<string> Macro = Checked("the name of a macro", "Write NAME: VALUE; a name has letters, digits and _.", static text => IsWord(text, "_"));

    public static readonly TextShape<string> MacroValue = Checked("the value of a macro", "Write one line of at most 1000 characters; \"\" is an empty one.", static text => text.Length <= 1000 && !text.Any(char.IsControl));

    public static TextShape<string> OneOf(string kind, params string[] names) =>
        new(kind, $"Write one of: {string.Join(", ", names)}.", (string text, [MaybeNullWhen(false)] out string value) => names.Contains(value = text, StringComparer.Ordinal)) { Names = names };

    public static ListShape<T> List<T>(Shape<T> item) => new(item);

    private static TextShape<string> Checked(string kind, string hint, Func<string, bool> isValid) =>
        new(kind, hint, (string text, [MaybeNullWhen(false)] out string value) => isValid(value = text));

    /// <summary>What is above the project may be anything of this machine, and an image is made to be given away.</summary>
    private static bool IsInside(string path)
    {
        if (path.Length == 0 || Path.IsPathRooted(path)) return false;
        var depth = 0;
        foreach (var part in path.Split('/'))
        {
            depth += part switch { ".." => -1, "" or "." => 0, _ => 1 };
            if (depth < 0) return false;
        }
        return true;
    }

    private static bool IsImagePath(string path) =>
        path.Length <= 4096 && path.StartsWith('/') && !path.Split('/').Any(part => part is "." or ".." || Whiteout.IsMarker(part));

    private static bool IsUrlFolder(string path) => path.Length is > 1 and < 256 && path[0] == '/'
        && path[1..].Split('/').All(part => part is not ("" or "." or "..") && part.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or '~'));

    private static bool IsPattern(string text)
    {
        if (text.Length == 0 || text[0] == '#' || text.Contains('\n', StringComparison.Ordinal)) return false;
        try
        {
            DockerIgnore.Parse(text);
            return true;
        }
        catch (DriftException)
        {
            return false;
        }
    }

    private static bool IsWord(string text, string punctuation) =>
        text.Length is > 0 and <= 255 && !char.IsAsciiDigit(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || punctuation.Contains(c, StringComparison.Ordinal));

    private static bool TryParseMode(string text, out int mode)
    {
        mode = 0;
        var digits = text.StartsWith("0o", StringComparison.Ordinal) ? text[2..] : text;
        if (digits.Length is < 3 or > 5 || !digits.All(c => c is >= '0' and <= '7')) return false;
        foreach (var digit in digits) mode = (mode << 3) + (digit - '0');
        return mode <= LastMode;
    }

    private static bool TryParseOwner(string text, out (long User, long Group) owner)
    {
        var parts = text.Split(':');
        var isOwner = uint.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var user) & uint.TryParse(parts[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var group);
        owner = (user, group);
        return isOwner && parts.Length <= 2;
    }

    private static bool TryParsePort(string text, [MaybeNullWhen(false)] out string port)
    {
        var parts = text.Split('/');
        var isPort = ushort.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0;
        port = $"{number}/{(parts.Length == 1 ? "tcp" : parts[1])}";
        return isPort && (parts is [_] or [_, "tcp" or "udp" or "sctp"]);
    }

    private static bool TryParseDuration(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        var rest = text;
        foreach (var (unit, one) in Units)
        {
            var digits = rest.TakeWhile(char.IsAsciiDigit).Count();
            // The m of 5ms is none of minutes.
            if (digits is < 1 or > 6 || !rest.AsSpan(digits).StartsWith(unit) || (unit == "m" && rest.AsSpan(digits).StartsWith("ms"))) continue;
            duration += one * int.Parse(rest.AsSpan(0, digits), CultureInfo.InvariantCulture);
            rest = rest[(digits + unit.Length)..];
        }
        return text.Length > 0 && rest.Length == 0;
    }

    private static bool IsSignal(string text) =>
        text.StartsWith("SIG", StringComparison.Ordinal) ? text.Length is > 3 and < 16 && text.All(c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c) || c is '+' or '-')
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and < 65;

    /// <summary>Whether it names a place that is no registry; who opens it knows which there are.</summary>
    private static bool HasTransport(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && colon < text.Length - 1 && text[..colon].All(c => char.IsAsciiLetterLower(c) || c == '-') && !text.Any(char.IsWhiteSpace);
    }
}
