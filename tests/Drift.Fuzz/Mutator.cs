// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Drift.Fuzz;

/// <summary>Makes inputs from a corpus: the same seed and the same corpus give the same inputs.</summary>
internal sealed class Mutator
{
    private const int MaximumSize = 64 * 1024;
    private static readonly long[] Integers =
    [
        0, 1, -1, 2, 7, 8, 16, 127, 128, 255, 256, 511, 512, 513, 1023, 1024, 4095, 4096, 32767, 65535, 65536, int.MaxValue, int.MinValue, uint.MaxValue, 1L << 33, 1L << 40,
        long.MaxValue, long.MaxValue - 511, long.MinValue,
    ];

    private readonly Random _random;
    private readonly List<byte[]> _corpus;
    private readonly byte[][] _tokens;
    private readonly FuzzTarget _target;

    public Mutator(FuzzTarget target, IEnumerable<byte[]> corpus, int seed)
    {
        _target = target;
        _random = new Random(seed);
        _corpus = [.. corpus];
        _tokens = [.. target.Tokens.Select(Encoding.UTF8.GetBytes)];
        if (_corpus.Count == 0) _corpus.Add([]);
    }

    /// <summary>Adds an input to those that are mutated.</summary>
    public void Learn(byte[] input) => _corpus.Add(input);

    public byte[] Next()
    {
        var input = Pick(_corpus);
        for (var count = 1 << _random.Next(5); count > 0; count--) input = Mutate(input);
        if (input.Length > MaximumSize) input = input[..MaximumSize];
        // Some inputs stay as they are: the repair is of whoever makes the file, too.
        if (_random.Next(8) != 0)
        {
            input = [.. input];
            _target.Repair(input);
        }
        return input;
    }

    private byte[] Mutate(byte[] input) => _random.Next(_target.BlockSize > 0 ? 13 : 10) switch
    {
        0 when input.Length > 0 => Changed(input, bytes => bytes[_random.Next(bytes.Length)] ^= (byte)(1 << _random.Next(8))),
        1 when input.Length > 0 => Changed(input, bytes => bytes[_random.Next(bytes.Length)] = (byte)_random.Next(256)),
        2 => Insert(input, RandomBytes(_random.Next(1, 9))),
        3 => Insert(input, Token()),
        4 => Overwrite(input, Token()),
        5 => Remove(input, _random.Next(1, 1 + Math.Min(input.Length, 64))),
        6 => Insert(input, Part(input, 256)),
        7 => Insert(input, Part(Pick(_corpus), 1024)),
        8 => Overwrite(input, Integer()),
        9 => ReplaceNumber(input),
        10 => InsertBlock(input),
        11 when input.Length > _target.BlockSize => RemoveBlock(input),
        12 => Overwrite(input, new byte[_random.Next(1, 12)]),
        _ => Splice(input, Pick(_corpus)),
    };

    private static byte[] Changed(byte[] input, Action<byte[]> change)
    {
        byte[] copy = [.. input];
        change(copy);
        return copy;
    }

    private byte[] Insert(byte[] input, ReadOnlySpan<byte> part)
    {
        var at = _random.Next(input.Length + 1);
        return [.. input.AsSpan(0, at), .. part, .. input.AsSpan(at)];
    }

    private byte[] Overwrite(byte[] input, ReadOnlySpan<byte> part)
    {
        var at = _random.Next(input.Length + 1);
        return [.. input.AsSpan(0, at), .. part, .. input.AsSpan(Math.Min(input.Length, at + part.Length))];
    }

    private byte[] Remove(byte[] input, int length)
    {
        var at = _random.Next(input.Length + 1);
        return [.. input.AsSpan(0, at), .. input.AsSpan(Math.Min(input.Length, at + length))];
    }

    private byte[] Splice(byte[] input, byte[] other) => [.. input.AsSpan(0, _random.Next(input.Length + 1)), .. other.AsSpan(_random.Next(other.Length + 1))];

    private ReadOnlySpan<byte> Part(byte[] input, int longest)
    {
        var at = _random.Next(input.Length + 1);
        return input.AsSpan(at, Math.Min(_random.Next(longest), input.Length - at));
    }

    private byte[] InsertBlock(byte[] input)
    {
        var other = _random.Next(2) == 0 ? input : Pick(_corpus);
        var block = Block(other) is var start && start < other.Length ? other.AsSpan(start, Math.Min(_target.BlockSize, other.Length - start)) : new byte[_target.BlockSize];
        var at = Block(input);
        return [.. input.AsSpan(0, at), .. block, .. input.AsSpan(at)];
    }

    private byte[] RemoveBlock(byte[] input)
    {
        var at = Block(input);
        return [.. input.AsSpan(0, at), .. input.AsSpan(Math.Min(input.Length, at + _target.BlockSize))];
    }

    private int Block(byte[] input) => _random.Next(input.Length / _target.BlockSize + 1) * _target.BlockSize;

    /// <summary>A number that parsers get wrong, as bytes of some width and order, or in digits.</summary>
    private byte[] Integer()
    {
        var value = Integers[_random.Next(Integers.Length)];
        var bytes = new byte[8];
        if (_random.Next(2) == 0) BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        else BinaryPrimitives.WriteInt64BigEndian(bytes, value);
        return _random.Next(6) switch
        {
            0 => bytes[..1],
            1 => bytes[..2],
            2 => bytes[..4],
            3 => bytes,
            4 => Encoding.ASCII.GetBytes(Convert.ToString(value, 8)),
            _ => Encoding.ASCII.GetBytes(value.ToString(CultureInfo.InvariantCulture)),
        };
    }

    /// <summary>Puts another number where digits are.</summary>
    private byte[] ReplaceNumber(byte[] input)
    {
        var start = Array.FindIndex(input, _random.Next(input.Length + 1), value => char.IsAsciiDigit((char)value));
        if (start < 0) return Insert(input, Integer());
        var end = start;
        while (end < input.Length && char.IsAsciiDigit((char)input[end])) end++;
        return [.. input.AsSpan(0, start), .. Encoding.ASCII.GetBytes(Integers[_random.Next(Integers.Length)].ToString(CultureInfo.InvariantCulture)), .. input.AsSpan(end)];
    }

    private byte[] Token() => _tokens.Length == 0 ? RandomBytes(4) : _tokens[_random.Next(_tokens.Length)];

    private byte[] RandomBytes(int count)
    {
        var bytes = new byte[count];
        _random.NextBytes(bytes);
        return bytes;
    }

    private byte[] Pick(List<byte[]> list) => list[_random.Next(list.Count)];
}
