// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using Drift.Oci;

namespace Drift.Recipes;

/// <summary>The layers that a project file names. Images of all platforms share them.</summary>
internal sealed class ProjectLayers(string directory)
{
    public const string CaCertificates = "ca-certificates", Passwd = "passwd", TimeZones = "tzdata";

    // Whom distroless images run as.
    private const long DefaultUser = 65532;
    private readonly List<(Layer Layer, string CreatedBy)> _layers = [];
    private readonly Dictionary<(long User, long Group), Layer> _users = [];
    private bool _hasUsers;

    /// <summary>Reads what has to be known of the files.</summary>
    public async Task PlanAsync(ProjectFile file, CancellationToken cancellationToken)
    {
        foreach (var name in file.Include.Distinct(StringComparer.Ordinal))
        {
            if (name == Passwd) _hasUsers = true;
            else if (name == CaCertificates) _layers.Add((await MiniLayers.CaCertificatesAsync(cancellationToken: cancellationToken).ConfigureAwait(false), $"drift: {name}"));
            else _layers.Add((await MiniLayers.TimeZonesAsync(cancellationToken: cancellationToken).ConfigureAwait(false), $"drift: {name}"));
        }
        foreach (var layer in file.Layers)
        {
            _layers.AddRange((await PlanAsync(layer, cancellationToken).ConfigureAwait(false)).Select(planned => (planned, $"drift: {layer.From ?? layer.Archive ?? ProjectFile.FileName}")));
        }
    }

    public Image AddTo(Image image)
    {
        if (_hasUsers)
        {
            var user = UserOf(image.Config.User);
            if (!_users.TryGetValue(user, out var users)) _users.Add(user, users = MiniLayers.Users(user.User, user.Group));
            image = image.WithLayer(users, $"drift: {Passwd}");
        }
        return _layers.Aggregate(image, static (below, layer) => below.WithLayer(layer.Layer, layer.CreatedBy));
    }

    /// <summary>A path of the project on this machine.</summary>
    /// <exception cref="DriftException">A symbolic link leads out of the project.</exception>
    public string Resolve(string path, ProjectLayer? layer = null)
    {
        var full = Path.Combine(directory, path);
        if (IsInside(full)) return full;
        const string Hint = "Put the files themselves into the project.";
        throw layer?.Error($"{path} is a link that leaves the project, or leads in a circle.", Hint) ?? new DriftException(ErrorCode.InvalidProject, $"The source {path} is a link that leaves the project {directory}, or leads in a circle.", Hint);
    }

    private bool IsInside(string path)
    {
        try
        {
            return RealPath.IsWithin(RealPath.Of(path), RealPath.Of(directory));
        }
        catch (IOException)
        {
            // A link that leads in a circle leads nowhere.
            return false;
        }
    }

    private async Task<IEnumerable<Layer>> PlanAsync(ProjectLayer layer, CancellationToken cancellationToken)
    {
        if (layer.Archive is not null) return [ArchiveLayer.FromFile(Existing(layer, layer.Archive))];
        if (layer.From is null) return [Create(layer, files => AddChanges(files, layer))];
        var source = Existing(layer, layer.From);
        if (File.Exists(source))
        {
            if (layer.Split is not null || layer.Ignore is not null || layer.KeepExtendedAttributes is not null) throw layer.Error($"{layer.From} is one file: split, ignore and keep-xattrs are for folders.", "Leave them out.");
            return [Create(layer, files => AddFile(files, source, layer))];
        }
        var tree = await FileTree.ReadAsync(source, await OptionsOfAsync(source, layer, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        return [.. tree.Split(layer.Split ?? 1).Select(part => Create(layer, files => files.AddTree(layer.To!, part)))];
    }

    private string Existing(ProjectLayer layer, string path)
    {
        var full = Resolve(path, layer);
        var exists = File.Exists(full) || (layer.From is not null && Directory.Exists(full));
        return exists ? full : throw layer.Error($"There is no {path} in {directory}.", $"Write paths relative to the folder of {ProjectFile.FileName}.");
    }

    private async Task<FileTreeOptions> OptionsOfAsync(string source, ProjectLayer layer, CancellationToken cancellationToken)
    {
        var ignore = await DockerIgnore.ReadAsync(source, cancellationToken).ConfigureAwait(false) ?? DockerIgnore.Parse("");
        if (layer.Ignore is not null) ignore = ignore.Then(DockerIgnore.Parse(string.Join('\n', layer.Ignore)));
        // The project file says how the image is made, and is no part of it.
        if (Path.GetFullPath(source).TrimEnd('/') == Path.GetFullPath(directory).TrimEnd('/')) ignore = ignore.Then(DockerIgnore.Parse(ProjectFile.FileName));
        return new FileTreeOptions
        {
            KeepModes = layer.KeepModes ?? false,
            KeepExtendedAttributes = layer.KeepExtendedAttributes ?? false,
            ModeOf = layer.Mode is { } mode ? _ => mode : null,
            Owner = layer.Owner?.User ?? 0,
            Group = layer.Owner?.Group ?? 0,
            Ignore = ignore,
        };
    }

    private static void AddFile(FileLayerBuilder files, string source, ProjectLayer layer)
    {
        var status = File.GetUnixFileMode(source);
        var standard = status.HasFlag(UnixFileMode.UserExecute) ? FileLayerBuilder.Executable : FileLayerBuilder.ReadOnly;
        var (user, group) = layer.Owner ?? (0, 0);
        files.Add(layer.To!.EndsWith('/') ? layer.To + Path.GetFileName(source) : layer.To, source, layer.Mode ?? (layer.KeepModes == true ? (int)status : standard), user, group);
    }

    private static void AddChanges(FileLayerBuilder files, ProjectLayer layer)
    {
        var (user, group) = layer.Owner ?? (0, 0);
        foreach (var path in layer.Directories ?? []) files.AddDirectory(path, layer.Mode ?? FileLayerBuilder.Executable, user, group);
        foreach (var (path, target) in layer.Links ?? new Dictionary<string, string>(StringComparer.Ordinal)) files.AddSymbolicLink(path, target, user, group);
        foreach (var path in layer.Delete ?? []) files.AddWhiteout(path);
    }

    private static FileLayer Create(ProjectLayer layer, Action<FileLayerBuilder> build)
    {
        try
        {
            return FileLayer.Create(build);
        }
        catch (ArgumentException e)
        {
            throw layer.Error(e.Message, "Correct the paths of this layer.");
        }
    }

    /// <summary>The numbers of an image's user; a name, and root, are not to be made.</summary>
    private static (long User, long Group) UserOf(string? user)
    {
        var parts = (user ?? "").Split(':');
        if (!uint.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number == 0) return (DefaultUser, DefaultUser);
        return (number, parts.Length > 1 && uint.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var group) ? group : number);
    }
}
