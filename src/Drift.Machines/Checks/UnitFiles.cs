// SPDX-License-Identifier: Apache-2.0

namespace Drift.Machines;

/// <summary>
/// The units of systemd in a folder, as <c>systemctl --root is-enabled</c> has them: enabled when a link of a target, or an alias, leads to it; static when nothing of it
/// could be enabled, which counts too; not when it is masked. Links from <c>/run</c> and generators are no part of an image.
/// </summary>
/// <param name="root">The folder.</param>
/// <param name="files">Its files.</param>
internal sealed class UnitFiles(string root, IInspectedMachine files)
{
    private static readonly string[] Folders = ["/etc/systemd/system", "/usr/local/lib/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system"];

    public async Task<bool> IsEnabledAsync(string name, CancellationToken cancellationToken)
    {
        var unit = name.Contains('.', StringComparison.Ordinal) ? name : name + ".service";
        if (unit.Contains('/', StringComparison.Ordinal)) return false;
        foreach (var folder in Folders)
        {
            if (RootPath.Resolve(root, $"{folder}/{unit}", follow: false) is not { } here || FileStatus.Read(here) is not { } state) continue;
            if (state.LinkTarget == "/dev/null") return false;
            // An alias, for example sshd.service, which is there because its unit is enabled, or comes with the package.
            if (state.IsLink) return RootPath.Resolve(root, $"{folder}/{unit}", follow: true) is { } target && File.Exists(target);
            return IsWanted(unit) || !await HasInstallAsync($"{folder}/{unit}", cancellationToken).ConfigureAwait(false);
        }
        return false;
    }

    private bool IsWanted(string unit)
    {
        if (RootPath.Resolve(root, Folders[0], follow: true) is not { } folder || !Directory.Exists(folder)) return false;
        var template = unit.IndexOf('@', StringComparison.Ordinal) is > 0 and var at && unit[at + 1] == '.' ? unit[..(at + 1)] : null;
        // An alias counts, too.
        if (Directory.EnumerateFileSystemEntries(folder, "*.*").Any(path => FileStatus.Read(path)?.LinkTarget?.Split('/')[^1] == unit)) return true;
        return Directory.EnumerateDirectories(folder).Where(path => path.EndsWith(".wants", StringComparison.Ordinal) || path.EndsWith(".requires", StringComparison.Ordinal))
            .Where(path => FileStatus.Read(path) is { IsFolder: true })
            .Any(path => FileStatus.Read(Path.Combine(path, unit)) is not null || (template is not null && Directory.EnumerateFileSystemEntries(path, template + "*").Any()));
    }

    private async Task<bool> HasInstallAsync(string unit, CancellationToken cancellationToken)
    {
        var lines = System.Text.Encoding.UTF8.GetString(await files.ReadAsync(unit, cancellationToken).ConfigureAwait(false) ?? []).Split('\n').Select(line => line.Trim());
        return lines.SkipWhile(line => line != "[Install]").Skip(1).TakeWhile(line => !line.StartsWith('['))
            .Any(line => line.StartsWith("WantedBy=", StringComparison.Ordinal) || line.StartsWith("RequiredBy=", StringComparison.Ordinal) || line.StartsWith("Alias=", StringComparison.Ordinal) || line.StartsWith("Also=", StringComparison.Ordinal));
    }
}
