// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;
using System.Text;

namespace Drift.Recipes;

/// <summary>Lays out answers, paths and rules as <see cref="SiteFormat"/> says.</summary>
internal sealed class SiteSegmentWriter
{
    private readonly List<(string Path, int Answer)> _paths = [];
    private readonly List<(int Offset, int Answer)> _fields = [];
    private readonly List<(SiteRule Rule, int Answer)> _rules = [];
    private readonly List<SiteAnswer> _answers = [];
    private readonly Dictionary<SiteAnswer, int> _known = [];
    private readonly List<SiteBody> _bodies = [];
    private readonly Dictionary<string, uint> _bodyOffsets = new(StringComparer.Ordinal);

    /// <summary>An answer at a path, of which no two are equal.</summary>
    internal void AddPath(string path, SiteAnswer answer) => _paths.Add((path, Add(answer)));

    /// <summary>An answer that a field of the header names.</summary>
    internal void AddField(int offset, SiteAnswer answer) => _fields.Add((offset, Add(answer)));

    /// <summary>A rule, behind those that were added before, and its answer: for a redirection, all but the target.</summary>
    internal void AddRule(SiteRule rule, SiteAnswer answer) => _rules.Add((rule, Add(answer)));

    /// <summary>The segment: what comes before the bodies, the bodies in their order, and the length of all with the zeros at the end.</summary>
    internal (byte[] Front, IReadOnlyList<SiteBody> Bodies, long Length) Finish()
    {
        var hash = SitePathHash.Create([.. _paths.Select(path => Encoding.UTF8.GetBytes(path.Path))]);
        var slots = SiteFormat.HeaderSize + sizeof(uint) * hash.Multipliers.Count;
        var answers = checked(slots + SiteFormat.SlotSize * hash.Slots.Count);
        var rules = checked(answers + SiteFormat.AnswerSize * _answers.Count);
        var textStart = _rules.Count == 0 ? rules : checked(rules + sizeof(uint) + SiteFormat.RuleSize * _rules.Count);
        var text = new SiteSegmentText(textStart);
        foreach (var (path, _) in _paths) text.Add(path);
        foreach (var answer in _answers) text.Add(answer.Head);
        foreach (var (rule, _) in _rules)
        {
            text.Add(rule.Pattern.Text);
            if (rule.Target is not null) text.Add(rule.Target);
        }

        long end = text.End;
        foreach (var body in _answers.Select(answer => answer.Body).OfType<SiteBody>())
        {
            // Equal bytes have equal hashes, whatever file they come from.
            if (body.Length == 0 || !_bodyOffsets.TryAdd(body.Hash, (uint)end)) continue;
            _bodies.Add(body);
            end += body.Length;
        }
        end += SiteFormat.EndSize;

        var front = new byte[text.End];
        text.Bytes.CopyTo(front.AsSpan(textStart));
        WriteHeader(front, hash, slots, (uint)end);
        foreach (var (offset, answer) in _fields) Write(front, offset, AnswerAt(answer));
        for (var i = 0; i < _answers.Count; i++) WriteAnswer(front.AsSpan(AnswerAt(i)), _answers[i], text.Add(_answers[i].Head));
        for (var slot = 0; slot < hash.Slots.Count; slot++)
        {
            if (hash.Slots[slot] is not (>= 0 and var index)) continue;
            var row = front.AsSpan(slots + slot * SiteFormat.SlotSize);
            Write(row, SiteFormat.SlotPath, (int)text.Add(_paths[index].Path));
            Write(row, SiteFormat.SlotPathLen, Encoding.UTF8.GetByteCount(_paths[index].Path));
            Write(row, SiteFormat.SlotAnswer, AnswerAt(_paths[index].Answer));
        }
        if (_rules.Count > 0)
        {
            Write(front, SiteFormat.Rules, rules);
            Write(front, rules, _rules.Count);
            for (var i = 0; i < _rules.Count; i++) WriteRule(front.AsSpan(rules + sizeof(uint) + SiteFormat.RuleSize * i), _rules[i].Rule, AnswerAt(_rules[i].Answer), text);
        }
        return (front, _bodies, end);

        int AnswerAt(int index) => answers + SiteFormat.AnswerSize * index;
    }

    // Equal answers are one; the variants of one follow it.
    private int Add(SiteAnswer answer)
    {
        if (_known.TryGetValue(answer, out var index)) return index;
        _known.Add(answer, index = _answers.Count);
        _answers.Add(answer);
        if (answer.Gzip is not null) _answers.Add(answer.Gzip);
        if (answer.Brotli is not null) _answers.Add(answer.Brotli);
        return index;
    }

    private void WriteAnswer(Span<byte> record, SiteAnswer answer, uint head)
    {
        var flags = answer.Flags | (answer.Gzip is null ? 0 : SiteFormat.AnswerGzip) | (answer.Brotli is null ? 0 : SiteFormat.AnswerBrotli);
        Write(record, SiteFormat.AnswerHead, (int)head);
        WriteShort(record, SiteFormat.AnswerHeadLen, answer.Head.Length);
        WriteShort(record, SiteFormat.AnswerType, answer.Type);
        WriteShort(record, SiteFormat.AnswerEtag, answer.Tag);
        WriteShort(record, SiteFormat.AnswerFlags, flags);
        var body = answer.Body is { Length: > 0 } sent ? _bodyOffsets[sent.Hash] : answer.StatusLength > 0 ? head + SiteHead.VersionLength : 0;
        BinaryPrimitives.WriteUInt32LittleEndian(record[SiteFormat.AnswerBody..], body);
        BinaryPrimitives.WriteUInt32LittleEndian(record[SiteFormat.AnswerBodyLen..], (uint)(answer.Body?.Length ?? answer.StatusLength));
    }

    private static void WriteRule(Span<byte> record, SiteRule rule, int answer, SiteSegmentText text)
    {
        Write(record, SiteFormat.RulePattern, (int)text.Add(rule.Pattern.Text));
        WriteShort(record, SiteFormat.RulePatternLen, rule.Pattern.Text.Length);
        WriteShort(record, SiteFormat.RuleFlags, (rule.Force ? SiteFormat.RuleForce : 0) | (rule.Target is null ? 0 : SiteFormat.RuleRedirect));
        Write(record, SiteFormat.RuleAnswer, answer);
        if (rule.Target is null) return;
        Write(record, SiteFormat.RuleTarget, (int)text.Add(rule.Target));
        WriteShort(record, SiteFormat.RuleTargetLen, rule.Target.Length);
    }

    private static void WriteHeader(Span<byte> header, SitePathHash hash, int slots, uint length)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(header[SiteFormat.Magic..], SiteFormat.MagicValue);
        BinaryPrimitives.WriteUInt32LittleEndian(header[SiteFormat.Version..], SiteFormat.VersionValue);
        BinaryPrimitives.WriteUInt32LittleEndian(header[SiteFormat.Length..], length);
        Write(header, SiteFormat.BucketMask, hash.Multipliers.Count - 1);
        BinaryPrimitives.WriteUInt64LittleEndian(header[SiteFormat.Seed..], hash.Seed);
        Write(header, SiteFormat.Buckets, SiteFormat.HeaderSize);
        Write(header, SiteFormat.SlotMask, hash.Slots.Count - 1);
        Write(header, SiteFormat.Slots, slots);
        for (var i = 0; i < hash.Multipliers.Count; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(header[(SiteFormat.HeaderSize + sizeof(uint) * i)..], hash.Multipliers[i]);
        }
    }

    private static void Write(Span<byte> bytes, int offset, int value) => BinaryPrimitives.WriteInt32LittleEndian(bytes[offset..], value);

    private static void WriteShort(Span<byte> bytes, int offset, int value) => BinaryPrimitives.WriteUInt16LittleEndian(bytes[offset..], checked((ushort)value));
}
