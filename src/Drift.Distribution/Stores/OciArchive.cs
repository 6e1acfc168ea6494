// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Distribution;

/// <summary>An OCI layout in one tar file, as skopeo's <c>oci-archive:</c> and podman write it.</summary>
internal static class OciArchive
{
    /// <summary>Writes a layout folder as an archive: sorted, with fixed times and owners, so that the same image gives the same file.</summary>
    public static Task WriteAsync(string layout, string path, CancellationToken cancellationToken) => AtomicFile.WriteAsync(path, async output =>
    {
        var tar = new TarWriter(output);
        foreach (var file in Directory.EnumerateFiles(layout, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var name = System.IO.Path.GetRelativePath(layout, file);
            if (name.StartsWith('.')) continue;
            var content = File.OpenRead(file);
            await using var _ = content.ConfigureAwait(false);
            await tar.WriteAsync(new TarEntry { Path = name, Type = TarEntryType.File, Size = content.Length }, content, cancellationToken).ConfigureAwait(false);
        }
        await tar.FinishAsync(cancellationToken).ConfigureAwait(false);
    });

    /// <summary>Unpacks an archive into a layout folder. Only the files of a layout are taken; their content is checked when it is read.</summary>
    public static async Task<OciLayout> ReadAsync(string path, string directory, CancellationToken cancellationToken)
    {
        await ArchiveFiles.UnpackAsync(path, directory, IsLayoutFile, cancellationToken).ConfigureAwait(false);
        return OciLayout.Open(directory, "oci-archive:" + path);
    }

    private static bool IsLayoutFile(string name)
    {
        if (name is "oci-layout" or "index.json") return true;
        var parts = name.Split('/');
        return parts is ["blobs", var algorithm, var hex] && Digest.TryParse($"{algorithm}:{hex}", out _);
    }
}
