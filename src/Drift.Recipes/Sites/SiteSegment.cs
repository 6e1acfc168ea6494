// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;
using System.Text;
using Drift.Oci;

namespace Drift.Recipes;

/// <summary>
/// A site as the server reads it: a perfect hash of paths, and for each a whole answer. The server picks these bytes; it never
/// makes any. Paths and heads are held in memory; bodies are read when <see cref="Content"/> is.
/// </summary>
public sealed class SiteSegment
{
    /// <summary>The path that answers whether the server is well.</summary>
    public const string HealthPath = "/health";

    /// <summary>The path of the page that answers where there is nothing.</summary>
    public const string NotFoundPath = "/404.html";

    private readonly byte[] _front;
    private readonly IReadOnlyList<SiteFile> _bodies;

    private SiteSegment(byte[] front, IReadOnlyList<SiteFile> bodies, long length)
    {
        _front = front;
        _bodies = bodies;
        Length = length;
        Content = ContentSource.Create(_ => new(new OpenContent(new SiteSegmentStream(_front, _bodies), Length)));
    }

    /// <summary>How many bytes it has: at most 4 GiB less one.</summary>
    public long Length { get; }

    /// <summary>Its bytes.</summary>
    public ContentSource Content { get; }

    /// <summary>
    /// Lays out a site. <see cref="HealthPath"/> is added; the file at <see cref="NotFoundPath"/> is the body of the answer 404.
    /// The order of the files does not matter.
    /// </summary>
    /// <exception cref="ArgumentException">A path is not one that a browser sends.</exception>
    /// <exception cref="DriftException">Two files have one path, or the site is too large: <see cref="ErrorCode.InvalidSite"/>.</exception>
    public static SiteSegment Create(IEnumerable<SiteFile> files)
    {
        ArgumentNullException.ThrowIfNull(files);
        var sorted = files.Append(SiteFile.FromText(HealthPath, "OK", "text/plain; charset=utf-8")).OrderBy(file => file.UrlPath, StringComparer.Ordinal).ToList();
        Check(sorted);

        var hash = SitePathHash.Create([.. sorted.Select(file => Encoding.ASCII.GetBytes(file.UrlPath))]);
        var slots = SiteFormat.HeaderSize + sizeof(uint) * hash.Multipliers.Count;
        var textStart = checked(slots + SiteFormat.SlotSize * hash.Slots.Count);
        var text = new SiteSegmentText(textStart);
        var heads = sorted.ConvertAll(file => HeadsOf(file, text));
        var errors = SiteErrors.Add(text, sorted.Find(file => file.UrlPath == NotFoundPath));

        // Bodies follow in the order of their paths, each once.
        var bodies = new List<SiteFile>();
        var bodyOffsets = new Dictionary<ContentSource, uint>(ReferenceEqualityComparer.Instance);
        var end = text.End;
        foreach (var file in sorted)
        {
            if (file.Length == 0 || !bodyOffsets.TryAdd(file.Content, (uint)end)) continue;
            bodies.Add(file);
            end += file.Length;
            if (end > uint.MaxValue)
            {
                throw new DriftException(ErrorCode.InvalidSite, $"The site is larger than 4 GiB: {file.UrlPath} ends at byte {end}.", "Serve large files from elsewhere.");
            }
        }

        var front = new byte[text.End];
        text.CopyTo(front.AsSpan(textStart));
        WriteHeader(front, hash, slots, (uint)end);
        foreach (var error in errors)
        {
            var body = error.File is null ? error.Body : bodyOffsets.GetValueOrDefault(error.File.Content);
            WriteAnswer(front.AsSpan(error.Offset), error.Heads, body, error.BodyLength);
        }
        for (var slot = 0; slot < hash.Slots.Count; slot++)
        {
            if (hash.Slots[slot] is not (>= 0 and var index)) continue;
            var file = sorted[index];
            var row = front.AsSpan(slots + slot * SiteFormat.SlotSize);
            BinaryPrimitives.WriteUInt32LittleEndian(row[SiteFormat.SlotPath..], text.Add(file.UrlPath));
            BinaryPrimitives.WriteUInt32LittleEndian(row[SiteFormat.SlotPathLen..], (uint)file.UrlPath.Length);
            WriteAnswer(row[SiteFormat.SlotAnswer..], heads[index], bodyOffsets.GetValueOrDefault(file.Content), (uint)file.Length);
        }
        return new SiteSegment(front, bodies, end);
    }

    private static void Check(List<SiteFile> sorted)
    {
        for (var i = 0; i < sorted.Count; i++)
        {
            if (!UrlPath.IsServable(sorted[i].UrlPath)) throw new ArgumentException($"No browser sends the path '{sorted[i].UrlPath}'.", nameof(sorted));
            ArgumentOutOfRangeException.ThrowIfNegative(sorted[i].Length);
            if (i == 0 || sorted[i].UrlPath != sorted[i - 1].UrlPath) continue;
            throw sorted[i].UrlPath == HealthPath
                ? new DriftException(ErrorCode.InvalidSite, $"The site has a file at {HealthPath}, where the server says that it is well.", "Rename that file.")
                : new DriftException(ErrorCode.InvalidSite, $"Two files of the site have the path {sorted[i].UrlPath}.", "Rename one of them.");
        }
    }

    private static SiteAnswerHeads HeadsOf(SiteFile file, SiteSegmentText text)
    {
        text.Add(file.UrlPath);
        return file.Location is null
            ? SiteAnswerHeads.Add(text, "200 OK", file.ContentType, file.Length)
            : SiteAnswerHeads.Add(text, "301 Moved Permanently", file.ContentType, file.Length, $"Location: {file.Location}");
    }

    private static void WriteHeader(Span<byte> header, SitePathHash hash, int slots, uint length)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(header[SiteFormat.Magic..], SiteFormat.MagicValue);
        BinaryPrimitives.WriteUInt32LittleEndian(header[SiteFormat.Version..], SiteFormat.VersionValue);
        BinaryPrimitives.WriteUInt32LittleEndian(header[SiteFormat.Length..], length);
        BinaryPrimitives.WriteUInt32LittleEndian(header[SiteFormat.BucketMask..], (uint)hash.Multipliers.Count - 1);
        BinaryPrimitives.WriteUInt64LittleEndian(header[SiteFormat.Seed..], hash.Seed);
        BinaryPrimitives.WriteUInt32LittleEndian(header[SiteFormat.Buckets..], SiteFormat.HeaderSize);
        BinaryPrimitives.WriteUInt32LittleEndian(header[SiteFormat.SlotMask..], (uint)hash.Slots.Count - 1);
        BinaryPrimitives.WriteUInt32LittleEndian(header[SiteFormat.Slots..], (uint)slots);
        for (var i = 0; i < hash.Multipliers.Count; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(header[(SiteFormat.HeaderSize + sizeof(uint) * i)..], hash.Multipliers[i]);
        }
    }

    private static void WriteAnswer(Span<byte> answer, SiteAnswerHeads heads, uint body, uint bodyLength)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(answer[SiteFormat.AnswerKeep..], heads.Keep);
        BinaryPrimitives.WriteUInt32LittleEndian(answer[SiteFormat.AnswerKeepLen..], heads.KeepLength);
        BinaryPrimitives.WriteUInt32LittleEndian(answer[SiteFormat.AnswerClose..], heads.Close);
        BinaryPrimitives.WriteUInt32LittleEndian(answer[SiteFormat.AnswerCloseLen..], heads.CloseLength);
        BinaryPrimitives.WriteUInt32LittleEndian(answer[SiteFormat.AnswerBody..], body);
        BinaryPrimitives.WriteUInt32LittleEndian(answer[SiteFormat.AnswerBodyLen..], bodyLength);
    }
}
