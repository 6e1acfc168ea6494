// SPDX-License-Identifier: Apache-2.0

using System.IO.Enumeration;
using Drift.Oci;

namespace Drift.Machines;

/// <summary>
/// A goss file with all that it includes: checks in the order in which they are written. A key that is there twice, or that nobody knows, is an error, where goss would
/// take the last one, or none. Templates are not evaluated.
/// </summary>
internal sealed class GossFile
{
    private const int MaximumFiles = 64;
    private const int MaximumChecks = 10_000;
    private readonly string _folder;
    private readonly List<Check> _checks = [];
    private readonly Dictionary<(string, string), string> _positions = [];
    private readonly Stack<string> _open = [];
    private int _files;

    private GossFile(string folder) => _folder = folder;

    /// <summary>Reads the file.</summary>
    /// <exception cref="DriftException">It is missing, or is not what it should be; the message says where.</exception>
    public static IReadOnlyList<Check> Read(string path)
    {
        return Parse(Content(path, path), path);
    }

    /// <summary>Reads a file's content; what it includes is read from beside it.</summary>
    /// <param name="content">The content.</param>
    /// <param name="path">The file's name.</param>
    /// <exception cref="DriftException">It is not what it should be; the message says where.</exception>
    public static IReadOnlyList<Check> Parse(byte[] content, string path)
    {
        var file = new GossFile(Real(Path.GetDirectoryName(Path.GetFullPath(path))!));
        file.Include(Path.GetFullPath(path), path, content);
        return file._checks.Count > 0 ? file._checks : throw new DriftException(ErrorCode.InvalidProject, $"{path} has no checks.", "Write what is to be checked, for example package: { openssh-server: { installed: true } }.");
    }

    private void Include(string path, string name, byte[] content)
    {
        if (++_files > MaximumFiles) throw new DriftException(ErrorCode.InvalidProject, $"{name}: there are more than {MaximumFiles} files.", "Include fewer.");
        if (content.AsSpan().IndexOf("{{"u8) is >= 0 and var template)
        {
            var line = 1 + content.AsSpan(0, template).Count((byte)'\n');
            throw new DriftException(ErrorCode.InvalidProject, $"{name}:{line}: Templates ({{{{ … }}}}) are not evaluated.", "Write what goss render prints of the file.");
        }
        _open.Push(path);
        foreach (var (key, value) in Entries(YamlDocument.Parse(content, name), "a map of resources"))
        {
            if (key.Text == "gossfile")
            {
                foreach (var (included, settings) in Entries(value, "a map of files")) IncludeAll(path, included, settings);
                continue;
            }
            if (!CheckKind.All.TryGetValue(key.Text!, out var kind)) throw Unknown(key);
            foreach (var (id, node) in Entries(value, $"a map of {key.Text}"))
            {
                if (!_positions.TryAdd((kind.Key, id.Text!), id.Position)) throw id.Error($"The {kind.Key} '{YamlDocument.Shown(id.Text!)}' is in {_positions[(kind.Key, id.Text!)]} already.", "Keep one of the two.");
                if (_checks.Count == MaximumChecks) throw id.Error($"There are more than {MaximumChecks} checks.", "Write fewer.");
                _checks.Add(CheckReader.Read(kind, id, node));
            }
        }
        _open.Pop();
    }

    private void IncludeAll(string from, YamlNode key, YamlNode settings)
    {
        var pattern = key.Text!;
        foreach (var (name, value) in settings.IsNull ? [] : Entries(settings, "a map"))
        {
            switch (name.Text)
            {
                case "file": pattern = ScalarReader.Text(value); break;
                case "skip" when ScalarReader.Flag(value): return;
                case "skip" or "title" or "meta": break;
                default: throw name.Error($"'{YamlDocument.Shown(name.Text!)}' is not a key of gossfile.", "Use one of: file, skip, title, meta.");
            }
        }
        var whole = Path.GetFullPath(pattern, Path.GetDirectoryName(from)!);
        var folder = Path.GetDirectoryName(whole)!;
        var isPattern = pattern.AsSpan().ContainsAny('*', '?');
        string[] paths = !isPattern ? [whole]
            : Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder).Where(path => FileSystemName.MatchesSimpleExpression(Path.GetFileName(whole), Path.GetFileName(path), ignoreCase: false)).Order(StringComparer.Ordinal)]
            : [];
        if (isPattern && paths.Length == 0) throw key.Error($"'{YamlDocument.Shown(pattern)}' matches no file.", "Name files that are there; a pattern may stand in the last part alone.");
        foreach (var path in paths)
        {
            if (!Real(path).StartsWith(_folder + "/", StringComparison.Ordinal)) throw key.Error($"'{YamlDocument.Shown(pattern)}' is outside of {_folder}.", "Keep included files in the folder of the first one, or below it.");
            if (_open.Contains(path))
            {
                if (isPattern && path == from) continue;
                throw key.Error($"'{YamlDocument.Shown(pattern)}' includes itself.", "Take the include away.");
            }
            if (!File.Exists(path)) throw key.Error($"There is no {YamlDocument.Shown(pattern)}.", "Name a file that is there.");
            var name = Path.GetRelativePath(Directory.GetCurrentDirectory(), path);
            Include(path, name, Content(path, name));
        }
    }

    private static IReadOnlyList<(YamlNode Key, YamlNode Value)> Entries(YamlNode node, string what) =>
        node.Entries ?? (node.IsNull ? [] : throw node.Error($"This is {node.Kind}, where {what} is expected.", "Write KEY: with entries below it."));

    private static byte[] Content(string path, string name)
    {
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > YamlDocument.MaximumSize }) throw new DriftException(ErrorCode.InvalidProject, $"{name} is larger than {YamlDocument.MaximumSize} bytes.", "Split it, and include the parts with gossfile.");
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DriftException(ErrorCode.SourceNotFound, $"There is no {name}.", "Name a goss file with --goss.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DriftException(ErrorCode.FileSystem, $"{name} cannot be read: {e.Message}", "Name a file that can be read.", e);
        }
    }

    private static DriftException Unknown(YamlNode key) => key.Text == "interface"
        ? key.Error("The resource interface is not evaluated.", "Let a command ask ip address.")
        : key.Error($"'{YamlDocument.Shown(key.Text!)}' is not a resource of goss.", NearestName.Of(key.Text!, [.. CheckKind.All.Keys, "gossfile"]) is { } near ? $"Did you mean {near}?" : $"Use one of: {string.Join(", ", CheckKind.All.Keys)}, gossfile.");

    // With links of folders on the way resolved, too.
    private static string Real(string path) => RootPath.Resolve("/", path, follow: true) ?? path;
}
