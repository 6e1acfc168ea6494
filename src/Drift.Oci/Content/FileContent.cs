// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>The bytes of a file of this machine, opened when they are needed. A symbolic link is followed.</summary>
internal abstract class FileContent : ContentSource
{
    protected abstract string FilePath { get; }

    /// <summary>What the file was when it was looked at before; null when it was not.</summary>
    internal virtual FileStatus? Known => null;

    public override ValueTask<OpenContent> OpenAsync(CancellationToken cancellationToken = default)
    {
        var path = FilePath;
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

    internal override void Describe(LayerInputs inputs) => inputs.Add(Known is { } known && !inputs.LooksAgain ? known : FileStatus.Read(FilePath, follow: true));
}
