// SPDX-License-Identifier: Apache-2.0

namespace Drift.Recipes;

/// <summary>
/// How long a file may be kept without asking. Only a name that tells of its content lets it be kept for ever, and a name that only looks so would
/// keep an old file for a year: so whatever may as well be a word, a date or a version is asked for. With its tag, that costs one short answer.
/// </summary>
internal static class SiteCaching
{
    internal const string Revalidate = "no-cache";
    internal const string Forever = "public, max-age=31536000, immutable";

    private const int ShortHash = 8, WholeName = 16;

    // Folders where these tools put nothing whose name does not tell of its content: Next, SvelteKit, Astro, Nuxt.
    private static readonly string[] Folders = ["/_next/static/", "/_app/immutable/", "/_astro/", "/_nuxt/"];

    // What tools add behind the hash.
    private static readonly string[] Suffixes = [".min", ".chunk", ".bundle", ".module"];

    /// <summary>The Cache-Control of a file at a path.</summary>
    internal static string Of(SiteFile file) =>
        file is { Status: 200, Location: null, IsPage: false } && (Folders.Any(folder => file.UrlPath.Contains(folder, StringComparison.Ordinal)) || HasHash(file.UrlPath)) ? Forever : Revalidate;

    private static bool HasHash(string path)
    {
        var stem = Path.GetFileNameWithoutExtension(path);
        // A map lies beside its script, and has a name with two extensions.
        if (path.EndsWith(".map", StringComparison.Ordinal)) stem = Path.GetFileNameWithoutExtension(stem);
        while (Array.Find(Suffixes, suffix => stem.EndsWith(suffix, StringComparison.Ordinal)) is { } suffix) stem = stem[..^suffix.Length];
        var last = stem[(stem.AsSpan().LastIndexOfAny('.', '-', '_') + 1)..];
        if (IsHexadecimal(last) && last.Length >= (last.Length == stem.Length ? WholeName : ShortHash)) return true;
        return stem.Length > ShortHash + 1 && stem[^(ShortHash + 1)] is '.' or '-' && IsBase64(stem[^ShortHash..]);
    }

    /// <summary>Hexadecimal in one case, as webpack, Parcel, Gatsby, Hugo and Next write it; digits alone are a date or a number, letters alone a word.</summary>
    private static bool IsHexadecimal(string text) =>
        (text.All(char.IsAsciiHexDigitLower) || text.All(char.IsAsciiHexDigitUpper)) && text.Any(char.IsAsciiDigit) && text.Any(char.IsAsciiLetter) && !IsNumbered(text);

    /// <summary>
    /// Eight characters of base64url, as Vite, Rollup and Astro write them, or of base32, as esbuild does. Words, also with capitals and a
    /// number, change less often between the kinds of characters.
    /// </summary>
    private static bool IsBase64(string text)
    {
        if (!text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')) return false;
        var changes = text.Zip(text[1..]).Count(pair => Kind(pair.First) != Kind(pair.Second) && !(char.IsAsciiLetterUpper(pair.First) && char.IsAsciiLetterLower(pair.Second)));
        if (text.All(c => char.IsAsciiLetterUpper(c) || c is >= '2' and <= '7')) return changes >= 2 && text.Count(char.IsAsciiDigit) >= 2;
        return changes >= 3 && text.Any(char.IsAsciiLetterUpper) && text.Any(char.IsAsciiLetterLower);
    }

    // A word or a letter with a number behind it, such as cafe2024: one change.
    private static bool IsNumbered(string text) => text.Length < WholeName && text.Zip(text[1..]).Count(pair => Kind(pair.First) != Kind(pair.Second)) < 2;

    private static int Kind(char c) => char.IsAsciiDigit(c) ? 0 : char.IsAsciiLetterUpper(c) ? 1 : char.IsAsciiLetterLower(c) ? 2 : 3;
}
