// SPDX-License-Identifier: Apache-2.0

namespace Drift.Recipes;

/// <summary>
/// Turns the rules of <c>_redirects</c> into answers at paths, as far as the paths are known, and into rules for the server. For any path, the
/// first rule that is for it counts: a later one that would get into the table of paths before it is left out.
/// </summary>
/// <param name="files">What is answered at each path; the answers of rules are added.</param>
internal sealed class SiteRewriting(Dictionary<string, SiteFile> files)
{
    // Patterns with their variants; and whatever must come before those with "!".
    private const int MaximumRules = 1024;
    private readonly Dictionary<string, SiteFile> _known = new(files, StringComparer.Ordinal);
    private readonly Dictionary<string, SiteFile> _added = new(StringComparer.Ordinal);
    private readonly List<SiteRule> _rules = [];
    private bool _isComplete;

    /// <summary>The rules for the server, in their order.</summary>
    internal IReadOnlyList<SiteRule> Rules => _rules;

    /// <summary>The page of the rule <c>/* PAGE 200</c>; null for none.</summary>
    internal SiteFile? Fallback { get; private set; }

    internal void Add(SiteRedirect redirect)
    {
        if (SiteSegment.IsHealth(redirect.Source.Text)) throw redirect.Line.Error($"{redirect.Source.Text} is where the server says that it is well.", "Leave the rule out.");
        if (redirect.Source.Target == redirect.Target && !redirect.IsRewrite) throw redirect.Line.Error("The rule leads to itself.", "Correct its target.");
        if (redirect is { IsRewrite: true, HasCaptures: true })
        {
            Expand(redirect);
            return;
        }
        var file = redirect.IsRewrite ? Find(redirect) : null;
        if (redirect is { Status: 200, Force: false, Source.IsEverything: true })
        {
            // Whatever comes behind it is never reached.
            if (!_isComplete) Fallback = file;
            _isComplete = true;
        }
        foreach (var source in redirect.Source.WithSlashes())
        {
            if (_isComplete || source.Target == redirect.Target) continue;
            if (source.IsLiteral) AddPath(redirect, source, file);
            else AddRule(redirect, source, file);
        }
        if (_rules.Count > MaximumRules) throw redirect.Line.Error($"The server would have to try more than {MaximumRules} rules for each request.", "Put the rule, which comes before the files, above those for one path.");
    }

    private void AddPath(SiteRedirect redirect, SitePattern source, SiteFile? file)
    {
        var path = UrlPath.TryDecode(source.Text)!;
        AddPath(redirect, source.Text, file is null
            ? SiteFile.Redirect(path, SitePattern.Fill(redirect.Target, []), redirect.Status)
            : file with { UrlPath = path, Status = redirect.Status });
    }

    private void AddPath(SiteRedirect redirect, string encoded, SiteFile file)
    {
        var isShadowed = _known.ContainsKey(file.UrlPath);
        if (_isComplete || SiteSegment.IsHealth(file.UrlPath) || (isShadowed && !redirect.Force) || _added.ContainsKey(file.UrlPath)) return;
        if (_rules.Any(rule => (rule.Force || !isShadowed) && rule.Pattern.Match(encoded) is not null)) return;
        _added.Add(file.UrlPath, file);
        files[file.UrlPath] = file;
    }

    private void AddRule(SiteRedirect redirect, SitePattern source, SiteFile? file)
    {
        if (redirect.Force) KeepBefore(source);
        // A splat that begins with a slash would make //HOST of /:splat.
        if (source.EndsInSplat && redirect.Target is ['/', var first, ..] && first == (char)(SiteFormat.TargetCapture + source.Names.Count - 1))
        {
            _rules.Add(new SiteRule(source with { Text = source.Text.Insert(source.Text.Length - 1, "/") }, redirect.Force));
        }
        _rules.Add(new SiteRule(source, redirect.Force) { File = file is null ? null : file with { Status = redirect.Status }, Target = file is null ? redirect.Target : null, Status = redirect.Status });
    }

    /// <summary>A rule that comes before the files would also come before what earlier rules answer, and before the answers of health.</summary>
    private void KeepBefore(SitePattern source)
    {
        foreach (var path in SiteSegment.HealthPaths)
        {
            var isKept = _rules.Any(rule => rule.IsHealth && rule.Pattern.Text == path);
            if (!isKept && source.Match(path) is not null) _rules.Insert(0, new SiteRule(new SitePattern(path, []), Force: true) { IsHealth = true });
        }
        foreach (var (path, file) in _added.OrderBy(added => added.Key, StringComparer.Ordinal))
        {
            var encoded = UrlPath.Encode(path);
            if (source.Match(encoded) is null || _rules.Any(rule => rule.Pattern.Text == encoded)) continue;
            _rules.Add(new SiteRule(new SitePattern(encoded, []), Force: true) { File = file.Location is null ? file : null, Target = file.Location, Status = file.Status });
        }
    }

    /// <summary>A rewrite whose target depends on the path becomes an answer for each file that it can lead to.</summary>
    private void Expand(SiteRedirect redirect)
    {
        var count = redirect.Source.Names.Count;
        var order = redirect.Target.Where(SitePattern.IsCapture).Select(c => c - SiteFormat.TargetCapture).ToList();
        if (order.Count != count || order.Distinct().Count() != count)
        {
            throw redirect.Line.Error("A rewrite has each of its placeholders once in its target: its files are found when the site is built.", "Redirect by 301 or 302, or name one file as target.");
        }
        var splat = redirect.Source.EndsInSplat ? count - 1 : -1;
        if (splat >= 0 && redirect.Target[^1] != (char)(SiteFormat.TargetCapture + splat))
        {
            throw redirect.Line.Error("The :splat of a rewrite is not at the end of its target.", "End the target with :splat.");
        }
        var target = new SitePattern(string.Concat(redirect.Target.Select(c => !SitePattern.IsCapture(c) ? c : (char)(c - SiteFormat.TargetCapture == splat ? SiteFormat.PatternRest : SiteFormat.PatternSegment))), redirect.Source.Names);
        var isOfUse = false;
        foreach (var file in _known.Values.OrderBy(file => file.UrlPath, StringComparer.Ordinal))
        {
            if (target.Match(UrlPath.Encode(file.UrlPath)) is not { } found) continue;
            isOfUse = true;
            var captures = new string[count];
            for (var i = 0; i < count; i++) captures[order[i]] = found[i];
            var encoded = SitePattern.Fill(redirect.Source.Target, captures);
            var path = UrlPath.TryDecode(encoded)!;
            // The folder's own redirection would show the address that the rule hides.
            AddPath(redirect, encoded, file.Location is null ? file with { UrlPath = path, Status = redirect.Status } : SiteFile.Redirect(path, encoded + "/", file.Status));
        }
        if (!isOfUse) throw redirect.Line.Error("The site has nothing that the target could be.", "Name a folder of the site before :splat.");
    }

    private SiteFile Find(SiteRedirect redirect)
    {
        var path = UrlPath.TryDecode(redirect.Target.Split('?', '#')[0])!;
        return _known.GetValueOrDefault(path) switch
        {
            { Location: null } file => file,
            { } => _known.GetValueOrDefault(path + "/") ?? throw Missing(),
            null => throw Missing(),
        };

        Exception Missing() => redirect.Line.Error($"The site has nothing at {path}.", "Name a file of the site.");
    }
}
