// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>The bytes of a file of this machine, opened when they are needed. A symbolic link is followed.</summary>
internal abstract class FileContent : ContentSource
{
    protected abstract string FilePath { get; }

    /// <summary>What the file was when it was looked at before; null when it was not.</summary>
    internal virtual FileIdentity? Known => null;

    public override ValueTask<OpenContent> OpenAsync(CancellationToken cancellationToken = default)
    {
        var path = FilePath;
        // A pipe would wait for its writer, and a device may never end. Where the type is known, somebody has looked.
        if (Known is null && FileStatus.Read(path, follow: true).Type is not (TarEntryType.File or TarEntryType.SymbolicLink))
        {
            throw new DriftException(ErrorCode.LayerSource, $"{path} is not a file but a folder, a pipe or a device.", "Save its content to a file first.");
        }
        try
        {
            var stream = new UnchangedFileStream(path);
            return new(new OpenContent(stream, stream.Length));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DriftException(ErrorCode.LayerSource, $"{path} cannot be read: {e.Message}", "Check that the file exists and may be read.", e);
        }
    }

    internal override void Describe(LayerInputs inputs) => inputs.Add(Known is { } known && !inputs.LooksAgain ? known : FileStatus.Read(FilePath, follow: true).Identity);
}
