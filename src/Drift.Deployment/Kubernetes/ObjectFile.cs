// SPDX-License-Identifier: Apache-2.0

using System.Text;
using Drift.Oci;

namespace Drift.Deployment;

/// <summary>A file of Kubernetes objects, in YAML or JSON. What is changed in it are some texts; every other byte stays.</summary>
public sealed class ObjectFile
{
    /// <summary>How large a file may be, in bytes: ten times what a cluster takes as one object.</summary>
    public const int MaximumSize = 16 * 1024 * 1024;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private readonly bool _hasMark;
    private readonly string _text;

    private ObjectFile(string name, string text, bool hasMark)
    {
        Name = name;
        _text = text;
        _hasMark = hasMark;
        Images = YamlFields.Read(text, name, "image");
    }

    /// <summary>The file's name, as it was given.</summary>
    public string Name { get; }

    /// <summary>The images that the file names, as they are written, in its order; each as often as it is there.</summary>
    public IEnumerable<string> ImageNames => Images.Select(image => image.Value);

    internal IReadOnlyList<YamlField> Images { get; }

    /// <summary>Reads a file.</summary>
    /// <exception cref="DriftException">It is not there, too large, or no YAML in UTF-8.</exception>
    public static async Task<ObjectFile> ReadAsync(string path, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            var file = File.OpenRead(path);
            await using var _ = file.ConfigureAwait(false);
            return await ReadAsync(file, path, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw e is FileNotFoundException or DirectoryNotFoundException
                ? new DriftException(ErrorCode.SourceNotFound, $"There is no file {path}.", "Name a file that exists.", e)
                : new DriftException(ErrorCode.FileSystem, $"{path} cannot be read: {e.Message}", "Check its permissions.", e);
        }
    }

    /// <summary>Reads a file to its end.</summary>
    /// <param name="stream">The file.</param>
    /// <param name="name">Its name, which stands in errors.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="DriftException">It is too large, or no YAML in UTF-8.</exception>
    public static async Task<ObjectFile> ReadAsync(Stream stream, string name, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var bytes = new MemoryStream();
        var buffer = new byte[64 * 1024];
        for (int read; (read = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0;)
        {
            if (bytes.Length + read > MaximumSize) throw new DriftException(ErrorCode.InvalidObjects, $"{name} is larger than {MaximumSize} bytes.", "Write several files.");
            bytes.Write(buffer, 0, read);
        }
        return Parse(bytes.GetBuffer().AsSpan(0, (int)bytes.Length), name);
    }

    /// <summary>Reads the content of a file.</summary>
    /// <exception cref="DriftException">It is no YAML in UTF-8.</exception>
    public static ObjectFile Parse(ReadOnlySpan<byte> content, string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        var hasMark = content.StartsWith(Encoding.UTF8.Preamble);
        try
        {
            var text = Utf8.GetString(hasMark ? content[Encoding.UTF8.Preamble.Length..] : content);
            // For the parser it is the end of the file, for whoever reads it next it may not be.
            return text.Contains('\0', StringComparison.Ordinal)
                ? throw new DriftException(ErrorCode.InvalidObjects, $"{name} has a NUL in it.", "Save the file as UTF-8.")
                : new ObjectFile(name, text, hasMark);
        }
        catch (DecoderFallbackException e)
        {
            throw new DriftException(ErrorCode.InvalidObjects, $"{name} is not UTF-8.", "Save the file as UTF-8.", e);
        }
    }

    /// <summary>The file with other images.</summary>
    /// <param name="images">What stands for an image as it is written; one that is missing stays.</param>
    public ObjectFile WithImages(IReadOnlyDictionary<string, string> images)
    {
        ArgumentNullException.ThrowIfNull(images);
        return With(Images.Where(image => images.ContainsKey(image.Value)).Select(image => (image, images[image.Value])));
    }

    /// <summary>The content of the file.</summary>
    public byte[] ToBytes() => [.. _hasMark ? Encoding.UTF8.Preamble : [], .. Utf8.GetBytes(_text)];

    internal IReadOnlyList<YamlField> Fields(params IEnumerable<string> keys) => YamlFields.Read(_text, Name, keys);

    internal ObjectFile With(IEnumerable<(YamlField Field, string Value)> changes)
    {
        var text = new StringBuilder();
        var done = 0;
        foreach (var (field, value) in changes.OrderBy(change => change.Field.Start))
        {
            text.Append(_text, done, field.Start - done).Append(value);
            done = field.Start + field.Length;
        }
        return done == 0 ? this : new ObjectFile(Name, text.Append(_text, done, _text.Length - done).ToString(), _hasMark);
    }
}
