// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;
using Microsoft.Win32.SafeHandles;

namespace Drift.Recipes;

/// <summary>
/// Room on the disk for what is made from files, so that memory does not grow with the site. The file has no name from the moment it is
/// there: whatever happens to the process, nothing stays behind.
/// </summary>
internal sealed class SiteSpool
{
    private readonly Lazy<SafeFileHandle> _file = new(Open);
    private long _end;

    /// <summary>Room for <paramref name="size"/> bytes. What stays unused takes no place on the disk.</summary>
    internal long Reserve(long size) => Interlocked.Add(ref _end, size) - size;

    internal void Write(ReadOnlySpan<byte> bytes, long offset) => RandomAccess.Write(_file.Value, bytes, offset);

    internal ContentSource Content(long offset, long length) =>
        ContentSource.Create(_ => new(new OpenContent(new SiteSpoolStream(_file.Value, offset, length), length)));

    private static SafeFileHandle Open()
    {
        var folder = Directory.CreateTempSubdirectory("drift-");
        try
        {
            return File.OpenHandle(Path.Combine(folder.FullName, "spool"), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
